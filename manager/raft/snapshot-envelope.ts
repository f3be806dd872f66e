import { SkepError } from '../../lib/errors.ts';
import type { ConfState } from './core/message.ts';

/*
 * An envelope is: length of the description u32 little-endian | description as JSON | the application's state
 */

const LENGTH_BYTES = 4;
/** Some members with their addresses; more than this is no description. */
const MAX_DESCRIPTION_BYTES = 1024 * 1024;

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

/** The payload of a snapshot. */
export function encodeEnvelope({ state, ...description }: Envelope): Uint8Array {
  const text = Buffer.from(JSON.stringify(description satisfies SnapshotDescription));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.byteLength);
  return Buffer.concat([length, text, state]);
}

/** What `encodeEnvelope` was given; `state` is a part of `payload`. Throws DATA_LOSS for anything else. */
export function decodeEnvelope(payload: Uint8Array): Envelope {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const length = bytes.byteLength < LENGTH_BYTES ? Number.POSITIVE_INFINITY : bytes.readUInt32LE(0);
  if (length > MAX_DESCRIPTION_BYTES || LENGTH_BYTES + length > bytes.byteLength) throw unreadable();
  try {
    const text = bytes.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length);
    const description = JSON.parse(text) as SnapshotDescription;
    return { ...description, state: bytes.subarray(LENGTH_BYTES + length) };
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', 'a snapshot does not begin with its description', {
    help: 'see that all managers run versions that belong together',
    cause,
  });
}
