import { crc32 } from 'node:zlib';
import type { FileKey } from './keys/key-ring.ts';
import { KEY_CHECK_BYTES, SALT_BYTES, sealerOfFile } from './seal.ts';
import { damagedSnapshot, type SnapshotOrigin } from './snapshot-chunks.ts';
import { decodeEnvelope } from './snapshot-envelope.ts';
import type { SnapshotHead } from './snapshot-writer.ts';

/*
 * A snapshot of one piece, as earlier versions wrote it, is, all integers little-endian:
 *   magic "SKEPSNP1", 2 or 3 | salt 32 | key check 16 | index u64 | term u64 | payload length u64 |
 *   CRC32 of the payload | CRC32 of the above | payload (sealed)
 * The payload is the state, and after magic 2 and 3 an envelope (snapshot-envelope.ts).
 */

const ORIGIN_OF_MAGIC: ReadonlyMap<string, SnapshotOrigin> = new Map([
  ['SKEPSNP1', 'single'],
  ['SKEPSNP2', 'own'],
  ['SKEPSNP3', 'received'],
]);
const AT_SALT = 8;
const AT_KEY_CHECK = AT_SALT + SALT_BYTES;
const AT_INDEX = AT_KEY_CHECK + KEY_CHECK_BYTES;
const AT_TERM = AT_INDEX + 8;
const AT_LENGTH = AT_TERM + 8;
const AT_PAYLOAD_CRC = AT_LENGTH + 8;
const AT_HEADER_CRC = AT_PAYLOAD_CRC + 4;
const HEADER_BYTES = AT_HEADER_CRC + 4;

/** A snapshot of one piece, whole in memory. */
export interface PlainSnapshot extends SnapshotHead {
  readonly state: Uint8Array;
}

/**
 * Reads such a file. Throws DATA_LOSS, naming file and offset, when it is damaged or none at all, and
 * FAILED_PRECONDITION when it was written under another key.
 */
export function readPlainSnapshot(file: string, bytes: Buffer, key: FileKey): PlainSnapshot {
  const origin = ORIGIN_OF_MAGIC.get(bytes.toString('latin1', 0, AT_SALT));
  const isWhole =
    bytes.byteLength >= HEADER_BYTES &&
    origin !== undefined &&
    crc32(bytes.subarray(0, AT_HEADER_CRC)) === bytes.readUInt32LE(AT_HEADER_CRC) &&
    Number(bytes.readBigUInt64LE(AT_LENGTH)) === bytes.byteLength - HEADER_BYTES;
  if (!isWhole) throw damagedSnapshot(file, 0, 'the header is damaged, or the file has another length');
  const sealed = bytes.subarray(HEADER_BYTES);
  if (crc32(sealed) !== bytes.readUInt32LE(AT_PAYLOAD_CRC)) {
    throw damagedSnapshot(file, HEADER_BYTES, 'the payload is damaged');
  }
  const salt = bytes.subarray(AT_SALT, AT_KEY_CHECK);
  const sealer = sealerOfFile(key, file, salt, bytes.subarray(AT_KEY_CHECK, AT_INDEX));
  const index = Number(bytes.readBigUInt64LE(AT_INDEX));
  const term = Number(bytes.readBigUInt64LE(AT_TERM));
  let payload: Uint8Array;
  try {
    payload = sealer.open(sealed, plainContext(index, term));
  } catch (cause) {
    throw damagedSnapshot(file, HEADER_BYTES, 'the payload does not open', cause);
  }
  if (origin === 'single') return { index, term, origin, state: payload };
  const { state, ...description } = decodeEnvelope(payload);
  return { index, term, origin, description, state: new Uint8Array(state) };
}

function plainContext(index: number, term: number): Uint8Array {
  const context = Buffer.alloc(24);
  context.write('snapshot', 'latin1');
  context.writeBigUInt64LE(BigInt(index), 8);
  context.writeBigUInt64LE(BigInt(term), 16);
  return context;
}
