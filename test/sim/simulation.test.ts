import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeSeeds, runSeeds, type SeedOutcome } from './seeds.ts';
import { DEFAULT_STEPS } from './simulate.ts';

const SEEDS = 24;
const THREADS = 2;

async function digestsOf(first: number, last: number, steps: number): Promise<ReadonlyMap<number, string>> {
  const digests = new Map<number, string>();
  await runSeeds({ first, last, steps }, 1, (outcome: SeedOutcome) => {
    assert.ok(outcome.kind === 'passed', outcome.kind === 'failed' ? outcome.message : '');
    digests.set(outcome.report.seed, outcome.report.digest);
  });
  return digests;
}

describe('a simulated cluster of managers, agents and clients', () => {
  it('keeps every promise through faults of all kinds, and comes to rest after them', async (t) => {
    const report = await runSeeds({ first: 1, last: SEEDS, steps: DEFAULT_STEPS }, THREADS);
    t.diagnostic(describeSeeds(report));
    assert.deepEqual(report.failures, []);
    assert.equal(report.passed, SEEDS);
    for (const [name, count] of Object.entries({ ...report.faults, ...report.counts })) {
      assert.ok(count > 0, `there were some ${name}`);
    }
  });

  it('is the same again under the same seed, and another under another', async () => {
    const once = await digestsOf(7, 8, 2_000);
    const again = await digestsOf(7, 8, 2_000);
    assert.deepEqual(once, again);
    assert.notEqual(once.get(7), once.get(8));
    // Other seeds before it in the same thread leave no trace.
    assert.deepEqual(new Map([[8, once.get(8)]]), await digestsOf(8, 8, 2_000));
  });
});
