import { crc32 } from 'node:zlib';
import { SkepError } from '../../lib/errors.ts';
import { KEY_CHECK_BYTES, SALT_BYTES, SEAL_BYTES, type Sealer } from './seal.ts';

/*
 * A snapshot in chunks is, all integers little-endian:
 *
 *   header   magic "SKEPSNP4" | salt 32 | key check 16 | origin u8 | index u64 | term u64 | CRC32 of the above
 *   chunk    kind u8 | length u32 | that many bytes, sealed
 *
 * The first chunk is the description, those after it are the parts of the state, and the last one ends the snapshot.
 * Each is authenticated with what kind it is, its number, and the snapshot's origin, index and term: chunks that were
 * changed, swapped, dropped, taken from another snapshot, or cut off with the end, do not open.
 */

export const CHUNKED_MAGIC = Buffer.from('SKEPSNP4', 'latin1');
/** Far above what a part is meant to have, and below what gRPC takes as one message. */
export const MAX_PART_BYTES = 8 * 1024 * 1024;

const AT_SALT = CHUNKED_MAGIC.byteLength;
const AT_KEY_CHECK = AT_SALT + SALT_BYTES;
const AT_ORIGIN = AT_KEY_CHECK + KEY_CHECK_BYTES;
const AT_INDEX = AT_ORIGIN + 1;
const AT_TERM = AT_INDEX + 8;
const AT_CRC = AT_TERM + 8;
export const CHUNKED_HEADER_BYTES = AT_CRC + 4;
/** Of what stands before each sealed chunk. */
export const CHUNK_HEAD_BYTES = 5;

/**
 * `single`: of a member that is alone. `own` and `received`: of a member of a cluster, and of another one. Their
 * places here are their numbers in files.
 */
const ORIGINS = ['single', 'own', 'received'] as const;
export type SnapshotOrigin = (typeof ORIGINS)[number];

/** The places here are the numbers in files. */
const CHUNK_KINDS = ['description', 'part', 'end'] as const;
export type ChunkKind = (typeof CHUNK_KINDS)[number];

/** Which snapshot it is. */
export interface SnapshotId {
  /** Of the last entry that it covers. */
  readonly index: number;
  readonly term: number;
  readonly origin: SnapshotOrigin;
}

export interface ChunkedHeader extends SnapshotId {
  readonly salt: Uint8Array;
  readonly keyCheck: Uint8Array;
}

/** What stands before a chunk. */
export interface ChunkHead {
  readonly kind: ChunkKind;
  readonly sealedBytes: number;
}

/** The bytes that the file begins with. */
export function encodeChunkedHeader({ salt, keyCheck, origin, index, term }: ChunkedHeader): Uint8Array {
  const bytes = Buffer.alloc(CHUNKED_HEADER_BYTES);
  CHUNKED_MAGIC.copy(bytes, 0);
  bytes.set(salt, AT_SALT);
  bytes.set(keyCheck, AT_KEY_CHECK);
  bytes.writeUInt8(ORIGINS.indexOf(origin), AT_ORIGIN);
  bytes.writeBigUInt64LE(BigInt(index), AT_INDEX);
  bytes.writeBigUInt64LE(BigInt(term), AT_TERM);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT_CRC)), AT_CRC);
  return bytes;
}

/** The header, undefined when it is damaged. */
export function decodeChunkedHeader(bytes: Buffer): ChunkedHeader | undefined {
  if (bytes.byteLength < CHUNKED_HEADER_BYTES) return undefined;
  if (CHUNKED_MAGIC.compare(bytes, 0, AT_SALT) !== 0) return undefined;
  if (crc32(bytes.subarray(0, AT_CRC)) !== bytes.readUInt32LE(AT_CRC)) return undefined;
  const origin = ORIGINS[bytes.readUInt8(AT_ORIGIN)];
  if (origin === undefined) return undefined;
  return {
    salt: Buffer.from(bytes.subarray(AT_SALT, AT_KEY_CHECK)),
    keyCheck: Buffer.from(bytes.subarray(AT_KEY_CHECK, AT_ORIGIN)),
    origin,
    index: Number(bytes.readBigUInt64LE(AT_INDEX)),
    term: Number(bytes.readBigUInt64LE(AT_TERM)),
  };
}

/** A whole chunk as it stands in the file, the `number`th of it. Throws INTERNAL for one that is too large. */
export function sealChunk(
  sealer: Sealer,
  id: SnapshotId,
  number: number,
  kind: ChunkKind,
  content: Uint8Array,
): Uint8Array {
  if (content.byteLength > MAX_PART_BYTES) {
    const sizes = `${content.byteLength} bytes, more than ${MAX_PART_BYTES}`;
    throw new SkepError('INTERNAL', `a part of a snapshot has ${sizes}`);
  }
  const sealed = sealer.seal(content, chunkContext(id, number, kind));
  const bytes = Buffer.allocUnsafe(CHUNK_HEAD_BYTES + sealed.byteLength);
  bytes.writeUInt8(CHUNK_KINDS.indexOf(kind), 0);
  bytes.writeUInt32LE(sealed.byteLength, 1);
  bytes.set(sealed, CHUNK_HEAD_BYTES);
  return bytes;
}

/** What stands before a chunk; undefined where no chunk can begin so. */
export function decodeChunkHead(bytes: Buffer): ChunkHead | undefined {
  if (bytes.byteLength < CHUNK_HEAD_BYTES) return undefined;
  const kind = CHUNK_KINDS[bytes.readUInt8(0)];
  const sealedBytes = bytes.readUInt32LE(1);
  if (kind === undefined || sealedBytes < SEAL_BYTES || sealedBytes > MAX_PART_BYTES + SEAL_BYTES) {
    return undefined;
  }
  return { kind, sealedBytes };
}

/** The content of the `number`th chunk. Throws DATA_LOSS when it is not what was sealed there. */
export function openChunk(
  sealer: Sealer,
  id: SnapshotId,
  number: number,
  kind: ChunkKind,
  sealed: Uint8Array,
): Uint8Array {
  return sealer.open(sealed, chunkContext(id, number, kind));
}

/** The error that names the place of the damage. */
export function damagedSnapshot(file: string, offset: number, reason: string, cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', `the snapshot ${file} is damaged at offset ${offset}: ${reason}`, {
    help: 'restore the data folder of this manager from a backup, or let it leave and join anew',
    cause,
  });
}

function chunkContext({ origin, index, term }: SnapshotId, number: number, kind: ChunkKind): Uint8Array {
  const context = Buffer.alloc(36);
  context.write('snapshot chunk', 'latin1');
  context.writeUInt8(ORIGINS.indexOf(origin), 14);
  context.writeUInt8(CHUNK_KINDS.indexOf(kind), 15);
  context.writeUInt32LE(number, 16);
  context.writeBigUInt64LE(BigInt(index), 20);
  context.writeBigUInt64LE(BigInt(term), 28);
  return context;
}
