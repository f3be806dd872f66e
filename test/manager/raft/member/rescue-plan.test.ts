import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SkepError } from '../../../../lib/errors.ts';
import type { ConfChange } from '../../../../manager/raft/core/confchange/change.ts';
import { encodeConfChange } from '../../../../manager/raft/core/confchange/change-codec.ts';
import { type Entry, NO_DATA } from '../../../../manager/raft/core/entry.ts';
import { createMemoryStorage } from '../../../../manager/raft/core/log/memory-storage.ts';
import { type ConfState, EMPTY_CONF_STATE } from '../../../../manager/raft/core/message.ts';
import { createRaft } from '../../../../manager/raft/core/raft.ts';
import { rawNodeOf } from '../../../../manager/raft/core/raw-node.ts';
import { planSingleVoter, singleVoter } from '../../../../manager/raft/member/rescue-plan.ts';
import { isSkepError } from '../raft-samples.ts';

const START: ConfState = { ...EMPTY_CONF_STATE, voters: [1, 2, 3], learners: [4] };

function entryOf(change: ConfChange, index: number): Entry {
  return { index, term: 1, type: 'EntryConfChangeV2', data: encodeConfChange(change) };
}

/** A member of the real core that applies changes; false for one that does not fit there. */
function applyingMember(confState: ConfState) {
  const storage = createMemoryStorage();
  storage.applySnapshot({ index: 1, term: 1, confState, data: NO_DATA });
  const node = rawNodeOf(
    createRaft({
      id: 1,
      storage,
      random: () => 0,
      electionTicks: 10,
      heartbeatTicks: 1,
      applied: 1,
      maxMessageBytes: 1024,
      maxInflightMessages: 1,
    }),
  );
  let now = confState;
  return {
    confState: () => now,
    apply: (entry: Entry): boolean => {
      try {
        now = node.applyConfChange(entry) ?? now;
        return true;
      } catch (thrown) {
        if (thrown instanceof SkepError && thrown.code === 'FAILED_PRECONDITION') return false;
        throw thrown;
      }
    },
  };
}

const anyChange: fc.Arbitrary<ConfChange> = fc.record({
  transition: fc.constantFrom('auto', 'joint-implicit', 'joint-explicit'),
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom('add-voter', 'add-learner', 'remove', 'update'),
      memberId: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 3 },
  ),
  context: fc.constant(NO_DATA),
});

describe('the changes that leave one voter', () => {
  it('lead there from every history, each of them applicable in its turn', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 8 }), fc.constantFrom(1, 2, 4), (history, id) => {
        const member = applyingMember(START);
        const entries: Entry[] = [];
        for (const change of history) {
          const entry = entryOf(change, 2 + entries.length);
          if (member.apply(entry)) entries.push(entry);
        }
        const { changes, removed } = planSingleVoter({ confState: START, entries, id });
        for (const [place, change] of changes.entries()) {
          assert.ok(member.apply(entryOf(change, 2 + entries.length + place)));
        }
        assert.deepEqual(member.confState(), singleVoter(id));
        assert.equal(removed.includes(id), false);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused to a member that never was one', () => {
    assert.throws(
      () => planSingleVoter({ confState: START, entries: [], id: 9 }),
      isSkepError('FAILED_PRECONDITION', /not that of member 9/),
    );
  });
});
