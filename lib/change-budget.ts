import type { Change, StoreObject } from './domain/store-object.ts';

/** Most changes that one pass of a controller makes; the rest is done by the next pass. */
export const MAX_CHANGES_PER_PASS = 1_000;
/** Most bytes of one pass, well under what one log entry holds even when the last object is a large one. */
export const MAX_BYTES_PER_PASS = 640 * 1_024;

/** The changes of one pass, with what they weigh. */
export interface ChangeBudget {
  readonly changes: Change[];
  bytes: number;
}

/** A bound on the size of a plain value in the log: its JSON in UTF-8, which is longer than its wire form. */
export function encodedSizeBound(value: unknown): number {
  const text = JSON.stringify(value) ?? '';
  // Every UTF-16 unit beyond ASCII takes three bytes at most.
  return text.length + 2 * (text.match(/[\u0080-\uffff]/g)?.length ?? 0);
}

/** A pass that has decided nothing yet. */
export function emptyBudget(): ChangeBudget {
  return { changes: [], bytes: 0 };
}

/** True once the pass should decide no more: its changes must fit one log entry. */
export function isBudgetSpent(budget: ChangeBudget): boolean {
  return budget.changes.length >= MAX_CHANGES_PER_PASS || budget.bytes >= MAX_BYTES_PER_PASS;
}

/** Adds a write of the object. */
export function putWithin(budget: ChangeBudget, object: StoreObject): void {
  budget.changes.push({ kind: 'put', object });
  budget.bytes += encodedSizeBound(object);
}
