import type { Node } from '../../lib/domain/node.ts';
import type { GenericResource, GenericResources } from '../../lib/domain/service.ts';

/** What is left of one kind on a node: some that are equal, and some by their names. */
interface FreeKind {
  count: number;
  readonly names: Set<string>;
}

/** What a node has left of the resources that it counts without knowing what they are, by kind; changed in place. */
export type FreeGeneric = Map<string, FreeKind>;

/** Everything that the node said it has. */
export function genericOf(node: Node): FreeGeneric {
  const free: FreeGeneric = new Map();
  for (const { kind, name, count } of node.description?.generic?.items ?? []) {
    const entry = free.get(kind) ?? { count: 0, names: new Set() };
    if (name === undefined) entry.count += count;
    else entry.names.add(name);
    free.set(kind, entry);
  }
  return free;
}

/** Takes away what a task was given. A node that has less than it once said may end up with nothing, or below. */
export function takeGeneric(free: FreeGeneric, given: GenericResources | undefined): void {
  for (const { kind, name, count } of given?.items ?? []) {
    const entry = free.get(kind);
    if (name === undefined && entry !== undefined) entry.count -= count;
    else if (name !== undefined) entry?.names.delete(name);
  }
}

function freeOf(free: FreeGeneric, kind: string): number {
  const entry = free.get(kind);
  return entry === undefined ? 0 : Math.max(0, entry.count) + entry.names.size;
}

/** The first kind of which less is left than is wanted; undefined when all fits. */
export function missingGeneric(
  free: FreeGeneric,
  wanted: readonly GenericResource[],
): { readonly kind: string; readonly wanted: number; readonly free: number } | undefined {
  for (const { kind, count } of wanted) {
    const left = freeOf(free, kind);
    if (left < count) return { kind, wanted: count, free: left };
  }
  return undefined;
}

/** Which ones a task gets of what is left; named ones by name, in the order of the alphabet, before counted ones. */
export function chooseGeneric(
  free: FreeGeneric,
  wanted: readonly GenericResource[],
): GenericResources | undefined {
  const items = wanted.flatMap(({ kind, count }): GenericResource[] => {
    const names = [...(free.get(kind)?.names ?? [])].sort().slice(0, count);
    const rest = count - names.length;
    return [...names.map((name) => ({ kind, name, count: 1 })), ...(rest > 0 ? [{ kind, count: rest }] : [])];
  });
  return items.length === 0 ? undefined : { items };
}
