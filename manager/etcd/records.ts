import { crc32 } from 'node:zlib';
import { SkepError } from '../../lib/errors.ts';

/*
 * An entry is a header and the bytes of a transaction, integers big-endian:
 *
 *   magic "SKE1" | term u64 | index u64 | CRC32 of term, index and payload | payload
 *
 * The term says which leader wrote it, the checksum that nobody edited it. Head and latest are JSON, so that a
 * person can read them with etcdctl.
 */

const MAGIC = Buffer.from('SKE1', 'latin1');
const AT_TERM = MAGIC.byteLength;
const AT_INDEX = AT_TERM + 8;
const AT_CRC = AT_INDEX + 8;
/** What an entry is longer than its payload. */
export const ENTRY_HEADER_BYTES = AT_CRC + 4;

export interface LogEntry {
  readonly index: number;
  /** The revision at which its leader's key was made. */
  readonly term: number;
  readonly payload: Uint8Array;
}

/** The end of the log. */
export interface Head {
  readonly index: number;
  readonly term: number;
}

/** The snapshot that a manager starts from. */
export interface SnapshotReference {
  /** Index of the last entry in it. */
  readonly index: number;
  readonly id: string;
  readonly chunks: number;
  readonly bytes: number;
  /** Of the whole, in hexadecimal. */
  readonly sha256: string;
}

/** The value of an entry's key. */
export function encodeEntry({ index, term, payload }: LogEntry): Uint8Array {
  const bytes = Buffer.allocUnsafe(ENTRY_HEADER_BYTES + payload.byteLength);
  MAGIC.copy(bytes);
  bytes.writeBigUInt64BE(BigInt(term), AT_TERM);
  bytes.writeBigUInt64BE(BigInt(index), AT_INDEX);
  bytes.set(payload, ENTRY_HEADER_BYTES);
  bytes.writeUInt32BE(checksum(bytes), AT_CRC);
  return bytes;
}

/** The entry in the value of its key. Throws DATA_LOSS when it is not the one that was written for `index`. */
export function decodeEntry(value: Uint8Array, index: number): LogEntry {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const isWhole = bytes.byteLength >= ENTRY_HEADER_BYTES && bytes.subarray(0, AT_TERM).equals(MAGIC);
  if (!isWhole || bytes.readUInt32BE(AT_CRC) !== checksum(bytes)) {
    throw damaged(`log entry ${index} in etcd is not what a manager wrote`);
  }
  const storedIndex = Number(bytes.readBigUInt64BE(AT_INDEX));
  if (storedIndex !== index)
    throw damaged(`under the key of log entry ${index} etcd holds entry ${storedIndex}`);
  return {
    index,
    term: Number(bytes.readBigUInt64BE(AT_TERM)),
    payload: bytes.subarray(ENTRY_HEADER_BYTES),
  };
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(ENTRY_HEADER_BYTES), crc32(bytes.subarray(AT_TERM, AT_CRC)));
}

/** The value of the head's key. */
export function encodeHead(head: Head): Uint8Array {
  return Buffer.from(JSON.stringify(head));
}

/** Throws DATA_LOSS when the value is none that a manager wrote. */
export function decodeHead(value: Uint8Array): Head {
  const { index, term } = parseObject(value, 'the head of the log');
  if (!isCount(index) || !isCount(term))
    throw damaged('the head of the log in etcd is not what a manager wrote');
  return { index, term };
}

/** The value of the key that names the snapshot. */
export function encodeReference(reference: SnapshotReference): Uint8Array {
  return Buffer.from(JSON.stringify(reference));
}

/** Throws DATA_LOSS when the value is none that a manager wrote. */
export function decodeReference(value: Uint8Array): SnapshotReference {
  const { index, id, chunks, bytes, sha256 } = parseObject(value, 'the name of the snapshot');
  const isWhole =
    isCount(index) &&
    isCount(chunks) &&
    isCount(bytes) &&
    typeof id === 'string' &&
    typeof sha256 === 'string';
  if (!isWhole) throw damaged('the name of the snapshot in etcd is not what a manager wrote');
  return { index, id, chunks, bytes, sha256 };
}

function parseObject(value: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value).toString());
    if (typeof parsed === 'object' && parsed !== null) return parsed as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw damaged(`${what} in etcd is not what a manager wrote`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What etcd holds is not whole. */
export function damaged(message: string): SkepError {
  return new SkepError('DATA_LOSS', message, {
    help: 'see who else writes below the prefix of this cluster; a manager that still runs holds the whole state',
  });
}
