import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulationCounts, simulate } from './simulation/cluster.ts';

const SEEDS = 80;
const STEPS = 6_000;

function simulateMany(memberCount: number): SimulationCounts {
  const total: Record<string, number> = {};
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      for (const [name, count] of Object.entries(simulate({ seed, memberCount, steps: STEPS }))) {
        total[name] = (total[name] ?? 0) + count;
      }
    } catch (cause) {
      throw new Error(`seed ${seed} with ${memberCount} members`, { cause });
    }
  }
  return total as unknown as SimulationCounts;
}

describe('a simulated cluster', () => {
  for (const memberCount of [3, 5]) {
    it(`of ${memberCount} members keeps every promise through faults, and serves again after them`, (t) => {
      const counts = simulateMany(memberCount);
      t.diagnostic(JSON.stringify(counts));
      for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, `there were some ${name}`);
    });
  }

  it('is the same again under the same seed', () => {
    const options = { seed: 7, memberCount: 3, steps: STEPS };
    assert.deepEqual(simulate(options), simulate(options));
  });

  it('shows a disk that does not keep what it synced', () => {
    const isFound = (seed: number): boolean => {
      try {
        simulate({ seed, memberCount: 3, steps: STEPS, hasCarelessDisks: true });
        return false;
      } catch {
        return true;
      }
    };
    assert.ok([1, 2, 3, 4, 5, 6, 7, 8].some(isFound), 'one of a few seeds shows it');
  });
});
