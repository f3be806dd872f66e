import type { MemberId } from './entry.ts';
import type { ConfState, MessageType, RoleName } from './message.ts';

/** What happened inside the core, for logs and tests; nothing depends on it. */
export type RaftEvent =
  | { readonly kind: 'role-changed'; readonly role: RoleName; readonly term: number; readonly lead: MemberId }
  | { readonly kind: 'election-started'; readonly term: number; readonly isTransfer: boolean }
  | { readonly kind: 'election-refused'; readonly term: number; readonly reason: ElectionRefusal }
  | { readonly kind: 'vote-ignored'; readonly from: MemberId; readonly type: MessageType }
  | { readonly kind: 'quorum-lost'; readonly term: number }
  | { readonly kind: 'config-changed'; readonly confState: ConfState }
  | { readonly kind: 'config-change-ignored'; readonly reason: ConfChangeRefusal }
  | { readonly kind: 'snapshot-sent'; readonly to: MemberId; readonly index: number }
  /** A member needs a snapshot, and the storage's is from before it joined: a new one should be taken. */
  | { readonly kind: 'snapshot-outdated'; readonly to: MemberId; readonly index: number }
  | { readonly kind: 'snapshot-restored'; readonly index: number }
  | { readonly kind: 'snapshot-refused'; readonly index: number; readonly reason: SnapshotRefusal }
  | { readonly kind: 'forget-leader-refused' };

/** Why a member does not campaign: it may not become leader, or a configuration change awaits being applied. */
export type ElectionRefusal = 'unpromotable' | 'pending-config-change';

/**
 * Why a proposed configuration change became an empty entry. `does-not-fit`: it would leave no voter, or replace
 * several of them at once without a joint configuration.
 */
export type ConfChangeRefusal = 'earlier-change-unapplied' | 'still-joint' | 'not-joint' | 'does-not-fit';

/** Why a snapshot was not taken: the member leads or campaigns, or is not in the snapshot's configuration. */
export type SnapshotRefusal = 'not-follower' | 'not-in-config';
