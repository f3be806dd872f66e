import { ensureError, SkepError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import { type DiskLog, type LogEntry, openDiskLog } from '../../../manager/raft/disk-log.ts';
import { openNewestSnapshot, type SnapshotHead, writeSnapshot } from '../../../manager/raft/snapshot-file.ts';
import type { Restoration } from '../../../manager/store/snapshot-parts.ts';
import type { Proposer } from '../../../manager/store/store.ts';

/** Proposals that wait for the disk; further ones are refused rather than held in memory. */
const MAX_WAITING = 4_096;
/** The most that one write holds, unless a single entry is larger. */
const MAX_BATCH_ENTRIES = 256;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const DEFAULT_SNAPSHOT_EVERY_ENTRIES = 10_000;
const DEFAULT_SNAPSHOT_EVERY_BYTES = 64 * 1024 * 1024;

export interface SingleMemberOptions {
  /** Holds the log and the snapshots; made when it is missing. One process at a time. */
  readonly folder: string;
  /** 32 bytes, see key-file.ts. */
  readonly key: Uint8Array;
  /** Called in order with every entry, first those of the log that is there, then each new one once durable. */
  readonly apply: (entry: Uint8Array, index: number) => void;
  /** The whole state as of the last entry applied before the call, in parts that are read while others are applied. */
  readonly snapshot: () => Iterable<Uint8Array>;
  /** Replaces the state by the same parts; called at most once, before any `apply`. */
  readonly restore: (index: number) => Restoration;
  /** A snapshot is taken after so many entries, or so many bytes of them, whichever comes first. */
  readonly snapshotEveryEntries?: number;
  readonly snapshotEveryBytes?: number;
  readonly segmentBytes?: number;
  readonly log: Log;
}

interface Proposal {
  readonly entry: Uint8Array;
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * What the first version of Skep ran, whose folders a member adopts. Consensus of one: an entry is committed once it is durable here. Replays snapshot and log, then takes
 * proposals. All that wait while the disk is busy share the next write. After a disk error nothing is proposed
 * any more (UNAVAILABLE): what the disk holds is only known after a restart. Throws what openDiskLog and
 * openNewestSnapshot throw.
 */
export async function startSingleMember(
  options: SingleMemberOptions,
): Promise<Proposer & { close(): Promise<void> }> {
  const { folder, key } = options;
  const snapshot = await restoreSnapshot(options);
  let appliedIndex = snapshot?.index ?? 0;
  const size = { entries: 0, bytes: 0 };
  const entries: LogEntry[] = [];
  const diskLog = await openDiskLog({
    folder,
    key,
    log: options.log,
    afterIndex: appliedIndex,
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
    replay: (entry) => entries.push(entry),
  });
  if (diskLog.hardState() !== undefined) {
    await diskLog.close();
    throw notAlone(folder);
  }
  for (const { index, payload } of entries) {
    options.apply(payload, index);
    appliedIndex = index;
    size.entries++;
    size.bytes += payload.byteLength;
  }
  await diskLog.removeThrough(snapshot?.index ?? 0);
  const term = Math.max(1, diskLog.lastTerm(), snapshot?.term ?? 0);
  return runMember(options, { diskLog, term, appliedIndex, ...size });
}

async function restoreSnapshot({
  folder,
  key,
  restore,
}: SingleMemberOptions): Promise<SnapshotHead | undefined> {
  const snapshot = await openNewestSnapshot(folder, key);
  try {
    if (snapshot === undefined) return undefined;
    if (snapshot.origin !== 'single') throw notAlone(folder);
    const restoration = restore(snapshot.index);
    for await (const part of snapshot.parts()) restoration.add(part);
    restoration.finish();
    return snapshot;
  } finally {
    await snapshot?.close();
  }
}

function notAlone(folder: string): SkepError {
  return new SkepError('FAILED_PRECONDITION', `the data in ${folder} is that of one manager among several`, {
    help: 'start it as a member of its cluster',
  });
}

interface MemberState {
  readonly diskLog: DiskLog;
  readonly term: number;
  appliedIndex: number;
  /** Applied since the last snapshot was taken. */
  entries: number;
  bytes: number;
}

function runMember(options: SingleMemberOptions, state: MemberState): Proposer & { close(): Promise<void> } {
  const { diskLog, term } = state;
  let waiting: Proposal[] = [];
  let running: Promise<void> | undefined;
  let snapshotting: Promise<void> | undefined;
  let failure: SkepError | undefined;
  let isClosed = false;

  const fail = (thrown: unknown, batch: readonly Proposal[]): void => {
    failure ??= new SkepError('UNAVAILABLE', 'this manager stopped changing the cluster after an error', {
      help: 'see to the disk, then restart this manager',
      cause: ensureError(thrown),
    });
    options.log('error', 'The log failed; this manager takes no more changes.', {
      error: ensureError(thrown).message,
    });
    for (const proposal of [...batch, ...waiting]) proposal.reject(failure);
    waiting = [];
  };

  const commit = async (batch: readonly Proposal[]): Promise<void> => {
    const first = diskLog.lastIndex() + 1;
    const entries: LogEntry[] = batch.map(({ entry }, place) => ({
      index: first + place,
      term,
      payload: entry,
    }));
    await diskLog.append(entries);
    for (const { index, payload } of entries) {
      options.apply(payload, index);
      state.appliedIndex = index;
      state.entries++;
      state.bytes += payload.byteLength;
    }
    for (const [place, proposal] of batch.entries()) proposal.resolve(first + place);
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      waiting = waiting.slice(batch.length);
      try {
        await commit(batch);
        await snapshotWhenDue();
      } catch (thrown) {
        fail(thrown, batch);
      }
    }
    running = undefined;
  };

  const snapshotWhenDue = async (): Promise<void> => {
    const everyEntries = options.snapshotEveryEntries ?? DEFAULT_SNAPSHOT_EVERY_ENTRIES;
    const everyBytes = options.snapshotEveryBytes ?? DEFAULT_SNAPSHOT_EVERY_BYTES;
    if (snapshotting !== undefined || (state.entries < everyEntries && state.bytes < everyBytes)) return;
    await diskLog.startSegment();
    const head: SnapshotHead = { index: state.appliedIndex, term, origin: 'single' };
    const parts = options.snapshot();
    state.entries = 0;
    state.bytes = 0;
    // Proposals go on meanwhile: the snapshot has files of its own.
    snapshotting = saveSnapshot(options, diskLog, head, parts).finally(() => {
      snapshotting = undefined;
    });
  };

  return {
    propose: (entry) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) throw failure;
        if (isClosed) throw new SkepError('UNAVAILABLE', 'this manager is stopping');
        if (waiting.length >= MAX_WAITING) {
          throw new SkepError('RESOURCE_EXHAUSTED', `${waiting.length} changes already wait for the disk`, {
            help: 'try again in a moment',
          });
        }
        waiting.push({ entry, resolve, reject });
        running ??= run();
      }),
    version: () => state.appliedIndex,
    isLeader: () => failure === undefined && !isClosed,
    async close() {
      if (isClosed) return;
      isClosed = true;
      await running;
      await snapshotting;
      await diskLog.close();
    },
  };
}

function takeBatch(waiting: readonly Proposal[]): Proposal[] {
  const batch: Proposal[] = [];
  let bytes = 0;
  for (const proposal of waiting) {
    bytes += proposal.entry.byteLength;
    if (batch.length > 0 && (batch.length >= MAX_BATCH_ENTRIES || bytes > MAX_BATCH_BYTES)) break;
    batch.push(proposal);
  }
  return batch;
}

/** A snapshot that cannot be written costs disk space and start-up time, but no data: the log is still whole. */
async function saveSnapshot(
  options: SingleMemberOptions,
  diskLog: DiskLog,
  head: SnapshotHead,
  parts: Iterable<Uint8Array>,
): Promise<void> {
  try {
    await writeSnapshot(options.folder, options.key, head, parts);
    await diskLog.removeThrough(head.index);
  } catch (thrown) {
    options.log('error', 'A snapshot could not be written; the log keeps growing.', {
      index: head.index,
      error: ensureError(thrown).message,
    });
  }
}
