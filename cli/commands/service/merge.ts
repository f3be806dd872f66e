import type { Labels } from '../../../lib/domain/meta.ts';

/** `existing` without what `removed` names, then `added`; nothing twice. */
export function mergeList(
  existing: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): readonly string[] {
  return [...new Set([...existing.filter((entry) => !removed.includes(entry)), ...added])];
}

/** `existing` without the keys in `removed`, with `added` on top. */
export function mergeLabels(existing: Labels, added: Labels, removed: readonly string[]): Labels {
  const kept = Object.entries(existing).filter(([key]) => !removed.includes(key));
  return { ...Object.fromEntries(kept), ...added };
}
