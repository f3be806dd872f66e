import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Entry, limitEntries, NO_DATA, totalEntryBytes } from '../../../../manager/raft/core/entry.ts';
import { createMemoryStorage, type MemoryStorage } from '../../../../manager/raft/core/log/memory-storage.ts';
import {
  acceptApplying,
  applyTo,
  commitTo,
  createRaftLog,
  entriesFrom,
  findConflictByTerm,
  firstIndex,
  isUpToDate,
  lastIndex,
  maybeAppend,
  nextCommitted,
  type RaftLog,
  restoreLog,
  sliceLog,
  termAt,
} from '../../../../manager/raft/core/log/raft-log.ts';
import {
  acceptUnstable,
  nextUnstableEntries,
  nextUnstableSnapshot,
  stableSnapshotTo,
  stableTo,
} from '../../../../manager/raft/core/log/unstable.ts';
import { EMPTY_CONF_STATE } from '../../../../manager/raft/core/message.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;

function entry(term: number, index: number, bytes = 0): Entry {
  return { term, index, type: 'EntryNormal', data: bytes === 0 ? NO_DATA : new Uint8Array(bytes) };
}

function filled(terms: readonly number[]): { log: RaftLog; storage: MemoryStorage } {
  const storage = createMemoryStorage();
  storage.append(terms.map((term, place) => entry(term, place + 1)));
  return { log: createRaftLog(storage, UNLIMITED), storage };
}

/** A log as a plain list of terms, with a compacted start. */
interface Model {
  terms: number[];
  compacted: number;
  committed: number;
}

type Step =
  | { readonly kind: 'leader'; readonly back: number; readonly count: number; readonly commit: number }
  | { readonly kind: 'store' | 'stable' | 'compact' | 'snapshot'; readonly amount: number };

const amount = fc.integer({ min: 0, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('leader' as const),
      back: amount,
      count: amount,
      commit: amount,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('store', 'stable', 'compact', 'snapshot'),
      amount,
    }) as fc.Arbitrary<Step>,
  },
);

/** A new leader writes over what is not committed, from `back` entries before the end on. */
function overwrite(log: RaftLog, model: Model, term: number, change: Step & { kind: 'leader' }): void {
  const previous = Math.max(model.terms.length - change.back, model.committed);
  const entries = Array.from({ length: change.count }, (_, place) => entry(term, previous + 1 + place));
  const slice = { previous: { term: model.terms[previous - 1] ?? 0, index: previous }, entries };
  const commit = Math.min(model.committed + change.commit, previous + change.count);
  assert.equal(maybeAppend(log, slice, commit), previous + change.count);
  if (entries.length > 0) model.terms = [...model.terms.slice(0, previous), ...entries.map(() => term)];
  model.committed = Math.max(model.committed, commit);
}

function applyStep(log: RaftLog, storage: MemoryStorage, model: Model, term: number, change: Step): void {
  switch (change.kind) {
    case 'leader':
      overwrite(log, model, term, change);
      return;
    case 'store': {
      const snapshot = nextUnstableSnapshot(log.unstable);
      if (snapshot !== undefined) storage.applySnapshot(snapshot);
      storage.append(nextUnstableEntries(log.unstable));
      acceptUnstable(log.unstable);
      return;
    }
    case 'stable': {
      // What was written may have been replaced since: then it must not count.
      const written = storage.lastIndex();
      stableTo(log.unstable, { term: storage.term(written) ?? 0, index: written });
      if (log.unstable.isSnapshotInProgress)
        stableSnapshotTo(log.unstable, log.unstable.snapshot?.index ?? 0);
      return;
    }
    case 'compact': {
      const to = Math.min(storage.firstIndex() + change.amount, model.committed, log.unstable.offset - 1);
      if (log.unstable.snapshot !== undefined || to < storage.firstIndex() || to > storage.lastIndex())
        return;
      storage.compact(to);
      model.compacted = to;
      return;
    }
    case 'snapshot': {
      const index = model.terms.length + change.amount + 1;
      if (log.unstable.snapshot !== undefined) return;
      restoreLog(log, { index, term, confState: EMPTY_CONF_STATE, data: NO_DATA });
      Object.assign(model, {
        terms: new Array<number>(index).fill(term),
        compacted: index,
        committed: index,
      });
    }
  }
}

describe('the log', () => {
  it('is what a plain list would be, through leaders, writes, compaction and snapshots', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { log, storage } = filled([]);
        const model: Model = { terms: [], compacted: 0, committed: 0 };
        for (const [place, change] of steps.entries()) {
          applyStep(log, storage, model, place + 1, change);
          assert.equal(lastIndex(log), model.terms.length);
          assert.equal(firstIndex(log), model.compacted + 1);
          assert.equal(log.committed, model.committed);
          for (let index = model.compacted + 1; index <= model.terms.length; index++) {
            assert.equal(termAt(log, index), model.terms[index - 1], `term at ${index}`);
          }
          assert.equal(termAt(log, model.terms.length + 1), undefined);
          assert.equal(sliceLog(log, model.compacted, model.compacted, UNLIMITED), undefined);
          const held = entriesFrom(log, firstIndex(log), UNLIMITED) ?? [];
          assert.deepEqual(
            held.map(({ term }) => term),
            model.terms.slice(model.compacted),
          );
        }
      }),
    );
  });

  it('does not take entries for written that were replaced while they were being written', () => {
    const { log, storage } = filled([1]);
    maybeAppend(log, { previous: { term: 1, index: 1 }, entries: [entry(1, 2)] }, 0);
    acceptUnstable(log.unstable);
    maybeAppend(log, { previous: { term: 1, index: 1 }, entries: [entry(2, 2)] }, 0);
    stableTo(log.unstable, { term: 1, index: 2 });
    assert.deepEqual(nextUnstableEntries(log.unstable), [entry(2, 2)]);
    storage.append([entry(2, 2)]);
    stableTo(log.unstable, { term: 2, index: 2 });
    assert.deepEqual(nextUnstableEntries(log.unstable), []);
  });

  it('refuses to replace a committed entry', () => {
    const { log } = filled([1, 1]);
    commitTo(log, 2);
    const slice = { previous: { term: 1, index: 1 }, entries: [entry(2, 2)] };
    assert.throws(() => maybeAppend(log, slice, 0), /contradicts a committed entry/);
    assert.throws(() => commitTo(log, 3), /within the log/);
  });

  it('takes nothing over after an entry that it does not have', () => {
    const { log } = filled([1, 1]);
    assert.equal(maybeAppend(log, { previous: { term: 2, index: 2 }, entries: [entry(2, 3)] }, 3), undefined);
    assert.equal(maybeAppend(log, { previous: { term: 1, index: 3 }, entries: [] }, 3), undefined);
    assert.equal(log.committed, 0);
  });

  it('says from where on two logs cannot agree', () => {
    const { log } = filled([1, 1, 4, 5, 5, 7]);
    assert.deepEqual(findConflictByTerm(log, 6, 5), { index: 5, term: 5 });
    assert.deepEqual(findConflictByTerm(log, 6, 3), { index: 2, term: 1 });
    assert.deepEqual(findConflictByTerm(log, 6, 9), { index: 6, term: 7 });
    assert.deepEqual(findConflictByTerm(log, 9, 1), { index: 9, term: 0 });
  });

  it('counts a log as up to date by its last term first, then by its length', () => {
    const { log } = filled([1, 2, 2]);
    assert.equal(isUpToDate(log, { term: 3, index: 1 }), true);
    assert.equal(isUpToDate(log, { term: 2, index: 3 }), true);
    assert.equal(isUpToDate(log, { term: 2, index: 2 }), false);
    assert.equal(isUpToDate(log, { term: 1, index: 9 }), false);
  });

  it('gives entries within a limit in bytes, but never none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 500 }),
        (sizes, stableCount, maxBytes) => {
          const entries = sizes.map((bytes, place) => entry(1, place + 1, bytes));
          const storage = createMemoryStorage();
          storage.append(entries.slice(0, stableCount));
          const log = createRaftLog(storage, UNLIMITED);
          const previous = { term: stableCount > 0 ? 1 : 0, index: Math.min(stableCount, entries.length) };
          maybeAppend(log, { previous, entries: entries.slice(stableCount) }, 0);
          assert.deepEqual(entriesFrom(log, 1, maxBytes), limitEntries(entries, maxBytes));
        },
      ),
    );
  });

  it('hands out committed entries once and in order, within the limit on what is not applied', () => {
    const storage = createMemoryStorage();
    storage.append([1, 2, 3, 4].map((index) => entry(1, index, 100)));
    const log = createRaftLog(storage, 250);
    commitTo(log, 4);
    const first = nextCommitted(log, true);
    assert.deepEqual(
      first.map(({ index }) => index),
      [1, 2],
    );
    acceptApplying(log, 2, totalEntryBytes(first), true);
    assert.deepEqual(nextCommitted(log, true), []);
    applyTo(log, 2, totalEntryBytes(first));
    assert.deepEqual(
      nextCommitted(log, true).map(({ index }) => index),
      [3, 4],
    );
  });

  it('hands out what is not on disk only where that is allowed', () => {
    const { log } = filled([1]);
    maybeAppend(log, { previous: { term: 1, index: 1 }, entries: [entry(1, 2)] }, 2);
    assert.deepEqual(
      nextCommitted(log, true).map(({ index }) => index),
      [1, 2],
    );
    assert.deepEqual(
      nextCommitted(log, false).map(({ index }) => index),
      [1],
    );
  });
});

describe('the storage in memory', () => {
  it('keeps the term of the last compacted entry, and no compacted entry', () => {
    const { storage } = filled([1, 2, 3]);
    storage.compact(2);
    assert.equal(storage.firstIndex(), 3);
    assert.equal(storage.term(2), 2);
    assert.equal(storage.term(1), undefined);
    assert.equal(storage.entries(2, 4, UNLIMITED), undefined);
    assert.throws(() => storage.compact(2), /compacted already/);
  });

  it('ignores an older snapshot, and entries that are compacted', () => {
    const { storage } = filled([1, 1]);
    const snapshot = { index: 5, term: 2, confState: EMPTY_CONF_STATE, data: NO_DATA };
    assert.equal(storage.applySnapshot(snapshot), true);
    assert.equal(storage.applySnapshot({ ...snapshot, index: 4 }), false);
    storage.append([entry(1, 4), entry(1, 5), entry(2, 6)]);
    assert.equal(storage.firstIndex(), 6);
    assert.equal(storage.lastIndex(), 6);
  });
});
