import { ensureError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import { type EntryId, type MemberId, NO_DATA } from '../core/entry.ts';
import type { MemoryStorage } from '../core/log/memory-storage.ts';
import type { ConfState } from '../core/message.ts';
import type { DiskLog } from '../disk-log.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import {
  createSnapshot,
  publishSnapshot,
  type SnapshotWriter,
  type StagedSnapshot,
} from '../snapshot-file.ts';
import type { MemberSettings } from './thread-messages.ts';

/** Entries kept in memory behind a snapshot, so that a member a little behind needs no snapshot itself. */
const MAX_RETAINED_BYTES = 16 * 1024 * 1024;
/** Kept at most for a member that is further behind but there, as while it takes a snapshot. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

export interface OwnSnapshotsOptions {
  readonly settings: Pick<
    MemberSettings,
    'folder' | 'key' | 'snapshotEveryEntries' | 'snapshotEveryBytes' | 'retainEntries'
  >;
  readonly diskLog: Pick<DiskLog, 'removeThrough'>;
  readonly storage: MemoryStorage;
  readonly log: Log;
  /** Asks the application for its state; it comes back by `add`, and a last time by `end`. */
  readonly take: () => void;
  /** One part is written, or not needed any more: another one may come. */
  readonly more: () => void;
  readonly startSegment: () => void;
  /** The index up to which every member that is there has the log; a leader's knowledge, or Infinity. */
  readonly lowestMatch: () => number;
}

/** What the next snapshot is of: the state at the moment of asking. */
export interface SnapshotPoint extends EntryId {
  readonly confState: ConfState;
  readonly addresses: ReadonlyMap<MemberId, MemberAddress>;
}

/** Takes snapshots when the log has grown, and keeps them away from those that are received. */
export interface OwnSnapshots {
  /** So much was applied. */
  count(entries: number, bytes: number): void;
  /** The next chance is to be taken, however little there is. */
  want(): void;
  /** Likewise, even where that replaces a snapshot of the same index. */
  wantAgain(): void;
  isDue(): boolean;
  /** True when a snapshot of the same index as the last one is due too. */
  mayRepeat(): boolean;
  /** The application is asked for its state as of this point. */
  begin(point: SnapshotPoint): void;
  /** The next part of that state. */
  add(part: Uint8Array): void;
  /** That was the last part. */
  end(): void;
  /** Publishes a snapshot of another member; one of one's own on its way is void. */
  saveReceived(staged: StagedSnapshot): Promise<void>;
  /** Gives up the one on its way. */
  stop(): Promise<void>;
}

/** One on its way. */
interface Taking {
  readonly point: SnapshotPoint;
  /** Entries that stay in memory behind it, and how many at most if a member needs them. */
  readonly retained: number;
  readonly mostRetained: number;
  readonly writer: Promise<SnapshotWriter>;
  /** True when it will not be published: overtaken, or its file cannot be written. */
  isVoid: boolean;
}

/** Nothing is counted and nothing is on its way. */
export function createOwnSnapshots(options: OwnSnapshotsOptions): OwnSnapshots {
  const { settings } = options;
  let entries = 0;
  let bytes = 0;
  let isWanted = false;
  let isWantedAgain = false;
  let taking: Taking | undefined;
  /** Ends when all that was handed in so far is written. */
  let writing: Promise<void> = Promise.resolve();

  const retention = (): Pick<Taking, 'retained' | 'mostRetained'> => {
    // Without entries of its own to count, as after an adoption, nothing is kept behind the snapshot.
    if (isWanted || isWantedAgain) return { retained: 0, mostRetained: 0 };
    const averageBytes = Math.max(1, bytes / Math.max(1, entries));
    const retained = Math.min(settings.retainEntries, Math.floor(MAX_RETAINED_BYTES / averageBytes));
    return { retained, mostRetained: Math.max(retained, Math.floor(MAX_HELD_BYTES / averageBytes)) };
  };
  /** Runs a step after those before it; whatever fails makes the snapshot void, and no more than that. */
  const step = (taken: Taking, run: (writer: SnapshotWriter) => Promise<void>): Promise<void> => {
    const before = writing;
    const attempt = async (): Promise<void> => {
      await before;
      if (taken.isVoid) return;
      try {
        await run(await taken.writer);
      } catch (thrown) {
        await discard(taken);
        options.log('error', 'A snapshot could not be written; the log keeps growing.', {
          index: taken.point.index,
          error: ensureError(thrown).message,
        });
      }
    };
    writing = attempt();
    return writing;
  };
  const finish = async (taken: Taking): Promise<void> => {
    await step(taken, async (writer) => {
      const staged = await writer.finish();
      await (taken.isVoid ? staged.discard() : publish(options, taken, staged));
    });
    taking = undefined;
  };
  const giveUp = async (): Promise<void> => {
    const taken = taking;
    if (taken === undefined || taken.isVoid) return;
    taken.isVoid = true;
    await writing;
    await discard(taken);
  };

  return {
    count: (moreEntries, moreBytes) => {
      entries += moreEntries;
      bytes += moreBytes;
    },
    want: () => {
      isWanted = true;
    },
    wantAgain: () => {
      isWantedAgain = true;
    },
    mayRepeat: () => isWantedAgain,
    isDue: () =>
      taking === undefined &&
      (isWanted ||
        isWantedAgain ||
        entries >= settings.snapshotEveryEntries ||
        bytes >= settings.snapshotEveryBytes),
    begin: (point) => {
      taking = { point, ...retention(), writer: openWriter(options, point), isVoid: false };
      // A failure to open shows in the first step.
      taking.writer.catch(() => undefined);
      entries = 0;
      bytes = 0;
      isWanted = false;
      isWantedAgain = false;
      options.startSegment();
      options.take();
    },
    add: (part) => {
      if (taking !== undefined) void step(taking, (writer) => writer.add(part)).then(options.more);
    },
    end: () => {
      if (taking !== undefined) void finish(taking);
    },
    saveReceived: async (staged) => {
      await giveUp();
      await publishSnapshot(settings.folder, staged);
    },
    stop: giveUp,
  };
}

function openWriter({ settings }: OwnSnapshotsOptions, point: SnapshotPoint): Promise<SnapshotWriter> {
  const { index, term, confState } = point;
  const addresses = Object.fromEntries([...point.addresses].map(([id, address]) => [String(id), address]));
  const description = { confState, addresses, hasState: true };
  return createSnapshot(settings.folder, settings.key, { index, term, origin: 'own', description });
}

async function discard(taken: Taking): Promise<void> {
  taken.isVoid = true;
  await taken.writer.then((writer) => writer.discard()).catch(() => undefined);
}

/** From here on the snapshot stands for the log before it. */
async function publish(options: OwnSnapshotsOptions, taken: Taking, staged: StagedSnapshot): Promise<void> {
  const { storage } = options;
  const { index, confState } = taken.point;
  const latestIndex = (): number => storage.snapshot()?.index ?? 0;
  // A snapshot from the leader may have overtaken this one meanwhile.
  if (index < latestIndex()) return staged.discard();
  await publishSnapshot(options.settings.folder, staged);
  if (index < latestIndex()) return;
  if (index > latestIndex()) storage.createSnapshot(index, confState, NO_DATA);
  const needed = Math.min(index - taken.retained, options.lowestMatch());
  const compactIndex = Math.max(needed, index - taken.mostRetained);
  if (compactIndex >= storage.firstIndex()) storage.compact(compactIndex);
  await options.diskLog.removeThrough(index);
}
