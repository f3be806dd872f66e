import type { Task } from '../../lib/domain/task.ts';
import type { StoreView } from '../store/store.ts';
import { hasStopped, isWanted, type Slot } from './slots.ts';

/**
 * A new task waits this long for its predecessor to stop, beyond the time that the predecessor may take by its
 * own drain and grace periods; then it starts anyway (swarmkit `restart.go`: one minute).
 */
export const MAX_STOP_WAIT_MS = 60_000;

/**
 * The tasks of a slot that a successor waits for: told to stop, not stopped yet, and on a node that can still
 * report it.
 */
export function stoppingTasks(view: StoreView, tasks: readonly Task[]): readonly Task[] {
  return tasks.filter((task) => {
    if (isWanted(task) || hasStopped(task)) return false;
    const node = view.nodes.get(task.nodeId);
    return node !== undefined && node.status.state !== 'down';
  });
}

/** The desired state that a new task of a slot with these tasks starts with. */
export function firstDesiredState(view: StoreView, tasks: readonly Task[]): 'READY' | 'RUNNING' {
  return stoppingTasks(view, tasks).length > 0 ? 'READY' : 'RUNNING';
}

/** When a task that is held at READY may run at the latest, as things stand. */
export function promotionAtMs(view: StoreView, slot: Slot, held: Task): number {
  const notBeforeMs = held.startNotBeforeMs ?? held.createdAtMs;
  const waits = stoppingTasks(view, slot.all).map(
    (task) => task.spec.drainMs + task.spec.container.stopGracePeriodMs + MAX_STOP_WAIT_MS,
  );
  return Math.max(notBeforeMs, held.createdAtMs + Math.max(0, ...waits));
}
