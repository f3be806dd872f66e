import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { killDaemon, releaseDaemon } from '../../cli/playground/playground.ts';
import type { ServiceSpec } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import { randomNumbers, startingSeed } from './random-numbers.ts';
import {
  ask,
  awaitUp,
  bringUp,
  containersOf,
  eventually,
  pause,
  sayContainer,
  sayTask,
  skip,
  type TestCluster,
  tasksOf,
} from './test-cluster.ts';
import { createWriteLedger, type WriteLedger } from './write-ledger.ts';
import { newSpec, type Random, writeUntil } from './writers.ts';

const MANAGER = 'h1';
const KILLS = 20;
/** Writers that each wait for the answer to one write before they send the next. */
const WRITERS = 3;
/** The kill comes within this time after the writers began; writes take a few milliseconds. */
const MAX_DELAY_MS = 300;

/** Writes until the manager is killed under the writers' hands; a refused write would be a failure of its own. */
async function writeUnderKill(cluster: TestCluster, ledger: WriteLedger, random: Random): Promise<void> {
  let killed = false;
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    writeUntil({ ledger, writer, random, stopped: () => killed, ask: (call) => ask(cluster, call) }).catch(
      (thrown: unknown) => {
        if (!killed) throw thrown;
      },
    ),
  );
  const writing = Promise.all(writers);
  await Promise.race([writing, pause(random() * MAX_DELAY_MS)]);
  killed = true;
  await killDaemon(cluster.name, MANAGER, { hold: true });
  await writing;
  await releaseDaemon(cluster.name, MANAGER);
}

/** What is wrong with the tasks, given what every service is wanted to be; empty once all is settled. */
function taskProblem(wanted: ReadonlyMap<string, ServiceSpec>, tasks: readonly Task[]): string {
  const problems: string[] = [];
  for (const [name, { mode }] of wanted) {
    const replicas = mode.kind === 'replicated' ? mode.replicas : 0;
    const slots = tasks
      .filter((task) => task.serviceName === name && task.desiredState === 'RUNNING')
      .map(({ slot }) => slot);
    if (slots.length !== replicas || new Set(slots).size !== replicas) {
      problems.push(`${name} has tasks in slots ${slots.join()} instead of ${replicas} in one each`);
    }
  }
  for (const task of tasks) {
    const settled =
      task.desiredState === 'RUNNING' ? task.status.state === 'RUNNING' : isTerminal(task.status.state);
    if (!settled) problems.push(sayTask(task));
    if (!wanted.has(task.serviceName)) problems.push(`${sayTask(task)} is of no service`);
  }
  return problems.join('; ');
}

describe('a manager that is killed', { skip }, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await bringUp('kill', { managers: 1, workers: 2 });
  });

  after(() => cluster?.close());

  async function requireLedger(ledger: WriteLedger, when: string): Promise<void> {
    const { services } = await ask(cluster, (call) => call.listServices({}));
    assert.deepEqual(ledger.compare(services), [], when);
  }

  async function containersOfService(service: string): Promise<readonly string[]> {
    const ids = new Set((await tasksOf(cluster, service)).map(({ id }) => id));
    return (await containersOf(cluster))
      .filter(({ id }) => ids.has(id))
      .map(sayContainer)
      .sort();
  }

  it(`keeps every acknowledged write, doubles no task and stops no container over ${KILLS} kills`, async (t) => {
    const random = randomNumbers(startingSeed(t));
    const ledger = createWriteLedger();
    const steady = newSpec('steady', 0, 4);
    ledger.asked('steady', steady);
    await ask(cluster, (call) => call.createService({ spec: steady }));
    ledger.acknowledged('steady', steady);
    await awaitUp(cluster, 'steady', 4);
    const steadyContainers = await containersOfService('steady');
    assert.equal(steadyContainers.length, 4);

    for (let kill = 1; kill <= KILLS; kill++) {
      await writeUnderKill(cluster, ledger, random);
      await requireLedger(ledger, `after kill ${kill}`);
      assert.deepEqual(await containersOfService('steady'), steadyContainers, `after kill ${kill}`);
    }
    t.diagnostic(`${ledger.acknowledgedCount()} acknowledged writes`);

    await eventually('one running task for each wanted slot', async () =>
      taskProblem(ledger.present(), await tasksOf(cluster)),
    );
    const running = (await tasksOf(cluster)).filter(({ desiredState }) => desiredState === 'RUNNING');
    await eventually('exactly one container for each running task', async () => {
      const found = (await containersOf(cluster)).map(({ id }) => id).sort();
      const wanted = running.map(({ id }) => id).sort();
      return found.join() === wanted.join() ? '' : `containers ${found.join()}, tasks ${wanted.join()}`;
    });
    await requireLedger(ledger, 'at the end');
    assert.deepEqual(await containersOfService('steady'), steadyContainers, 'at the end');
  });
});
