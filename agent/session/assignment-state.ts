import type {
  AssignmentItem,
  AssignmentKey,
  AssignmentMessage,
  NetworkPicture,
} from '../../lib/domain/assignment.ts';
import type { Task } from '../../lib/domain/task.ts';

/** What the managers last told this node, as one set. */
export interface AssignmentState {
  readonly sequence: string;
  /** By `kind/id`. */
  readonly items: ReadonlyMap<string, AssignmentItem>;
}

function keyOf({ kind, id }: AssignmentKey): string {
  return `${kind}/${id}`;
}

/**
 * The set after one more message, or null when the message does not follow on what is known: then the stream
 * must be opened again, which begins with a complete set.
 */
export function applyAssignments(
  state: AssignmentState | null,
  message: AssignmentMessage,
): AssignmentState | null {
  if (message.kind === 'complete') {
    return {
      sequence: message.resultsIn,
      items: new Map(message.updates.map((item) => [keyOf(item), item])),
    };
  }
  if (state === null || state.sequence !== message.appliesTo) return null;
  const items = new Map(state.items);
  for (const key of message.removals) items.delete(keyOf(key));
  for (const item of message.updates) items.set(keyOf(item), item);
  return { sequence: message.resultsIn, items };
}

/** The tasks of the set, by id. */
export function tasksOf(state: AssignmentState): ReadonlyMap<string, Task> {
  const tasks = new Map<string, Task>();
  for (const item of state.items.values()) if (item.kind === 'task') tasks.set(item.id, item.task);
  return tasks;
}

/** True when the message may have changed the network part of the set. */
export function touchesNetwork(message: AssignmentMessage): boolean {
  return (
    message.kind === 'complete' ||
    message.updates.some((item) => item.kind !== 'task') ||
    message.removals.some((key) => key.kind !== 'task')
  );
}

/** The network part of the set. */
export function pictureOf(state: AssignmentState): NetworkPicture {
  const items = [...state.items.values()];
  return {
    peers: items.filter((item) => item.kind === 'peer'),
    networks: items.filter((item) => item.kind === 'network'),
    balancers: items.filter((item) => item.kind === 'balancer'),
    backends: items.filter((item) => item.kind === 'backend'),
  };
}
