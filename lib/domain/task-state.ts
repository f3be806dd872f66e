/**
 * The states of a task, with the wire numbers that the swarm protocol gives them. The gaps are deliberate:
 * they leave room for states between two that exist. A task's observed state only ever increases.
 */
export const TASK_STATE_ORDER = {
  NEW: 0,
  PENDING: 64,
  ASSIGNED: 192,
  ACCEPTED: 256,
  PREPARING: 320,
  READY: 384,
  STARTING: 448,
  RUNNING: 512,
  COMPLETE: 576,
  SHUTDOWN: 640,
  FAILED: 704,
  REJECTED: 768,
  REMOVE: 800,
  ORPHANED: 832,
} as const;

export type TaskState = keyof typeof TASK_STATE_ORDER;

/** Negative when `left` comes before `right`, zero when equal, positive when it comes after. */
export function compareTaskStates(left: TaskState, right: TaskState): number {
  return TASK_STATE_ORDER[left] - TASK_STATE_ORDER[right];
}

/** True once a task can never run again: it ended, was refused, or its node is considered gone. */
export function isTerminal(state: TaskState): boolean {
  return TASK_STATE_ORDER[state] > TASK_STATE_ORDER.RUNNING;
}

/** True when `state` has come at least as far as `floor`. */
export function hasReached(state: TaskState, floor: TaskState): boolean {
  return TASK_STATE_ORDER[state] >= TASK_STATE_ORDER[floor];
}
