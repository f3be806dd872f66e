import { ensureError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import { type EntryId, type MemberId, NO_DATA } from '../core/entry.ts';
import type { MemoryStorage } from '../core/log/memory-storage.ts';
import type { ConfState, Snapshot } from '../core/message.ts';
import type { DiskLog } from '../disk-log.ts';
import { encodeEnvelope, type MemberAddress } from '../snapshot-envelope.ts';
import { writeSnapshot } from '../snapshot-file.ts';
import type { MemberSettings } from './thread-messages.ts';

/** Entries kept in memory behind a snapshot, so that a member a little behind needs no snapshot itself. */
const MAX_RETAINED_BYTES = 16 * 1024 * 1024;

export interface OwnSnapshotsOptions {
  readonly settings: MemberSettings;
  readonly diskLog: DiskLog;
  readonly storage: MemoryStorage;
  readonly log: Log;
  /** Asks the application for its state; it comes back by `save`. */
  readonly take: () => void;
  readonly startSegment: () => void;
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
  isDue(): boolean;
  /** The application is asked for its state as of this point. */
  begin(point: SnapshotPoint): void;
  save(state: Uint8Array): void;
  /** Writes a snapshot of another member, after what is being written; one of one's own on its way is void. */
  saveReceived(snapshot: Snapshot): Promise<void>;
  idle(): Promise<void>;
}

/** Nothing is counted and nothing is on its way. */
export function createOwnSnapshots(options: OwnSnapshotsOptions): OwnSnapshots {
  const { settings, storage, diskLog, log } = options;
  const { folder, key } = settings;
  let entries = 0;
  let bytes = 0;
  let isWanted = false;
  let point: SnapshotPoint | undefined;
  let isVoid = false;
  let writing: Promise<void> = Promise.resolve();

  const write = async (taken: SnapshotPoint, state: Uint8Array, retained: number): Promise<void> => {
    const { index, term, confState } = taken;
    const addresses = Object.fromEntries([...taken.addresses].map(([id, address]) => [String(id), address]));
    const payload = encodeEnvelope({ confState, addresses, hasState: true, state });
    try {
      await writeSnapshot(folder, key, { index, term, payload, origin: 'own' });
      // A snapshot from the leader may have overtaken this one meanwhile.
      if (storage.snapshot()?.index !== undefined && index <= (storage.snapshot()?.index ?? 0)) return;
      storage.createSnapshot(index, confState, NO_DATA);
      const compactIndex = index - retained;
      if (compactIndex >= storage.firstIndex()) storage.compact(compactIndex);
      await diskLog.removeThrough(index);
    } catch (thrown) {
      log('error', 'A snapshot could not be written; the log keeps growing.', {
        index,
        error: ensureError(thrown).message,
      });
    }
  };

  return {
    count: (moreEntries, moreBytes) => {
      entries += moreEntries;
      bytes += moreBytes;
    },
    want: () => {
      isWanted = true;
    },
    isDue: () =>
      point === undefined &&
      (isWanted || entries >= settings.snapshotEveryEntries || bytes >= settings.snapshotEveryBytes),
    begin: (taken) => {
      point = taken;
      isVoid = false;
      options.startSegment();
      options.take();
    },
    save: (state) => {
      const taken = point;
      if (taken === undefined) return;
      const averageBytes = Math.max(1, bytes / Math.max(1, entries));
      // Without entries of its own to count, as after an adoption, nothing is kept behind the snapshot.
      const retained = isWanted
        ? 0
        : Math.min(settings.retainEntries, Math.floor(MAX_RETAINED_BYTES / averageBytes));
      entries = 0;
      bytes = 0;
      isWanted = false;
      if (isVoid) {
        point = undefined;
        return;
      }
      writing = writing
        .then(() => (isVoid ? undefined : write(taken, state, retained)))
        .finally(() => {
          point = undefined;
        });
    },
    saveReceived: async (snapshot) => {
      isVoid = true;
      await writing;
      const { index, term, data: payload } = snapshot;
      await writeSnapshot(folder, key, { index, term, payload, origin: 'received' });
    },
    idle: () => writing,
  };
}
