import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { groupProcesses, readHierarchies } from '../../cli/playground/cgroup.ts';
import { requireCommand, runCommand } from '../../cli/playground/command.ts';
import { CGROUP_ROOT, DATA_ROOT, linkNames, RUN_ROOT } from '../../cli/playground/names.ts';
import { down, playgroundNames, status } from '../../cli/playground/playground.ts';
import { projectRoot } from '../../cli/project.ts';
import { findLeftovers, machineTraces, type PlaygroundMarks } from './leftovers.ts';
import { randomNumbers, startingSeed } from './random-numbers.ts';
import {
  awaitUp,
  bringUp,
  containersOf,
  eventually,
  pause,
  requireSkep,
  skip,
  type TestCluster,
} from './test-cluster.ts';

/** A subnet that no playground takes: they end at 250. */
const PLANTED: PlaygroundMarks = { name: `t-planted-${process.pid}`, subnet: 254 };
/** Share of a playground's processes that is killed before it is taken down. */
const KILLED_SHARE = 0.5;
/** How often `playground up` is killed, at the latest so long after it began. */
const CRASHES = 4;
const MAX_CRASH_DELAY_MS = 1_000;

interface Plant {
  readonly what: string;
  readonly seen: RegExp;
  readonly plant: () => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}

const { switchName, uplink } = linkNames(PLANTED.name);
const ip = (...words: string[]) => requireCommand(['ip', ...words]);
const groupPath = `/sys/fs/cgroup/pids/${CGROUP_ROOT}/${PLANTED.name}/h1`;
const folder = join(DATA_ROOT, PLANTED.name);
const mountPoint = `/tmp/${PLANTED.name}/h1`;
const nftTable = ['table', 'ip', PLANTED.name];

const PLANTS: readonly Plant[] = [
  {
    what: 'a network namespace',
    seen: /^network namespace/,
    plant: () => ip('netns', 'add', switchName),
    remove: () => ip('netns', 'del', switchName),
  },
  {
    what: 'a link',
    seen: /^link/,
    plant: () => ip('link', 'add', uplink, 'type', 'veth'),
    remove: () => ip('link', 'del', uplink),
  },
  {
    what: 'a route',
    seen: /^route/,
    plant: () => ip('route', 'add', 'blackhole', `172.30.${PLANTED.subnet}.9`),
    remove: () => ip('route', 'del', 'blackhole', `172.30.${PLANTED.subnet}.9`),
  },
  {
    what: 'an nftables rule',
    seen: /^nftables/,
    plant: () =>
      requireCommand(['nft', '-f', '-'], {
        input: `${nftTable.join(' ')} { chain c { ip saddr 172.30.${PLANTED.subnet}.9 accept; }; }\n`,
      }),
    remove: () => requireCommand(['nft', 'delete', ...nftTable]),
  },
  {
    what: 'a control group',
    seen: /^control group/,
    plant: () => mkdir(groupPath, { recursive: true }),
    remove: async () => {
      await rmdir(groupPath);
      await rmdir(join(groupPath, '..'));
      // Shared with other playgrounds, which may be there.
      await rmdir(join(groupPath, '..', '..')).catch(() => undefined);
    },
  },
  {
    what: 'a folder',
    seen: /^folder/,
    plant: () => mkdir(folder, { recursive: true }),
    remove: async () => {
      await rmdir(folder);
      await rmdir(DATA_ROOT).catch(() => undefined);
    },
  },
  {
    what: 'a mount',
    seen: /^mount seen by/,
    plant: async () => {
      await mkdir(mountPoint, { recursive: true });
      await requireCommand(['mount', '-t', 'tmpfs', 'none', mountPoint]);
    },
    remove: async () => {
      await requireCommand(['umount', mountPoint]);
      await rm(join(mountPoint, '..'), { recursive: true });
    },
  },
];

describe('the search for leftovers', { skip }, () => {
  for (const { what, seen, plant, remove } of PLANTS) {
    it(`finds ${what}`, async (t) => {
      if (what === 'a control group' && !(await readdir('/sys/fs/cgroup')).includes('pids')) {
        t.skip('control groups are of version 2');
        return;
      }
      assert.deepEqual(await findLeftovers(PLANTED), []);
      await plant();
      try {
        const found = await findLeftovers(PLANTED);
        assert.ok(
          found.some((line) => seen.test(line)),
          `${what} was missed: ${found.join('; ')}`,
        );
      } finally {
        await remove();
      }
      assert.deepEqual(await findLeftovers(PLANTED), []);
    });
  }

  it('finds a process in mounts of its own', async () => {
    const script =
      'mkdir -p /run/lock/$0/h1 && mount --bind /run/lock/$0/h1 /run/lock/$0/h1 && exec sleep 30';
    const sleeping = runCommand(['timeout', '30', 'unshare', '--mount', 'sh', '-c', script, PLANTED.name]);
    const isIt = async () =>
      (await findLeftovers(PLANTED)).find((line) => /^mount seen by process/.test(line));
    let line: string | undefined;
    for (let attempt = 0; attempt < 100 && line === undefined; attempt++) line = await isIt();
    const pid = Number(/process (\d+)/.exec(line ?? '')?.[1]);
    assert.ok(pid > 0, 'it was never found');
    process.kill(pid, 'SIGKILL');
    await sleeping;
    await rm(`/run/lock/${PLANTED.name}`, { recursive: true });
    assert.deepEqual(await findLeftovers(PLANTED), []);
  });
});

describe('a playground that is taken down', { skip }, () => {
  const names: string[] = [];

  after(async () => {
    for (const name of names) await down(name);
  });

  async function withService(): Promise<TestCluster> {
    const cluster = await bringUp('left', { managers: 1, workers: 1 });
    names.push(cluster.name);
    const flags = ['--quiet', '--name', 'web', '--replicas', '4', '--publish', '8080:8080'];
    await requireSkep(cluster, 'h1', 'network', 'create', '--driver', 'overlay', 'inner');
    await requireSkep(cluster, 'h1', 'service', 'create', ...flags, '--network', 'inner', 'hello-web:1');
    await awaitUp(cluster, 'web', 4);
    assert.equal((await containersOf(cluster)).length, 4);
    return cluster;
  }

  it('leaves nothing behind while a service runs', async () => {
    const traces = await machineTraces();
    const cluster = await withService();
    const marks = { name: cluster.name, subnet: cluster.state.subnet };
    const found = await findLeftovers(marks);
    for (const kind of [
      'control group',
      'folder',
      'process',
      'network namespace',
      'link',
      'address',
      'route',
    ]) {
      assert.ok(
        found.some((line) => line.startsWith(kind)),
        `a playground that is up has a ${kind}`,
      );
    }
    await cluster.close();
    assert.deepEqual(await findLeftovers(marks), []);
    assert.deepEqual(await machineTraces(), traces);
    assert.ok(!(await playgroundNames()).includes(cluster.name));
  });

  it('leaves nothing behind after half of its processes were killed', async (t) => {
    const random = randomNumbers(startingSeed(t));
    const traces = await machineTraces();
    const cluster = await withService();
    const marks = { name: cluster.name, subnet: cluster.state.subnet };
    const pids = await groupProcesses(await readHierarchies(), `${CGROUP_ROOT}/${cluster.name}`);
    for (const pid of pids) if (random() < KILLED_SHARE) killIfThere(pid);
    if (random() < KILLED_SHARE) await rm(join(RUN_ROOT, cluster.name, 'playground.json'));
    await cluster.close();
    assert.deepEqual(await findLeftovers(marks), []);
    assert.deepEqual(await machineTraces(), traces);
  });

  it('leaves nothing behind when the command that brings it up is killed on its way', async (t) => {
    const random = randomNumbers(startingSeed(t));
    const name = `t-crash-${process.pid}`;
    names.push(name);
    for (let crash = 1; crash <= CRASHES; crash++) {
      const words = ['playground', 'up', '--name', name, '--managers', '1', '--workers', '1'];
      const command = spawn(join(projectRoot(), 'bin', 'skep'), words, { stdio: 'ignore' });
      const ended = new Promise((resolve) => void command.once('close', resolve));
      const subnet = await subnetOf(name);
      await pause(random() * MAX_CRASH_DELAY_MS);
      command.kill('SIGKILL');
      await ended;
      await down(name);
      assert.deepEqual(await findLeftovers({ name, subnet }), [], `crash ${crash}`);
    }
    await assert.rejects(status(name), /no playground/);
  });
});

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It died with another one.
  }
}

/** The subnet of a playground that is coming up, as soon as it has chosen one. */
async function subnetOf(name: string): Promise<number> {
  let subnet = 0;
  await eventually('the file that tells what the playground is', async () => {
    const text = await readFile(join(RUN_ROOT, name, 'playground.json'), 'utf8');
    subnet = (JSON.parse(text) as PlaygroundMarks).subnet;
    return '';
  });
  return subnet;
}
