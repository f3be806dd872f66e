import type { Change, StoreObject } from '../../lib/domain/store-object.ts';
import type { Decision } from '../store/store.ts';

/**
 * A pass stops collecting here, so that a transaction stays small; the next round goes on with the rest.
 * A group of changes that belongs together (old task down, new task up) is never split.
 */
export const MAX_CHANGES_PER_PASS = 500;

/** What one pass of a controller has decided so far. */
export interface Pass {
  readonly changes: Change[];
  wakeAtMs: number | undefined;
}

/** A pass without a decision yet. */
export function createPass(): Pass {
  return { changes: [], wakeAtMs: undefined };
}

/** Decides that the store shall hold `object`. */
export function put(pass: Pass, object: StoreObject): void {
  pass.changes.push({ kind: 'put', object });
}

/** Asks for another look at `atMs`; the earliest wish wins. */
export function wakeAt(pass: Pass, atMs: number): void {
  if (pass.wakeAtMs === undefined || atMs < pass.wakeAtMs) pass.wakeAtMs = atMs;
}

/** True when the pass should leave the rest to the next round. */
export function isFull(pass: Pass): boolean {
  return pass.changes.length >= MAX_CHANGES_PER_PASS;
}

/** The pass as the controller's answer. */
export function toDecision(pass: Pass): Decision {
  return pass.wakeAtMs === undefined
    ? { changes: pass.changes }
    : { changes: pass.changes, wakeAtMs: pass.wakeAtMs };
}
