import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type Stage, sendRequests, startLoad } from '../../cli/demo/stage.ts';
import { startHost, stopHost } from '../../cli/playground/playground.ts';
import type { Task } from '../../lib/domain/task.ts';
import {
  awaitUp,
  bringUp,
  containersOf,
  containersOn,
  eventually,
  importArchive,
  isUp,
  nodeOf,
  pause,
  requireSkep,
  sayContainer,
  sayTask,
  serviceOf,
  skep,
  skip,
  type TestCluster,
  tasksOf,
} from './test-cluster.ts';

const MANAGER = 'h1';
const LAST = 'h3';
/** Enough for a fair balancer to reach each of a few replicas. */
const PROBES = 60;
const PER_SECOND = 60;
/** Says all the time what it sees of the service `echo`. */
const ASK_AROUND =
  'while :; do echo VIP $(nslookup echo); echo TASKS $(nslookup tasks.echo); wget -q -O - http://echo:8080/; sleep 0.5; done';

describe('the line from service to container', { skip }, () => {
  let cluster: TestCluster;
  let stage: Stage;

  before(async () => {
    cluster = await bringUp('line', { managers: 1, workers: 2 });
    const silent = () => undefined;
    const screen = {
      ...{ title: silent, step: silent, command: silent, proof: silent, detail: silent },
      ...{ failure: silent, end: silent },
    };
    stage = {
      screen,
      playground: cluster.state,
      folder: cluster.folder,
      signal: AbortSignal.timeout(300_000),
    };
  });

  after(() => cluster?.close());

  const manage = (...words: string[]) => requireSkep(cluster, MANAGER, ...words);

  /** Creates a service for one test, and removes it with all its containers afterwards. */
  async function withService(
    name: string,
    words: readonly string[],
    use: () => Promise<void>,
  ): Promise<void> {
    await manage('service', 'create', '--quiet', '--name', name, '--drain', '0s', ...words);
    try {
      await use();
    } finally {
      const ids = new Set((await tasksOf(cluster, name)).map(({ id }) => id));
      await manage('service', 'rm', name);
      await eventually(`every container of ${name} has ended`, async () =>
        (await containersOf(cluster))
          .filter(({ id }) => ids.has(id))
          .map(sayContainer)
          .join('; '),
      );
    }
  }

  async function hostsOf(tasks: readonly Task[]): Promise<readonly string[]> {
    const nodes = await Promise.all(cluster.hosts.map((host) => nodeOf(cluster, host)));
    return tasks
      .map(({ nodeId }) => nodes.find(({ id }) => id === nodeId)?.description?.hostname ?? nodeId)
      .sort();
  }

  it('answers on every host with the true client address, grows, and is updated without a failed request', async () => {
    const flags = [
      '--replicas',
      '3',
      '--publish',
      '8080:8080',
      '--env',
      'TASK_NAME={{.Service.Name}}.{{.Task.Slot}}',
    ];
    const update = [
      '--update-order',
      'start-first',
      '--update-parallelism',
      '2',
      '--update-monitor',
      '500ms',
    ];
    await withService('web', [...flags, ...update, 'hello-web:1'], async () => {
      const client = cluster.state.hosts.find(({ role }) => role === 'client')?.address ?? '';
      await manage('service', 'scale', '--quiet', 'web=4');
      for (const host of cluster.hosts) {
        const summary = await sendRequests(stage, [host], PER_SECOND * 2, PROBES);
        assert.equal(summary.failures, 0, JSON.stringify(summary.reasons));
        assert.deepEqual(Object.keys(summary.tasks).sort(), ['web.1', 'web.2', 'web.3', 'web.4'], host);
        assert.deepEqual(Object.keys(summary.clients), [client], host);
      }
      const load = await startLoad(stage, cluster.hosts, PER_SECOND);
      await pause(300);
      await manage('service', 'update', '--quiet', '--image', 'hello-web:2', 'web');
      await pause(300);
      const summary = await load.stop();
      assert.equal(summary.failures, 0, JSON.stringify(summary.reasons));
      assert.deepEqual(Object.keys(summary.versions).sort(), ['1', '2']);
      const tasks = await awaitUp(cluster, 'web', 4);
      assert.ok(tasks.every(({ spec }) => spec.container.image === 'hello-web:2'));
      const listed = await manage('service', 'ls');
      assert.match(listed, /web\s+replicated\s+4\/4\s+hello-web:2\s+\*:8080->8080\/tcp/);
    });
  });

  it('finds a service and its tasks by name on a network that they share, and shows their logs', async () => {
    await manage('network', 'create', '--driver', 'overlay', 'shared');
    try {
      const echo = [
        '--network',
        'shared',
        '--replicas',
        '2',
        '--env',
        'TASK_NAME={{.Service.Name}}.{{.Task.Slot}}',
        'hello-web:1',
      ];
      await withService('echo', echo, async () => {
        const vip = (await serviceOf(cluster, 'echo')).endpoint?.vips[0]?.address ?? 'none';
        const addresses = (await tasksOf(cluster, 'echo')).flatMap(({ attachments }) =>
          attachments.map(({ address }) => address),
        );
        assert.equal(addresses.length, 2);
        // On every host, so that names and addresses of other hosts are asked for.
        const asker = [
          '--mode',
          'global',
          '--stop-signal',
          'SIGKILL',
          '--network',
          'shared',
          'hello-web:1',
          'sh',
          '-c',
          ASK_AROUND,
        ];
        await withService('asker', asker, async () => {
          const askers = await awaitUp(cluster, 'asker', 3);
          assert.deepEqual(await hostsOf(askers), [...cluster.hosts]);
          await eventually('what the tasks on every host see', async () => {
            const logs = await manage('service', 'logs', 'asker');
            const wanted = cluster.hosts.flatMap((host) => [
              `${host}.*VIP .*${vip}`,
              ...addresses.map((address) => `${host}.*TASKS .*${address}`),
              `${host}.*task=echo\\.1 `,
              `${host}.*task=echo\\.2 `,
            ]);
            const missing = wanted.filter((pattern) => !new RegExp(pattern).test(logs));
            return missing.length === 0 ? '' : `no ${missing.join(', ')} in ${logs.slice(-1_500)}`;
          });
        });
      });
    } finally {
      await eventually(
        'the network is free',
        async () => (await skep(cluster, MANAGER, 'network', 'rm', 'shared')).stderr,
      );
    }
  });

  it('goes back by itself when an update fails', async () => {
    const archive = join(cluster.folder, 'hello-web-1.tar');
    await importArchive(cluster, archive, 'hello-web:broken', 'CMD ["/bin/false"]');
    const policy = [
      '--update-failure-action',
      'rollback',
      '--update-monitor',
      '1s',
      '--rollback-monitor',
      '0s',
    ];
    await withService('fragile', ['--replicas', '2', ...policy, 'hello-web:1'], async () => {
      const update = await skep(
        cluster,
        MANAGER,
        'service',
        'update',
        '--quiet',
        '--image',
        'hello-web:broken',
        'fragile',
      );
      assert.equal(update.exitCode, 1, `an update that was rolled back is not a success: ${update.stderr}`);
      assert.match(update.stderr, /roll/);
      await eventually('the rollback', async () => {
        const { updateStatus } = await serviceOf(cluster, 'fragile');
        return updateStatus?.state === 'rollback_completed'
          ? ''
          : `${updateStatus?.state} ${updateStatus?.message}`;
      });
      const tasks = await awaitUp(cluster, 'fragile', 2);
      assert.ok(tasks.every(({ spec }) => spec.container.image === 'hello-web:1'));
      assert.match(await manage('service', 'ps', '--no-trunc', 'fragile'), /hello-web:broken.*exit \(1\)/);
    });
  });

  it('replaces a task whose health check fails', async () => {
    const check = 'test ! -e /signals/sick-$TASK';
    const health = ['--health-cmd', check, '--health-interval', '200ms', '--health-retries', '2'];
    const mount = ['--mount', `type=bind,source=${cluster.folder},target=/signals,readonly`];
    const flags = [...health, ...mount, '--env', 'TASK={{.Task.ID}}', '--restart-delay', '0s'];
    await withService('patient', [...flags, 'hello-web:1'], async () => {
      const [first] = await awaitUp(cluster, 'patient', 1);
      await writeFile(join(cluster.folder, `sick-${first?.id}`), '');
      await eventually('another task', async () => {
        const tasks = await tasksOf(cluster, 'patient');
        const sick = tasks.find(({ id }) => id === first?.id);
        const replaced = tasks.some((task) => isUp(task) && task.id !== first?.id);
        const told = /unhealthy/.test(sick?.status.error ?? '');
        return replaced && told ? '' : tasks.map(sayTask).join('; ');
      });
    });
  });

  it('waits for a node that fits a constraint, and says why until then', async () => {
    const flags = ['--constraint', 'node.labels.disk==ssd', '--detach', '--replicas', '2', 'hello-web:1'];
    await withService('picky', flags, async () => {
      await eventually('the reason', async () => {
        const tasks = await tasksOf(cluster, 'picky');
        const told = tasks.filter(({ status }) => /no suitable node/.test(status.error ?? status.message));
        return told.length === 2 ? '' : `none yet; ${tasks.map(sayTask).join('; ')}`;
      });
      await manage('node', 'update', '--label-add', 'disk=ssd', 'h2');
      assert.deepEqual(await hostsOf(await awaitUp(cluster, 'picky', 2)), ['h2', 'h2']);
      await manage('node', 'update', '--label-rm', 'disk', 'h2');
      await eventually('no task where the constraint does not hold any more', async () =>
        (await tasksOf(cluster, 'picky')).filter(isUp).map(sayTask).join('; '),
      );
    });
  });

  it('moves tasks off a drained node', async () => {
    await withService('mover', ['--replicas', '6', 'hello-web:1'], async () => {
      assert.ok((await hostsOf(await awaitUp(cluster, 'mover', 6))).includes(LAST));
      await manage('node', 'update', '--availability', 'drain', LAST);
      try {
        await eventually('all tasks on the other nodes', async () => {
          const hosts = await hostsOf((await tasksOf(cluster, 'mover')).filter(isUp));
          return hosts.length === 6 && !hosts.includes(LAST) ? '' : `they are on ${hosts.join(', ')}`;
        });
        await eventually('no container is left', async () =>
          (await containersOn(cluster, LAST)).map(sayContainer).join('; '),
        );
      } finally {
        await manage('node', 'update', '--availability', 'active', LAST);
      }
    });
  });

  it('replaces the tasks of a host that lost power, and takes the host back', async () => {
    await withService('robust', ['--replicas', '3', 'hello-web:1'], async () => {
      assert.deepEqual(await hostsOf(await awaitUp(cluster, 'robust', 3)), [...cluster.hosts]);
      await stopHost(cluster.name, LAST);
      try {
        await eventually('all tasks on the hosts that are left', async () => {
          const hosts = await hostsOf((await tasksOf(cluster, 'robust')).filter(isUp));
          return hosts.length === 3 && !hosts.includes(LAST) ? '' : `they are on ${hosts.join(', ')}`;
        });
        assert.equal((await nodeOf(cluster, LAST)).status.state, 'down');
      } finally {
        await startHost(cluster.name, LAST);
      }
      await eventually('the host is ready', async () => {
        const { status } = await nodeOf(cluster, LAST);
        return status.state === 'ready' ? '' : `${status.state} ${status.message}`;
      });
      assert.deepEqual(await containersOn(cluster, LAST), []);
      await manage('service', 'scale', '--quiet', 'robust=6');
      assert.ok((await hostsOf(await awaitUp(cluster, 'robust', 6))).includes(LAST), 'it gets tasks again');
    });
  });

  it('lets a node leave and come back', async () => {
    await withService('stayer', ['--replicas', '3', 'hello-web:1'], async () => {
      const node = await nodeOf(cluster, LAST);
      await requireSkep(cluster, LAST, 'swarm', 'leave');
      assert.deepEqual(await containersOn(cluster, LAST), [], 'its containers end with its membership');
      await eventually('the node that left is down and its task elsewhere', async () => {
        const { status } = await nodeOf(cluster, LAST);
        const hosts = await hostsOf((await tasksOf(cluster, 'stayer')).filter(isUp));
        return status.state === 'down' && hosts.length === 3
          ? ''
          : `${status.state}, tasks on ${hosts.join(', ')}`;
      });
      await manage('node', 'rm', node.id);
      const token = (await manage('swarm', 'join-token', '--quiet', 'worker')).trim();
      await requireSkep(
        cluster,
        LAST,
        'swarm',
        'join',
        '--token',
        token,
        `${cluster.state.hosts[0]?.address}:2377`,
      );
      await eventually('the node is ready again', async () => {
        const { status, id } = await nodeOf(cluster, LAST);
        assert.notEqual(id, node.id);
        return status.state === 'ready' ? '' : status.state;
      });
      const refused = await skep(cluster, MANAGER, 'swarm', 'leave');
      assert.equal(refused.exitCode, 1);
      assert.match(refused.stderr, /manager/);
    });
  });
});
