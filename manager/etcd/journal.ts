import { SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { ReplicatedStore } from '../store/memory-store.ts';
import type { Restoration } from '../store/snapshot-parts.ts';
import type { LogEntry, SnapshotReference } from './records.ts';

/** Those who wait for an entry to be applied here. */
const MAX_WAITING = 4_096;

/** What this manager's memory was made of, so that it can be compared with what etcd holds. */
export interface Journal {
  /** Index of the last entry applied. */
  index(): number;
  /** Index of the newest snapshot known; the log before it may be gone. */
  snapshotIndex(): number;
  /** What was applied behind it. */
  sinceSnapshot(): { readonly entries: number; readonly bytes: number };
  /** The revision that wrote an entry since the last snapshot; undefined when it was not seen. */
  revisionOf(index: number): number | undefined;
  /**
   * Applies the entry that comes next. `known` = it was applied before; `gap` = entries before it are missing.
   * Throws what the store throws for an entry that it cannot read.
   */
  apply(entry: LogEntry, revision: number): 'applied' | 'known' | 'gap';
  /** Replaces the whole memory by a snapshot taken at `index`, once that is finished. */
  restore(index: number): Restoration;
  /** A newer snapshot is there: what was applied before it is not compared any more. */
  noteSnapshot(reference: SnapshotReference): void;
  /** Resolves once entry `index` is applied; rejects with UNAVAILABLE after `timeoutMs`, RESOURCE_EXHAUSTED at once. */
  reached(index: number, timeoutMs: number): Promise<void>;
  /** Called after each entry. */
  onApplied(listener: () => void): void;
  close(): void;
}

interface Waiter {
  readonly index: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimer: () => void;
}

/** Nothing is applied yet. */
export function createJournal(store: ReplicatedStore, clock: Clock): Journal {
  let index = 0;
  let snapshotIndex = 0;
  let bytes = 0;
  const applied = new Map<number, { readonly revision: number; readonly byteLength: number }>();
  const waiters = new Set<Waiter>();
  const listeners: (() => void)[] = [];

  const settle = (waiter: Waiter): void => {
    waiters.delete(waiter);
    waiter.cancelTimer();
  };
  const wake = (): void => {
    for (const waiter of waiters) {
      if (waiter.index > index) continue;
      settle(waiter);
      waiter.resolve();
    }
  };

  return {
    index: () => index,
    snapshotIndex: () => snapshotIndex,
    sinceSnapshot: () => ({ entries: applied.size, bytes }),
    revisionOf: (of) => applied.get(of)?.revision,
    apply(entry, revision) {
      if (entry.index <= index) return 'known';
      if (entry.index > index + 1) return 'gap';
      store.apply(entry.payload, entry.index);
      index = entry.index;
      const { byteLength } = entry.payload;
      applied.set(index, { revision, byteLength });
      bytes += byteLength;
      wake();
      for (const listener of listeners) listener();
      return 'applied';
    },
    restore(at) {
      const restoration = store.restore(at);
      return {
        add: restoration.add,
        finish: () => {
          restoration.finish();
          index = at;
          snapshotIndex = at;
          applied.clear();
          bytes = 0;
          wake();
        },
      };
    },
    noteSnapshot(reference) {
      if (reference.index <= snapshotIndex) return;
      snapshotIndex = reference.index;
      for (const [known, { byteLength }] of applied) {
        if (known > snapshotIndex) break;
        applied.delete(known);
        bytes -= byteLength;
      }
    },
    reached: (wanted, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (wanted <= index) return resolve();
        if (waiters.size >= MAX_WAITING) {
          throw new SkepError('RESOURCE_EXHAUSTED', `${waiters.size} reads already wait for the log`, {
            help: 'try again in a moment',
          });
        }
        const cancelTimer = clock.schedule(timeoutMs, () => {
          waiters.delete(waiter);
          reject(behind(wanted, index));
        });
        const waiter: Waiter = { index: wanted, resolve, reject, cancelTimer };
        waiters.add(waiter);
      }),
    onApplied: (listener) => void listeners.push(listener),
    close() {
      for (const waiter of [...waiters]) {
        settle(waiter);
        waiter.reject(new SkepError('UNAVAILABLE', 'this manager is stopping'));
      }
    },
  };
}

function behind(wanted: number, index: number): SkepError {
  return new SkepError(
    'UNAVAILABLE',
    `this manager is still at log entry ${index} and was asked for ${wanted}`,
    {
      help: 'see that etcd is reached from here',
    },
  );
}
