import type { RestartHistory, Task } from '../../lib/domain/task.ts';
import type { TaskState } from '../../lib/domain/task-state.ts';

/** A task that failed before it had run this long failed quickly: a sign of a crash loop. */
export const QUICK_FAILURE_MS = 10_000;

/** The back-off of a crash loop grows up to this, or up to the policy's own delay when that is longer. */
export const MAX_BACK_OFF_MS = 60_000;

/**
 * Restarts remembered for a policy with a window; a larger `maxAttempts` counts as this, so that a task's
 * record stays small.
 */
export const MAX_REMEMBERED_RESTARTS = 1_000;

const NO_HISTORY: RestartHistory = { count: 0, quickFailures: 0, recentAtMs: [] };
const ENDED_BY_ITSELF: readonly TaskState[] = ['COMPLETE', 'FAILED', 'REJECTED'];

/** True when the program ended or could not be started, as against being stopped or lost with its node. */
export function endedByItself(task: Task): boolean {
  return ENDED_BY_ITSELF.includes(task.status.state);
}

/** True when the task ended by itself before it had run for `windowMs`, by the managers' clock. */
export function endedWithin(task: Task, windowMs: number): boolean {
  if (!endedByItself(task)) return false;
  return task.runningSinceMs === undefined || task.statusAppliedAtMs - task.runningSinceMs < windowMs;
}

/**
 * Whether the restart policy of an ended task wants another one in its place. The answer depends on the task
 * alone, as of the moment it ended, so it never changes. The policy judges programs: a task that was stopped
 * or lost with its node is always replaced, and uses up no attempt.
 */
export function mayRestart(task: Task): boolean {
  if (!endedByItself(task)) return true;
  const { condition, maxAttempts, windowMs } = task.spec.restart;
  if (condition === 'none') return false;
  if (condition === 'on-failure' && task.status.state === 'COMPLETE') return false;
  if (maxAttempts === 0) return true;
  const history = task.restarts ?? NO_HISTORY;
  if (windowMs === 0) return history.count < maxAttempts;
  const windowStartMs = task.statusAppliedAtMs - windowMs;
  const recent = history.recentAtMs.filter((atMs) => atMs > windowStartMs).length;
  return recent < Math.min(maxAttempts, MAX_REMEMBERED_RESTARTS);
}

/** The history that the task restarted at `nowMs` in place of `ended` carries. */
export function nextHistory(ended: Task, nowMs: number): RestartHistory {
  const history = ended.restarts ?? NO_HISTORY;
  const { maxAttempts, windowMs } = ended.spec.restart;
  const isQuick = ended.status.state !== 'COMPLETE' && endedWithin(ended, QUICK_FAILURE_MS);
  const remembered = Math.min(maxAttempts, MAX_REMEMBERED_RESTARTS);
  const countsInWindow = windowMs > 0 && remembered > 0;
  return {
    count: history.count + 1,
    quickFailures: isQuick ? history.quickFailures + 1 : 0,
    recentAtMs: countsInWindow ? [...history.recentAtMs, nowMs].slice(-remembered) : [],
  };
}

/**
 * How long a restart waits: the policy's delay, doubled for each further quick failure in a row. A delay of
 * zero stays zero: then the user asked for no waiting at all.
 */
export function restartDelayMs(ended: Task, history: RestartHistory): number {
  const { delayMs } = ended.spec.restart;
  const doublings = Math.max(0, history.quickFailures - 1);
  return Math.min(delayMs * 2 ** doublings, Math.max(delayMs, MAX_BACK_OFF_MS));
}
