import { createHash } from 'node:crypto';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { ReplicatedStore } from '../store/memory-store.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { Operation } from './etcd-request.ts';
import type { Journal } from './journal.ts';
import { type KeyLayout, numberInKey } from './key-layout.ts';
import { pause } from './pause.ts';
import { encodeReference, type SnapshotReference } from './records.ts';
import { replaced } from './refusals.ts';
import type { Reign } from './reign.ts';

/** etcd deletes a range in one step, during which it writes nothing else. */
const TRIM_ENTRIES = 1_000;
/** A piece of a snapshot is tried so often before the snapshot is given up. */
const MAX_ATTEMPTS = 10;
const RETRY_MS = 500;
/** After a snapshot that failed. */
const PAUSE_AFTER_FAILURE_MS = 30_000;

export interface SnapshotsOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly store: Pick<ReplicatedStore, 'snapshot'>;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly log: Log;
  readonly everyEntries: number;
  readonly everyBytes: number;
}

export interface Snapshots {
  /** Writes one in the background when enough was applied since the last. */
  writeWhenDue(reign: Reign): void;
  /** Writes one now; resolves with the index of the last entry in it. Throws NOT_LEADER when the reign is over, UNAVAILABLE when etcd does not answer. */
  write(reign: Reign): Promise<number>;
}

/** Snapshots that a leader writes. Every step is bound to its key, so that one deposed changes nothing. */
export function createSnapshots(options: SnapshotsOptions): Snapshots {
  const { journal, monotonicMs, log } = options;
  let nextId = 1;
  let notBeforeMs = 0;
  let writing: Promise<number> | undefined;

  const write = async (reign: Reign): Promise<number> => {
    // Ids grow with every snapshot of every leader, and are never used again.
    const id = `${numberInKey(reign.term)}-${numberInKey(nextId++)}`;
    const reference = await writeSnapshot(options, reign, id);
    journal.noteSnapshot(reference);
    log('info', 'A snapshot of the state was written to etcd.', {
      index: reference.index,
      bytes: reference.bytes,
    });
    return reference.index;
  };
  const writeOne = (reign: Reign): Promise<number> => {
    writing = (writing ?? Promise.resolve(0))
      .catch(() => 0)
      .then(() => write(reign))
      .finally(() => {
        writing = undefined;
      });
    return writing;
  };

  return {
    write: writeOne,
    writeWhenDue: (reign) => {
      if (writing !== undefined || !reign.isLeading() || monotonicMs() < notBeforeMs) return;
      const { entries, bytes } = journal.sinceSnapshot();
      if (entries < options.everyEntries && bytes < options.everyBytes) return;
      writeOne(reign).catch((thrown: unknown) => {
        if (reign.over.aborted) return;
        notBeforeMs = monotonicMs() + PAUSE_AFTER_FAILURE_MS;
        log('warn', 'A snapshot could not be written to etcd; the log keeps growing.', {
          error: describeError(thrown),
        });
      });
    },
  };
}

async function writeSnapshot(
  options: SnapshotsOptions,
  reign: Reign,
  id: string,
): Promise<SnapshotReference> {
  const { keys, journal } = options;
  const trimFrom = journal.snapshotIndex();
  const index = journal.index();
  const parts = options.store.snapshot();
  const hash = createHash('sha256');
  let chunks = 0;
  let bytes = 0;
  // Encoded one by one, while each is on its way: 256 KiB and an object, less than the 1.5 MiB that etcd takes.
  for (const value of parts) {
    hash.update(value);
    bytes += value.byteLength;
    await change(options, reign, [{ kind: 'put', key: keys.chunk(id, chunks++), value }]);
  }
  const reference = { index, id, chunks, bytes, sha256: hash.digest('hex') };
  await change(options, reign, [{ kind: 'put', key: keys.latest, value: encodeReference(reference) }]);
  await trim(options, reign, trimFrom, reference);
  return reference;
}

/** Deletes what the snapshot replaces, oldest first. Watchers that are behind still get it from the history. */
async function trim(
  options: SnapshotsOptions,
  reign: Reign,
  from: number,
  { index, id }: SnapshotReference,
): Promise<void> {
  const { keys } = options;
  let first = 0;
  for (let last = Math.min(from + TRIM_ENTRIES, index); ; last = Math.min(last + TRIM_ENTRIES, index)) {
    await change(options, reign, [{ kind: 'delete', ...keys.entries(first, last) }]);
    if (last >= index) break;
    first = last + 1;
  }
  await change(options, reign, [{ kind: 'delete', ...keys.snapshotsBefore(id) }]);
}

/** One step of the leader; doing it twice does no harm. */
async function change(options: SnapshotsOptions, reign: Reign, steps: readonly Operation[]): Promise<void> {
  const { client, keys, clock } = options;
  for (let attempt = 1; ; attempt++) {
    if (!reign.isLeading()) throw replaced();
    try {
      const conditions = [{ what: 'created', key: keys.leader, revision: reign.term }] as const;
      const { isDone } = await client.transact({ conditions, steps });
      if (!isDone) throw replaced();
      return;
    } catch (thrown) {
      const isPassing = thrown instanceof SkepError && thrown.code === 'UNAVAILABLE';
      if (!isPassing || attempt >= MAX_ATTEMPTS) throw thrown;
    }
    await pause(clock, RETRY_MS, reign.over);
  }
}
