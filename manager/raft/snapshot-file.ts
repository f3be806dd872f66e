import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { SkepError } from '../../lib/errors.ts';
import { isTemporary, replaceFile, syncFolder } from './durable-file.ts';
import { createSealer, KEY_CHECK_BYTES, newSalt, SALT_BYTES, sealerOfFile } from './seal.ts';

/*
 * A snapshot is, all integers little-endian:
 *   magic "SKEPSNP1", 2 or 3 | salt 32 | key check 16 | index u64 | term u64 | payload length u64 |
 *   CRC32 of the payload | CRC32 of the above | payload (sealed)
 */

/** By who took it, see `SnapshotOrigin`. */
const MAGICS = {
  single: Buffer.from('SKEPSNP1', 'latin1'),
  own: Buffer.from('SKEPSNP2', 'latin1'),
  received: Buffer.from('SKEPSNP3', 'latin1'),
} as const;
const SNAPSHOT_NAME = /^snapshot-(\d{16})\.skep$/;

const AT_SALT = MAGICS.single.byteLength;
const AT_KEY_CHECK = AT_SALT + SALT_BYTES;
const AT_INDEX = AT_KEY_CHECK + KEY_CHECK_BYTES;
const AT_TERM = AT_INDEX + 8;
const AT_LENGTH = AT_TERM + 8;
const AT_PAYLOAD_CRC = AT_LENGTH + 8;
const AT_HEADER_CRC = AT_PAYLOAD_CRC + 4;
const HEADER_BYTES = AT_HEADER_CRC + 4;

/**
 * `single`: by a member that is alone, the payload is the state. `own` and `received`: by a member of a cluster and
 * by another one, the payload is an envelope (snapshot-envelope.ts).
 */
export type SnapshotOrigin = keyof typeof MAGICS;

export interface Snapshot {
  /** Of the last entry that it covers. */
  readonly index: number;
  readonly term: number;
  readonly payload: Uint8Array;
  /** `single` when absent. */
  readonly origin?: Exclude<SnapshotOrigin, 'single'>;
}

/** Writes a snapshot; it is whole and durable once this resolves, and the older ones are gone. */
export async function writeSnapshot(folder: string, key: Uint8Array, snapshot: Snapshot): Promise<void> {
  const { index, term, payload } = snapshot;
  const sealer = createSealer(key, newSalt());
  const sealed = sealer.seal(payload, snapshotContext(index, term));
  const header = Buffer.alloc(HEADER_BYTES);
  MAGICS[snapshot.origin ?? 'single'].copy(header, 0);
  header.set(sealer.salt, AT_SALT);
  header.set(sealer.keyCheck, AT_KEY_CHECK);
  header.writeBigUInt64LE(BigInt(index), AT_INDEX);
  header.writeBigUInt64LE(BigInt(term), AT_TERM);
  header.writeBigUInt64LE(BigInt(sealed.byteLength), AT_LENGTH);
  header.writeUInt32LE(crc32(sealed), AT_PAYLOAD_CRC);
  header.writeUInt32LE(crc32(header.subarray(0, AT_HEADER_CRC)), AT_HEADER_CRC);
  await replaceFile(snapshotFile(folder, index), [header, sealed]);
  await removeOlder(folder, index);
}

/**
 * The newest snapshot in `folder` (made when it is missing), or undefined. A snapshot only gets its name once it
 * is whole, and the log before it is gone, so a damaged one throws DATA_LOSS and no older one is tried. A key
 * that is another one throws FAILED_PRECONDITION.
 */
export async function loadSnapshot(folder: string, key: Uint8Array): Promise<Snapshot | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const indexes = await findSnapshots(folder);
  const newest = indexes.at(-1);
  if (newest === undefined) return undefined;
  const file = snapshotFile(folder, newest);
  const snapshot = decodeSnapshot(file, await readFile(file), key);
  await removeOlder(folder, newest);
  return snapshot;
}

/**
 * The snapshot at that index, undefined when it has been replaced. Unlike `loadSnapshot` it leaves the folder as it
 * is, so that it may run beside `writeSnapshot`.
 */
export async function readSnapshot(
  folder: string,
  key: Uint8Array,
  index: number,
): Promise<Snapshot | undefined> {
  const file = snapshotFile(folder, index);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return bytes === undefined ? undefined : decodeSnapshot(file, bytes, key);
}

function decodeSnapshot(file: string, bytes: Buffer, key: Uint8Array): Snapshot {
  const origin = originOf(bytes);
  const isWhole =
    bytes.byteLength >= HEADER_BYTES &&
    origin !== undefined &&
    crc32(bytes.subarray(0, AT_HEADER_CRC)) === bytes.readUInt32LE(AT_HEADER_CRC) &&
    Number(bytes.readBigUInt64LE(AT_LENGTH)) === bytes.byteLength - HEADER_BYTES;
  if (!isWhole) throw damaged(file, 0, 'the header is damaged, or the file has another length');
  const sealed = bytes.subarray(HEADER_BYTES);
  if (crc32(sealed) !== bytes.readUInt32LE(AT_PAYLOAD_CRC)) {
    throw damaged(file, HEADER_BYTES, 'the payload is damaged');
  }
  const sealer = sealerOfFile(
    key,
    file,
    bytes.subarray(AT_SALT, AT_KEY_CHECK),
    bytes.subarray(AT_KEY_CHECK, AT_INDEX),
  );
  const index = Number(bytes.readBigUInt64LE(AT_INDEX));
  const term = Number(bytes.readBigUInt64LE(AT_TERM));
  try {
    const payload = sealer.open(sealed, snapshotContext(index, term));
    return { index, term, payload, ...(origin === 'single' ? {} : { origin }) };
  } catch (cause) {
    throw damaged(file, HEADER_BYTES, 'the payload does not open', cause);
  }
}

function originOf(bytes: Buffer): SnapshotOrigin | undefined {
  for (const origin of ['single', 'own', 'received'] as const) {
    if (MAGICS[origin].equals(bytes.subarray(0, AT_SALT))) return origin;
  }
  return undefined;
}

async function findSnapshots(folder: string): Promise<number[]> {
  const indexes: number[] = [];
  for (const name of await readdir(folder)) {
    const digits = SNAPSHOT_NAME.exec(name)?.[1];
    if (digits !== undefined) indexes.push(Number(digits));
    else if (isTemporary(name) && name.startsWith('snapshot-')) {
      await rm(path.join(folder, name), { force: true });
    }
  }
  return indexes.sort((left, right) => left - right);
}

async function removeOlder(folder: string, newest: number): Promise<void> {
  const older = (await findSnapshots(folder)).filter((index) => index < newest);
  for (const index of older) await rm(snapshotFile(folder, index), { force: true });
  if (older.length > 0) await syncFolder(folder);
}

function snapshotFile(folder: string, index: number): string {
  return path.join(folder, `snapshot-${String(index).padStart(16, '0')}.skep`);
}

function snapshotContext(index: number, term: number): Uint8Array {
  const context = Buffer.alloc(24);
  context.write('snapshot', 'latin1');
  context.writeBigUInt64LE(BigInt(index), 8);
  context.writeBigUInt64LE(BigInt(term), 16);
  return context;
}

function damaged(file: string, offset: number, reason: string, cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', `the snapshot ${file} is damaged at offset ${offset}: ${reason}`, {
    help: 'restore the data folder of this manager from a backup, or let it leave and join anew',
    cause,
  });
}
