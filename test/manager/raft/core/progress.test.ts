import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addInflight,
  createInflights,
  freeInflights,
  isInflightsFull,
  resetInflights,
} from '../../../../manager/raft/core/tracker/inflights.ts';
import {
  acknowledgeInflights,
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  canBumpCommit,
  createProgress,
  isPaused,
  maybeDecrease,
  maybeUpdate,
  noteSentEntries,
  type Progress,
} from '../../../../manager/raft/core/tracker/progress.ts';

type InflightStep = { readonly kind: 'add' | 'free' | 'reset'; readonly amount: number };
const inflightSteps = fc.array(
  fc.record<InflightStep>({
    kind: fc.constantFrom('add', 'add', 'add', 'free', 'reset'),
    amount: fc.integer({ min: 0, max: 6 }),
  }),
  { maxLength: 60 },
);

describe('the window of messages on their way', () => {
  it('is a queue of indexes with a limit on number and bytes', () => {
    const limits = [fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, 5, 20)] as const;
    fc.assert(
      fc.property(...limits, inflightSteps, (maxMessages, maxBytes, steps) => {
        const inflights = createInflights(maxMessages, maxBytes);
        let model: { index: number; bytes: number }[] = [];
        let index = 0;
        for (const { kind, amount } of steps) {
          if (kind === 'reset') {
            resetInflights(inflights);
            model = [];
          } else if (kind === 'free') {
            freeInflights(inflights, index - amount);
            model = model.filter((message) => message.index > index - amount);
          } else if (!isInflightsFull(inflights)) {
            index++;
            addInflight(inflights, index, amount);
            model.push({ index, bytes: amount });
          }
          const bytes = model.reduce((sum, message) => sum + message.bytes, 0);
          assert.equal(inflights.count, model.length);
          assert.equal(inflights.bytes, bytes);
          const isFull = model.length >= maxMessages || (maxBytes > 0 && bytes >= maxBytes);
          assert.equal(isInflightsFull(inflights), isFull);
        }
      }),
    );
  });

  it('takes no message beyond the limit', () => {
    const inflights = createInflights(1, 0);
    addInflight(inflights, 1, 1);
    assert.throws(() => addInflight(inflights, 2, 1), /window is full/);
  });
});

function newProgress(next: number, maxInflightMessages = 3): Progress {
  return createProgress({
    match: 0,
    next,
    isLearner: false,
    isRecentlyActive: true,
    maxInflightMessages,
    maxInflightBytes: 0,
  });
}

type Act = (progress: Progress, amount: number) => void;
const ACTS: Readonly<Record<string, Act>> = {
  send: (progress, amount) => {
    if (!isPaused(progress)) noteSentEntries(progress, progress.inflights.count < 3 ? amount : 0, amount);
  },
  acknowledge: (progress, amount) => {
    const index = Math.min(progress.match + amount, progress.next - 1);
    if (!maybeUpdate(progress, index)) return;
    if (progress.state === 'StateProbe') becomeReplicate(progress);
    else acknowledgeInflights(progress, index);
  },
  refuse: (progress, amount) => {
    if (maybeDecrease(progress, progress.next - 1 - (amount % 2), progress.next - amount)) {
      if (progress.state === 'StateReplicate') becomeProbe(progress);
    }
  },
  snapshot: (progress, amount) => becomeSnapshot(progress, progress.match + amount),
  probe: becomeProbe,
};

describe('the progress of a member', () => {
  it('always has the next index above the match, and sends nothing while it waits for a snapshot', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(ACTS)), fc.integer({ min: 0, max: 5 })));
    fc.assert(
      fc.property(steps, (acts) => {
        const progress = newProgress(5);
        let match = 0;
        for (const [name, amount] of acts) {
          ACTS[name]?.(progress, amount);
          assert.ok(
            progress.match < progress.next,
            `${name}: match ${progress.match}, next ${progress.next}`,
          );
          assert.ok(progress.match >= match, 'a match is never taken back');
          assert.ok(
            progress.state !== 'StateProbe' || progress.inflights.count === 0,
            'a probe has no window',
          );
          assert.equal(progress.pendingSnapshot > 0 && progress.state !== 'StateSnapshot', false);
          if (progress.state === 'StateSnapshot') assert.ok(isPaused(progress));
          match = progress.match;
        }
      }),
    );
  });

  it('probes with one message at a time', () => {
    const progress = newProgress(5);
    noteSentEntries(progress, 2, 10);
    assert.ok(isPaused(progress));
    assert.equal(progress.next, 5);
  });

  it('replicates ahead until the window is full', () => {
    const progress = newProgress(1);
    becomeReplicate(progress);
    for (let sent = 0; sent < 3; sent++) {
      assert.ok(!isPaused(progress));
      noteSentEntries(progress, 2, 10);
    }
    assert.ok(isPaused(progress));
    assert.equal(progress.next, 7);
  });

  it('goes on after the snapshot when it was delivered, and after the match when it was not', () => {
    const delivered = newProgress(2);
    becomeSnapshot(delivered, 9);
    becomeProbe(delivered);
    assert.equal(delivered.next, 10);
    const failed = newProgress(2);
    becomeSnapshot(failed, 9);
    failed.pendingSnapshot = 0;
    becomeProbe(failed);
    assert.equal(failed.next, 1);
  });

  it('ignores a refusal of an older probe', () => {
    const progress = newProgress(10);
    assert.equal(maybeDecrease(progress, 5, 3), false);
    assert.equal(progress.next, 10);
    assert.equal(maybeDecrease(progress, 9, 3), true);
    assert.equal(progress.next, 4);
  });

  it('is sent a commit index only when it can make use of it', () => {
    const progress = newProgress(10);
    progress.sentCommit = 9;
    assert.equal(canBumpCommit(progress, 12), false);
    progress.sentCommit = 7;
    assert.equal(canBumpCommit(progress, 12), true);
    assert.equal(canBumpCommit(progress, 7), false);
  });
});
