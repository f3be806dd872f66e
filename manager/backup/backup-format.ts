import { SkepError } from '../../lib/errors.ts';

/*
 * A backup is, all integers u32 little-endian:
 *
 *   start    magic "SKEPBACK" | format version | length of the description | CRC32 of all but itself up to the first
 *            part | description as JSON
 *   part     length, not 0 | CRC32 of the part | part
 *   end      0 | number of parts | SHA-256 of everything before it, 32 bytes
 *
 * The start is the same in every version. A part is a transaction that puts some objects, as in a snapshot. It holds
 * the cluster's secrets in the clear: its private key, its join tokens, its unlock key.
 */
export const MAGIC = 'SKEPBACK';
export const FORMAT_VERSION = 1;

export const AT_VERSION = MAGIC.length;
export const AT_LENGTH = AT_VERSION + 4;
export const AT_CRC = AT_LENGTH + 4;
export const START_BYTES = AT_CRC + 4;
export const PART_HEAD_BYTES = 8;
export const HASH_BYTES = 32;

/** The description is some hundred bytes. */
export const MAX_DESCRIPTION_BYTES = 64 * 1024;
/** What a part may be, and what reading a backup may so take of memory. */
export const MAX_PART_BYTES = 64 * 1024 * 1024;
/** More than any state that a manager can hold in memory. */
export const MAX_BACKUP_BYTES = 2 * 1024 * 1024 * 1024;

/** What a backup is of. */
export interface BackupHeader {
  readonly clusterId: string;
  readonly createdAtMs: number;
  /** Of the last entry that it covers; no object has a version above it. */
  readonly index: number;
  /** How many objects its parts hold together. */
  readonly objects: number;
}

/** The description as JSON text. */
export function encodeHeader({ clusterId, createdAtMs, index, objects }: BackupHeader): string {
  return JSON.stringify({ clusterId, createdAtMs, index, objects });
}

/** What `encodeHeader` was given; undefined for anything else. */
export function decodeHeader(text: string): BackupHeader | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { clusterId, createdAtMs, index, objects } = (parsed ?? {}) as Partial<BackupHeader>;
  if (typeof clusterId !== 'string' || clusterId === '') return undefined;
  if (!isCount(createdAtMs) || !isCount(index) || !isCount(objects)) return undefined;
  return { clusterId, createdAtMs, index, objects };
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The file is a backup, but not whole any more. */
export function damagedBackup(why: string): SkepError {
  return new SkepError('DATA_LOSS', `the backup is ${why}`, {
    help: 'take another copy of the file, or an earlier backup',
  });
}

/** The file is something else. */
export function notABackup(): SkepError {
  return new SkepError('DATA_LOSS', 'this is not a backup of a cluster', {
    help: 'give the file that skep swarm snapshot save wrote',
  });
}

/** The file may be in order, but this version of Skep cannot know. */
export function newerBackup(version: number): SkepError {
  const present = FORMAT_VERSION;
  return new SkepError(
    'FAILED_PRECONDITION',
    `the backup is of a newer version of Skep: its format is ${version}, and this one reads ${present}`,
    { help: 'restore it with the version that wrote it, or a later one' },
  );
}
