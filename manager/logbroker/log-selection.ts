import type { Node } from '../../lib/domain/node.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached } from '../../lib/domain/task-state.ts';
import { SkepError } from '../../lib/errors.ts';
import type { LogsRequest } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';

/** The tasks that are asked for and may have written something: a task before STARTING has no log yet. */
export function selectTasks(view: StoreView, selector: LogsRequest['selector']): readonly Task[] {
  const tasks = new Map<string, Task>();
  const add = (task: Task | undefined): void => {
    if (task !== undefined && task.nodeId !== '' && hasReached(task.status.state, 'STARTING')) {
      tasks.set(task.id, task);
    }
  };
  for (const serviceId of selector.serviceIds) view.tasksOfService(serviceId).forEach(add);
  for (const taskId of selector.taskIds) add(view.tasks.get(taskId));
  return [...tasks.values()];
}

/** Throws INVALID_ARGUMENT for an empty request, NOT_FOUND for a service or task that does not exist. */
export function requireSelection(view: StoreView, selector: LogsRequest['selector']): void {
  if (selector.serviceIds.length + selector.taskIds.length === 0) {
    throw new SkepError('INVALID_ARGUMENT', 'logs of no service and no task were asked for');
  }
  const service = selector.serviceIds.find((id) => !view.services.has(id));
  const task = selector.taskIds.find((id) => !view.tasks.has(id));
  if (service !== undefined) throw new SkepError('NOT_FOUND', `no service "${service}"`);
  if (task !== undefined) throw new SkepError('NOT_FOUND', `no task "${task}"`);
}

/** True while the store still has something that is asked for. */
export function selectionExists(view: StoreView, selector: LogsRequest['selector']): boolean {
  return (
    selector.serviceIds.some((id) => view.services.has(id)) ||
    selector.taskIds.some((id) => view.tasks.has(id))
  );
}

/** Why a node cannot be asked for logs, undefined when it can. */
export function whyNotAsked(
  nodeId: string,
  node: Node | undefined,
  isListening: boolean,
  patienceIsOver: boolean,
): string | undefined {
  const name = node?.description?.hostname ?? nodeId;
  if (node === undefined) return `node ${name} was removed from the cluster`;
  if (node.status.state === 'down') return `node ${name} is down`;
  if (!isListening && patienceIsOver) return `node ${name} is not connected`;
  return undefined;
}
