// How long a container takes: from the request to the running program, and for its whole life, beside runc.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_CAPABILITIES } from '../../agent/executor/capabilities.ts';
import { cgroupParentFolders, readCgroupLayout } from '../../agent/executor/cgroup-plan.ts';
import type { ContainerNetwork, ContainerRequest } from '../../agent/executor/executor.ts';
import { createExecutor, type NodeExecutor } from '../../agent/executor/executor-factory.ts';
import { createNetwork } from '../../agent/network/network.ts';
import { projectRoot } from '../../cli/project.ts';
import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import { makeRootfs } from '../rootfs.ts';
import { median, summarize, timed } from '../statistics.ts';

const ROUNDS = 60;
const WARM_UP = 5;
const CGROUP_PARENT = `/skep-bench-${process.pid}`;

const PICTURE: NetworkPicture = {
  peers: [
    {
      kind: 'peer',
      id: 'self',
      hostname: 'bench',
      dataPathAddress: '127.0.0.1',
      routerAddress: '10.255.0.2',
    },
  ],
  networks: [
    { kind: 'network', id: 'net', name: 'net', subnet: '10.1.0.0/16', internal: false, ingress: false },
  ],
  balancers: [],
  backends: [],
};

function requestFor(id: string, layer: string, folder: string, network: ContainerNetwork): ContainerRequest {
  return {
    id,
    layers: [layer],
    argv: ['/bin/true'],
    env: ['PATH=/bin'],
    workdir: '/',
    user: '',
    hostname: 'bench',
    binds: [],
    tmpfs: [],
    files: [],
    readOnlyRoot: false,
    init: false,
    capabilities: DEFAULT_CAPABILITIES,
    network,
    nanoCpus: null,
    memoryBytes: null,
    pids: null,
    logPath: join(folder, `${id}.log`),
  };
}

function untilEnd(executor: NodeExecutor, id: string): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = executor.onExit((state) => {
      if (state.id !== id) return;
      unsubscribe();
      resolve();
    });
  });
}

interface Life {
  readonly runningMs: number;
  readonly wholeMs: number;
}

async function live(executor: NodeExecutor, request: ContainerRequest): Promise<Life> {
  let runningMs = 0;
  const wholeMs = await timed(async () => {
    const ended = untilEnd(executor, request.id);
    runningMs = await timed(() => executor.start(request));
    await ended;
    await executor.remove(request.id);
  });
  return { runningMs, wholeMs };
}

/** A bundle for runc with the same root file system; runc's own defaults, no terminal. */
function makeBundle(folder: string, layer: string): string {
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  execFileSync('runc', ['spec', '--bundle', bundle]);
  const path = join(bundle, 'config.json');
  const config = JSON.parse(execFileSync('cat', [path], { encoding: 'utf8' }));
  config.process.terminal = false;
  config.process.args = ['/bin/true'];
  config.root = { path: layer, readonly: true };
  writeFileSync(path, JSON.stringify(config));
  return bundle;
}

function hasRunc(): boolean {
  return spawnSync('runc', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Measures with a keeper of its own and prints; `folder` is empty and the caller's to remove. */
export async function benchExecutor(folder: string): Promise<void> {
  const layer = await makeRootfs(folder);
  const log = () => undefined;
  const executor = await createExecutor({
    keeperSocketPath: join(folder, 'keeper.sock'),
    keeperBinaryPath: join(projectRoot(), 'build', 'skep-keeper'),
    stateFolder: join(folder, 'state'),
    cgroupParent: CGROUP_PARENT,
    log,
  });
  const clock = {
    nowMs: Date.now,
    schedule: (delayMs: number, callback: () => void) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const network = createNetwork({
    nodeId: 'self',
    dataPathAddress: '127.0.0.1',
    dataPathPort: 4789,
    send: executor.netlink,
    clock,
    log,
  });
  try {
    network.apply(PICTURE);
    await network.applied();
    await compare(executor, network, layer, folder);
  } finally {
    await network.removeAll();
    await network.close();
    await executor.cleanLeftovers([]);
    await executor.shutdownKeeper();
    executor.close();
    removeCgroupParent();
  }
}

function removeCgroupParent(): void {
  const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
  for (const folder of cgroupParentFolders(layout, CGROUP_PARENT)) rmdirSync(folder);
}

async function compare(
  executor: NodeExecutor,
  network: ReturnType<typeof createNetwork>,
  layer: string,
  folder: string,
): Promise<void> {
  const alone: Life[] = [];
  const linked: Life[] = [];
  const runc: number[] = [];
  const bundle = hasRunc() ? makeBundle(folder, layer) : null;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const id = `bench${round + WARM_UP}`;
    const plain = await live(executor, requestFor(`${id}a`, layer, folder, { kind: 'none' }));
    const attachments = [{ networkId: 'net', address: `10.1.1.${round + WARM_UP + 2}`, aliases: [] }];
    const link = network.linkFor({ id: `${id}b`, attachments });
    const withLink = await live(executor, requestFor(`${id}b`, layer, folder, link));
    const peer =
      bundle === null
        ? Number.NaN
        : await timed(async () =>
            execFileSync('runc', ['run', '--bundle', bundle, `skep-${process.pid}-${id}`]),
          );
    if (round < 0) continue;
    alone.push(plain);
    linked.push(withLink);
    runc.push(peer);
  }
  const pick = (lives: readonly Life[], key: keyof Life) => lives.map((life) => life[key]);
  console.log(`container start, ${ROUNDS} rounds in turn, milliseconds, median (least–most)`);
  console.log(`  no network:   request to running ${summarize(pick(alone, 'runningMs'))}`);
  console.log(`                whole life         ${summarize(pick(alone, 'wholeMs'))}`);
  console.log(`  with network: request to running ${summarize(pick(linked, 'runningMs'))}`);
  console.log(`                whole life         ${summarize(pick(linked, 'wholeMs'))}`);
  if (bundle === null) {
    console.log('  runc is not installed: no comparison (apt-get install runc)');
    return;
  }
  console.log(`  runc run:     whole life         ${summarize(runc)}`);
  const ratio = (lives: readonly Life[]) => (median(pick(lives, 'wholeMs')) / median(runc)).toFixed(2);
  console.log(`  whole life beside runc run: ${ratio(alone)} without network, ${ratio(linked)} with`);
}
