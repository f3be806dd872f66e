import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { groupProcesses, readHierarchies } from '../../../cli/playground/cgroup.ts';
import { runCommand } from '../../../cli/playground/command.ts';
import { DATA_ROOT, hostPaths, RUN_ROOT } from '../../../cli/playground/names.ts';
import {
  attachToHost,
  cutHost,
  down,
  execInHost,
  healHost,
  killDaemon,
  playgroundNames,
  releaseDaemon,
  startHost,
  status,
  stopHost,
  up,
} from '../../../cli/playground/playground.ts';
import {
  eventually,
  PLACEHOLDER,
  reaches,
  remains,
  runsOf,
  skip,
  withPlayground,
} from './test-playground.ts';

describe('a playground', { skip }, () => {
  it('has hosts with a network, mounts, processes and groups of their own, and leaves nothing behind', async () => {
    const name = `test-a-${process.pid}`;
    await withPlayground(name, 1, async () => {
      const state = await status(name);
      assert.deepEqual(
        state.hosts.map(({ host, role, state: power }) => [host, role, power]),
        [
          ['h1', 'manager', 'running'],
          ['h2', 'worker', 'running'],
          ['client', 'client', 'running'],
        ],
      );
      const look =
        'hostname; ls /run/skep; cat /run/skep/name; wc -l < /proc/self/cgroup; echo $$; echo "$PATH"';
      await eventually(async () => (await runsOf(name, 'h2')) === 1);
      const { exitCode, stdout } = await execInHost(name, 'h2', ['sh', '-c', `${look}; exit 7`]);
      const [hostname, run, word, , pid, path] = stdout.split('\n');
      assert.deepEqual([exitCode, hostname, run, word], [7, 'h2', 'name', 'h2']);
      assert.ok(Number(pid) < 1_000, `${pid} is a pid of the machine`);
      assert.match(path ?? '', /^[^:]*\/bin:/);
      const groups = (await execInHost(name, 'h1', ['cat', '/proc/self/cgroup'])).stdout.trim().split('\n');
      for (const group of groups) assert.match(group, new RegExp(`/${hostPaths(name, 'h1').cgroup}$`));
      // The groups of the machine can still be seen and used, as a container runtime has to.
      const mounts = await execInHost(name, 'h1', ['ls', '/sys/fs/cgroup']);
      assert.notEqual(mounts.stdout.trim(), '');
      assert.equal(await attachToHost(name, 'client', ['sh', '-c', 'exit 5']), 5);
      const died = await execInHost(name, 'client', ['sh', '-c', 'kill -9 $$']);
      assert.equal(died.exitCode, 137);
    });
  });

  it('connects its hosts, and disconnects one that is cut', async () => {
    const name = `test-b-${process.pid}`;
    await withPlayground(name, 1, async () => {
      assert.ok(await reaches(name, 'client', 'h2'));
      await cutHost(name, 'h2');
      assert.equal((await status(name)).hosts[1]?.state, 'cut');
      assert.ok(!(await reaches(name, 'client', 'h2', 1)));
      await healHost(name, 'h2');
      assert.equal((await status(name)).hosts[1]?.state, 'running');
      assert.ok(await reaches(name, 'client', 'h2'));
    });
  });

  it('loses every process of a host that is stopped, and keeps its data', async () => {
    const name = `test-c-${process.pid}`;
    await withPlayground(name, 1, async () => {
      await eventually(async () => (await runsOf(name, 'h2')) === 1);
      await stopHost(name, 'h2');
      assert.equal((await status(name)).hosts[1]?.state, 'stopped');
      assert.deepEqual(await groupProcesses(await readHierarchies(), hostPaths(name, 'h2').cgroup), []);
      await assert.rejects(execInHost(name, 'h2', ['true']), /h2 is stopped/);
      await startHost(name, 'h2');
      await eventually(async () => (await runsOf(name, 'h2')) === 2);
      assert.ok(await reaches(name, 'h2', 'h1'));
    });
  });

  it('starts only what is missing when it is told to come up again', async () => {
    const name = `test-d-${process.pid}`;
    await withPlayground(name, 1, async () => {
      const before = await status(name);
      await stopHost(name, 'h1');
      const after = await up({ name, managers: 1, workers: 2 });
      assert.deepEqual(
        after.hosts.map(({ host }) => host),
        ['h1', 'h2', 'h3', 'client'],
      );
      const pidOf = (state: typeof before, host: string) =>
        state.hosts.find((candidate) => candidate.host === host)?.pid;
      assert.equal(pidOf(after, 'h2'), pidOf(before, 'h2'));
      assert.equal(pidOf(after, 'client'), pidOf(before, 'client'));
      assert.notEqual(pidOf(after, 'h1'), pidOf(before, 'h1'));
      await assert.rejects(up({ name, managers: 2 }), /is up with 1 managers and 2 workers/);
    });
  });

  it('starts a daemon that was killed again, unless it is held', async () => {
    const name = `test-e-${process.pid}`;
    await withPlayground(name, 0, async () => {
      await eventually(async () => (await runsOf(name, 'h1')) === 1);
      const initPid = (await status(name)).hosts[0]?.pid;
      await killDaemon(name, 'h1');
      await eventually(async () => (await runsOf(name, 'h1')) === 2);
      await killDaemon(name, 'h1', { hold: true });
      const running = async () =>
        (await execInHost(name, 'h1', ['cat', '/run/playground/pid'])).exitCode === 0;
      await eventually(async () => !(await running()));
      assert.equal(await runsOf(name, 'h1'), 2);
      await releaseDaemon(name, 'h1');
      await eventually(async () => (await runsOf(name, 'h1')) === 3);
      assert.equal((await status(name)).hosts[0]?.pid, initPid);
    });
  });

  it('shares nothing with another one that comes up at the same time', async () => {
    const names = [`test-g-${process.pid}`, `test-h-${process.pid}`];
    try {
      const states = await Promise.all(
        names.map((name) => up({ name, managers: 1, workers: 0, daemon: PLACEHOLDER })),
      );
      assert.notEqual(states[0]?.subnet, states[1]?.subnet);
      for (const name of names) assert.ok(await reaches(name, 'client', 'h1'));
    } finally {
      await Promise.all(names.map((name) => down(name)));
    }
    for (const name of names) assert.deepEqual(await remains(name), []);
  });

  it('is removed whole after a crash halfway up', async () => {
    const name = `test-f-${process.pid}`;
    try {
      await up({ name, managers: 1, workers: 1, daemon: PLACEHOLDER });
      // The file that tells what it is has not been written, or is lost.
      await runCommand(['rm', '-rf', join(RUN_ROOT, name, 'playground.json')]);
      assert.ok((await playgroundNames()).includes(name));
    } finally {
      await down(name);
    }
    assert.deepEqual(await remains(name), []);
    await down(name);
    await assert.rejects(stat(join(DATA_ROOT, name)));
  });
});
