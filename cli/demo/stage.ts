import { fileURLToPath } from 'node:url';

import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import { connectControl } from '../playground/form.ts';
import { CLIENT_HOST } from '../playground/names.ts';
import { execInHost, type PlaygroundState, spawnInHost } from '../playground/playground.ts';
import type { LoadSummary } from './answers.ts';
import type { Screen } from './screen.ts';

export const DEMO_PLAYGROUND = 'demo';
export const PUBLISHED_PORT = 8080;
/** No single command of the demo takes longer, convergence included. */
const COMMAND_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/** What every step works with. */
export interface Stage {
  readonly screen: Screen;
  readonly playground: PlaygroundState;
  /** Folder for the image archives; the same path inside every host. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Ends the demo when something does not hold. */
export function prove(holds: boolean, otherwise: string): void {
  if (!holds) throw new SkepError('FAILED_PRECONDITION', otherwise);
}

/** Shows a command, runs it inside a host, and demands that it succeeds; answers with its output. */
export async function runOn(stage: Stage, host: string, argv: readonly string[]): Promise<string> {
  stage.screen.command(argv);
  return runQuietlyOn(stage, host, argv);
}

/** Runs a command inside a host without showing it. */
export async function runQuietlyOn(stage: Stage, host: string, argv: readonly string[]): Promise<string> {
  const result = await execInHost(stage.playground.name, host, argv, {
    timeoutMs: COMMAND_TIMEOUT_MS,
    signal: stage.signal,
  });
  const said = result.stderr.trim() || result.stdout.trim().split('\n').slice(-3).join(' | ');
  prove(result.exitCode === 0, `${argv.join(' ')} ended with ${result.exitCode}: ${said}`);
  return result.stdout;
}

/** The hosts that run a daemon and have power. */
export function clusterHosts(stage: Stage, without = ''): readonly string[] {
  return stage.playground.hosts
    .filter(({ role, host }) => role !== 'client' && host !== without)
    .map(({ host }) => host);
}

/** The address of a host. */
export function addressOf(stage: Stage, host: string): string {
  return stage.playground.hosts.find((candidate) => candidate.host === host)?.address ?? '';
}

function clientCommand(addresses: readonly string[], perSecond: number, count: number | undefined): string[] {
  // The same file as this one's neighbour, in the sources and in the build.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./client.${extension}`, import.meta.url));
  const targets = addresses.map((address) => `${address}:${PUBLISHED_PORT}`).join(',');
  const bound = count === undefined ? [] : [String(count)];
  return [process.execPath, ...process.execArgv, script, targets, String(perSecond), ...bound];
}

/** Sends `count` requests from the client, in turn through the hosts, and sums the answers up. */
export async function sendRequests(
  stage: Stage,
  hosts: readonly string[],
  perSecond: number,
  count: number,
): Promise<LoadSummary> {
  const addresses = hosts.map((host) => addressOf(stage, host));
  const argv = clientCommand(addresses, perSecond, count);
  return JSON.parse(await runQuietlyOn(stage, CLIENT_HOST, argv)) as LoadSummary;
}

/** Requests that go on until they are stopped. */
export interface SteadyLoad {
  stop(): Promise<LoadSummary>;
}

/** Starts a steady load from the client, in turn through the hosts. */
export async function startLoad(
  stage: Stage,
  hosts: readonly string[],
  perSecond: number,
): Promise<SteadyLoad> {
  const addresses = hosts.map((host) => addressOf(stage, host));
  const child = await spawnInHost(
    stage.playground.name,
    CLIENT_HOST,
    clientCommand(addresses, perSecond, undefined),
  );
  let [output, errors] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    stop: async () => {
      child.stdin?.end();
      await ended;
      prove(output !== '', `the load generator ended without a summary: ${errors.trim()}`);
      return JSON.parse(output) as LoadSummary;
    },
  };
}

/** The tasks of a service, asked of the first manager. */
export async function tasksOf(stage: Stage, service: string): Promise<readonly Task[]> {
  const { call, close } = connectControl(stage.playground.name, 'h1');
  try {
    const request = { serviceReferences: [service], nodeReferences: [], desiredRunning: false };
    return (await call.listTasks(request)).tasks;
  } finally {
    close();
  }
}

/** The ids of nodes by their host names. */
export async function nodeIds(stage: Stage): Promise<Readonly<Record<string, string>>> {
  const { call, close } = connectControl(stage.playground.name, 'h1');
  try {
    const { nodes } = await call.listNodes({});
    return Object.fromEntries(nodes.map((node) => [node.description?.hostname ?? node.id, node.id]));
  } finally {
    close();
  }
}

/** Waits until `holds`; answers with the milliseconds it took. */
export async function waitFor(
  stage: Stage,
  what: string,
  timeoutMs: number,
  holds: () => Promise<boolean>,
): Promise<number> {
  const startedAtMs = performance.now();
  for (;;) {
    stage.signal.throwIfAborted();
    if (await holds()) return performance.now() - startedAtMs;
    prove(performance.now() - startedAtMs < timeoutMs, `${what} within ${timeoutMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
