import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { blankServiceSpec } from '../../lib/blank-service.ts';
import { DEFAULT_CLUSTER_SPEC } from '../../lib/defaults.ts';
import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import type { LocalContainerMessage } from '../../proto/container-messages.ts';
import { skipReason } from '../agent/executor/test-node.ts';
import { tarOf } from '../agent/image/tar-writer.ts';
import { boxOf, header, type LocalNode, NODE_ADDRESS, startLocalNode, until } from './local-node.ts';
import { contentIn, lookNode } from './look-node.ts';

const SWARM_TIMEOUT_MS = 30_000;

describe('containers of a node that joins a swarm and leaves it', { skip: skipReason }, () => {
  let node: LocalNode;
  let web = '';
  before(async () => {
    node = await startLocalNode();
  });
  after(() => node.close());

  const calls = () => node.containers();
  async function run(spec: LocalContainerSpec): Promise<string> {
    const { id } = await calls().create({ spec });
    await calls().start({ reference: id });
    return id;
  }
  async function pingGateway(reference: string): Promise<number | undefined> {
    const settings = { env: [], workdir: '', user: '', tty: false, stdin: false, privileged: false };
    const argv = ['ping', '-c1', '-W2', '10.99.0.2'];
    let exitCode: number | undefined;
    for await (const message of calls().exec(
      header({ exec: { reference, argv, ...settings, detach: false } }),
    ))
      if (message.closed) exitCode = message.exitCode;
    return exitCode;
  }
  /** Between two answers nobody listens for a moment. */
  const ask = () => node.outside(`busybox nc -w 2 ${NODE_ADDRESS} 8080 < /dev/null || true`);
  const answers = (when: string) => until(`an answer ${when}`, () => ask() === 'web\n');
  const tasks = async (): Promise<readonly LocalContainerMessage[]> =>
    (await calls().list({ all: true, size: false })).containers.filter(({ taskId }) => taskId !== '');

  /** What is asked of a container of the node alone is answered of a task's too. */
  async function lookInto(reference: string): Promise<void> {
    const look = lookNode(node);
    await look.copyTo(reference, '/tmp', tarOf([{ name: 'sent', data: 'to a task' }]));
    assert.equal(contentIn(await look.copyFrom(reference, '/tmp/sent'), 'sent'), 'to a task');
    const { changes } = await calls().diff({ reference });
    assert.deepEqual(
      changes.map(({ kind, path }) => `${kind} ${path}`),
      ['changed /tmp', 'added /tmp/sent'],
    );
    const { processes } = await calls().top({ reference, psArguments: ['-o', 'args'] });
    assert.deepEqual(processes, [{ fields: ['sleep 1000'] }]);
    const commit = { image: 'of-a-task', message: '', author: '', changes: [], pause: true };
    const { imageId } = await calls().commit({ reference, ...commit });
    assert.match(imageId, /^sha256:/);
    for await (const { containers } of calls().stats({ references: [], stream: false }))
      assert.ok(containers.some(({ name }) => name === reference));
  }

  it('keep their links and ports when the node makes a swarm', async () => {
    const ports = [{ protocol: 'tcp' as const, hostAddress: '', hostPort: 8080, containerPort: 80 }];
    web = await run(boxOf('while :; do echo web | nc -l -p 80; done', { name: 'web', network: '', ports }));
    const { pid, address } = await calls().inspect({ reference: web, size: false });
    await node.local().swarmInit(
      {
        advertiseAddress: NODE_ADDRESS,
        listenAddress: '',
        dataPathAddress: '',
        availability: 'active',
        spec: DEFAULT_CLUSTER_SPEC,
        forceNewCluster: false,
        storeAddress: '',
      },
      { timeoutMs: SWARM_TIMEOUT_MS },
    );
    await until('the overlay', () => node.inNetwork('ip -o link').includes('skep0'));
    const found = await calls().inspect({ reference: web, size: false });
    assert.deepEqual([found.pid, found.address], [pid, address]);
    assert.equal(await pingGateway(web), 0);
    await answers('in the new swarm');
  });

  it('run beside those of tasks, which are asked like them but belong to their service', async () => {
    const blank = blankServiceSpec('svc', { kind: 'replicated', replicas: 1 }, 'box');
    const container = { ...blank.task.container, args: ['sh', '-c', 'echo task; exec sleep 1000'] };
    await node.control().createService({ spec: { ...blank, task: { ...blank.task, container } } });
    await until('a task', async () => (await tasks()).some(({ state }) => state === 'running'));
    const [task] = await tasks();
    assert.ok(task !== undefined && task.serviceName === 'svc');
    assert.match(task.name, /^svc\.1\.[0-9a-z]{25}$/);
    assert.equal(await pingGateway(task.name), 0);
    let log = '';
    for await (const { lines } of calls().logs({ reference: task.name, follow: false, tail: -1 }))
      for (const { data } of lines) log += Buffer.from(data).toString();
    assert.equal(log, 'task\n');
    const refused = { code: 'FAILED_PRECONDITION', message: /belongs to service svc/ };
    await assert.rejects(calls().start({ reference: task.id }), refused);
    await assert.rejects(calls().remove({ reference: task.id, force: true, volumes: false }), refused);
    await assert.rejects(calls().rename({ reference: task.id, name: 'mine' }), refused);
    await lookInto(task.name);
    await calls().pause({ reference: task.id });
    await calls().unpause({ reference: task.id });
    await calls().stop({ reference: task.id.slice(0, 15), signal: '', graceMs: 0 });
    const others = async () =>
      (await tasks()).filter(({ id, state }) => id !== task.id && state === 'running');
    await until('the task in its place', async () => (await others()).length === 1);
  });

  it('are found by a daemon that starts in the swarm, where nobody takes them for tasks’', async () => {
    const { pid } = await calls().inspect({ reference: 'web', size: false });
    await node.crash();
    await node.restart();
    assert.equal((await calls().inspect({ reference: 'web', size: false })).pid, pid);
    const fresh = await run(boxOf('sleep 1000', { name: 'fresh', network: '' }));
    assert.equal(await pingGateway(fresh), 0);
    await until('the task again', async () => (await tasks()).some(({ state }) => state === 'running'));
    assert.equal(await pingGateway(web), 0);
    await answers('after the restart');
  });

  it('are refused a port that a service has', async () => {
    const blank = blankServiceSpec('published', { kind: 'replicated', replicas: 1 }, 'box');
    const port = { protocol: 'tcp', targetPort: 80, publishedPort: 8090, publishMode: 'ingress' } as const;
    await node.control().createService({ spec: { ...blank, endpoint: { mode: 'vip', ports: [port] } } });
    const ports = [{ protocol: 'tcp' as const, hostAddress: '', hostPort: 8090, containerPort: 80 }];
    const { id } = await calls().create({ spec: boxOf('sleep 1000', { network: '', ports }) });
    await until('the refusal', () =>
      calls()
        .start({ reference: id })
        .then(
          async () => {
            await calls().stop({ reference: id, signal: 'KILL' });
            return false;
          },
          (thrown: unknown) => /taken by service published/.test(String(thrown)),
        ),
    );
    await calls().remove({ reference: id, force: true, volumes: false });
  });

  it('keep their links and ports when the node leaves, and the overlay goes', async () => {
    await node.local().swarmLeave({ force: true }, { timeoutMs: SWARM_TIMEOUT_MS });
    assert.equal(node.inNetwork('ip -o link').includes('skep0'), false);
    assert.deepEqual(await tasks(), []);
    assert.equal(await pingGateway('web'), 0);
    await answers('outside the swarm');
    for (const reference of ['web', 'fresh']) await calls().remove({ reference, force: true, volumes: true });
    assert.equal(ask(), '');
  });
});
