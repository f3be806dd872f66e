import { crc32 } from 'node:zlib';
import { assert } from '../../lib/errors.ts';
import { KEY_CHECK_BYTES, SALT_BYTES } from './seal.ts';

/*
 * A segment is a header and then records, all integers little-endian:
 *
 *   header   magic "SKEPLOG1" | salt 32 | key check 16 | first index u64 | CRC32 of the above
 *   record   magic "SR" | flags u8 | payload length u32 | index u64 | term u64 | CRC32 of the payload |
 *            CRC32 of the above | payload (sealed)
 *
 * The record header has a checksum of its own, so that a damaged length is not taken for a record that was cut
 * off. Flag 1 marks the first record of a batch. A batch is written only after the one before it is durable,
 * so a damaged record with a later batch behind it cannot be an interrupted write. The other flags are the marks
 * below; a record without any is an ordinary entry that continues the log. The payload of a group is, before it is
 * sealed, each entry's length as u32 and the entry.
 */

const SEGMENT_MAGIC = Buffer.from('SKEPLOG1', 'latin1');
const RECORD_MAGIC = Buffer.from('SR', 'latin1');
const FLAG_BATCH_START = 1;
/** An entry that replaces what the log has from its index on. */
export const MARK_REPLACES = 2;
/** An entry that is a single change of the configuration, or one of several (`EntryConfChangeV2`). */
export const MARK_CONF_CHANGE = 4;
export const MARK_CONF_CHANGE_V2 = 8;
/** No entry but a hard state: `index` is its commit index, the payload the vote as u64. */
export const MARK_HARD_STATE = 16;
/** No entry: the log goes on after a snapshot with that index and term, whatever stood before. */
export const MARK_RESTART = 32;
/** Several ordinary entries of one term in a row, which continue the log and begin at `index`: sealed as one. */
export const MARK_GROUP = 64;
const KNOWN_FLAGS =
  FLAG_BATCH_START |
  MARK_REPLACES |
  MARK_CONF_CHANGE |
  MARK_CONF_CHANGE_V2 |
  MARK_HARD_STATE |
  MARK_RESTART |
  MARK_GROUP;

const AT_SALT = SEGMENT_MAGIC.byteLength;
const AT_KEY_CHECK = AT_SALT + SALT_BYTES;
const AT_FIRST_INDEX = AT_KEY_CHECK + KEY_CHECK_BYTES;
const AT_SEGMENT_CRC = AT_FIRST_INDEX + 8;
export const SEGMENT_HEADER_BYTES = AT_SEGMENT_CRC + 4;

const AT_FLAGS = RECORD_MAGIC.byteLength;
const AT_LENGTH = AT_FLAGS + 1;
const AT_INDEX = AT_LENGTH + 4;
const AT_TERM = AT_INDEX + 8;
const AT_PAYLOAD_CRC = AT_TERM + 8;
const AT_HEADER_CRC = AT_PAYLOAD_CRC + 4;
export const RECORD_HEADER_BYTES = AT_HEADER_CRC + 4;

/** What a disk writes at once. After a power cut whole sectors of the last write may be missing, as zeros. */
const SECTOR_BYTES = 512;
/** Fewer zeros than these occur in whole records too, in the high bytes of index and term. */
const ZERO_RUN_BYTES = 16;
/** The end of a written file is sealed payload, in which so many zeros come by chance once in 2^32 records. */
const ZERO_RUN_BYTES_AT_END = 4;

export interface SegmentHeader {
  readonly salt: Uint8Array;
  readonly keyCheck: Uint8Array;
  readonly firstIndex: number;
}

export interface LogRecord {
  readonly index: number;
  readonly term: number;
  /** As it stands in the file: sealed. */
  readonly payload: Uint8Array;
  readonly startsBatch: boolean;
  /** The MARK_ values that it has, added up; absent for none. */
  readonly marks?: number;
}

/** A record, or why there is none at that place. */
export type RecordAt =
  | { readonly kind: 'record'; readonly record: LogRecord; readonly nextOffset: number }
  | { readonly kind: 'end' }
  /** The last write was interrupted; nothing from here on was ever acknowledged. */
  | { readonly kind: 'torn' }
  | { readonly kind: 'corrupt'; readonly reason: string };

/** The bytes that a segment begins with. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(bytes, 0);
  bytes.set(header.salt, AT_SALT);
  bytes.set(header.keyCheck, AT_KEY_CHECK);
  bytes.writeBigUInt64LE(BigInt(header.firstIndex), AT_FIRST_INDEX);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT_SEGMENT_CRC)), AT_SEGMENT_CRC);
  return bytes;
}

/** The header of a segment; undefined when it is damaged. Headers are never torn: segments appear whole. */
export function decodeSegmentHeader(segment: Buffer): SegmentHeader | undefined {
  if (segment.byteLength < SEGMENT_HEADER_BYTES) return undefined;
  if (SEGMENT_MAGIC.compare(segment, 0, AT_SALT) !== 0) return undefined;
  if (crc32(segment.subarray(0, AT_SEGMENT_CRC)) !== segment.readUInt32LE(AT_SEGMENT_CRC)) return undefined;
  return {
    salt: segment.subarray(AT_SALT, AT_KEY_CHECK),
    keyCheck: segment.subarray(AT_KEY_CHECK, AT_FIRST_INDEX),
    firstIndex: Number(segment.readBigUInt64LE(AT_FIRST_INDEX)),
  };
}

/** The bytes of one record. Terms start at 1, and so do the indexes of entries. */
export function encodeRecord(record: LogRecord): Uint8Array {
  const marks = record.marks ?? 0;
  const firstIndex = (marks & (MARK_HARD_STATE | MARK_RESTART)) === 0 ? 1 : 0;
  assert(record.index >= firstIndex && record.term >= 1, 'log indexes and terms start at 1');
  const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES + record.payload.byteLength);
  RECORD_MAGIC.copy(bytes, 0);
  bytes.writeUInt8(marks | (record.startsBatch ? FLAG_BATCH_START : 0), AT_FLAGS);
  bytes.writeUInt32LE(record.payload.byteLength, AT_LENGTH);
  bytes.writeBigUInt64LE(BigInt(record.index), AT_INDEX);
  bytes.writeBigUInt64LE(BigInt(record.term), AT_TERM);
  bytes.writeUInt32LE(crc32(record.payload), AT_PAYLOAD_CRC);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT_HEADER_CRC)), AT_HEADER_CRC);
  bytes.set(record.payload, RECORD_HEADER_BYTES);
  return bytes;
}

/** What stands at `offset` of a segment. The payload is a part of `segment`, not a copy. */
export function decodeRecordAt(segment: Buffer, offset: number): RecordAt {
  if (offset === segment.byteLength) return { kind: 'end' };
  // A file only ever ends inside a record header when the write that brought it did not finish.
  if (offset + RECORD_HEADER_BYTES > segment.byteLength) return { kind: 'torn' };
  if (!hasValidHeader(segment, offset)) return tornOrCorrupt(segment, offset, 'its header is damaged');
  const payloadStart = offset + RECORD_HEADER_BYTES;
  const nextOffset = payloadStart + segment.readUInt32LE(offset + AT_LENGTH);
  if (nextOffset > segment.byteLength) return { kind: 'torn' };
  const payload = segment.subarray(payloadStart, nextOffset);
  if (crc32(payload) !== segment.readUInt32LE(offset + AT_PAYLOAD_CRC)) {
    return tornOrCorrupt(segment, offset, 'its payload is damaged');
  }
  const flags = segment.readUInt8(offset + AT_FLAGS);
  const marks = flags & ~FLAG_BATCH_START;
  const record: LogRecord = {
    index: Number(segment.readBigUInt64LE(offset + AT_INDEX)),
    term: Number(segment.readBigUInt64LE(offset + AT_TERM)),
    payload,
    startsBatch: (flags & FLAG_BATCH_START) !== 0,
    ...(marks === 0 ? {} : { marks }),
  };
  return { kind: 'record', record, nextOffset };
}

function hasValidHeader(segment: Buffer, offset: number): boolean {
  if (offset + RECORD_HEADER_BYTES > segment.byteLength) return false;
  const header = segment.subarray(offset, offset + RECORD_HEADER_BYTES);
  return (
    RECORD_MAGIC.compare(header, 0, AT_FLAGS) === 0 &&
    (header.readUInt8(AT_FLAGS) & ~KNOWN_FLAGS) === 0 &&
    crc32(header.subarray(0, AT_HEADER_CRC)) === header.readUInt32LE(AT_HEADER_CRC)
  );
}

function tornOrCorrupt(segment: Buffer, offset: number, reason: string): RecordAt {
  // A write of several sectors may reach the disk in any order, so a later sector can be there when an earlier
  // one is not. Without a missing sector the damage came afterwards.
  if (!hasMissingSector(segment, offset)) return { kind: 'corrupt', reason };
  if (hasLaterBatch(segment, offset)) return { kind: 'corrupt', reason: `${reason}, and more follows it` };
  return { kind: 'torn' };
}

function hasMissingSector(segment: Buffer, offset: number): boolean {
  let start = offset;
  while (start < segment.byteLength) {
    const end = Math.min(segment.byteLength, (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    // A record begins with a byte that is not zero, so there the smallest piece of a sector tells.
    const endMinimum = end === segment.byteLength ? ZERO_RUN_BYTES_AT_END : ZERO_RUN_BYTES;
    const minimum = start === offset ? 1 : endMinimum;
    if (end - start >= minimum && segment.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}

function hasLaterBatch(segment: Buffer, offset: number): boolean {
  let at = segment.indexOf(RECORD_MAGIC, offset + 1);
  while (at >= 0) {
    if (hasValidHeader(segment, at) && (segment.readUInt8(at + AT_FLAGS) & FLAG_BATCH_START) !== 0)
      return true;
    at = segment.indexOf(RECORD_MAGIC, at + 1);
  }
  return false;
}
