import { DEFAULT_CLUSTER_SPEC } from '../../lib/defaults.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import type { Decide, StoreView } from '../store/store.ts';
import { createPass, isFull, type Pass, removeTask, toDecision } from './pass.ts';
import { groupSlots, hasStopped, type Slot } from './slots.ts';
import { updateEvidence } from './update-progress.ts';

/**
 * Deletes tasks that nobody needs any more: those to be removed, once they have stopped, and the oldest ended
 * tasks of each slot beyond the cluster's history limit. A task to be removed on a node that is down stays
 * until the node is removed or the task is ORPHANED. One pass deletes no more than its budget allows.
 */
export const decideReaper: Decide = (view) => {
  const pass = createPass();
  const limit = view.cluster?.spec.taskHistoryLimit ?? DEFAULT_CLUSTER_SPEC.taskHistoryLimit;
  for (const task of view.tasks.values()) {
    if (isFull(pass)) return toDecision(pass);
    if (task.desiredState === 'REMOVE' && mayBeRemoved(view, task)) remove(pass, task);
  }
  for (const service of view.services.values()) {
    const tasks = view.tasksOfService(service.id);
    if (!tasks.some(hasStopped)) continue;
    for (const slot of groupSlots(tasks).values()) {
      for (const task of overLimit(view, service, slot, limit)) {
        if (isFull(pass)) return toDecision(pass);
        remove(pass, task);
      }
    }
  }
  return toDecision(pass);
};

function remove(pass: Pass, task: Task): void {
  removeTask(pass, task.id);
}

function mayBeRemoved(view: StoreView, task: Task): boolean {
  return (
    isTerminal(task.status.state) ||
    !hasReached(task.status.state, 'ASSIGNED') ||
    !view.nodes.has(task.nodeId)
  );
}

/** The stopped tasks of a slot that the history has no room for, oldest first. */
function overLimit(view: StoreView, service: Service, slot: Slot, limit: number): readonly Task[] {
  const stopped = slot.tasks.filter(hasStopped);
  if (stopped.length === 0) return stopped;
  if (service.spec.mode.kind === 'global' && !view.nodes.has(String(slot.key))) return stopped;
  const excess = stopped.slice(0, Math.max(0, stopped.length - limit));
  if (excess.length === 0) return excess;
  const evidence = updateEvidence(service, slot);
  // The last word of a slot that runs nothing: it tells whether the slot may be filled again.
  const lastWord = slot.wanted.length === 0 ? slot.tasks.at(-1) : undefined;
  return excess.filter(
    (task) => task !== lastWord && !evidence.includes(task) && !slot.wanted.includes(task),
  );
}
