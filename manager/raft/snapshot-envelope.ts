import { SkepError } from '../../lib/errors.ts';
import type { ConfState } from './core/message.ts';

/*
 * Snapshots of one piece, which earlier versions wrote, hold an envelope:
 *   length of the description u32 little-endian | description as JSON | the application's state
 */

const LENGTH_BYTES = 4;
/** Some members with their addresses; more than this is no description. */
export const MAX_DESCRIPTION_BYTES = 1024 * 1024;

/** Where a member is reached, and how it is known. */
export interface MemberAddress {
  /** `host:port` of its raft listener. */
  readonly address: string;
  /** Common name in its certificate; absent where certificates are not used, or not checked one by one. */
  readonly commonName?: string;
}

/** What a snapshot holds beside the application's state. */
export interface SnapshotDescription {
  readonly confState: ConfState;
  /** By member id, as text. */
  readonly addresses: Readonly<Record<string, MemberAddress>>;
  /** False in the snapshot that a cluster begins with: there is no state yet to be restored. */
  readonly hasState: boolean;
}

export interface Envelope extends SnapshotDescription {
  readonly state: Uint8Array;
}

/** The description as it stands in a snapshot. */
export function encodeDescription({ confState, addresses, hasState }: SnapshotDescription): Uint8Array {
  return Buffer.from(JSON.stringify({ confState, addresses, hasState } satisfies SnapshotDescription));
}

/** What `encodeDescription` was given. Throws DATA_LOSS for anything else. */
export function decodeDescription(bytes: Uint8Array): SnapshotDescription {
  if (bytes.byteLength > MAX_DESCRIPTION_BYTES) throw unreadable();
  try {
    const { confState, addresses, hasState } = JSON.parse(
      Buffer.from(bytes).toString(),
    ) as SnapshotDescription;
    if (!Array.isArray(confState.voters) || typeof addresses !== 'object') throw unreadable();
    return { confState, addresses, hasState };
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** The payload of a snapshot of one piece; `state` is a part of it. Throws DATA_LOSS when it is none. */
export function decodeEnvelope(payload: Uint8Array): Envelope {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const length = bytes.byteLength < LENGTH_BYTES ? Number.POSITIVE_INFINITY : bytes.readUInt32LE(0);
  if (LENGTH_BYTES + length > bytes.byteLength) throw unreadable();
  const description = decodeDescription(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  return { ...description, state: bytes.subarray(LENGTH_BYTES + length) };
}

function unreadable(cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', 'a snapshot does not begin with its description', {
    help: 'see that all managers run versions that belong together',
    cause,
  });
}
