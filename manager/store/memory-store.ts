import type { Change } from '../../lib/domain/store-object.ts';
import { assert, describeError, ensureError, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { transactionCodec } from '../../proto/messages.ts';
import { createDraft, type Draft } from './draft.ts';
import {
  applyTransaction,
  createState,
  type MemoryState,
  objectsOf,
  restoreObjects,
  viewOfState,
} from './memory-state.ts';
import {
  addUpdate,
  createPendingEntry,
  encodeUpdate,
  hasRoom,
  type PendingEntry,
  type Waiter,
} from './pending-entry.ts';
import { decodePart, encodeParts, type Restoration } from './snapshot-parts.ts';
import type { Proposer, Store, StoreView } from './store.ts';

/** Entries given to the proposer and not yet applied. More would only queue behind the disk. */
const MAX_ENTRIES_IN_FLIGHT = 8;
/** Entries that wait for a place in flight; beyond this, updates are refused rather than held in memory. */
const MAX_ENTRIES_WAITING = 64;

export interface StoreOptions {
  readonly proposer: Proposer;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Calls back when the present turn has ended; `setImmediate` unless a simulator says otherwise. */
  readonly defer?: (callback: () => void) => void;
}

/** The store as consensus drives it. */
export interface ReplicatedStore extends Store {
  /** Applies one committed entry; indexes must ascend. Throws DATA_LOSS when the entry cannot be read. */
  apply(entry: Uint8Array, index: number): void;
  /** Everything the store holds, as of the last entry applied before the call; encoded part by part as it is read. */
  snapshot(): Iterable<Uint8Array>;
  /** Replaces everything, once it is finished, by a snapshot taken at `index`; updates on their way are rejected. */
  restore(index: number): Restoration;
  /** Rejects updates that wait and all later ones. */
  close(): void;
}

/**
 * A store in memory, whose changes go through `proposer` first. It relies on the proposer to keep order: an
 * entry is committed only when all those proposed before it were.
 */
export function createStore(options: StoreOptions): ReplicatedStore {
  const { proposer, nowMs, log, defer = setImmediate } = options;
  let state: MemoryState = createState();
  let view: StoreView = viewOfState(state);
  let draft: Draft | undefined;
  let inFlight: PendingEntry[] = [];
  /** Only the last one is still being filled. */
  let waiting: PendingEntry[] = [];
  let flushIsScheduled = false;
  let isClosed = false;
  /** The newest time of any entry: what the store stamps never goes back, even when the clock does, or the leader's. */
  let latestTimeMs = 0;
  const listeners = new Set<(changes: readonly Change[], index: number) => void>();

  const entryTimeMs = (): number => {
    latestTimeMs = Math.max(latestTimeMs, nowMs());
    return latestTimeMs;
  };

  const currentDraft = (): Draft => {
    if (draft === undefined) {
      draft = createDraft(state);
      for (const entry of [...inFlight, ...waiting]) draft.add(entry, draft.view.index + 1);
    }
    return draft;
  };

  const entryWithRoom = (changeCount: number, byteLength: number): PendingEntry => {
    const last = waiting.at(-1);
    if (last !== undefined && hasRoom(last, changeCount, byteLength)) return last;
    if (waiting.length >= MAX_ENTRIES_WAITING) {
      throw new SkepError('RESOURCE_EXHAUSTED', `${waiting.length} log entries already wait for the disk`, {
        help: 'try again in a moment',
      });
    }
    const entry = createPendingEntry(entryTimeMs());
    waiting.push(entry);
    return entry;
  };

  const enqueue = (changes: readonly Change[], waiter: Waiter): void => {
    // The time is taken again for a new entry; its size does not depend on it.
    const openTimeMs = waiting.at(-1)?.proposedAtMs ?? entryTimeMs();
    const bytes = encodeUpdate(changes, openTimeMs);
    const present = currentDraft();
    const entry = entryWithRoom(changes.length, bytes.byteLength);
    const isNew = entry.changes.length === 0;
    addUpdate(
      entry,
      changes,
      entry.proposedAtMs === openTimeMs ? bytes : encodeUpdate(changes, entry.proposedAtMs),
    );
    entry.waiters.push(waiter);
    const index = isNew ? present.view.index + 1 : present.view.index;
    present.add({ changes, proposedAtMs: entry.proposedAtMs }, index);
    scheduleFlush();
  };

  const scheduleFlush = (): void => {
    if (flushIsScheduled) return;
    flushIsScheduled = true;
    defer(() => {
      flushIsScheduled = false;
      flush();
    });
  };

  const flush = (): void => {
    while (inFlight.length < MAX_ENTRIES_IN_FLIGHT) {
      const entry = waiting.shift();
      if (entry === undefined) return;
      inFlight.push(entry);
      void send(entry);
    }
  };

  const send = async (entry: PendingEntry): Promise<void> => {
    try {
      const index = await proposer.propose(joinParts(entry));
      inFlight = inFlight.filter((other) => other !== entry);
      for (const waiter of entry.waiters) waiter.resolve(index);
    } catch (thrown) {
      failFrom(entry, ensureError(thrown));
    }
    if (!isClosed) flush();
  };

  /** Rejects the entry, and every later one: they were decided on a state that did not come to be. */
  const failFrom = (entry: PendingEntry, error: Error): void => {
    const place = inFlight.indexOf(entry);
    const lost = place < 0 ? [entry] : [...inFlight.slice(place), ...waiting];
    if (place >= 0) {
      inFlight = inFlight.slice(0, place);
      waiting = [];
      draft = undefined;
    }
    for (const { waiters } of lost) for (const waiter of waiters) waiter.reject(error);
  };

  const failAll = (error: Error): void => {
    const lost = [...inFlight, ...waiting];
    inFlight = [];
    waiting = [];
    draft = undefined;
    for (const { waiters } of lost) for (const waiter of waiters) waiter.reject(error);
  };

  const notify = (changes: readonly Change[], index: number): void => {
    for (const listener of [...listeners]) {
      try {
        listener(changes, index);
      } catch (thrown) {
        log('error', 'A listener of the store failed.', { index, error: describeError(thrown) });
      }
    }
  };

  return {
    view: () => view,

    update: (decide) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw new SkepError('UNAVAILABLE', 'this manager is stopping');
        if (!proposer.isLeader()) {
          throw new SkepError('NOT_LEADER', 'this manager does not lead now, and nothing was changed', {
            help: 'try again in a moment',
          });
        }
        const present = currentDraft().view;
        const changes = decide(present);
        checkChanges(changes, present);
        if (changes.length > 0) {
          enqueue(changes, { resolve, reject });
          return;
        }
        // What the decision saw may still be on its way; "nothing to do" holds once that is durable.
        const newest = waiting.at(-1) ?? inFlight.at(-1);
        if (newest === undefined) resolve(state.index);
        else newest.waiters.push({ resolve, reject });
      }),

    watch(listener) {
      const own = (changes: readonly Change[], index: number): void => listener(changes, index);
      listeners.add(own);
      return () => listeners.delete(own);
    },

    apply(bytes, index) {
      const transaction = decodeTransaction(bytes, index);
      latestTimeMs = Math.max(latestTimeMs, transaction.proposedAtMs);
      const happened = applyTransaction(state, transaction, index);
      const first = inFlight[0];
      if (first !== undefined && isSame(first, bytes)) inFlight.shift();
      draft = undefined;
      notify(happened, index);
    },

    // Objects never change, so a list of those of now is all that has to be held.
    snapshot: () => encodeParts([...objectsOf(view)]),

    restore(index) {
      const restored = createState();
      return {
        add: (part) => {
          const objects = readPart(part, index);
          for (const { updatedAtMs } of objects) latestTimeMs = Math.max(latestTimeMs, updatedAtMs);
          restoreObjects(restored, objects);
        },
        finish: () => {
          restored.index = index;
          state = restored;
          view = viewOfState(state);
          failAll(new SkepError('UNAVAILABLE', 'the state of this manager was replaced by a snapshot'));
          notify([], index);
        },
      };
    },

    close() {
      isClosed = true;
      listeners.clear();
      failAll(new SkepError('UNAVAILABLE', 'this manager is stopping'));
    },
  };
}

function checkChanges(changes: readonly Change[], view: StoreView): void {
  for (const change of changes) {
    const id = change.kind === 'put' ? change.object.id : change.id;
    assert(id !== '', 'every stored object has an id');
    if (change.kind !== 'put' || change.object.kind !== 'cluster') continue;
    if (view.cluster !== undefined && view.cluster.id !== id) {
      throw new SkepError('CONFLICT', `this manager already belongs to cluster ${view.cluster.id}`);
    }
  }
}

function joinParts(entry: PendingEntry): Uint8Array {
  return entry.parts.length === 1 && entry.parts[0] !== undefined
    ? entry.parts[0]
    : Buffer.concat(entry.parts, entry.byteLength);
}

function isSame(entry: PendingEntry, bytes: Uint8Array): boolean {
  if (entry.byteLength !== bytes.byteLength) return false;
  let offset = 0;
  for (const part of entry.parts) {
    if (Buffer.compare(part, bytes.subarray(offset, offset + part.byteLength)) !== 0) return false;
    offset += part.byteLength;
  }
  return true;
}

function decodeTransaction(bytes: Uint8Array, index: number): ReturnType<typeof transactionCodec.decode> {
  try {
    return transactionCodec.decode(bytes);
  } catch (cause) {
    throw new SkepError('DATA_LOSS', `log entry ${index} cannot be read`, { cause });
  }
}

function readPart(part: Uint8Array, index: number): ReturnType<typeof decodePart> {
  try {
    return decodePart(part);
  } catch (cause) {
    throw new SkepError('DATA_LOSS', `the snapshot of entry ${index} cannot be read`, { cause });
  }
}
