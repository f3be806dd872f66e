import { assert, SkepError } from '../../../../lib/errors.ts';
import { type Entry, limitEntries, NO_DATA } from '../entry.ts';
import {
  type ConfState,
  EMPTY_CONF_STATE,
  EMPTY_HARD_STATE,
  type HardState,
  type Snapshot,
} from '../message.ts';
import type { RaftStorage } from './storage.ts';

/** The log in memory: a mirror of what is on disk, or all there is in tests. */
export interface MemoryStorage extends RaftStorage {
  setHardState(hardState: HardState): void;
  /** Adds entries that continue the log, or that replace its end from their first index on. */
  append(entries: readonly Entry[]): void;
  /** Replaces everything by a snapshot. False, and nothing done, when the log has a newer one. */
  applySnapshot(snapshot: Snapshot): boolean;
  /** Notes a snapshot of the own state at an index of the log; it becomes what `snapshot()` gives. */
  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot;
  /** Drops the entries up to and with `index`, which must be in the log. Throws FAILED_PRECONDITION if already dropped. */
  compact(index: number): void;
}

/** The snapshot of a member that has nothing. */
export const EMPTY_SNAPSHOT: Snapshot = { index: 0, term: 0, confState: EMPTY_CONF_STATE, data: NO_DATA };

/** Empty storage; fill it before a member is started on it. */
export function createMemoryStorage(): MemoryStorage {
  let hardState = EMPTY_HARD_STATE;
  let snapshot = EMPTY_SNAPSHOT;
  /** Index and term of the entry before the first, and the entries after it. */
  let offset = 0;
  let offsetTerm = 0;
  let log: Entry[] = [];

  const lastIndex = (): number => offset + log.length;
  const term = (index: number): number | undefined =>
    index === offset ? offsetTerm : log[index - offset - 1]?.term;

  return {
    initialState: () => ({ hardState, confState: snapshot.confState }),
    firstIndex: () => offset + 1,
    lastIndex,
    term,
    entries: (low, high, maxBytes) => {
      if (low <= offset) return undefined;
      assert(high <= lastIndex() + 1, `entry ${high - 1} is not beyond the last, ${lastIndex()}`);
      return limitEntries(log, maxBytes, low - offset - 1, high - offset - 1);
    },
    snapshot: () => snapshot,
    setHardState: (next) => {
      hardState = next;
    },
    append: (entries) => {
      // What is compacted already is known to be the same.
      const fresh = entries.filter((entry) => entry.index > offset);
      const first = fresh[0];
      if (first === undefined) return;
      assert(first.index <= lastIndex() + 1, `entry ${first.index} continues the log at ${lastIndex() + 1}`);
      log.length = first.index - offset - 1;
      for (const entry of fresh) log.push(entry);
    },
    applySnapshot: (next) => {
      if (next.index <= snapshot.index) return false;
      snapshot = next;
      offset = next.index;
      offsetTerm = next.term;
      log = [];
      return true;
    },
    createSnapshot: (index, confState, data) => {
      const snapshotTerm = term(index);
      assert(snapshotTerm !== undefined, `entry ${index} of the snapshot is in the log`);
      snapshot = { index, term: snapshotTerm, confState, data };
      return snapshot;
    },
    compact: (index) => {
      if (index <= offset) {
        throw new SkepError('FAILED_PRECONDITION', `the log up to ${index} is compacted already`);
      }
      const indexTerm = term(index);
      assert(indexTerm !== undefined, `entry ${index} is in the log`);
      log = log.slice(index - offset);
      offset = index;
      offsetTerm = indexTerm;
    },
  };
}
