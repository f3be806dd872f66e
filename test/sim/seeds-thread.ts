// Simulates one seed after the other: what it puts in the place of Node's own timers and files is this thread's alone.
import { parentPort, workerData } from 'node:worker_threads';
import { describeFailure, type SeedOutcome, type SeedsTask } from './seeds.ts';
import { simulate } from './simulate.ts';

const port = parentPort;
const { first, last, stride, steps } = workerData as SeedsTask;
// Nobody reads the stacks of errors that are expected, and they take time.
Error.stackTraceLimit = 0;
for (let seed = first; seed <= last; seed += stride) {
  let outcome: SeedOutcome;
  try {
    outcome = { kind: 'passed', report: await simulate({ seed, steps }) };
  } catch (thrown) {
    outcome = { kind: 'failed', seed, message: describeFailure(thrown) };
  }
  port?.postMessage(outcome);
}
