import type {
  AssignmentItem,
  AssignmentKey,
  AssignmentMessage,
  TaskItem,
} from '../../lib/domain/assignment.ts';
import type { Task } from '../../lib/domain/task.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import type { AssignmentSet } from './assignment-set.ts';

/** What turns one set of assignments into another. */
export interface AssignmentDelta {
  readonly updates: readonly AssignmentItem[];
  readonly removals: readonly AssignmentKey[];
}

export const NO_DELTA: AssignmentDelta = { updates: [], removals: [] };

/** The difference between two sets. An item that would tell the agent nothing new is left out. */
export function diffAssignments(previous: AssignmentSet, next: AssignmentSet): AssignmentDelta {
  if (previous === next) return NO_DELTA;
  const updates: AssignmentItem[] = [];
  const removals: AssignmentKey[] = [];
  for (const [key, item] of next) {
    const known = previous.get(key);
    if (known === undefined || !isSameAssignment(known, item)) updates.push(item);
  }
  for (const [key, { kind, id }] of previous) {
    if (!next.has(key)) removals.push({ kind, id });
  }
  return { updates, removals };
}

/** `next` with every item that is the same as before replaced by the one before, so that sets share items. */
export function reuseItems(previous: AssignmentSet, next: AssignmentSet): AssignmentSet {
  let isSame = previous.size === next.size;
  const reused = new Map<string, AssignmentItem>();
  for (const [key, item] of next) {
    const known = previous.get(key);
    const keeps = known !== undefined && isSameAssignment(known, item);
    isSame &&= keeps;
    reused.set(key, keeps ? known : item);
  }
  return isSame ? previous : reused;
}

/** The whole of a set, as the first message of a stream; `sequence` counts the messages of the stream from 1. */
export function completeMessage(sets: readonly AssignmentSet[], sequence: number): AssignmentMessage {
  const updates = sets.flatMap((set) => [...set.values()]);
  return { kind: 'complete', appliesTo: '', resultsIn: String(sequence), updates, removals: [] };
}

/** The next message of a stream after the one numbered `sequence - 1`. */
export function incrementalMessage(deltas: readonly AssignmentDelta[], sequence: number): AssignmentMessage {
  return {
    kind: 'incremental',
    appliesTo: String(sequence - 1),
    resultsIn: String(sequence),
    updates: deltas.flatMap((delta) => delta.updates),
    removals: deltas.flatMap((delta) => delta.removals),
  };
}

/** True when both items tell an agent the same. */
export function isSameAssignment(left: AssignmentItem, right: AssignmentItem): boolean {
  if (left === right) return true;
  if (left.kind === 'task' && right.kind === 'task') return isSameTask(left, right);
  return isDeepEqual(left, right);
}

/**
 * The agent wrote a task's status itself, so that a change of it, or of what follows from it, is no news. An end
 * is: managers may set one that the agent has not seen (REJECTED by a changed constraint, ORPHANED).
 */
const FIELDS_OF_STATUS: ReadonlySet<string> = new Set([
  'status',
  'statusAppliedAtMs',
  'runningSinceMs',
  'version',
  'updatedAtMs',
]);

function isSameTask(left: TaskItem, right: TaskItem): boolean {
  if (left.task === right.task) return true;
  return (
    endOf(left.task) === endOf(right.task) && isDeepEqual(withoutStatus(left.task), withoutStatus(right.task))
  );
}

function endOf({ status }: Task): string {
  return isTerminal(status.state) ? status.state : '';
}

function withoutStatus(task: Task): unknown {
  return Object.fromEntries(Object.entries(task).filter(([name]) => !FIELDS_OF_STATUS.has(name)));
}

/** Structural equality of plain data; an absent field equals one that is undefined. */
export function isDeepEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((value, place) => isDeepEqual(value, right[place]));
  }
  const a = left as Readonly<Record<string, unknown>>;
  const b = right as Readonly<Record<string, unknown>>;
  return (
    Object.keys(a).every((name) => isDeepEqual(a[name], b[name])) &&
    Object.keys(b).every((name) => b[name] === undefined || Object.hasOwn(a, name))
  );
}
