/** Nesting deeper than this is no specification; it is refused rather than followed. */
const MAX_DEPTH = 64;

function definedKeys(value: object): string[] {
  return Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key]) => key);
}

/**
 * True when two plain values have the same content: the order of keys does not matter, and an absent field is
 * the same as an undefined one.
 */
export function structurallyEqual(left: unknown, right: unknown, depth = 0): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (depth > MAX_DEPTH || Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length &&
      left.every((item, index) => structurallyEqual(item, right[index], depth + 1))
    );
  }
  const leftFields = left as Record<string, unknown>;
  const rightFields = right as Record<string, unknown>;
  const keys = definedKeys(left);
  return (
    keys.length === definedKeys(right).length &&
    keys.every(
      (key) => Object.hasOwn(right, key) && structurallyEqual(leftFields[key], rightFields[key], depth + 1),
    )
  );
}
