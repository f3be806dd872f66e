import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';

import { hostPaths } from '../../cli/playground/names.ts';
import { execInHost, killDaemon, releaseDaemon } from '../../cli/playground/playground.ts';
import {
  awaitUp,
  bringUp,
  containersOf,
  containersOn,
  eventually,
  isUp,
  requireSkep,
  sayContainer,
  sayTask,
  skep,
  skip,
  type TestCluster,
  tasksOf,
} from './test-cluster.ts';

const HOST = 'h1';
const IMAGE = 'hello-web:1';
/** The image has a file `healthz` in /www; every start of a task adds a line to another file there. */
const NOTE_START = 'echo start >> /www/starts; exec sleep 100000';

describe('volumes of services', { skip }, () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await bringUp('volumes', { managers: 1, workers: 0 });
  });
  after(() => cluster?.close());

  const manage = (...words: string[]) => requireSkep(cluster, HOST, ...words);

  async function withService(
    name: string,
    words: readonly string[],
    use: () => Promise<void>,
  ): Promise<void> {
    await manage('service', 'create', '--quiet', '--detach', '--name', name, ...words);
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

  /** Content of a file of a volume, as the node sees it. */
  async function read(volume: string, file: string): Promise<string> {
    const folder = (await manage('volume', 'inspect', '--format', '{{.Mountpoint}}', volume)).trim();
    return (await execInHost(cluster.name, HOST, ['cat', `${folder}/${file}`], { timeoutMs: 10_000 })).stdout;
  }

  async function startsOf(volume: string, expected: number): Promise<void> {
    await eventually(`${expected} starts are noted in ${volume}`, async () => {
      const starts = (await read(volume, 'starts')).split('\n').filter(Boolean).length;
      return starts === expected ? '' : `${starts} are`;
    });
  }

  /** Removes a volume as soon as the last task has let go of it. */
  async function removeOnceFree(volume: string): Promise<void> {
    await eventually(`${volume} is free`, async () => {
      const { exitCode, stderr } = await skep(cluster, HOST, 'volume', 'rm', volume);
      return exitCode === 0 ? '' : stderr;
    });
  }

  it('keep their data over a restart of the task, and over an update', async () => {
    const flags = [
      '--mount',
      'source=site,target=/www',
      '--restart-delay',
      '0s',
      '--stop-grace-period',
      '0s',
    ];
    await withService('web', [...flags, IMAGE, 'sh', '-c', NOTE_START], async () => {
      await awaitUp(cluster, 'web', 1);
      await startsOf('site', 1);
      assert.equal(await read('site', 'healthz'), 'ok\n');
      const [container] = await containersOn(cluster, HOST);
      process.kill(container?.pid ?? Number.NaN, 'SIGKILL');
      await startsOf('site', 2);
      await awaitUp(cluster, 'web', 1);
      await manage('service', 'update', '--quiet', '--env-add', 'A=b', 'web');
      await startsOf('site', 3);
      const pretty = await manage('service', 'inspect', '--pretty', 'web');
      assert.match(pretty, /Mounts:\s+volume site → \/www/);
    });
    await startsOf('site', 3);
    await removeOnceFree('site');
  });

  it('are shared by the tasks of a node, and removed only when the last is gone', async () => {
    const flags = [
      '--mount',
      'type=volume,src=shared,dst=/www',
      '--replicas',
      '2',
      '--stop-grace-period',
      '0s',
    ];
    await withService('pair', [...flags, IMAGE, 'sh', '-c', NOTE_START], async () => {
      const tasks = await awaitUp(cluster, 'pair', 2);
      await startsOf('shared', 2);
      const { exitCode, stderr } = await skep(cluster, HOST, 'volume', 'rm', '--force', 'shared');
      assert.equal(exitCode, 1);
      const names = tasks.map(({ slot, id }) => `pair.${slot}.${id}`).sort();
      assert.equal(stderr, `Error: remove shared: volume is in use - [${names.join(', ')}]\n`);
      assert.match(await manage('volume', 'prune', '--all', '--force'), /^Total reclaimed space: 0B\n$/);
      assert.equal(await manage('volume', 'ls', '--quiet'), 'shared\n');
    });
    await removeOnceFree('shared');
  });

  it('are known as used after a restart of the daemon, which leaves the task alone', async () => {
    const flags = ['--mount', 'source=site,target=/www,volume-nocopy', '--stop-grace-period', '0s'];
    await withService('web', [...flags, IMAGE, 'sh', '-c', NOTE_START], async () => {
      await awaitUp(cluster, 'web', 1);
      await startsOf('site', 1);
      const [before] = await containersOn(cluster, HOST);
      await killDaemon(cluster.name, HOST, { hold: true });
      await releaseDaemon(cluster.name, HOST);
      await awaitUp(cluster, 'web', 1);
      const [now] = await containersOn(cluster, HOST);
      assert.deepEqual(now, before);
      const { stderr } = await skep(cluster, HOST, 'volume', 'rm', 'site');
      assert.match(stderr, /volume is in use - \[web\.1\./);
      await startsOf('site', 1);
      assert.equal(await read('site', 'healthz'), '');
    });
    await removeOnceFree('site');
  });

  it('without a name belong to one task and go with it; read-only ones cannot be written', async () => {
    const flags = ['--mount', 'target=/www', '--mount', 'source=fixed,target=/www/cgi-bin,readonly'];
    const script =
      'echo start >> /www/starts && ! echo x > /www/cgi-bin/x && test -f /www/cgi-bin/index.cgi && exec sleep 100000';
    const words = [...flags, '--stop-grace-period', '0s', IMAGE, 'sh', '-c', script];
    await withService('own', words, async () => {
      const [task] = await awaitUp(cluster, 'own', 1);
      const listed = await manage('volume', 'ls', '--format', '{{.Driver}} {{.Name}}');
      assert.equal(listed, `${[`local ${task?.id}-0`, 'local fixed'].sort().join('\n')}\n`);
      await startsOf(`${task?.id}-0`, 1);
    });
    await eventually('only the volume with a name is left', async () => {
      const listed = await manage('volume', 'ls', '--quiet');
      return listed === 'fixed\n' ? '' : listed;
    });
    await removeOnceFree('fixed');
    const folder = `${hostPaths(cluster.name, HOST).data}/volumes`;
    assert.deepEqual(await readdir(folder), ['.temporary']);
  });

  it('cannot be placed outside their folder by a template: the task is rejected with the reason', async () => {
    const flags = ['--mount', 'source=../../x{{.Task.Slot}},target=/www', '--restart-condition', 'none'];
    await withService('bad', [...flags, IMAGE], async () => {
      await eventually('the task is rejected', async () => {
        const tasks = await tasksOf(cluster, 'bad');
        const rejected = tasks.some(
          ({ status }) =>
            status.state === 'REJECTED' &&
            /volume name "\.\.\/\.\.\/x1" is not allowed/.test(status.error ?? ''),
        );
        return rejected && !tasks.some(isUp) ? '' : tasks.map(sayTask).join('; ');
      });
    });
  });
});
