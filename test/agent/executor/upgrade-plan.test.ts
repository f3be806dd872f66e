import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planUpgrade, stepAfter } from '../../../agent/executor/upgrade-plan.ts';

const patience = { retryMs: 10_000, forceAfterMs: 600_000 };
const failure = (kind: 'busy' | 'system') => ({ kind, errno: 16, text: 'why', stepName: '', stepIndex: 0 });
const refused = (kind: 'busy' | 'system') => ({ kind: 'refused', failure: failure(kind) }) as const;

describe('a keeper of another build', () => {
  it('is replaced, one of the same build is not', () => {
    assert.equal(planUpgrade({ version: 2, build: 'a' }, 'b', false), 'take-over');
    assert.equal(planUpgrade({ version: 2, build: 'a' }, 'a', false), 'same');
    assert.equal(planUpgrade({ version: 2, build: 'a' }, 'a', true), 'same');
  });

  it('goes on when it is too old to be replaced', () => {
    assert.equal(planUpgrade({ version: 1, build: '' }, 'b', false), 'too-old');
  });

  it('is not replaced a second time when its successor gave up', () => {
    assert.equal(planUpgrade({ version: 2, build: 'a' }, 'b', true), 'came-back');
  });

  it('is asked again while it is busy, and made to after the tenth minute', () => {
    const ask = (waitedMs: number) => stepAfter(refused('busy'), waitedMs, patience);
    assert.deepEqual(ask(5), { kind: 'again', afterMs: 10_000, force: false });
    assert.deepEqual(ask(589_999), { kind: 'again', afterMs: 10_000, force: false });
    assert.deepEqual(ask(590_000), { kind: 'again', afterMs: 10_000, force: true });
    assert.deepEqual(ask(3_600_000), { kind: 'again', afterMs: 10_000, force: true });
  });

  it('is left alone when it refuses, and done with when the connection ends', () => {
    assert.deepEqual(stepAfter(refused('system'), 0, patience), { kind: 'give-up', reason: 'why' });
    assert.deepEqual(stepAfter({ kind: 'connection-ended' }, 0, patience), { kind: 'done' });
  });
});
