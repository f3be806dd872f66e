import type { Task } from '../../lib/domain/task.ts';
import type { DirtyCheck } from './dirty.ts';
import { isRunning } from './slots.ts';

/**
 * The tasks of one slot that are wanted but should not be: after a partition healed, or when the new task of a
 * start-first update has come up. Kept is one running task, one that is up to date if possible; without a
 * running one, the newest. Beside a running task that is out of date its successor is kept too while it comes
 * up, if `maySucceed`.
 */
export function surplusTasks(
  wanted: readonly Task[],
  isDirty: DirtyCheck,
  maySucceed: boolean,
): readonly Task[] {
  if (wanted.length < 2) return [];
  const clean = wanted.filter((task) => !isDirty(task));
  const runningClean = newestVersion(clean.filter(isRunning));
  if (runningClean !== undefined) return wanted.filter((task) => task !== runningClean);
  const runningDirty = newestVersion(wanted.filter(isRunning));
  if (runningDirty === undefined) {
    const newest = clean.at(-1) ?? wanted.at(-1);
    return wanted.filter((task) => task !== newest);
  }
  const successor = maySucceed ? clean.at(-1) : undefined;
  return wanted.filter((task) => task !== runningDirty && task !== successor);
}

/** The first, hence oldest, among the tasks of the highest version: it has proved itself longest. */
function newestVersion(tasks: readonly Task[]): Task | undefined {
  let best: Task | undefined;
  for (const task of tasks) {
    if (best === undefined || task.specVersion > best.specVersion) best = task;
  }
  return best;
}
