import { createHash } from 'node:crypto';
import { SkepError } from '../../lib/errors.ts';
import type { Restoration } from '../store/snapshot-parts.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { KeyValue, RangeRequest } from './etcd-request.ts';
import type { Journal } from './journal.ts';
import type { KeyLayout, KeyRange } from './key-layout.ts';
import {
  damaged,
  decodeEntry,
  decodeHead,
  decodeReference,
  type LogEntry,
  type SnapshotReference,
} from './records.ts';

/** Entries are at most 1 MiB each. */
const PAGE_KEYS = 64;
/** Pieces of a snapshot are about 256 KiB each; a page is decoded in one go. */
const PAGE_PIECES = 4;
/** Keys without values are small. */
export const PAGE_BARE_KEYS = 2_000;
const MAX_PAGES = 100_000;

/** What etcd says at one revision. */
export interface Outline {
  readonly revision: number;
  /** Index of the last entry: that of the head, or of a sound entry behind it. */
  readonly lastIndex: number;
  /** The term that the head was written in; 0 when the head is not sound. */
  readonly headTerm: number;
  readonly headRevision: number;
  /** False when the head is missing although there is a log, cannot be read, or stands before the log's end. */
  readonly isHeadSound: boolean;
  readonly latest: SnapshotReference | undefined;
  /** False when the snapshot's name cannot be read. */
  readonly isLatestSound: boolean;
  readonly leader: KeyValue | undefined;
}

/**
 * Reads leader, head and the name of the snapshot together, as a majority of etcd sees them. A head that cannot be read
 * is found again at the end of the log.
 */
export async function readOutline(client: EtcdClient, keys: KeyLayout): Promise<Outline> {
  const { revision, found } = await client.transact({
    conditions: [],
    steps: [keys.leader, keys.head, keys.latest].map((key) => ({ kind: 'get', key })),
  });
  const [leader, headKey, latestKey] = found;
  const latest = decoded(latestKey, decodeReference);
  const head = decoded(headKey, decodeHead);
  const headIndex = Math.max(head?.index ?? 0, latest?.index ?? 0);
  const lastIndex = await lastEntry(client, keys, headIndex, revision);
  return {
    revision,
    lastIndex,
    headTerm: head?.term ?? 0,
    headRevision: headKey?.modRevision ?? 0,
    isHeadSound: lastIndex === (head?.index ?? 0) && (headKey === undefined) === (head === undefined),
    latest,
    isLatestSound: (latestKey === undefined) === (latest === undefined),
    leader,
  };
}

function decoded<Value>(key: KeyValue | undefined, decode: (value: Uint8Array) => Value): Value | undefined {
  try {
    return key === undefined ? undefined : decode(key.value);
  } catch {
    return undefined;
  }
}

/** Follows the log from `index` on as far as sound entries stand in a row. */
async function lastEntry(
  client: EtcdClient,
  keys: KeyLayout,
  index: number,
  revision: number,
): Promise<number> {
  let last = index;
  const behind = { key: keys.entry(index + 1), end: keys.log.end };
  for await (const { key, value } of rangeOf(client, behind, { revision, limit: PAGE_KEYS })) {
    if (keys.indexOf(key) !== last + 1 || !isSound(value, last + 1)) return last;
    last++;
  }
  return last;
}

function isSound(value: Uint8Array, index: number): boolean {
  try {
    return decodeEntry(value, index).index === index;
  } catch {
    return false;
  }
}

/**
 * Brings the memory to what etcd holds at the revision of `outline`: from the snapshot if the memory is older than it
 * or `isWhole` asks for everything, and then by the entries. All is read and checked before the memory is touched.
 * Throws DATA_LOSS when something is missing or damaged, FAILED_PRECONDITION when the revision is compacted, or
 * the memory moved while all of it was to be replaced.
 */
export async function load(
  client: EtcdClient,
  keys: KeyLayout,
  journal: Journal,
  outline: Outline,
  isWhole = false,
): Promise<void> {
  const { lastIndex, latest, revision } = outline;
  const indexBefore = journal.index();
  const isFromSnapshot = isWhole || (latest !== undefined && journal.index() < latest.index);
  const restoration = isFromSnapshot ? journal.restore(latest?.index ?? 0) : undefined;
  if (restoration !== undefined && latest !== undefined) {
    await readSnapshot(client, keys, latest, revision, restoration);
  }
  const first = (isFromSnapshot ? (latest?.index ?? 0) : journal.index()) + 1;
  const entries = await readEntries(client, keys, first, lastIndex, revision);
  // Changes go on arriving while this reads; what they brought is newer than the snapshot.
  if (isWhole && journal.index() !== indexBefore) throw moved();
  if (isWhole || journal.index() < (latest?.index ?? 0)) restoration?.finish();
  for (const { entry, modRevision } of entries) journal.apply(entry, modRevision);
  if (latest !== undefined) journal.noteSnapshot(latest);
}

function moved(): SkepError {
  return new SkepError('FAILED_PRECONDITION', 'entries were applied while the state was read');
}

async function readSnapshot(
  client: EtcdClient,
  keys: KeyLayout,
  reference: SnapshotReference,
  revision: number,
  restoration: Restoration,
): Promise<void> {
  const hash = createHash('sha256');
  let chunks = 0;
  const pieces = rangeOf(client, keys.chunks(reference.id), { revision, limit: PAGE_PIECES });
  for await (const { value } of pieces) {
    hash.update(value);
    restoration.add(value);
    chunks++;
  }
  if (chunks !== reference.chunks || hash.digest('hex') !== reference.sha256) {
    throw damaged(`the snapshot of log entry ${reference.index} in etcd is not whole`);
  }
}

interface ReadEntry {
  readonly entry: LogEntry;
  readonly modRevision: number;
}

async function readEntries(
  client: EtcdClient,
  keys: KeyLayout,
  first: number,
  last: number,
  revision: number,
): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  if (first > last) return entries;
  const range = keys.entries(first, last);
  let next = first;
  for await (const { key, value, modRevision } of rangeOf(client, range, { revision, limit: PAGE_KEYS })) {
    if (keys.indexOf(key) !== next) throw damaged(`log entry ${next} is missing in etcd`);
    entries.push({ entry: decodeEntry(value, next), modRevision });
    next++;
  }
  if (next !== last + 1) throw damaged(`log entry ${next} is missing in etcd, where the log ends at ${last}`);
  return entries;
}

/** Every key of a range at one revision, a page at a time. */
export async function* rangeOf(
  client: EtcdClient,
  { key, end }: KeyRange,
  options: Pick<RangeRequest, 'limit' | 'isKeysOnly'> & { readonly revision: number },
): AsyncGenerator<KeyValue, void> {
  let from = key;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await client.range({ key: from, end, ...options });
    yield* answer.keys;
    const last = answer.keys.at(-1);
    if (!answer.hasMore || last === undefined) return;
    from = `${last.key}\0`;
  }
}
