import type { Task } from '../../lib/domain/task.ts';
import type { TaskState } from '../../lib/domain/task-state.ts';
import type { Column, FilterTests } from './list.ts';
import { ellipsis, shortId } from './table.ts';
import { formatAgo } from './time-ago.ts';

/** A task with what lists show of it besides its own fields. */
export interface TaskRow {
  readonly task: Task;
  /** `web.3`; for a global service the node takes the slot's place. */
  readonly name: string;
  /** True when a newer task of the same slot stands above it. */
  readonly historic: boolean;
  readonly nodeName: string;
}

/** `RUNNING` as a person reads it: `Running`. */
export function stateWord(state: TaskState): string {
  return state.charAt(0) + state.slice(1).toLowerCase();
}

/** Why a task is not running; empty when there is nothing to say. */
export function taskReason(task: Task): string {
  const { error, message, state } = task.status;
  if (error !== undefined && error !== '') return error;
  return state === 'NEW' || state === 'PENDING' ? message : '';
}

function slotName(task: Task): string {
  return `${task.serviceName}.${task.slot > 0 ? task.slot : task.nodeId}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Tasks by service, slot and age, newest first; `nameOfNode` gives a node's name or its id. */
export function arrangeTasks(
  tasks: readonly Task[],
  nameOfNode: (nodeId: string) => string,
): readonly TaskRow[] {
  const ordered = [...tasks].sort(
    (left, right) =>
      compareText(left.serviceName, right.serviceName) ||
      left.slot - right.slot ||
      (left.slot > 0 ? 0 : compareText(left.nodeId, right.nodeId)) ||
      right.createdAtMs - left.createdAtMs ||
      compareText(left.id, right.id),
  );
  return ordered.map((task, index) => {
    const name = slotName(task);
    const above = ordered[index - 1];
    return {
      task,
      name,
      historic: above !== undefined && slotName(above) === name,
      nodeName: nameOfNode(task.nodeId),
    };
  });
}

const MAX_ERROR_LENGTH = 60;

function shownError(task: Task, whole: boolean): string {
  const reason = taskReason(task);
  if (reason === '') return '';
  return `"${whole ? reason : ellipsis(reason, MAX_ERROR_LENGTH)}"`;
}

function hostPorts(task: Task): string {
  return task.ports
    .filter((port) => port.publishMode === 'host')
    .map((port) => `*:${port.publishedPort}->${port.targetPort}/${port.protocol}`)
    .join(',');
}

/** The columns of `service ps` and `node ps`; `whole` shows ids and errors uncut. */
export function taskColumns(nowMs: number, whole: boolean): readonly Column<TaskRow>[] {
  return [
    { title: 'ID', field: 'ID', cell: ({ task }) => (whole ? task.id : shortId(task.id)) },
    { title: 'NAME', field: 'Name', cell: ({ name, historic }) => (historic ? ` \\_ ${name}` : name) },
    { title: 'IMAGE', field: 'Image', cell: ({ task }) => task.spec.container.image },
    { title: 'NODE', field: 'Node', cell: ({ nodeName }) => nodeName },
    { title: 'DESIRED STATE', field: 'DesiredState', cell: ({ task }) => stateWord(task.desiredState) },
    {
      title: 'CURRENT STATE',
      field: 'CurrentState',
      cell: ({ task }) => `${stateWord(task.status.state)} ${formatAgo(task.status.timestampMs, nowMs)}`,
    },
    { title: 'ERROR', field: 'Error', cell: ({ task }) => shownError(task, whole) },
    { title: 'PORTS', field: 'Ports', cell: ({ task }) => hostPorts(task) },
  ];
}

/** The filters of `service ps` and `node ps`. */
export const taskFilters: FilterTests<TaskRow> = {
  id: ({ task }, value) => task.id.startsWith(value),
  name: ({ task, name }, value) => name.startsWith(value) || `${name}.${task.id}`.startsWith(value),
  node: ({ task, nodeName }, value) => nodeName === value || task.nodeId.startsWith(value),
  'desired-state': ({ task }, value) => task.desiredState === value.toUpperCase(),
};
