import type { Change } from '../../lib/domain/store-object.ts';
import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import { compareTaskStates, hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import type { StoreView } from '../store/store.ts';
import { isDeepEqual } from './assignment-diff.ts';

/** One observation, with the node whose agent made it. */
export interface ReportedStatus {
  readonly nodeId: string;
  readonly taskId: string;
  readonly status: TaskStatus;
}

/**
 * The changes that a batch of reports makes, in the order given. A report is ignored when its task is unknown or
 * belongs to another node, when it would move the state back, or when the state is not one that agents set.
 * A repeated state may still bring news (a message, the container's pid) until the task has ended.
 */
export function applyReports(
  view: StoreView,
  reports: readonly ReportedStatus[],
  nowMs: number,
): readonly Change[] {
  const changed = new Map<string, Task>();
  for (const report of reports) {
    const task = changed.get(report.taskId) ?? view.tasks.get(report.taskId);
    if (task === undefined || task.nodeId !== report.nodeId || !isForAgents(report.status)) continue;
    const next = applyReport(task, report.status, nowMs);
    if (next !== undefined) changed.set(task.id, next);
  }
  return [...changed.values()].map((object) => ({ kind: 'put', object }));
}

/** Agents observe what lies between ASSIGNED and REJECTED; the rest is for managers to write. */
function isForAgents(status: TaskStatus): boolean {
  return hasReached(status.state, 'ASSIGNED') && compareTaskStates(status.state, 'REJECTED') <= 0;
}

function applyReport(task: Task, status: TaskStatus, nowMs: number): Task | undefined {
  const step = compareTaskStates(status.state, task.status.state);
  if (step < 0) return undefined;
  if (step === 0) {
    const isNews = !isDeepEqual({ ...status, timestampMs: 0 }, { ...task.status, timestampMs: 0 });
    return isNews && !isTerminal(status.state) ? { ...task, status } : undefined;
  }
  const isFirstRun = status.state === 'RUNNING' && task.runningSinceMs === undefined;
  return { ...task, status, statusAppliedAtMs: nowMs, ...(isFirstRun ? { runningSinceMs: nowMs } : {}) };
}
