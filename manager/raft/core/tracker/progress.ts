import { assert, unreachable } from '../../../../lib/errors.ts';
import {
  addInflight,
  createInflights,
  freeInflights,
  type Inflights,
  isInflightsFull,
  resetInflights,
} from './inflights.ts';

/**
 * `StateProbe`: where the logs agree is not known; one message at a time finds out. `StateReplicate`: entries are
 * sent ahead of the answers, within the window. `StateSnapshot`: the follower is behind the compacted log, and
 * nothing is sent until it has the snapshot.
 */
export type ProgressState = 'StateProbe' | 'StateReplicate' | 'StateSnapshot';

/** What a leader knows of one member, itself included. Always `match < next`. */
export interface Progress {
  /** The highest index that the member is known to hold. */
  match: number;
  /** The next index to send to it. */
  next: number;
  /** The highest commit index that was sent to it, as far as it can count for it. */
  sentCommit: number;
  state: ProgressState;
  /** Index of the snapshot on its way; 0 outside of StateSnapshot. */
  pendingSnapshot: number;
  /** Heard from since the last check of the quorum. */
  isRecentlyActive: boolean;
  /** No MsgApp until it answers, or until its next heartbeat. */
  isAppendPaused: boolean;
  readonly inflights: Inflights;
  readonly isLearner: boolean;
}

export interface ProgressStart {
  readonly match: number;
  readonly next: number;
  readonly isLearner: boolean;
  readonly isRecentlyActive: boolean;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
}

/** A member of which nothing but the start is known: it is probed. */
export function createProgress(start: ProgressStart): Progress {
  return {
    match: start.match,
    next: start.next,
    sentCommit: 0,
    state: 'StateProbe',
    pendingSnapshot: 0,
    isRecentlyActive: start.isRecentlyActive,
    isAppendPaused: false,
    inflights: createInflights(start.maxInflightMessages, start.maxInflightBytes),
    isLearner: start.isLearner,
  };
}

function enterState(progress: Progress, state: ProgressState): void {
  progress.state = state;
  progress.isAppendPaused = false;
  progress.pendingSnapshot = 0;
  resetInflights(progress.inflights);
}

/** What lies beyond `next` may never have arrived, nor a commit index that counted on it. */
function forgetUnsentCommit(progress: Progress): void {
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1);
}

/** Probes from after the highest known match, or from after the snapshot that was on its way. */
export function becomeProbe(progress: Progress): void {
  const afterSnapshot = progress.state === 'StateSnapshot' ? progress.pendingSnapshot + 1 : 0;
  enterState(progress, 'StateProbe');
  progress.next = Math.max(progress.match + 1, afterSnapshot);
  forgetUnsentCommit(progress);
}

/** Sends ahead from after the known match. */
export function becomeReplicate(progress: Progress): void {
  enterState(progress, 'StateReplicate');
  progress.next = progress.match + 1;
}

/** Waits for the member to have the snapshot of that index. */
export function becomeSnapshot(progress: Progress, index: number): void {
  enterState(progress, 'StateSnapshot');
  progress.pendingSnapshot = index;
  progress.next = index + 1;
  progress.sentCommit = index;
}

/** A MsgApp with so many entries, of so many bytes, was just sent from `next` on. */
export function noteSentEntries(progress: Progress, count: number, bytes: number): void {
  switch (progress.state) {
    case 'StateReplicate':
      if (count > 0) {
        progress.next += count;
        addInflight(progress.inflights, progress.next - 1, bytes);
      }
      // A message that fills the window, or is sent into a full one, is the last until an answer or heartbeat.
      progress.isAppendPaused = isInflightsFull(progress.inflights);
      return;
    case 'StateProbe':
      if (count > 0) progress.isAppendPaused = true;
      return;
    case 'StateSnapshot':
      assert(false, 'no entries are sent to a member that waits for a snapshot');
      return;
    default:
      unreachable(progress.state);
  }
}

/** True when sending this commit index could move the member's own on, which no earlier message did. */
export function canBumpCommit(progress: Progress, commit: number): boolean {
  return commit > progress.sentCommit && progress.sentCommit < progress.next - 1;
}

/** The member says that it holds everything up to `index`. False when that is no news. */
export function maybeUpdate(progress: Progress, index: number): boolean {
  if (index <= progress.match) return false;
  progress.match = index;
  progress.next = Math.max(progress.next, index + 1);
  progress.isAppendPaused = false;
  return true;
}

/**
 * The member refused a MsgApp after `rejected`; the logs may agree at `matchHint` at best. Moves `next` back, or
 * returns false when the refusal is an old one that says nothing about now.
 */
export function maybeDecrease(progress: Progress, rejected: number, matchHint: number): boolean {
  if (progress.state === 'StateReplicate') {
    if (rejected <= progress.match) return false;
    progress.next = progress.match + 1;
    forgetUnsentCommit(progress);
    return true;
  }
  // A probe goes out one at a time, so only the refusal of the last one is fresh.
  if (progress.next - 1 !== rejected) return false;
  progress.next = Math.max(Math.min(rejected, matchHint + 1), progress.match + 1);
  forgetUnsentCommit(progress);
  progress.isAppendPaused = false;
  return true;
}

/** Frees the window up to an acknowledged index. */
export function acknowledgeInflights(progress: Progress, index: number): void {
  freeInflights(progress.inflights, index);
}

/** True while no MsgApp may be sent. */
export function isPaused(progress: Progress): boolean {
  return progress.state === 'StateSnapshot' || progress.isAppendPaused;
}
