import type { TestContext } from 'node:test';

/** The seed of a test's random choices: SKEP_TEST_SEED, or a new one. Printed, so that a run can be repeated. */
export function startingSeed(context: TestContext): number {
  const given = process.env.SKEP_TEST_SEED;
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
  context.diagnostic(`seed ${seed} (SKEP_TEST_SEED=${seed} repeats it)`);
  return seed;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
