import { type ErrorCode, SkepError, toSkepError } from '../../../lib/errors.ts';
import type { LogFields, LogLevel } from '../../../lib/ports.ts';
import type { MemberId } from '../core/entry.ts';
import type { RaftStatus } from '../core/status.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import type { TransportSettings } from './transport-settings.ts';

/** An error on its way between threads, which keep no classes. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly help: string;
}

/** What the consensus thread is started with; plain data only. */
export interface MemberSettings {
  readonly folder: string;
  readonly key: Uint8Array;
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
  | { readonly kind: 'close' };

export type ToConsensus =
  | { readonly kind: 'propose'; readonly firstProposal: number; readonly datas: readonly Uint8Array[] }
  | { readonly kind: 'read'; readonly readId: number }
  | { readonly kind: 'request'; readonly requestId: number; readonly request: MemberRequest }
  /** One `committed` batch is applied. */
  | { readonly kind: 'applied' }
  | { readonly kind: 'snapshot'; readonly state: Uint8Array };

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

/** Roles and addresses beside what the core knows. */
export interface MemberStatus extends RaftStatus {
  readonly addresses: Readonly<Record<string, MemberAddress>>;
}

export type FromConsensus =
  | CommittedBatch
  | { readonly kind: 'started'; readonly port: number }
  | {
      readonly kind: 'restore';
      readonly index: number;
      readonly state: Uint8Array;
      readonly hasState: boolean;
    }
  | { readonly kind: 'take-snapshot' }
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
