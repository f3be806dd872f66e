import { SkepError } from '../../lib/errors.ts';

/*
 * Below the prefix of a cluster:
 *
 *   head               index of the last entry, and the term that wrote it
 *   latest             which snapshot counts
 *   leader             the node that leads; bound to its lease, so that it goes when the lease ends
 *   log/INDEX          an entry, the very bytes that the Raft log would hold
 *   snapshot/ID/CHUNK  a piece of a snapshot
 *
 * One watch covers all but the snapshots: they stand behind "log/" in the order of keys.
 */

export const DEFAULT_PREFIX = '/skep/v1';
/** As many digits as the largest integer that a number holds exactly. */
const DIGITS = 16;

export interface KeyRange {
  readonly key: string;
  /** The first key behind the range. */
  readonly end: string;
}

export interface KeyLayout {
  readonly head: string;
  readonly latest: string;
  readonly leader: string;
  /** Everything but the snapshots. */
  readonly watched: KeyRange;
  readonly log: KeyRange;
  readonly snapshots: KeyRange;
  entry(index: number): string;
  /** The index in the key of an entry; undefined for every other key. */
  indexOf(key: string): number | undefined;
  /** Entries from `first` to `last`, both included. */
  entries(first: number, last: number): KeyRange;
  chunk(snapshotId: string, chunk: number): string;
  chunks(snapshotId: string): KeyRange;
  /** All snapshots with a smaller id. */
  snapshotsBefore(snapshotId: string): KeyRange;
}

/** The keys below `prefix`. Throws INVALID_ARGUMENT for a prefix that is not a path like `/skep/v1`. */
export function createKeyLayout(prefix: string): KeyLayout {
  if (!/^(?:\/[A-Za-z0-9._-]+)+$/.test(prefix)) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `the key prefix "${prefix}" is not a path like ${DEFAULT_PREFIX}`,
    );
  }
  const logPrefix = `${prefix}/log/`;
  const snapshotPrefix = `${prefix}/snapshot/`;
  const entry = (index: number): string => logPrefix + numberInKey(index);
  const log = { key: logPrefix, end: `${prefix}/log0` };
  return {
    head: `${prefix}/head`,
    latest: `${prefix}/latest`,
    leader: `${prefix}/leader`,
    watched: { key: `${prefix}/head`, end: log.end },
    log,
    snapshots: { key: snapshotPrefix, end: `${prefix}/snapshot0` },
    entry,
    indexOf: (key) => {
      const digits = key.startsWith(logPrefix) ? key.slice(logPrefix.length) : '';
      return /^\d{16}$/.test(digits) ? Number(digits) : undefined;
    },
    entries: (first, last) => ({ key: entry(first), end: entry(last + 1) }),
    chunk: (snapshotId, chunk) => `${snapshotPrefix}${snapshotId}/${numberInKey(chunk)}`,
    chunks: (snapshotId) => ({
      key: `${snapshotPrefix}${snapshotId}/`,
      end: `${snapshotPrefix}${snapshotId}0`,
    }),
    snapshotsBefore: (snapshotId) => ({ key: snapshotPrefix, end: `${snapshotPrefix}${snapshotId}/` }),
  };
}

/** A number as it stands in a key: keys sort as the numbers do. */
export function numberInKey(value: number): string {
  return String(value).padStart(DIGITS, '0');
}
