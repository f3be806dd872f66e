import type { Task } from '../../lib/domain/task.ts';

/** The tasks that share a key (their service, their node), kept so that reading a key again costs nothing. */
export interface TaskIndex {
  readonly keyOf: (task: Task) => string;
  readonly buckets: Map<string, Bucket>;
}

interface Bucket {
  readonly byId: Map<string, Task>;
  /** The bucket in the order of the task table; undefined after a change, until somebody asks. */
  list: readonly Task[] | undefined;
}

const NO_TASKS: readonly Task[] = [];

/** An empty index over what `keyOf` says of a task. A task whose key is empty belongs to no bucket. */
export function createTaskIndex(keyOf: (task: Task) => string): TaskIndex {
  return { keyOf, buckets: new Map() };
}

/** Records that the task with the id of either argument changed from `before` to `after`. */
export function moveInIndex(index: TaskIndex, before: Task | undefined, after: Task | undefined): void {
  if (before !== undefined) removeFromBucket(index, index.keyOf(before), before.id, after);
  if (after !== undefined) addToBucket(index, index.keyOf(after), after);
}

/** Every task under `key`, in ascending order of `positionOf`; the same array until the bucket changes. */
export function readIndex(
  index: TaskIndex,
  key: string,
  positionOf: (taskId: string) => number,
): readonly Task[] {
  const bucket = index.buckets.get(key);
  if (bucket === undefined) return NO_TASKS;
  bucket.list ??= [...bucket.byId.values()].sort((left, right) => positionOf(left.id) - positionOf(right.id));
  return bucket.list;
}

function removeFromBucket(index: TaskIndex, key: string, taskId: string, after: Task | undefined): void {
  // A task that stays under its key is overwritten in place by addToBucket.
  if (after !== undefined && index.keyOf(after) === key) return;
  const bucket = index.buckets.get(key);
  if (bucket === undefined) return;
  bucket.byId.delete(taskId);
  bucket.list = undefined;
  if (bucket.byId.size === 0) index.buckets.delete(key);
}

function addToBucket(index: TaskIndex, key: string, task: Task): void {
  if (key === '') return;
  const bucket = index.buckets.get(key);
  if (bucket === undefined) {
    index.buckets.set(key, { byId: new Map([[task.id, task]]), list: undefined });
    return;
  }
  bucket.byId.set(task.id, task);
  bucket.list = undefined;
}
