import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SkepError } from '../../lib/errors.ts';
import { connectKeeper, type KeeperClient, type KeeperClientEvents } from './keeper-client.ts';
import { FIELDS, fieldNumber, fieldText, KEEPER_VERSION, OLDEST_KEEPER_VERSION } from './protocol.ts';

export interface KeeperPlace {
  readonly binaryPath: string;
  readonly socketPath: string;
  /** The parent of the containers' folders; made when missing. */
  readonly stateFolder: string;
}

export interface KeeperGreeting {
  readonly pid: number;
  /** Different for every run of a keeper. */
  readonly instance: string;
  readonly stateFolder: string;
  readonly version: number;
  /** Of the program that runs; empty before version 2. */
  readonly build: string;
}

export interface RunningKeeper {
  readonly client: KeeperClient;
  readonly greeting: KeeperGreeting;
}

/** A keeper answers within milliseconds; a machine under load gets this long. */
const START_TIMEOUT_MS = 10_000;
const POLL_MS = 5;
const HELLO_TIMEOUT_MS = 10_000;

/** Asks who answers. FAILED_PRECONDITION when it is a keeper of another version. */
export async function greet(client: KeeperClient): Promise<KeeperGreeting> {
  const reply = await client.request('hello', [], HELLO_TIMEOUT_MS);
  if ('refused' in reply)
    throw new SkepError('FAILED_PRECONDITION', `the keeper refused: ${reply.refused.text}`);
  const version = fieldNumber(reply.fields, FIELDS.version);
  if (version < OLDEST_KEEPER_VERSION || version > KEEPER_VERSION) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the keeper speaks version ${version}, this agent ${KEEPER_VERSION}`,
      {
        help: 'stop the containers of this node and its keeper, then start the agent again',
      },
    );
  }
  return {
    pid: fieldNumber(reply.fields, FIELDS.pid),
    instance: fieldText(reply.fields, FIELDS.instance),
    stateFolder: fieldText(reply.fields, FIELDS.stateFolder),
    version,
    build: fieldText(reply.fields, FIELDS.build),
  };
}

async function connectAndGreet(place: KeeperPlace, events: KeeperClientEvents): Promise<RunningKeeper> {
  const client = await connectKeeper(place.socketPath, events);
  try {
    const greeting = await greet(client);
    if (greeting.stateFolder !== place.stateFolder) {
      throw new SkepError(
        'FAILED_PRECONDITION',
        `the keeper on ${place.socketPath} uses the folder ${greeting.stateFolder}, not ${place.stateFolder}`,
      );
    }
    return { client, greeting };
  } catch (error) {
    client.close();
    throw error;
  }
}

function keeperLogPath(place: KeeperPlace): string {
  return `${place.socketPath}.log`;
}

/** In a session of its own and with no descriptor of ours, so that it outlives the daemon. */
async function spawnKeeper(place: KeeperPlace): Promise<ChildProcess> {
  await mkdir(place.stateFolder, { recursive: true, mode: 0o711 });
  await mkdir(dirname(place.socketPath), { recursive: true });
  const log = await open(keeperLogPath(place), 'w', 0o600);
  try {
    const child = spawn(place.binaryPath, ['--socket', place.socketPath, '--state', place.stateFolder], {
      detached: true,
      stdio: ['ignore', 'ignore', log.fd],
      cwd: '/',
      env: {},
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        reject(
          new SkepError('FAILED_PRECONDITION', `the keeper ${place.binaryPath} could not be started`, {
            cause,
            help: 'build it with: make -C agent/keeper',
          }),
        );
      });
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

async function describeEnd(place: KeeperPlace, child: ChildProcess): Promise<string> {
  const text = await readFile(keeperLogPath(place), 'utf8').catch(() => '');
  const last = text.trim().split('\n').at(-1) ?? '';
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  return last === '' ? how : `${how}: ${last}`;
}

/**
 * Connects to the keeper of this node, or starts one and waits until it answers. UNAVAILABLE with its own words when
 * it does not come up.
 */
export async function ensureKeeper(place: KeeperPlace, events: KeeperClientEvents): Promise<RunningKeeper> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  let child: ChildProcess | null = null;
  for (;;) {
    try {
      return await connectAndGreet(place, events);
    } catch (error) {
      if (!(error instanceof SkepError) || error.code !== 'UNAVAILABLE') throw error;
      if (child !== null && (child.exitCode !== null || child.signalCode !== null)) {
        const how = await describeEnd(place, child);
        throw new SkepError('UNAVAILABLE', `the keeper ended at once (${how})`, { cause: error });
      }
      if (performance.now() > deadline) throw error;
    }
    child ??= await spawnKeeper(place);
    await sleep(POLL_MS);
  }
}
