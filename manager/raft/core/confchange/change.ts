import type { MemberId } from '../entry.ts';

/** `update` leaves the configuration as it is; it only carries the context through the log. */
export type ChangeKind = 'add-voter' | 'add-learner' | 'remove' | 'update';

/** One change to one member. A voter added as a learner is demoted, a learner added as a voter promoted. */
export interface MemberChange {
  readonly kind: ChangeKind;
  /** 0 turns the change into nothing: the application's way to reject a committed one. */
  readonly memberId: MemberId;
}

/**
 * How a change passes: `auto` is direct for a single change and joint otherwise; the other two always go through a
 * joint configuration, which the leader leaves by itself, or only when an empty change is proposed.
 */
export type ChangeTransition = 'auto' | 'joint-implicit' | 'joint-explicit';

/** A change of the configuration (Raft thesis, section 4.3). Without changes: leave the joint configuration. */
export interface ConfChange {
  readonly transition: ChangeTransition;
  readonly changes: readonly MemberChange[];
  /** The application's own, at most MAX_CONTEXT_BYTES. */
  readonly context: Uint8Array;
}

/** What applying a change means. */
export type ChangeStep =
  | { readonly kind: 'leave-joint' }
  | { readonly kind: 'enter-joint'; readonly autoLeave: boolean }
  | { readonly kind: 'simple' };

/** True when the change asks to leave the joint configuration. */
export function isLeaveJoint(change: ConfChange): boolean {
  return change.transition === 'auto' && change.changes.length === 0;
}

/** Decides how a change is carried out. */
export function stepOfChange(change: ConfChange): ChangeStep {
  if (isLeaveJoint(change)) return { kind: 'leave-joint' };
  if (change.transition === 'auto' && change.changes.length <= 1) return { kind: 'simple' };
  return { kind: 'enter-joint', autoLeave: change.transition !== 'joint-explicit' };
}
