/**
 * A map that reads through to `base` except for what was set or removed here; `base` is never written.
 * Iteration has the order that the same steps would have given in `base` itself.
 */
export interface OverlayMap<V> extends ReadonlyMap<string, V> {
  put(key: string, value: V): void;
  remove(key: string): void;
  /** Where `key` stands among the keys that this map added after those of `base`; undefined when it did not. */
  addedPosition(key: string): number | undefined;
}

/** An overlay without changes. It stays valid only while `base` does not change. */
export function createOverlayMap<V>(base: ReadonlyMap<string, V>): OverlayMap<V> {
  /** New values of keys that keep their place in `base`. */
  const replaced = new Map<string, V>();
  /** Keys of `base` that lost their place; such a key may be in `added` again. */
  const removed = new Set<string>();
  const added = new Map<string, V>();
  const addedPositions = new Map<string, number>();
  let nextPosition = 0;

  const keepsPlace = (key: string): boolean => base.has(key) && !removed.has(key);

  function* entries(): Generator<[string, V], undefined> {
    for (const [key, value] of base) {
      if (removed.has(key)) continue;
      yield [key, replaced.has(key) ? (replaced.get(key) as V) : value];
    }
    yield* added;
    return undefined;
  }
  function* keys(): Generator<string, undefined> {
    for (const [key] of entries()) yield key;
    return undefined;
  }
  function* values(): Generator<V, undefined> {
    for (const [, value] of entries()) yield value;
    return undefined;
  }

  return {
    get size() {
      return base.size - removed.size + added.size;
    },
    get(key) {
      if (added.has(key)) return added.get(key);
      if (replaced.has(key)) return replaced.get(key);
      return removed.has(key) ? undefined : base.get(key);
    },
    has: (key) => added.has(key) || keepsPlace(key),
    put(key, value) {
      if (keepsPlace(key)) {
        replaced.set(key, value);
        return;
      }
      if (!added.has(key)) addedPositions.set(key, nextPosition++);
      added.set(key, value);
    },
    remove(key) {
      added.delete(key);
      addedPositions.delete(key);
      replaced.delete(key);
      if (base.has(key)) removed.add(key);
    },
    addedPosition: (key) => addedPositions.get(key),
    forEach(callback, thisArgument) {
      for (const [key, value] of entries()) callback.call(thisArgument, value, key, this);
    },
    entries,
    keys,
    values,
    [Symbol.iterator]: entries,
  };
}
