import { type ErrorCode, SkepError, toSkepError } from '../../../lib/errors.ts';
import type { LogFields, LogLevel } from '../../../lib/ports.ts';
import type { MemberId } from '../core/entry.ts';
import type { RaftStatus } from '../core/status.ts';
import type { FileKey } from '../keys/key-ring.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import type { MemberTls, TransportSettings } from './transport-settings.ts';

/** An error on its way between threads, which keep no classes. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly help: string;
}

/** Keys of 32 bytes, newest first. */
export type DataKeys = readonly [Uint8Array, ...(readonly Uint8Array[])];

/** What the consensus thread is started with; plain data only. */
export type ThreadData = Omit<MemberSettings, 'key'> & { readonly keys: DataKeys };

/** What a member runs with. */
export interface MemberSettings {
  readonly folder: string;
  readonly key: FileKey;
  readonly id: MemberId;
  readonly peers: Readonly<Record<string, MemberAddress>>;
  /** Voters of a new cluster; used only where the folder is empty. Absent on a member that joins one. */
  readonly bootstrapVoters?: readonly MemberId[];
  readonly transport: TransportSettings;
  readonly tickMs: number;
  readonly snapshotEveryEntries: number;
  readonly snapshotEveryBytes: number;
  readonly retainEntries: number;
  readonly segmentBytes?: number;
}

/** A change of the membership, as the application asks for it. */
export type MembershipRequest =
  | { readonly kind: 'add'; readonly memberId: MemberId; readonly address: MemberAddress }
  | { readonly kind: 'promote' | 'demote' | 'remove'; readonly memberId: MemberId }
  | { readonly kind: 'announce'; readonly memberId: MemberId; readonly address: MemberAddress };

/** What is asked with a number, and answered with it. */
export type MemberRequest =
  | { readonly kind: 'change'; readonly change: MembershipRequest }
  /** Without `to`: to the voter that is furthest. */
  | { readonly kind: 'transfer'; readonly to?: MemberId }
  | { readonly kind: 'status' }
  /** Answered once no file is under another key. */
  | { readonly kind: 'rotate-key'; readonly key: Uint8Array }
  /** From now on connections are made and taken with this certificate. */
  | { readonly kind: 'renew'; readonly tls: MemberTls }
  | { readonly kind: 'close' };

/** Proposals with numbers in a row. Their bytes stand one behind the other in one buffer, which changes hands. */
export interface ProposedBatch {
  readonly kind: 'propose';
  readonly firstProposal: number;
  readonly bytes: Uint8Array;
  /** Where each entry ends in `bytes`. */
  readonly ends: readonly number[];
}

export type ToConsensus =
  | ProposedBatch
  | { readonly kind: 'read'; readonly readId: number }
  | { readonly kind: 'request'; readonly requestId: number; readonly request: MemberRequest }
  /** So many more `committed` batches are applied. */
  | { readonly kind: 'applied'; readonly batches: number }
  /** The state that was asked for, part by part. */
  | { readonly kind: 'snapshot-part'; readonly part: Uint8Array }
  | { readonly kind: 'snapshot-end' }
  /** One `restore-part` is taken over. */
  | { readonly kind: 'restored-part' };

/** Committed entries in a row. Their bytes stand one behind the other in one buffer, which changes hands. */
export interface CommittedBatch {
  readonly kind: 'committed';
  readonly bytes: Uint8Array;
  readonly indexes: readonly number[];
  /** Where each entry ends in `bytes`. */
  readonly ends: readonly number[];
  /** The number of the proposal that the entry is, 0 for one that was not proposed here. */
  readonly proposals: readonly number[];
  /** Of the last entry, also where it carries nothing. */
  readonly lastIndex: number;
}

/** How late the consensus thread's turns were since its start, in milliseconds. */
export interface EventLoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Addresses and the state of the thread beside what the core knows. */
export interface MemberStatus extends RaftStatus {
  readonly addresses: Readonly<Record<string, MemberAddress>>;
  readonly eventLoopDelayMs: EventLoopDelay;
}

export type FromConsensus =
  | CommittedBatch
  | { readonly kind: 'started'; readonly port: number }
  /** A state arrives in parts; without `hasState` there are none, and only the index counts. */
  | { readonly kind: 'restore-begin'; readonly index: number; readonly hasState: boolean }
  | { readonly kind: 'restore-part'; readonly part: Uint8Array }
  | { readonly kind: 'restore-end'; readonly index: number }
  | { readonly kind: 'take-snapshot' }
  /** One `snapshot-part` is written. */
  | { readonly kind: 'snapshot-more' }
  | {
      readonly kind: 'leadership';
      readonly isLeader: boolean;
      readonly leader: MemberId;
      readonly term: number;
    }
  | { readonly kind: 'proposals-failed'; readonly proposals: readonly number[]; readonly error: PlainError }
  | { readonly kind: 'read-confirmed'; readonly readIds: readonly number[]; readonly index: number }
  | {
      readonly kind: 'answer';
      readonly requestId: number;
      readonly status?: MemberStatus;
      readonly error?: PlainError;
    }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields }
  | { readonly kind: 'failed'; readonly error: PlainError };

/** The error as data. */
export function toPlainError(thrown: unknown): PlainError {
  const { code, message, help, cause } = toSkepError(thrown);
  const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return { code, message: reason, help };
}

/** The data as an error. */
export function fromPlainError({ code, message, help }: PlainError): SkepError {
  return new SkepError(code, message, { help });
}
