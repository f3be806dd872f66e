import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import { mayRestart } from './restart-policy.ts';

/** The number of a replicated service's slot, or the node id that is a global service's slot. */
export type SlotKey = number | string;

/** The tasks that share a slot, oldest first. */
export interface Slot {
  readonly key: SlotKey;
  /** Every task, also those that are to be removed. */
  readonly all: readonly Task[];
  /** The tasks that count for the slot: those with desired state REMOVE are left out. */
  readonly tasks: readonly Task[];
  /** The tasks that shall run. */
  readonly wanted: readonly Task[];
}

/**
 * live: a task of the slot shall run. spent: its last task ended by itself and the restart policy wants no
 * other. vacant: nothing shall run there, and nothing speaks against filling it.
 */
export type SlotPhase = 'live' | 'spent' | 'vacant';

/** True while the managers want the task to run, or to get ready for it. */
export function isWanted(task: Task): boolean {
  return hasReached('RUNNING', task.desiredState);
}

/** True when the task is wanted and was last seen running. */
export function isRunning(task: Task): boolean {
  return task.status.state === 'RUNNING' && isWanted(task);
}

/**
 * True when nothing of the task can be running any more: it ended, or it is no longer wanted and no agent has
 * ever heard of it.
 */
export function hasStopped(task: Task): boolean {
  return isTerminal(task.status.state) || (!isWanted(task) && !hasReached(task.status.state, 'ASSIGNED'));
}

/** The same task, told to stop. */
export function shutDown(task: Task): Task {
  return { ...task, desiredState: 'SHUTDOWN' };
}

/** The same task, told to stop and to be deleted then. */
export function markForRemoval(task: Task): Task {
  return { ...task, desiredState: 'REMOVE' };
}

/** Which slot of its service a task is in. */
export function slotKeyOf(task: Task): SlotKey {
  return task.slot > 0 ? task.slot : task.nodeId;
}

/** Groups one service's tasks, given oldest first as the store lists them, by slot. */
export function groupSlots(tasks: readonly Task[]): ReadonlyMap<SlotKey, Slot> {
  const slots = new Map<SlotKey, { key: SlotKey; all: Task[]; tasks: Task[]; wanted: Task[] }>();
  for (const task of tasks) {
    const key = slotKeyOf(task);
    let slot = slots.get(key);
    if (slot === undefined) {
      slot = { key, all: [], tasks: [], wanted: [] };
      slots.set(key, slot);
    }
    slot.all.push(task);
    if (task.desiredState !== 'REMOVE') slot.tasks.push(task);
    if (isWanted(task)) slot.wanted.push(task);
  }
  return slots;
}

/** Whether the slot counts as filled. */
export function slotPhase(slot: Slot): SlotPhase {
  if (slot.wanted.length > 0) return 'live';
  const newest = slot.tasks.at(-1);
  return newest === undefined || mayRestart(newest) ? 'vacant' : 'spent';
}
