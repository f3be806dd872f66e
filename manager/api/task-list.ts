import type { Task } from '../../lib/domain/task.ts';
import { compareTaskStates } from '../../lib/domain/task-state.ts';
import type { ListTasksRequest } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';
import { findNode, findService } from './references.ts';

function compareTasks(left: Task, right: Task): number {
  const byService = left.serviceName.localeCompare(right.serviceName, 'en');
  if (byService !== 0) return byService;
  if (left.slot !== right.slot) return left.slot - right.slot;
  if (left.slot === 0 && left.nodeId !== right.nodeId) return left.nodeId < right.nodeId ? -1 : 1;
  return right.createdAtMs - left.createdAtMs || (left.id < right.id ? -1 : 1);
}

/**
 * The tasks of the services and on the nodes named (an empty list names all), by service and slot, newest
 * first within a slot. Throws NOT_FOUND when a reference names nothing.
 */
export function listTasks(view: StoreView, filter: ListTasksRequest): readonly Task[] {
  const serviceIds = new Set(filter.serviceReferences.map((reference) => findService(view, reference).id));
  const nodeIds = new Set(filter.nodeReferences.map((reference) => findNode(view, reference).id));
  const candidates: Iterable<Task> =
    serviceIds.size === 0 ? view.tasks.values() : [...serviceIds].flatMap((id) => view.tasksOfService(id));
  const tasks: Task[] = [];
  for (const task of candidates) {
    if (nodeIds.size > 0 && !nodeIds.has(task.nodeId)) continue;
    if (filter.desiredRunning && compareTaskStates(task.desiredState, 'RUNNING') > 0) continue;
    tasks.push(task);
  }
  return tasks.sort(compareTasks);
}
