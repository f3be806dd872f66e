import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { SkepError } from '../../lib/errors.ts';
import {
  AT_CRC,
  AT_LENGTH,
  AT_VERSION,
  type BackupHeader,
  encodeHeader,
  FORMAT_VERSION,
  MAGIC,
  MAX_BACKUP_BYTES,
  MAX_PART_BYTES,
  PART_HEAD_BYTES,
  START_BYTES,
} from './backup-format.ts';

/** What is given out at once: less than a message between managers and command line may have. */
const MAX_PIECE_BYTES = 1024 * 1024;

/**
 * The bytes of a backup, piece by piece, in their order. `parts` are taken one after the other as the pieces are asked
 * for. Throws RESOURCE_EXHAUSTED for a part, or a backup, above the limits.
 */
export function* encodeBackup(
  header: BackupHeader,
  parts: Iterable<Uint8Array>,
): Generator<Uint8Array, void> {
  const hash = createHash('sha256');
  let byteLength = 0;
  function* give(bytes: Uint8Array): Generator<Uint8Array, void> {
    hash.update(bytes);
    byteLength += bytes.byteLength;
    checkLimit('backup', byteLength, MAX_BACKUP_BYTES);
    for (let at = 0; at < bytes.byteLength; at += MAX_PIECE_BYTES) {
      yield bytes.subarray(at, at + MAX_PIECE_BYTES);
    }
  }

  yield* give(encodeStart(header));
  let count = 0;
  for (const part of parts) {
    // A length of 0 stands for the end, and an empty part for nothing.
    if (part.byteLength === 0) continue;
    checkLimit('part of a backup', part.byteLength, MAX_PART_BYTES);
    yield* give(twoNumbers(part.byteLength, crc32(part)));
    yield* give(part);
    count++;
  }
  yield* give(twoNumbers(0, count));
  yield hash.digest();
}

function encodeStart(header: BackupHeader): Uint8Array {
  const text = Buffer.from(encodeHeader(header));
  const start = Buffer.alloc(START_BYTES);
  start.write(MAGIC, 'latin1');
  start.writeUInt32LE(FORMAT_VERSION, AT_VERSION);
  start.writeUInt32LE(text.byteLength, AT_LENGTH);
  start.writeUInt32LE(crc32(text, crc32(start.subarray(0, AT_CRC))), AT_CRC);
  return Buffer.concat([start, text]);
}

function twoNumbers(one: number, other: number): Uint8Array {
  const bytes = Buffer.alloc(PART_HEAD_BYTES);
  bytes.writeUInt32LE(one, 0);
  bytes.writeUInt32LE(other, 4);
  return bytes;
}

function checkLimit(what: string, byteLength: number, most: number): void {
  if (byteLength <= most) return;
  throw new SkepError('RESOURCE_EXHAUSTED', `a ${what} of ${byteLength} bytes is more than ${most}`);
}
