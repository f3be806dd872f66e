import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jointCommittedIndex, jointVoteResult } from '../../../../manager/raft/core/quorum/joint.ts';
import { majorityCommittedIndex, majorityVoteResult } from '../../../../manager/raft/core/quorum/majority.ts';

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }).map((ids) => new Set(ids));
const indexes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 })))
  .map((pairs) => new Map(pairs));
const votes = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean())).map((pairs) => new Map(pairs));

describe('a majority quorum', () => {
  it('commits the highest index that more than half of the voters hold', () => {
    fc.assert(
      fc.property(voters, indexes, (ids, acked) => {
        const committed = majorityCommittedIndex(ids, (id) => acked.get(id));
        const holders = (index: number): number =>
          [...ids].filter((id) => (acked.get(id) ?? 0) >= index).length;
        if (ids.size === 0) return committed === Number.POSITIVE_INFINITY;
        return holders(committed) * 2 > ids.size && holders(committed + 1) * 2 <= ids.size;
      }),
    );
  });

  it('is won by more than half, lost when they cannot come together, and open otherwise', () => {
    fc.assert(
      fc.property(voters, votes, (ids, cast) => {
        const yes = [...ids].filter((id) => cast.get(id) === true).length;
        const no = [...ids].filter((id) => cast.get(id) === false).length;
        const isWon = ids.size === 0 || yes * 2 > ids.size;
        const isLost = !isWon && (ids.size - no) * 2 <= ids.size;
        const expected = isWon ? 'VoteWon' : isLost ? 'VoteLost' : 'VotePending';
        assert.equal(majorityVoteResult(ids, cast), expected);
      }),
    );
  });
});

describe('a joint quorum', () => {
  it('commits what both majorities hold, whichever is incoming', () => {
    fc.assert(
      fc.property(voters, voters, indexes, (incoming, outgoing, acked) => {
        const held = (id: number): number | undefined => acked.get(id);
        const both = Math.min(majorityCommittedIndex(incoming, held), majorityCommittedIndex(outgoing, held));
        assert.equal(jointCommittedIndex({ incoming, outgoing }, held), both);
        assert.equal(jointCommittedIndex({ incoming: outgoing, outgoing: incoming }, held), both);
      }),
    );
  });

  it('is won by both majorities, and lost with one of them', () => {
    fc.assert(
      fc.property(voters, voters, votes, (incoming, outgoing, cast) => {
        const results = [majorityVoteResult(incoming, cast), majorityVoteResult(outgoing, cast)];
        const expected = results.includes('VoteLost')
          ? 'VoteLost'
          : results.includes('VotePending')
            ? 'VotePending'
            : 'VoteWon';
        assert.equal(jointVoteResult({ incoming, outgoing }, cast), expected);
      }),
    );
  });
});
