import { type ChangeBudget, emptyBudget, isBudgetSpent, putWithin } from '../../lib/change-budget.ts';
import type { StoreObject } from '../../lib/domain/store-object.ts';
import type { Decision } from '../store/store.ts';

/**
 * What one pass of a controller has decided so far. It stops collecting when its budget is spent, so that its
 * changes fit one log entry; the next round goes on with the rest. A group of changes that belongs together (old
 * task down, new task up) is never split.
 */
export interface Pass {
  readonly budget: ChangeBudget;
  wakeAtMs: number | undefined;
}

/** A pass without a decision yet. */
export function createPass(): Pass {
  return { budget: emptyBudget(), wakeAtMs: undefined };
}

/** Decides that the store shall hold `object`. */
export function put(pass: Pass, object: StoreObject): void {
  putWithin(pass.budget, object);
}

/** Decides that the store shall forget the task. */
export function removeTask(pass: Pass, taskId: string): void {
  pass.budget.changes.push({ kind: 'remove', objectKind: 'task', id: taskId });
}

/** Asks for another look at `atMs`; the earliest wish wins. */
export function wakeAt(pass: Pass, atMs: number): void {
  if (pass.wakeAtMs === undefined || atMs < pass.wakeAtMs) pass.wakeAtMs = atMs;
}

/** True when the pass should leave the rest to the next round. */
export function isFull(pass: Pass): boolean {
  return isBudgetSpent(pass.budget);
}

/** The pass as the controller's answer. */
export function toDecision({ budget: { changes }, wakeAtMs }: Pass): Decision {
  return wakeAtMs === undefined ? { changes } : { changes, wakeAtMs };
}
