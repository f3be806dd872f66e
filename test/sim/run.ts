// `npm run sim -- [--seed S] [--seeds N] [--steps N] [--threads N]`: one seed, replayed with all that is known of it,
// or many of them.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeFailure, describeSeeds, runSeeds } from './seeds.ts';
import { DEFAULT_STEPS, simulate } from './simulate.ts';

const DEFAULT_SEEDS = 1_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    steps: { type: 'string' },
    threads: { type: 'string' },
  },
});
const numberOf = (name: keyof typeof values, fallback: number): number => {
  const text = values[name];
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`--${name} ${text}: a number from 1 up is wanted`);
  return number;
};

async function replay(seed: number, steps: number): Promise<void> {
  try {
    const report = await simulate({ seed, steps });
    console.log(JSON.stringify(report, undefined, 2));
    console.log(`seed ${seed}: digest ${report.digest}`);
  } catch (thrown) {
    console.error(describeFailure(thrown));
    process.exitCode = 1;
  }
}

async function runMany(first: number, count: number, steps: number): Promise<void> {
  const startedAtMs = Date.now();
  const last = first + count - 1;
  const report = await runSeeds(
    { first, last, steps },
    numberOf('threads', availableParallelism()),
    (outcome) => {
      if (outcome.kind === 'failed')
        console.error(`${outcome.message}\n  npm run sim -- --seed ${outcome.seed} --steps ${steps}`);
    },
  );
  console.log(`seeds ${first} to ${last} in ${Math.round((Date.now() - startedAtMs) / 1_000)} s`);
  console.log(describeSeeds(report));
  if (report.failures.length > 0) process.exitCode = 1;
}

const steps = numberOf('steps', DEFAULT_STEPS);
const isReplay = values.seed !== undefined && values.seeds === undefined;
if (isReplay) await replay(numberOf('seed', 1), steps);
else await runMany(numberOf('seed', 1), numberOf('seeds', DEFAULT_SEEDS), steps);
