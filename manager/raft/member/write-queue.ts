import { type Entry, entryBytes } from '../core/entry.ts';
import type { MemoryStorage } from '../core/log/memory-storage.ts';
import { type HardState, isEmptyHardState, type Message, type Snapshot } from '../core/message.ts';
import type { DiskLog, LogEntry } from '../disk-log.ts';

/** What one write holds at most, beyond its first piece of work. */
const MAX_WRITE_BYTES = 4 * 1024 * 1024;
/**
 * How far the commit index on disk may be behind while nothing else of the hard state changes. It is only where a
 * restarted member begins to apply: what is committed it learns from the leader (Raft paper, figure 2). Changes of the
 * members are the exception: a member should not go back to an earlier configuration.
 */
const MAX_COMMIT_LAG = 64;

export interface WriteQueueOptions {
  readonly diskLog: DiskLog;
  readonly storage: MemoryStorage;
  /** Makes a received snapshot durable, before the log goes on after it. */
  readonly saveSnapshot: (snapshot: Snapshot) => Promise<void>;
  /** The work is durable, and in `storage`: its responses may go. */
  readonly onDone: (work: readonly Message[]) => void;
  readonly onFailure: (thrown: unknown) => void;
  /** The same entries are about to be sent: the others write them while this member does (Raft thesis, 10.2.1). */
  readonly isSending: () => boolean;
}

/** Writes what the core hands out, in order, and all that waits in one write. */
export interface WriteQueue {
  push(work: Message): void;
  /** Begins a new segment between two writes. */
  startSegment(): void;
  /** Resolves once nothing is being written. */
  idle(): Promise<void>;
}

type Job = Message | 'start-segment';

/** An empty queue over an open log. After a failure it writes nothing more. */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { diskLog, storage } = options;
  let jobs: Job[] = [];
  let running: Promise<void> | undefined;
  let hasFailed = false;
  /** On disk as it was last written; a newer commit index alone waits for the next write. */
  let written = diskLog.hardState();
  /** Of the last entry that may be a change of the members. */
  let lastChangeIndex = diskLog.lastIndex();

  const writeBatch = async (work: readonly Message[]): Promise<void> => {
    const entries = joinEntries(work);
    const hardState = lastHardState(work);
    const latest = hardState ?? storage.initialState().hardState;
    const isNewTerm = latest.term !== (written?.term ?? 0) || latest.vote !== (written?.vote ?? 0);
    const writtenCommit = written?.commit ?? 0;
    const maxLag = writtenCommit < lastChangeIndex ? 1 : MAX_COMMIT_LAG;
    lastChangeIndex = entries.findLast(({ type }) => type !== 'EntryNormal')?.index ?? lastChangeIndex;
    if (entries.length > 0 || isNewTerm) {
      const withHardState = isNewTerm || latest.commit - writtenCommit >= maxLag;
      await diskLog.append(entries.map(toLogEntry), withHardState ? latest : undefined);
      if (withHardState) written = latest;
    }
    storage.append(entries);
    if (hardState !== undefined) storage.setHardState(hardState);
    options.onDone(work);
  };

  const writeSnapshot = async (work: Message, snapshot: Snapshot): Promise<void> => {
    const hardState = lastHardState([work]) ?? storage.initialState().hardState;
    await options.saveSnapshot(snapshot);
    await diskLog.restartAfter({ index: snapshot.index, term: snapshot.term }, hardState);
    written = hardState;
    await diskLog.removeThrough(snapshot.index);
    storage.applySnapshot({ ...snapshot, data: new Uint8Array(0) });
    storage.setHardState(hardState);
    if (work.entries.length > 0) await diskLog.append(work.entries.map(toLogEntry));
    storage.append(work.entries);
    options.onDone([work]);
  };

  const run = async (): Promise<void> => {
    try {
      // To seal and hand over a write takes time, and the messages are quickly gone.
      if (options.isSending()) await new Promise((resolve) => setImmediate(resolve));
      while (jobs.length > 0) {
        const [first] = jobs;
        if (first === 'start-segment') {
          jobs.shift();
          await diskLog.startSegment();
        } else if (first?.snapshot !== undefined) {
          jobs.shift();
          await writeSnapshot(first, first.snapshot);
        } else {
          const work = takeWork(jobs);
          jobs = jobs.slice(work.length);
          await writeBatch(work);
        }
      }
    } catch (thrown) {
      hasFailed = true;
      jobs = [];
      options.onFailure(thrown);
    }
    running = undefined;
  };

  const add = (job: Job): void => {
    if (hasFailed) return;
    jobs.push(job);
    running ??= run();
  };

  return {
    push: add,
    startSegment: () => add('start-segment'),
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}

function takeWork(jobs: readonly Job[]): Message[] {
  const work: Message[] = [];
  let bytes = 0;
  for (const job of jobs) {
    if (job === 'start-segment' || job.snapshot !== undefined) break;
    for (const entry of job.entries) bytes += entryBytes(entry);
    if (work.length > 0 && bytes > MAX_WRITE_BYTES) break;
    work.push(job);
  }
  return work;
}

/** The entries of all the work as one row: those that were replaced before they were written are left out. */
function joinEntries(work: readonly Message[]): readonly Entry[] {
  const joined: Entry[] = [];
  for (const { entries } of work) {
    const first = entries[0];
    const start = joined[0];
    if (first === undefined) continue;
    if (start !== undefined) joined.length = Math.max(0, first.index - start.index);
    for (const entry of entries) joined.push(entry);
  }
  return joined;
}

function lastHardState(work: readonly Message[]): HardState | undefined {
  for (const { term, vote, commit } of work.toReversed()) {
    const hardState = { term, vote, commit };
    if (!isEmptyHardState(hardState)) return hardState;
  }
  return undefined;
}

function toLogEntry({ index, term, type, data }: Entry): LogEntry {
  return { index, term, payload: data, ...(type === 'EntryNormal' ? {} : { type }) };
}
