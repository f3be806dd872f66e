import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectKeeper, type KeeperClient } from '../../../agent/executor/keeper-client.ts';
import { greet, type KeeperGreeting } from '../../../agent/executor/keeper-process.ts';
import { FIELDS, type KeeperFailure, numberField, stringField } from '../../../agent/executor/protocol.ts';
import { SkepError } from '../../../lib/errors.ts';
import { keeperBinaryPath, startTestNode, type TestNode } from './test-node.ts';

/** A node whose keeper program is a file of its own, which tests replace as an upgrade does. */
export interface UpgradeableNode {
  readonly node: TestNode;
  /** Where its agents find their keeper. */
  readonly programPath: string;
  /** Puts another program there: a copy of `source`, and then `tail` behind its last byte, for a build of its own. */
  install(source: string, tail?: string): Promise<void>;
  /** Asks the keeper to be replaced by the program at `path`; null once another one answers. */
  takeOver(path?: string, force?: boolean): Promise<KeeperFailure | null>;
  greet(): Promise<KeeperGreeting>;
  close(): Promise<void>;
}

const silent = { onExit: () => {}, onLost: () => {} };
const TIMEOUT_MS = 20_000;

/** What `--build` prints. */
export function buildOf(path: string): string {
  return execFileSync(path, ['--build'], { encoding: 'utf8' }).trim();
}

/** How many descriptors a process has. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The flags of a process's descriptors but its standard streams. */
export function descriptorFlagsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/fd`)
    .filter((name) => Number(name) > 2)
    .map((name) => {
      const text = readFileSync(`/proc/${pid}/fdinfo/${name}`, 'utf8');
      return Number.parseInt(/^flags:\s+(\d+)/m.exec(text)?.[1] ?? '0', 8);
    });
}

/** Memory of its own that a process has touched. */
export function privateBytesOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Private_Dirty:\s+(\d+) kB$/m.exec(rollup)?.[1]) * 1024;
}

async function ask(client: KeeperClient, path: string, force: boolean): Promise<KeeperFailure | null> {
  const fields = [stringField(FIELDS.program, path), numberField(FIELDS.force, force ? 1 : 0)];
  try {
    const reply = await client.request('takeOver', fields, TIMEOUT_MS);
    if ('refused' in reply) return reply.refused;
    throw new Error('a takeover has no good answer');
  } catch (error) {
    if (error instanceof SkepError && error.code === 'UNAVAILABLE') return null;
    throw error;
  }
}

/** A test node of the keeper `source`. */
export async function startUpgradeableNode(source: string = keeperBinaryPath): Promise<UpgradeableNode> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-takeover-'));
  const programPath = join(folder, 'skep-keeper');
  const install = async (from: string, tail = ''): Promise<void> => {
    copyFileSync(from, `${programPath}.new`);
    await appendFile(`${programPath}.new`, tail);
    renameSync(`${programPath}.new`, programPath);
  };
  await install(source);
  const node = await startTestNode(programPath);
  const withClient = async <T>(use: (client: KeeperClient) => Promise<T>): Promise<T> => {
    const client = await connectKeeper(node.socketPath, silent);
    try {
      return await use(client);
    } finally {
      client.close();
    }
  };
  // The node's own agent did not ask for it, and may write into the old connection once more.
  const reconnected = async (): Promise<void> => {
    for (let attempt = 0; attempt < 100; attempt++) {
      const answers = await node.executor.list().then(
        () => true,
        () => false,
      );
      if (answers) return;
      await sleep(20);
    }
  };
  return {
    node,
    programPath,
    install,
    takeOver: async (path = programPath, force = false) => {
      for (;;) {
        const refused = await withClient((client) => ask(client, path, force));
        // The node's own agent, connected again, sees the new file too.
        if (refused === null) await reconnected();
        if (refused?.text !== 'under way: another takeover') return refused;
        await sleep(10);
      }
    },
    greet: () => withClient(greet),
    close: async () => {
      await reconnected();
      await node.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
