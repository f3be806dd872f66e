import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_CAPABILITIES } from '../../../agent/executor/capabilities.ts';
import {
  cgroupParentFolders,
  furtherParentFolders,
  readCgroupLayout,
} from '../../../agent/executor/cgroup-plan.ts';
import type { ContainerRequest, ContainerState } from '../../../agent/executor/executor.ts';
import { createExecutor, type NodeExecutor } from '../../../agent/executor/executor-factory.ts';
import { projectRoot } from '../../../cli/project.ts';

/** SKEP_TEST_KEEPER names another build of the keeper for every test, as the one under the sanitizers. */
export const keeperBinaryPath = process.env.SKEP_TEST_KEEPER ?? join(projectRoot(), 'build/skep-keeper');

/** Why tests against the kernel cannot run here; false when they can. */
export const skipReason: string | false =
  process.getuid?.() !== 0
    ? 'needs root'
    : existsSync('/bin/busybox') || existsSync('/usr/bin/busybox')
      ? false
      : 'needs busybox-static';

/** Why tests that build a keeper of their own cannot run here; false when they can. */
export const compilerSkipReason: string | false =
  skipReason !== false ? skipReason : spawnSync('gcc', ['-dumpversion']).status === 0 ? false : 'needs gcc';

export interface TestNode {
  readonly folder: string;
  readonly layer: string;
  readonly cgroupParent: string;
  readonly socketPath: string;
  readonly stateFolder: string;
  readonly executor: NodeExecutor;
  /** Another client of the same keeper. */
  connect(): Promise<NodeExecutor>;
  request(id: string, argv: readonly string[], extra?: Partial<ContainerRequest>): ContainerRequest;
  /** Starts and waits for the end. */
  run(id: string, command: string, extra?: Partial<ContainerRequest>): Promise<FinishedRun>;
  ended(id: string): Promise<ContainerState>;
  records(id: string): LogRecord[];
  output(id: string): string;
  /** The container's folders in every control group hierarchy that exist. */
  cgroups(id: string): string[];
  close(): Promise<void>;
}

export interface LogRecord {
  readonly log: string;
  readonly stream: string;
  readonly time: string;
}

export interface FinishedRun {
  readonly state: ContainerState;
  readonly exitCode: number;
  readonly output: string;
}

/** A root file system of one layer: busybox, its commands, and two users. */
export function buildLayer(layer: string): void {
  mkdirSync(join(layer, 'bin'), { recursive: true });
  mkdirSync(join(layer, 'etc'));
  mkdirSync(join(layer, 'tmp'));
  chmodSync(join(layer, 'tmp'), 0o1777);
  copyFileSync('/bin/busybox', join(layer, 'bin/busybox'));
  chmodSync(join(layer, 'bin/busybox'), 0o755);
  const commands = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const command of commands) {
    if (command !== 'busybox') symlinkSync('busybox', join(layer, 'bin', command));
  }
  writeFileSync(
    join(layer, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nbee:x:1000:1001:Bee:/home/bee:/bin/sh\n',
  );
  writeFileSync(join(layer, 'etc/group'), 'root:x:0:\nbees:x:1001:\nhive:x:1500:bee,other\nwax:x:1600:\n');
}

/** A keeper that is not static can be the reaper of a container only where its libraries are. */
function addLibraries(layer: string): void {
  const libraries = execFileSync('ldd', [keeperBinaryPath], { encoding: 'utf8' });
  for (const [, path] of libraries.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)) {
    if (path === undefined) continue;
    mkdirSync(join(layer, dirname(path)), { recursive: true });
    copyFileSync(path, join(layer, path));
  }
}

function removeCgroupParents(parents: readonly string[]): void {
  for (const parent of parents) {
    if (!existsSync(parent)) continue;
    for (const entry of readdirSync(parent, { withFileTypes: true })) {
      if (entry.isDirectory()) rmdirSync(join(parent, entry.name));
    }
    rmdirSync(parent);
  }
}

let lastNode = 0;

/**
 * A keeper of its own with an executor, in a temporary folder and its own control groups. `keeperBinary` is another
 * build of the keeper.
 */
export async function startTestNode(keeperBinary: string = keeperBinaryPath): Promise<TestNode> {
  execFileSync('make', ['-s', '-C', join(projectRoot(), 'agent/keeper')]);
  const folder = mkdtempSync(join(tmpdir(), 'skep-executor-'));
  const layer = join(folder, 'layer');
  buildLayer(layer);
  if (process.env.SKEP_TEST_KEEPER !== undefined) addLibraries(layer);
  lastNode++;
  const cgroupParent = `/skep-test-${process.pid}-${lastNode}`;
  const socketPath = join(folder, 'keeper.sock');
  const stateFolder = join(folder, 'state');
  const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
  const parents = [
    ...cgroupParentFolders(layout, cgroupParent),
    ...furtherParentFolders(layout, cgroupParent),
  ];
  const connect = (): Promise<NodeExecutor> =>
    createExecutor({
      keeperSocketPath: socketPath,
      keeperBinaryPath: keeperBinary,
      stateFolder,
      cgroupParent,
      log: () => {},
    });
  const executor = await connect();
  const ends = new Map<string, ContainerState>();
  const waiting = new Map<string, (state: ContainerState) => void>();
  executor.onExit((state) => {
    ends.set(state.id, state);
    waiting.get(state.id)?.(state);
  });

  const node: TestNode = {
    folder,
    layer,
    cgroupParent,
    socketPath,
    stateFolder,
    executor,
    connect,
    request: (id, argv, extra = {}) => ({
      id,
      layers: [layer],
      argv,
      env: ['PATH=/bin'],
      workdir: '/',
      user: '',
      hostname: 'box',
      binds: [],
      tmpfs: [],
      files: [],
      readOnlyRoot: false,
      init: false,
      capabilities: DEFAULT_CAPABILITIES,
      network: { kind: 'none' },
      nanoCpus: null,
      memoryBytes: null,
      pids: null,
      logPath: join(folder, 'logs', `${id}.json`),
      ...extra,
    }),
    run: async (id, command, extra) => {
      await executor.start(node.request(id, ['sh', '-c', command], extra));
      const state = await node.ended(id);
      return { state, exitCode: state.exit?.exitCode ?? -1, output: node.output(id) };
    },
    ended: (id) =>
      new Promise((resolve) => {
        const state = ends.get(id);
        if (state === undefined) waiting.set(id, resolve);
        else resolve(state);
      }),
    records: (id) =>
      readFileSync(join(folder, 'logs', `${id}.json`), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogRecord),
    output: (id) =>
      node
        .records(id)
        .map((record) => record.log)
        .join(''),
    cgroups: (id) => parents.map((parent) => join(parent, id)).filter((path) => existsSync(path)),
    close: async () => {
      for (const state of await executor.list()) {
        if (state.exit === null) {
          await executor.kill(state.id);
          await node.ended(state.id);
        }
        await executor.remove(state.id);
      }
      await executor.shutdownKeeper();
      assert.doesNotMatch(readFileSync(`${socketPath}.log`, 'utf8'), /Sanitizer|runtime error/);
      removeCgroupParents(parents);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return node;
}
