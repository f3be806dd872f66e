import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelCredentials } from '@grpc/grpc-js';
import { cgroupParentFolders, readCgroupLayout } from '../../agent/executor/cgroup-plan.ts';
import { createExecutor } from '../../agent/executor/executor-factory.ts';
import { projectRoot } from '../../cli/project.ts';
import { blankTaskSpec } from '../../lib/blank-service.ts';
import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import type { StreamInput } from '../../proto/container-messages.ts';
import { containerMethods } from '../../proto/container-services.ts';
import { type Connection, connect } from '../../proto/rpc.ts';
import { controlMethods, localMethods } from '../../proto/services.ts';
import { buildLayer, keeperBinaryPath } from '../agent/executor/test-node.ts';

const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
/** The address of the node for the machine beside it, and that one's. */
export const NODE_ADDRESS = '10.99.0.1';
export const OUTSIDE_ADDRESS = '10.99.0.2';

/** A real daemon in a network namespace, folders and control groups of its own, with the image `box`. */
export interface LocalNode {
  readonly folder: string;
  readonly dataRoot: string;
  containers(): Connection<typeof containerMethods>['call'];
  local(): Connection<typeof localMethods>['call'];
  control(): Connection<typeof controlMethods>['call'];
  /** Ends the daemon as a crash does; containers go on. */
  crash(): Promise<void>;
  /** Ends the keeper and with it every container, as a machine that goes down does. */
  loseKeeper(): Promise<void>;
  restart(): Promise<void>;
  /** Runs a program in the node's network namespace. */
  inNetwork(command: string): string;
  /** On the machine beside it. */
  outside(command: string): string;
  close(): Promise<void>;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Looks until it is so. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`${what} did not come true`);
    await pause(POLL_MS);
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.on('exit', () => resolve());
  });
}

/** A network namespace with a process that keeps it. */
interface Namespace {
  /** Runs a shell command in it. */
  run(command: string): string;
  readonly pid: number;
  readonly enter: readonly string[];
  close(): Promise<void>;
}

async function makeNamespace(): Promise<Namespace> {
  const keeping = spawn('unshare', ['-n', 'sleep', 'infinity'], { stdio: 'ignore' });
  const pid = keeping.pid ?? 0;
  const enter = ['-t', String(pid), '-n'];
  const run = (command: string) =>
    execFileSync('nsenter', [...enter, 'sh', '-c', command], { encoding: 'utf8', timeout: 10_000 });
  await until(
    'a network namespace',
    () => readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net'),
  );
  run('ip link set lo up');
  return {
    run,
    pid,
    enter,
    close: () => {
      keeping.kill('SIGKILL');
      return ended(keeping);
    },
  };
}

function joinNamespaces(node: Namespace, outside: Namespace): void {
  node.run(`ip link add eth0 type veth peer name eth0 netns ${outside.pid}`);
  node.run(`ip addr add ${NODE_ADDRESS}/24 dev eth0 && ip link set eth0 up`);
  outside.run(`ip addr add ${OUTSIDE_ADDRESS}/24 dev eth0 && ip link set eth0 up`);
  node.run(`ip route add default via ${OUTSIDE_ADDRESS}`);
}

/** The kernel lets go of a group a moment after its last process. */
async function removeGroups(parent: string): Promise<void> {
  await until(`the end of ${parent}`, () => {
    const below = existsSync(parent) ? readdirSync(parent, { withFileTypes: true }) : [];
    try {
      for (const entry of below) if (entry.isDirectory()) rmdirSync(join(parent, entry.name));
      if (existsSync(parent)) rmdirSync(parent);
      return true;
    } catch {
      return false;
    }
  });
}

let lastNode = 0;

/** Starts a node of its own for one test file. */
export async function startLocalNode(): Promise<LocalNode> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-local-'));
  const [dataRoot, runRoot] = [join(folder, 'data'), join(folder, 'run')];
  const cgroupParent = `/skep-local-${process.pid}-${++lastNode}`;
  // They outlive the daemons in them.
  const [network, outside] = [await makeNamespace(), await makeNamespace()];
  joinNamespaces(network, outside);
  let daemon: ChildProcess | null = null;
  let connections: { close(): void }[] = [];
  let calls: {
    containers: Connection<typeof containerMethods>['call'];
    local: Connection<typeof localMethods>['call'];
    control: Connection<typeof controlMethods>['call'];
  } | null = null;

  async function start(): Promise<void> {
    const words = ['--data-root', dataRoot, '--run-root', runRoot, '--cgroup-parent', cgroupParent];
    const program = [process.execPath, join(projectRoot(), 'dist/daemon/main.js'), ...words];
    const logLevel = process.env.SKEP_TEST_DEBUG === undefined ? 'error' : 'debug';
    const started = spawn(
      'nsenter',
      [...network.enter, ...program, '--hostname', 'node', '--log-level', logLevel],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    daemon = started;
    const address = `unix:${join(runRoot, 'skep.sock')}`;
    const credentials = ChannelCredentials.createInsecure();
    const containers = connect(containerMethods, address, credentials);
    const local = connect(localMethods, address, credentials);
    const control = connect(controlMethods, address, credentials);
    connections = [containers, local, control];
    calls = { containers: containers.call, local: local.call, control: control.call };
    await until('a daemon that answers', async () => {
      if (started.exitCode !== null) throw new Error(`the daemon ended with ${started.exitCode}`);
      return local.call.info({}, { timeoutMs: 500 }).then(
        () => true,
        () => false,
      );
    });
  }
  async function stop(signal: NodeJS.Signals): Promise<void> {
    for (const connection of connections.splice(0)) connection.close();
    daemon?.kill(signal);
    if (daemon !== null) await ended(daemon);
    daemon = null;
  }
  async function loseKeeper(): Promise<void> {
    const executor = await createExecutor({
      keeperSocketPath: join(runRoot, 'keeper.sock'),
      keeperBinaryPath,
      stateFolder: join(runRoot, 'containers'),
      cgroupParent,
      log: () => {},
    });
    await executor.shutdownKeeper();
  }
  function required() {
    if (calls === null) throw new Error('the daemon does not run');
    return calls;
  }

  const node: LocalNode = {
    folder,
    dataRoot,
    containers: () => required().containers,
    local: () => required().local,
    control: () => required().control,
    crash: () => stop('SIGKILL'),
    loseKeeper,
    restart: start,
    inNetwork: network.run,
    outside: outside.run,
    async close() {
      await stop('SIGTERM');
      await loseKeeper();
      await Promise.all([network.close(), outside.close()]);
      const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
      for (const parent of cgroupParentFolders(layout, cgroupParent)) await removeGroups(parent);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
    await importBox(node);
    return node;
  } catch (thrown) {
    await node.close();
    throw thrown;
  }
}

/** Busybox with its commands, as image `box`. */
async function importBox({ folder, local }: LocalNode): Promise<void> {
  const layer = join(folder, 'layer');
  mkdirSync(layer);
  buildLayer(layer);
  const archive = join(folder, 'box.tar');
  execFileSync('tar', ['-C', layer, '-cf', archive, '.']);
  async function* upload() {
    yield {
      header: { reference: 'box', changes: ['ENV PATH=/bin', 'CMD ["sh"]', 'EXPOSE 7070'], message: '' },
      data: readFileSync(archive),
    };
  }
  await local().importImage(upload());
}

/** A container of `box` that runs a shell command. */
export function boxOf(
  command: string,
  changes: Partial<Omit<LocalContainerSpec, 'container'>> = {},
  container: Partial<ContainerSpec> = {},
): LocalContainerSpec {
  return {
    name: '',
    container: { ...blankTaskSpec('box').container, args: ['sh', '-c', command], ...container },
    limits: {},
    reservations: {},
    restart: { name: 'no', maxRetries: 0 },
    network: 'none',
    ports: [],
    publishAll: false,
    autoRemove: false,
    ...changes,
  };
}

/** What one sends on a stream: a header, then nothing but the end. */
export async function* header(first: Pick<StreamInput, 'attach' | 'exec'>): AsyncGenerator<StreamInput> {
  yield { ...first, data: new Uint8Array(0), end: false };
}
