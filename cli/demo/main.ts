import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeError } from '../../lib/errors.ts';
import { requirePlaygroundName } from '../playground/names.ts';
import { down, up } from '../playground/playground.ts';
import { FAILURE_EXIT_CODE, INTERRUPTED_EXIT_CODE, USAGE_EXIT_CODE, UsageError } from '../usage.ts';
import { createScreen } from './screen.ts';
import { DEMO_PLAYGROUND, type Stage } from './stage.ts';
import {
  createService,
  importImages,
  loseHost,
  rollBackService,
  scaleService,
  showNodes,
  updateService,
} from './steps.ts';

const STEPS: readonly (readonly [headline: string, act: (stage: Stage) => Promise<void>])[] = [
  ['One swarm', showNodes],
  ['Two versions of an image', importImages],
  ['Six replicas behind one port of every host', createService],
  ['Scale to twelve', scaleService],
  ['Update to version 2 under 50 requests a second', updateService],
  ['Roll back under 50 requests a second', rollBackService],
  ['Lose a host', loseHost],
];

const screen = createScreen(
  (text) => void process.stdout.write(text),
  process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  () => performance.now(),
);

interface Choices {
  /** Leave everything up when the play is over. */
  readonly keep: boolean;
  /** Name of the playground; one of that name that is up already is ended first. */
  readonly name: string;
}

async function perform(name: string, folder: string, signal: AbortSignal): Promise<void> {
  screen.title('Skep: a swarm of three hosts on this machine');
  screen.step('Three hosts and a client outside the cluster');
  screen.command(['skep', 'playground', 'up', '--managers', '1', '--workers', '2', '--name', name]);
  // What an earlier demo left would not be the fresh swarm that the steps expect.
  await down(name);
  const playground = await up({ name, managers: 1, workers: 2, onProgress: screen.proof });
  const stage = { screen, playground, folder, signal };
  for (const [headline, act] of STEPS) {
    signal.throwIfAborted();
    screen.step(headline);
    await act(stage);
  }
}

/** A step that was interrupted comes to its end within this time. */
const MAX_SETTLE_MS = 20_000;

async function settledWithin(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const ended = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
}

/** Plays the demo; answers with the exit code. Removes all it made, unless asked to keep it. */
async function play({ keep, name }: Choices): Promise<number> {
  const abort = new AbortController();
  process.on('SIGINT', () => abort.abort());
  process.on('SIGTERM', () => abort.abort());
  const folder = await mkdtemp(join(tmpdir(), 'skep-demo-'));
  const interrupted = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  interrupted.catch(() => undefined);
  let exitCode = 0;
  const performing = perform(name, folder, abort.signal);
  try {
    await Promise.race([performing, interrupted]);
    screen.end('Everything held.');
  } catch (thrown) {
    exitCode = abort.signal.aborted ? INTERRUPTED_EXIT_CODE : FAILURE_EXIT_CODE;
    screen.failure(describeError(thrown));
    // A step that still boots hosts would bring some back after they were removed.
    await settledWithin(performing, MAX_SETTLE_MS);
  }
  await rm(folder, { recursive: true, force: true });
  if (keep && !abort.signal.aborted) {
    const exec = `skep playground exec --name ${name}`;
    screen.end(`The swarm stays up. Try: bin/${exec} h1 -- skep service ps web`);
    screen.detail(`End it: bin/skep playground down --name ${name}`);
    return exitCode;
  }
  screen.command(['skep', 'playground', 'down', '--name', name]);
  try {
    await down(name);
    screen.proof('nothing is left of it');
  } catch (thrown) {
    screen.failure(describeError(thrown));
    exitCode = exitCode === 0 ? FAILURE_EXIT_CODE : exitCode;
  }
  return exitCode;
}

function parseChoices(words: readonly string[]): Choices {
  let choices: Choices = { keep: false, name: DEMO_PLAYGROUND };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--keep') choices = { ...choices, keep: true };
    else if (word === '--name') choices = { ...choices, name: words[++index] ?? '' };
    else throw new UsageError(`unknown argument "${word}"`, 'usage: npm run demo [-- --keep --name NAME]');
  }
  requirePlaygroundName(choices.name);
  return choices;
}

async function main(): Promise<number> {
  try {
    return await play(parseChoices(process.argv.slice(2)));
  } catch (thrown) {
    process.stderr.write(`Error: ${describeError(thrown)}\n`);
    return thrown instanceof UsageError ? USAGE_EXIT_CODE : FAILURE_EXIT_CODE;
  }
}

// Leaving at once: a step that was interrupted may still hold connections open.
process.exit(await main());
