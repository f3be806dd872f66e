import type { Entry } from '../../../../../manager/raft/core/entry.ts';
import {
  createMemoryStorage,
  type MemoryStorage,
} from '../../../../../manager/raft/core/log/memory-storage.ts';
import type { HardState, Snapshot } from '../../../../../manager/raft/core/message.ts';
import type { Chance } from './chance.ts';

/** What one Ready, or one storage message, asks to be written. */
export interface DiskWrite {
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
  /** Set for a snapshot of the own state: the log goes on after it. */
  readonly isOwnSnapshot?: boolean;
}

/** A disk that keeps what was synced; of later writes a crash leaves the first few, or none. */
export interface Disk {
  write(work: DiskWrite): void;
  sync(): void;
  crash(chance: Chance): void;
  /** A storage as a process finds it that starts on what the disk holds. */
  load(): MemoryStorage;
}

/** A disk with a first snapshot. One that is `careless` says that it synced and does not. */
export function createDisk(first: Snapshot, careless: boolean): Disk {
  const hardState = { term: first.term, vote: 0, commit: first.index };
  let done: DiskWrite[] = [{ hardState, entries: [], snapshot: first }];
  let pending: DiskWrite[] = [];
  return {
    write: (work) => {
      pending.push(work);
    },
    sync: () => {
      if (careless) return;
      done.push(...pending);
      pending = [];
      if (done.length > 200) done = [flatten(done)];
    },
    crash: (chance) => {
      done.push(...pending.slice(0, chance.below(pending.length + 1)));
      pending = [];
    },
    load: () => replay(done),
  };
}

function replay(writes: readonly DiskWrite[]): MemoryStorage {
  const storage = createMemoryStorage();
  for (const work of writes) writeTo(storage, work);
  return storage;
}

/** Carries out a write on a storage. */
export function writeTo(storage: MemoryStorage, work: DiskWrite): void {
  const { hardState, entries, snapshot, isOwnSnapshot } = work;
  if (hardState !== undefined) storage.setHardState(hardState);
  if (snapshot !== undefined) {
    if (isOwnSnapshot !== true) {
      storage.applySnapshot(snapshot);
    } else if (snapshot.index >= storage.firstIndex() && snapshot.index <= storage.lastIndex()) {
      storage.createSnapshot(snapshot.index, snapshot.confState, snapshot.data);
      storage.compact(snapshot.index);
    }
  }
  storage.append(entries);
}

/** One write that leaves the same behind. */
function flatten(writes: readonly DiskWrite[]): DiskWrite {
  const storage = replay(writes);
  return {
    hardState: storage.initialState().hardState,
    snapshot: storage.snapshot(),
    entries: storage.entries(storage.firstIndex(), storage.lastIndex() + 1, Number.POSITIVE_INFINITY) ?? [],
  };
}
