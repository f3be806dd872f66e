import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compare, type Listing, type Memory, repairFor } from '../../../manager/etcd/comparison.ts';

const SOUND = { isHeadSound: true, isLatestSound: true, isLeaderSettled: true };
const NOTHING = { writesSnapshot: false, takesOverAgain: false, reloads: false };

/** Entries 4 to 8 behind a snapshot of two pieces, each entry written at ten times its index. */
const LISTING: Listing = {
  ...SOUND,
  lastIndex: 8,
  entries: [4, 5, 6, 7, 8].map((number) => ({ number, modRevision: number * 10, version: 1 })),
  snapshot: { index: 3, chunks: 2, found: [0, 1].map((number) => ({ number, modRevision: 35, version: 1 })) },
};
const MEMORY: Memory = { index: 8, revisionOf: (index) => (index > 3 ? index * 10 : undefined) };

function kinds(listing: Listing, memory: Memory = MEMORY): string[] {
  return compare(listing, memory).map(({ kind, index }) => (index === undefined ? kind : `${kind} ${index}`));
}

function repairs(listing: Listing, memory: Memory = MEMORY) {
  const differences = compare(listing, memory);
  return { leader: repairFor(differences, listing, true), follower: repairFor(differences, listing, false) };
}

describe('the comparison of etcd with the memory', () => {
  it('finds nothing where nothing differs', () => {
    assert.deepEqual(kinds(LISTING), []);
    assert.deepEqual(repairs(LISTING), { leader: NOTHING, follower: NOTHING });
    // An entry came since the memory was looked at; one before the snapshot is still to be deleted.
    const leftover = { number: 2, modRevision: 20, version: 1 };
    assert.deepEqual(
      kinds({ ...LISTING, entries: [leftover, ...LISTING.entries] }, { ...MEMORY, index: 7 }),
      [],
    );
    assert.deepEqual(
      kinds({ ...SOUND, lastIndex: 0, entries: [], snapshot: undefined }, { ...MEMORY, index: 0 }),
      [],
    );
  });

  it('finds each entry that is missing, and the leader writes a snapshot', () => {
    fc.assert(
      fc.property(fc.subarray([4, 5, 6, 7, 8], { minLength: 1 }), (missing) => {
        const entries = LISTING.entries.filter(({ number }) => !missing.includes(number ?? 0));
        const listing = { ...LISTING, entries };
        assert.deepEqual(
          kinds(listing),
          missing.map((index) => `entry-missing ${index}`),
        );
        assert.deepEqual(repairs(listing), {
          leader: { ...NOTHING, writesSnapshot: true },
          follower: NOTHING,
        });
      }),
    );
  });

  it('finds entries written over, and those deleted and put there again', () => {
    // Only one that was put there anew may be of another history; an edited one must not become a follower's memory.
    const changes = [
      [{ version: 2 }, false],
      [{ modRevision: 99 }, true],
      [{ version: 2, modRevision: 99 }, false],
    ] as const;
    for (const [change, reloads] of changes) {
      const entries = LISTING.entries.map((entry) => (entry.number === 6 ? { ...entry, ...change } : entry));
      assert.deepEqual(kinds({ ...LISTING, entries }), ['entry-changed 6']);
      assert.deepEqual(repairs({ ...LISTING, entries }), {
        leader: { ...NOTHING, writesSnapshot: true },
        follower: { ...NOTHING, reloads },
      });
    }
  });

  it('finds keys that no manager writes, for the next leader to remove', () => {
    for (const number of [9, undefined]) {
      const listing = { ...LISTING, entries: [...LISTING.entries, { number, modRevision: 90, version: 1 }] };
      assert.deepEqual(kinds(listing), [number === undefined ? 'foreign-key' : 'foreign-key 9']);
      assert.deepEqual(repairs(listing), { leader: { ...NOTHING, takesOverAgain: true }, follower: NOTHING });
    }
  });

  it('finds a head that is not sound', () => {
    assert.deepEqual(kinds({ ...LISTING, isHeadSound: false }), ['head-damaged']);
    assert.equal(repairs({ ...LISTING, isHeadSound: false }).leader.takesOverAgain, true);
  });

  it('finds a snapshot that lacks a piece, or has one written over, or has no name', () => {
    const pieces = LISTING.snapshot?.found ?? [];
    const broken = [
      pieces.slice(1),
      [],
      [...pieces, { number: 2, modRevision: 35, version: 1 }],
      pieces.map((piece) => ({ ...piece, version: 2 })),
    ];
    for (const found of broken) {
      const listing = { ...LISTING, snapshot: { index: 3, chunks: 2, found } };
      assert.deepEqual(kinds(listing), ['snapshot-damaged 3']);
      assert.deepEqual(repairs(listing), { leader: { ...NOTHING, writesSnapshot: true }, follower: NOTHING });
    }
    assert.deepEqual(kinds({ ...LISTING, isLatestSound: false, snapshot: undefined }), ['snapshot-damaged']);
  });

  it('has a follower give up what etcd has lost only once a leader wrote down where the log ends', () => {
    const ahead = { ...MEMORY, index: 12 };
    assert.deepEqual(kinds(LISTING, ahead), ['etcd-behind-memory 8']);
    assert.deepEqual(repairs(LISTING, ahead), {
      leader: { ...NOTHING, takesOverAgain: true },
      follower: { ...NOTHING, reloads: true },
    });
    assert.deepEqual(repairs({ ...LISTING, isLeaderSettled: false }, ahead).follower, NOTHING);
  });

  it('lists no more than a bounded number of differences', () => {
    assert.equal(kinds({ ...LISTING, lastIndex: 1_000_000, entries: [] }).length, 100);
  });
});
