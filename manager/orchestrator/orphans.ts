import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import type { Decide } from '../store/store.ts';
import { createPass, isFull, put, toDecision, wakeAt } from './pass.ts';

/** A node that is down this long is not expected back (swarmkit dispatcher: `defaultNodeDownPeriod`). */
export const NODE_DOWN_BEFORE_ORPHANS_MS = 24 * 3_600_000;

/**
 * Declares the tasks of a removed node, or of one that has been down for a day, ORPHANED: nobody will ever
 * report how they end. A node counts as down since its object last changed, which may be later than the truth
 * and never earlier.
 */
export const decideOrphans: Decide = (view, { nowMs }) => {
  const pass = createPass();
  for (const task of view.tasks.values()) {
    if (isFull(pass)) break;
    if (isTerminal(task.status.state) || !hasReached(task.status.state, 'ASSIGNED')) continue;
    const node = view.nodes.get(task.nodeId);
    if (node === undefined) {
      put(pass, orphaned(task, nowMs, 'its node was removed'));
      continue;
    }
    if (node.status.state !== 'down') continue;
    const atMs = node.updatedAtMs + NODE_DOWN_BEFORE_ORPHANS_MS;
    if (nowMs >= atMs) put(pass, orphaned(task, nowMs, 'its node has been down for 24 hours'));
    else wakeAt(pass, atMs);
  }
  return toDecision(pass);
};

function orphaned(task: Task, nowMs: number, why: string): Task {
  return {
    ...task,
    status: { ...task.status, state: 'ORPHANED', timestampMs: nowMs, message: why },
    statusAppliedAtMs: nowMs,
  };
}
