import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { killDaemon, releaseDaemon } from '../../cli/playground/playground.ts';
import type { Task } from '../../lib/domain/task.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import { randomNumbers, startingSeed } from './random-numbers.ts';
import {
  ask,
  awaitUp,
  bringUp,
  containersOn,
  eventually,
  pause,
  type RunningContainer,
  requireSkep,
  sayContainer,
  sayTask,
  skip,
  specOf,
  type TestCluster,
  tasksOf,
} from './test-cluster.ts';

const WORKER = 'h2';
const ON_WORKER = { constraint: [`node.hostname==${WORKER}`], restartCondition: 'none' };
/** Kills while containers start and end. */
const KILLS = 6;
const SHORT_TASKS = 8;

/** Waits inside the container until the test makes a file of that name. */
function waitForFile(name: string): string {
  return `while [ ! -e /signals/${name} ]; do sleep 0.05; done`;
}

describe('an agent that is killed', { skip }, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await bringUp('agent', { managers: 1, workers: 1 });
  });

  after(() => cluster?.close());

  async function create(name: string, script: string, flags: Record<string, unknown> = {}): Promise<void> {
    const mount = [`type=bind,source=${cluster.folder},target=/signals,readonly`];
    const spec = specOf('hello-web:1', ['sh', '-c', script], { name, mount, ...ON_WORKER, ...flags });
    await ask(cluster, (call) => call.createService({ spec }));
  }

  async function onlyTask(service: string): Promise<Task> {
    const [task, ...others] = await tasksOf(cluster, service);
    assert.ok(task !== undefined && others.length === 0, `${service} has one task`);
    return task;
  }

  async function containerOf(task: Task): Promise<RunningContainer> {
    const container = (await containersOn(cluster, WORKER)).find(({ id }) => id === task.id);
    assert.ok(container, `${sayTask(task)} has a container`);
    return container;
  }

  async function awaitEnd(service: string): Promise<Task> {
    await eventually(`the end of ${service}`, async () => {
      const task = await onlyTask(service);
      return isTerminal(task.status.state) ? '' : sayTask(task);
    });
    return onlyTask(service);
  }

  it('stops nothing, and hears of every exit that it missed', async () => {
    await create('lasting', 'exec sleep 100000', { replicas: '3' });
    await create('zero', `${waitForFile('end')}; exit 0`);
    await create('three', `${waitForFile('end')}; exit 3`);
    await create('terminated', `${waitForFile('end')}; kill -TERM $$; sleep 100`, { init: true });
    await create('killed', 'exec sleep 100000');
    await create('greedy', `${waitForFile('end')}; exec tail /dev/zero`, { limitMemory: '32M' });
    const lasting = await awaitUp(cluster, 'lasting', 3);
    for (const service of ['zero', 'three', 'terminated', 'killed', 'greedy'])
      await awaitUp(cluster, service, 1);
    const before = await Promise.all(lasting.map(containerOf));
    const victim = await containerOf(await onlyTask('killed'));

    await killDaemon(cluster.name, WORKER, { hold: true });
    process.kill(victim.pid, 'SIGKILL');
    await writeFile(join(cluster.folder, 'end'), '');
    const lastingIds = lasting.map(({ id }) => id).sort();
    await eventually('the end of all containers but the lasting ones', async () => {
      const ids = (await containersOn(cluster, WORKER)).map(({ id }) => id).sort();
      return ids.join() === lastingIds.join() ? '' : ids.join();
    });
    await releaseDaemon(cluster.name, WORKER);

    const ends: Record<string, readonly unknown[]> = {};
    for (const service of ['zero', 'three', 'terminated', 'killed', 'greedy']) {
      const { status } = await awaitEnd(service);
      ends[service] = [status.state, status.container?.exitCode, status.container?.oomKilled ?? false];
    }
    assert.deepEqual(ends, {
      zero: ['COMPLETE', 0, false],
      three: ['FAILED', 3, false],
      terminated: ['FAILED', 143, false],
      killed: ['FAILED', 137, false],
      greedy: ['FAILED', 137, true],
    });
    assert.match(await requireSkep(cluster, 'h1', 'service', 'ps', '--no-trunc', 'three'), /exit \(3\)/);
    assert.match(await requireSkep(cluster, 'h1', 'service', 'ps', '--no-trunc', 'greedy'), /out of memory/);
    const after = await Promise.all((await awaitUp(cluster, 'lasting', 3)).map(containerOf));
    assert.deepEqual(after.map(sayContainer).sort(), before.map(sayContainer).sort());
  });

  it(`gets every exit code right when it is killed ${KILLS} times while containers start and end`, async (t) => {
    const random = randomNumbers(startingSeed(t));
    // Slot N lives for a while of its own and exits with 10 + N.
    const script = 'echo ran >> /out/$SLOT; sleep 0.$((SLOT * 12)); exit $((10 + SLOT))';
    await create('short', script, {
      replicas: String(SHORT_TASKS),
      env: ['SLOT={{.Task.Slot}}'],
      mount: [`type=bind,source=${cluster.folder},target=/out`],
    });
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(random() * 250);
      await killDaemon(cluster.name, WORKER, { hold: true });
      await releaseDaemon(cluster.name, WORKER);
    }
    await eventually('the end of every short task', async () => {
      const tasks = await tasksOf(cluster, 'short');
      return tasks
        .filter(({ status }) => !isTerminal(status.state))
        .map(sayTask)
        .join('; ');
    });
    const tasks = await tasksOf(cluster, 'short');
    const codes = tasks.map(({ slot, status }) => [slot, status.container?.exitCode]);
    const wanted = Array.from({ length: SHORT_TASKS }, (_, index) => [index + 1, index + 11]);
    assert.deepEqual(
      codes.sort(([left = 0], [right = 0]) => left - right),
      wanted,
      tasks.map(sayTask).join('; '),
    );
    for (let slot = 1; slot <= SHORT_TASKS; slot++) {
      const runs = await ranTimes(join(cluster.folder, String(slot)));
      assert.equal(runs, 1, `slot ${slot} ran ${runs} times`);
    }
  });
});

async function ranTimes(path: string): Promise<number> {
  return (await readFile(path, 'utf8')).trim().split('\n').length;
}
