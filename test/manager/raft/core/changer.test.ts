import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SkepError } from '../../../../lib/errors.ts';
import {
  type ConfChange,
  type MemberChange,
  stepOfChange,
} from '../../../../manager/raft/core/confchange/change.ts';
import { decodeConfChange, encodeConfChange } from '../../../../manager/raft/core/confchange/change-codec.ts';
import {
  applySimpleChange,
  type ChangedConfig,
  checkInvariants,
  enterJoint,
  leaveJoint,
  restoreConfig,
} from '../../../../manager/raft/core/confchange/changer.ts';
import { confStateOf, createTracker, type Tracker } from '../../../../manager/raft/core/tracker/tracker.ts';

const memberChange: fc.Arbitrary<MemberChange> = fc.record({
  kind: fc.constantFrom('add-voter', 'add-learner', 'remove', 'update'),
  memberId: fc.integer({ min: 0, max: 6 }),
});
const memberChanges = fc.array(memberChange, { maxLength: 6 });
const steps = fc.array(fc.tuple(fc.constantFrom('simple', 'enter', 'leave'), fc.boolean(), memberChanges), {
  maxLength: 20,
});

type ChangeName = 'simple' | 'enter' | 'leave';

function change(
  tracker: Tracker,
  [name, autoLeave, changes]: readonly [ChangeName | string, boolean, readonly MemberChange[]],
): ChangedConfig | undefined {
  const base = { tracker, lastIndex: 10 };
  try {
    if (name === 'simple') return applySimpleChange(base, changes);
    return name === 'enter' ? enterJoint(base, autoLeave, changes) : leaveJoint(base);
  } catch (thrown) {
    assert.ok(thrown instanceof SkepError && thrown.code === 'FAILED_PRECONDITION', String(thrown));
    return undefined;
  }
}

function startTracker(): Tracker {
  const tracker = createTracker(4, 0);
  Object.assign(tracker, applySimpleChange({ tracker, lastIndex: 1 }, [{ kind: 'add-voter', memberId: 1 }]));
  return tracker;
}

const sorted = (ids: Iterable<number>): readonly number[] => [...ids].sort((one, other) => one - other);

describe('changing the configuration', () => {
  it('keeps its parts together through any sequence of changes, and a refused one changes nothing', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const tracker = startTracker();
        for (const one of sequence) {
          const before = JSON.stringify([confStateOf(tracker.config), [...tracker.progress]]);
          const changed = change(tracker, one);
          assert.equal(JSON.stringify([confStateOf(tracker.config), [...tracker.progress]]), before);
          if (changed === undefined) continue;
          checkInvariants(changed.config, changed.progress);
          assert.ok(changed.config.voters.incoming.size > 0, 'someone votes');
          assert.deepEqual([...changed.progress.keys()], sorted(changed.progress.keys()));
          Object.assign(tracker, changed);
        }
      }),
    );
  });

  it('lets any two quorums of one configuration and the next meet', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const tracker = startTracker();
        for (const one of sequence) {
          const changed = change(tracker, one);
          if (changed === undefined) continue;
          assert.ok(quorumsMeet(tracker.config.voters, changed.config.voters));
          Object.assign(tracker, changed);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leads to the same members through a joint configuration as directly', () => {
    fc.assert(
      fc.property(memberChanges, memberChange, (setup, last) => {
        const tracker = startTracker();
        for (const one of setup) Object.assign(tracker, change(tracker, ['simple', false, [one]]));
        const direct = change(tracker, ['simple', false, [last]]);
        const joint = change(tracker, ['enter', false, [last]]);
        assert.equal(joint === undefined, direct === undefined);
        if (joint === undefined || direct === undefined) return;
        const left = leaveJoint({ tracker: { ...tracker, ...joint }, lastIndex: 10 });
        assert.deepEqual(confStateOf(left.config), confStateOf(direct.config));
      }),
    );
  });

  it('restores what it was from what snapshots keep', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const tracker = startTracker();
        for (const one of sequence) Object.assign(tracker, change(tracker, one));
        const state = confStateOf(tracker.config);
        const restored = restoreConfig({ tracker: createTracker(4, 0), lastIndex: 10 }, state);
        assert.deepEqual(confStateOf(restored.config), state);
        assert.deepEqual([...restored.progress.keys()], [...tracker.progress.keys()]);
      }),
    );
  });

  it('is joint for several changes or on demand, and leaves by itself unless told otherwise', () => {
    const one: MemberChange = { kind: 'add-voter', memberId: 2 };
    const stepOf = (transition: ConfChange['transition'], changes: readonly MemberChange[]) =>
      stepOfChange({ transition, changes, context: new Uint8Array(0) });
    assert.deepEqual(stepOf('auto', [one]), { kind: 'simple' });
    assert.deepEqual(stepOf('auto', [one, one]), { kind: 'enter-joint', autoLeave: true });
    assert.deepEqual(stepOf('joint-implicit', [one]), { kind: 'enter-joint', autoLeave: true });
    assert.deepEqual(stepOf('joint-explicit', [one]), { kind: 'enter-joint', autoLeave: false });
    assert.deepEqual(stepOf('auto', []), { kind: 'leave-joint' });
  });
});

type Voters = { readonly incoming: ReadonlySet<number>; readonly outgoing: ReadonlySet<number> };

/** Tries every split of the members into those who agree with the one and those who agree with the other. */
function quorumsMeet(one: Voters, other: Voters): boolean {
  for (let mask = 0; mask < 1 << 6; mask++) {
    const isLeft = (id: number): boolean => (mask & (1 << (id - 1))) !== 0;
    if (decides(one, isLeft) && decides(other, (id) => !isLeft(id))) return false;
  }
  return true;
}

function decides({ incoming, outgoing }: Voters, agrees: (id: number) => boolean): boolean {
  return [incoming, outgoing].every(
    (voters) => voters.size === 0 || [...voters].filter(agrees).length * 2 > voters.size,
  );
}

describe('a change in an entry', () => {
  it('comes out as it went in', () => {
    const confChange: fc.Arbitrary<ConfChange> = fc.record({
      transition: fc.constantFrom('auto', 'joint-implicit', 'joint-explicit'),
      changes: fc.array(fc.record({ kind: memberChange.map(({ kind }) => kind), memberId: fc.maxSafeNat() })),
      context: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(confChange, (one) =>
        assert.deepEqual(plain(decodeConfChange(encodeConfChange(one))), plain(one)),
      ),
    );
  });

  it('takes no bytes when it only leaves a joint configuration', () => {
    assert.equal(
      encodeConfChange({ transition: 'auto', changes: [], context: new Uint8Array(0) }).byteLength,
      0,
    );
  });

  it('is refused when it is cut short or unknown, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 30 }), (bytes) => {
        try {
          decodeConfChange(bytes);
        } catch (thrown) {
          assert.ok(thrown instanceof SkepError && thrown.code === 'DATA_LOSS', String(thrown));
        }
      }),
    );
  });
});

function plain({ transition, changes, context }: ConfChange): unknown {
  return { transition, changes: changes.map((one) => ({ ...one })), context: [...context] };
}
