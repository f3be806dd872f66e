import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { NumberRequest } from './number-member.ts';

const START_TIMEOUT_MS = 15_000;
/** Everything that is waited for here comes within a few elections. */
const WAIT_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
/** Elections take half as long as they do in production. */
const TICK_MS = 50;

/** Why these tests do not run from sources: Node 20 loads TypeScript in no thread but the main one. */
export const SKIP_REASON = import.meta.url.endsWith('.ts')
  ? 'threads need the compiled code: npm test'
  : false;

export interface NumberState {
  readonly numbers: readonly number[];
  readonly restores: number;
}

export interface ChildMember {
  readonly id: number;
  readonly folder: string;
  readonly isLeader: () => boolean;
  ask<Answer>(request: NumberRequest): Promise<Answer>;
  /** SIGKILL, and gone once it resolves. */
  kill(): Promise<void>;
}

export interface ChildSettings {
  readonly snapshotEveryEntries?: number;
  readonly retainEntries?: number;
  /** False: the member joins a cluster that is there. */
  readonly isFounder?: boolean;
}

/** A cluster of processes on the loopback, in a folder of its own. */
export interface NumberCluster {
  readonly members: Map<number, ChildMember>;
  addressOf(id: number): string;
  folderOf(id: number): string;
  start(id: number, settings?: ChildSettings): Promise<ChildMember>;
  /** The member that says it leads. */
  leader(): Promise<ChildMember>;
  follower(): Promise<ChildMember>;
}

/** Polls until `look` gives something; fails after a bound. */
export async function eventually<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
) {
  const untilMs = Date.now() + WAIT_TIMEOUT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > untilMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Runs `body` with a cluster whose founders are `voters`; all processes and files are gone afterwards. */
export async function withCluster(
  voters: readonly number[],
  body: (cluster: NumberCluster) => Promise<void>,
  others: readonly number[] = [],
): Promise<void> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'skep-member-test-'));
  const ports = new Map<number, number>();
  for (const id of [...voters, ...others]) ports.set(id, await freePort());
  const members = new Map<number, ChildMember>();
  const started: ChildProcess[] = [];
  const addressOf = (id: number): string => `127.0.0.1:${ports.get(id)}`;
  const folderOf = (id: number): string => path.join(root, String(id));
  const cluster: NumberCluster = {
    members,
    addressOf,
    folderOf,
    start: async (id, { isFounder = true, ...limits } = {}) => {
      const peers = Object.fromEntries(
        [...voters, ...(isFounder ? [] : [id])].map((one) => [String(one), { address: addressOf(one) }]),
      );
      const settings = {
        folder: folderOf(id),
        id,
        peers,
        ...(isFounder ? { bootstrapVoters: voters } : {}),
        transport: { listen: addressOf(id) },
        tickMs: TICK_MS,
        ...limits,
      };
      const child = spawnMember(settings);
      started.push(child);
      const member = await runningChild(id, folderOf(id), child, () => members.delete(id));
      members.set(id, member);
      return member;
    },
    leader: () => eventually('a leader', () => [...members.values()].find((member) => member.isLeader())),
    follower: async () => {
      await cluster.leader();
      return eventually('a follower', () => [...members.values()].find((member) => !member.isLeader()));
    },
  };
  try {
    await body(cluster);
  } finally {
    await Promise.all(started.map(killChild));
    await rm(root, { recursive: true, force: true });
  }
}

function spawnMember(settings: object): ChildProcess {
  const here = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(here), `number-member${path.extname(here)}`);
  const loader = process.execArgv;
  return spawn(process.execPath, [...loader, file, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', process.env.SKEP_TEST_SHOW === undefined ? 'ignore' : 'inherit'],
  });
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

interface Line {
  readonly started?: number;
  readonly failed?: string;
  readonly leadership?: { readonly isLeader: boolean };
  readonly requestId?: number;
  readonly value?: unknown;
  readonly error?: string;
}

async function runningChild(
  id: number,
  folder: string,
  child: ChildProcess,
  onExit: () => void,
): Promise<ChildMember> {
  const asked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let isLeader = false;
  let nextId = 1;
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a member is spoken to over pipes');
  stdin.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`member ${id} did not start`)), START_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      isLeader = false;
      onExit();
      reject(new Error(`member ${id} ended`));
      for (const one of asked.values()) one.reject(new Error(`member ${id} ended`));
      asked.clear();
    });
    createInterface({ input: stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.started !== undefined) {
        clearTimeout(timer);
        resolve();
      }
      if (line.failed !== undefined) reject(new Error(line.failed));
      if (line.leadership !== undefined) isLeader = line.leadership.isLeader;
      const one = line.requestId === undefined ? undefined : asked.get(line.requestId);
      if (one === undefined || line.requestId === undefined) return;
      asked.delete(line.requestId);
      if (line.error === undefined) one.resolve(line.value);
      else one.reject(new Error(line.error));
    });
  });
  return {
    id,
    folder,
    isLeader: () => isLeader,
    ask: <Answer>(request: NumberRequest) =>
      new Promise<Answer>((resolve, reject) => {
        const requestId = nextId++;
        asked.set(requestId, { resolve: resolve as (value: unknown) => void, reject });
        stdin.write(`${JSON.stringify({ requestId, request })}\n`);
      }),
    kill: () => killChild(child),
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
