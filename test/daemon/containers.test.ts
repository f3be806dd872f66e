import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import type { LocalContainerMessage, StreamInput } from '../../proto/container-messages.ts';
import { skipReason } from '../agent/executor/test-node.ts';
import { boxOf, header, type LocalNode, NODE_ADDRESS, startLocalNode, until } from './local-node.ts';

const NO_INPUT = new Uint8Array(0);

describe('containers of one node, over its socket', { skip: skipReason }, () => {
  let node: LocalNode;
  before(async () => {
    node = await startLocalNode();
  });
  after(() => node.close());

  const calls = () => node.containers();
  const inspect = (reference: string) => calls().inspect({ reference, size: false });
  const remove = (reference: string) => calls().remove({ reference, force: true, volumes: true });
  const wait = (reference: string, condition = '') => calls().wait({ reference, condition });
  async function create(spec: LocalContainerSpec): Promise<string> {
    return (await calls().create({ spec })).id;
  }
  async function run(spec: LocalContainerSpec): Promise<string> {
    const id = await create(spec);
    await calls().start({ reference: id });
    return id;
  }
  async function logsOf(reference: string): Promise<string> {
    let text = '';
    for await (const { lines } of calls().logs({ reference, follow: false, tail: -1 }))
      for (const { data } of lines) text += Buffer.from(data).toString();
    return text;
  }
  async function outputOf(requests: AsyncIterable<StreamInput>, kind: 'attach' | 'exec') {
    let output = '';
    let exitCode: number | undefined;
    for await (const message of calls()[kind](requests)) {
      output += Buffer.from(message.data).toString();
      if (message.closed) exitCode = message.exitCode;
    }
    return { output, exitCode };
  }
  function exec(reference: string, ...argv: string[]) {
    const settings = { env: ['X=1'], workdir: '', user: '', tty: false, stdin: false, privileged: false };
    return outputOf(header({ exec: { reference, argv, ...settings, detach: false } }), 'exec');
  }
  async function listed(): Promise<readonly LocalContainerMessage[]> {
    return (await calls().list({ all: true, size: false })).containers;
  }

  it('run, end with their exit code, keep what they wrote, and run again', async () => {
    const id = await run(boxOf('echo round >> /count; cat /count; exit 3', { name: 'rounds' }));
    assert.deepEqual(await wait('rounds'), { exitCode: 3, error: '' });
    await calls().start({ reference: id.slice(0, 12) });
    await wait(id);
    assert.equal(await logsOf('rounds'), 'round\nround\nround\n');
    const { state, exitCode, pid, finishedAtMs } = await inspect('rounds');
    assert.deepEqual([state, exitCode, pid], ['exited', 3, 0]);
    assert.ok(finishedAtMs !== undefined);
    await remove('rounds');
    await assert.rejects(inspect(id), { code: 'NOT_FOUND' });
    assert.equal(existsSync(join(node.dataRoot, 'containers.local', id)), false);
  });

  it('answer the caller that attached at the start with every byte and the exit code', async () => {
    const id = await create(boxOf('echo out; exit 4', {}, { openStdin: true }));
    const attach = { reference: id, stdin: false, output: true, start: true };
    assert.deepEqual(await outputOf(header({ attach }), 'attach'), { output: 'out\n', exitCode: 4 });
    await remove(id);
  });

  it('take what the attached caller types', async () => {
    const id = await create(boxOf('cat; echo end', { autoRemove: true }, { openStdin: true }));
    async function* typed(): AsyncGenerator<StreamInput> {
      const attach = { reference: id, stdin: true, output: true, start: true };
      yield { attach, data: NO_INPUT, end: false };
      yield { data: Buffer.from('typed\n'), end: false };
      yield { data: NO_INPUT, end: true };
    }
    const removed = wait(id, 'removed');
    assert.deepEqual(await outputOf(typed(), 'attach'), { output: 'typed\nend\n', exitCode: 0 });
    await removed;
  });

  it('are entered by other programs, which see their environment', async () => {
    const id = await run(boxOf('sleep 1000', {}, { env: ['Y=2'] }));
    const found = await exec(id, 'sh', '-c', 'echo $X$Y; exit 5');
    assert.deepEqual(found, { output: '12\n', exitCode: 5 });
    await assert.rejects(exec(id, '/nothing'), { code: 'FAILED_PRECONDITION', message: /nothing/ });
    await remove(id);
    await assert.rejects(exec(id, 'true'), { code: 'NOT_FOUND' });
  });

  it('are paused, go on, and are stopped while paused', async () => {
    const id = await run(boxOf('trap "exit 9" TERM; while :; do sleep 0.02; done'));
    await calls().pause({ reference: id });
    assert.equal((await inspect(id)).state, 'paused');
    await assert.rejects(calls().pause({ reference: id }), { code: 'FAILED_PRECONDITION' });
    await calls().unpause({ reference: id });
    assert.equal((await inspect(id)).state, 'running');
    await calls().pause({ reference: id });
    await calls().stop({ reference: id, signal: '', graceMs: 5_000 });
    assert.equal((await inspect(id)).exitCode, 9);
    await remove(id);
  });

  it('are killed after their grace, and by their name or the start of their id', async () => {
    const id = await run(boxOf('trap "" TERM; while :; do sleep 0.02; done', { name: 'stubborn' }));
    await calls().stop({ reference: id.slice(0, 10), signal: '', graceMs: 50 });
    assert.equal((await inspect('stubborn')).exitCode, 137);
    await assert.rejects(calls().kill({ reference: id, signal: '' }), { code: 'FAILED_PRECONDITION' });
    await remove('stubborn');
  });

  it('have names of their own, made up when they need none', async () => {
    const id = await create(boxOf('true'));
    const { name } = await inspect(id);
    assert.match(name, /^[a-z]+_[a-z]+$/);
    await assert.rejects(create(boxOf('true', { name })), {
      code: 'ALREADY_EXISTS',
      message: new RegExp(name),
    });
    await calls().rename({ reference: id, name: 'renamed' });
    assert.equal((await inspect('renamed')).id, id);
    await remove('renamed');
  });

  it('say why they could not be started, and rest', async () => {
    const id = await create(boxOf('', {}, { args: ['/nothing'] }));
    await assert.rejects(calls().start({ reference: id }), {
      code: 'FAILED_PRECONDITION',
      message: /nothing/,
    });
    const { state, exitCode, error } = await inspect(id);
    assert.deepEqual([state, exitCode], ['created', 127]);
    assert.match(error, /nothing/);
    await remove(id);
  });

  it('are refused when nothing can come of them', async () => {
    const help = /service/;
    await assert.rejects(create(boxOf('true', { network: 'front' })), { code: 'UNIMPLEMENTED', help });
    await assert.rejects(create(boxOf('true', {}, { image: 'nowhere:1' })), { code: 'NOT_FOUND' });
    await assert.rejects(create(boxOf('true', { network: 'container:nobody' })), { code: 'NOT_FOUND' });
    const both = boxOf('true', { autoRemove: true, restart: { name: 'always', maxRetries: 0 } });
    await assert.rejects(create(both), { code: 'INVALID_ARGUMENT' });
  });

  it('keep their image, and volumes in use, from being removed', async () => {
    const mounts = [{ kind: 'volume' as const, source: 'kept', target: '/kept', readOnly: false }];
    const own = [...mounts, { kind: 'volume' as const, source: '', target: '/own', readOnly: false }];
    const id = await run(boxOf('echo stays > /kept/file; echo own > /own/file', {}, { mounts: own }));
    await wait(id);
    await assert.rejects(node.local().removeImage({ reference: 'box', force: false }), {
      code: 'FAILED_PRECONDITION',
    });
    await assert.rejects(node.local().removeVolume({ reference: 'kept', force: false }), /in use/);
    assert.equal((await node.local().listVolumes({})).volumes.length, 2);
    await calls().remove({ reference: id, force: false, volumes: false });
    const left = (await node.local().listVolumes({})).volumes.filter(({ anonymous }) => anonymous);
    assert.equal(left.length, 1);
    const again = await run(boxOf('cat /kept/file', { autoRemove: true }, { mounts: own }));
    await wait(again, 'removed');
    const volumes = (await node.local().listVolumes({})).volumes.map(({ name }) => name);
    assert.deepEqual(volumes.sort(), ['kept', left[0]?.name].sort());
    await node.local().pruneVolumes({ all: true, labels: [] });
  });

  it('are seen healthy, with the last runs of their check', async () => {
    const health = {
      test: ['CMD-SHELL', 'echo fine'],
      intervalMs: 10,
      timeoutMs: 1_000,
      retries: 1,
      startPeriodMs: 0,
      startIntervalMs: 10,
    };
    const id = await run(boxOf('sleep 1000', {}, { health }));
    await until('five probes', async () => (await inspect(id)).healthLog.length === 5);
    const { health: status, healthLog } = await inspect(id);
    assert.equal(status, 'healthy');
    assert.deepEqual([healthLog[0]?.exitCode, healthLog[0]?.output], [0, 'fine\n']);
    await remove(id);
  });

  it('reach the node and its neighbours over the bridge, and each other by address alone', async () => {
    const server = await run(boxOf('echo hi | nc -l -p 7000', { network: '' }));
    const { address } = await inspect(server);
    assert.match(address, /^169\.254\./);
    const seen = await run(
      boxOf(`ping -c3 -W2 10.99.0.2 && cat /etc/resolv.conf /etc/hosts`, { network: '' }),
    );
    assert.equal((await wait(seen)).exitCode, 0);
    assert.match(await logsOf(seen), /nameserver 169\.254\.1\.1/);
    for (const id of [server, seen]) await remove(id);
  });

  it('share the network of another that runs', async () => {
    const server = await run(boxOf('echo hi | nc -l -p 7000', { name: 'server', network: '' }));
    const inside = await create(boxOf('nc 127.0.0.1 7000', { network: 'container:server' }));
    try {
      await calls().start({ reference: inside });
      assert.equal((await wait(inside)).exitCode, 0);
      assert.equal(await logsOf(inside), 'hi\n');
      await wait(server);
      const alone = { code: 'FAILED_PRECONDITION', message: /server does not run/ };
      await assert.rejects(calls().start({ reference: inside }), alone);
    } finally {
      for (const id of [server, inside]) await remove(id);
    }
  });

  it('are reached through published ports, from the node and beside it, as long as they run', async () => {
    const ports = [
      { protocol: 'tcp' as const, hostAddress: '', hostPort: 8080, containerPort: 80 },
      { protocol: 'tcp' as const, hostAddress: NODE_ADDRESS, hostPort: 0, containerPort: 80 },
    ];
    const serve = 'while :; do echo web | nc -l -p 80; done';
    const id = await run(boxOf(serve, { name: 'web', network: '', ports, publishAll: true }));
    const bound = (await inspect(id)).ports;
    assert.deepEqual(bound.map(({ containerPort }) => containerPort).sort(), [7070, 80, 80]);
    const chosen = bound.find(({ hostAddress }) => hostAddress !== '')?.hostPort ?? 0;
    const ask = (address: string, port: number) => `busybox nc -w 2 ${address} ${port} < /dev/null`;
    const answers = (place: (command: string) => string, address: string, port: number) =>
      until(`an answer of ${address}:${port}`, () => place(`${ask(address, port)} || true`) === 'web\n');
    await answers(node.outside, NODE_ADDRESS, 8080);
    await answers(node.outside, NODE_ADDRESS, chosen);
    await answers(node.inNetwork, '127.0.0.1', 8080);
    assert.throws(() => node.inNetwork(ask('127.0.0.1', chosen)));
    const second = await create(boxOf('true', { network: '', ports: ports.slice(0, 1) }));
    const taken = { code: 'ALREADY_EXISTS', message: /8080\/tcp of this node is taken by container web/ };
    await assert.rejects(calls().start({ reference: second }), taken);
    await calls().stop({ reference: id, signal: 'KILL' });
    assert.throws(() => node.outside(ask(NODE_ADDRESS, 8080)));
    await calls().start({ reference: second });
    for (const reference of [id, second]) await remove(reference);
  });

  it('outlive the daemon: what runs is found again, what ended meanwhile is seen, what goes at its end is gone', async () => {
    const running = await run(boxOf('sleep 1000', { name: 'lasting', network: '' }));
    const ended = await run(boxOf('sleep 0.3; exit 6'));
    const gone = await run(boxOf('sleep 0.3', { autoRemove: true }));
    const restarted = await run(
      boxOf('sleep 0.3; exit 1', { restart: { name: 'on-failure', maxRetries: 1 } }),
    );
    const stopped = await create(boxOf('true', { name: 'untouched' }));
    const { pid, address } = await inspect(running);
    await node.crash();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await node.restart();
    const found = await inspect('lasting');
    assert.deepEqual([found.pid, found.state, found.address], [pid, 'running', address]);
    assert.deepEqual(await wait(ended), { exitCode: 6, error: '' });
    await until('its removal', async () => (await listed()).every(({ id }) => id !== gone));
    await until('its restart', async () => (await inspect(restarted)).restartCount === 1);
    assert.equal((await inspect('untouched')).state, 'created');
    assert.equal((await exec(running, 'ping', '-c1', '-W2', '169.254.1.1')).exitCode, 0);
    for (const id of [running, ended, restarted, stopped]) await remove(id);
  });

  it('come back after a reboot as their rule says', async () => {
    const rule = (name: 'no' | 'always' | 'unless-stopped') => ({ restart: { name, maxRetries: 0 } });
    const always = await run(boxOf('sleep 1000', { name: 'always', ...rule('always') }));
    const stopped = await run(boxOf('sleep 1000', { name: 'stopped', ...rule('unless-stopped') }));
    const unless = await run(boxOf('sleep 1000', { name: 'unless', ...rule('unless-stopped') }));
    const plain = await run(boxOf('sleep 1000', { name: 'plain', ...rule('no') }));
    const oneShot = await run(boxOf('sleep 1000', { autoRemove: true }));
    await calls().kill({ reference: always, signal: '' });
    await wait(always);
    await calls().stop({ reference: stopped, signal: 'KILL' });
    await node.crash();
    await node.loseKeeper();
    await node.restart();
    for (const name of ['always', 'unless'])
      await until(`${name} runs`, async () => (await inspect(name)).state === 'running');
    assert.equal((await inspect('stopped')).state, 'exited');
    assert.deepEqual([(await inspect('plain')).state, (await inspect('plain')).exitCode], ['exited', 255]);
    await until('its removal', async () => (await listed()).every(({ id }) => id !== oneShot));
    for (const id of [always, stopped, unless, plain]) await remove(id);
    assert.deepEqual(await listed(), []);
  });

  it('are waited for until they are removed, and leave nothing in the keeper’s folder', async () => {
    const id = await create(boxOf('exit 7', { autoRemove: true, network: '' }));
    const removed = wait(id, 'removed');
    const rested = wait(id, 'next-exit');
    await calls().start({ reference: id });
    assert.deepEqual([(await rested).exitCode, (await removed).exitCode], [7, 7]);
    assert.equal(existsSync(join(node.dataRoot, 'containers', id)), false);
  });

  it('are stopped in the middle of a restart rule, and started again by hand', async () => {
    const id = await run(boxOf('exit 1', { restart: { name: 'always', maxRetries: 0 } }));
    await until('some restarts', async () => (await inspect(id)).restartCount >= 2);
    await calls().stop({ reference: id, signal: '' });
    const { restartCount, state } = await inspect(id);
    assert.equal(state, 'exited');
    await node.crash();
    await node.restart();
    assert.equal((await inspect(id)).restartCount, restartCount);
    assert.equal((await inspect(id)).state, 'exited');
    await remove(id);
  });

  for (const autoRemove of [false, true]) {
    it(`are restarted by hand, one run after the other${autoRemove ? ', also those that go at their end' : ''}`, async () => {
      const id = await run(boxOf('echo up >> /runs; cat /runs; exec sleep 1000', { autoRemove }));
      const { pid } = await inspect(id);
      await until('its words', async () => (await logsOf(id)) === 'up\n');
      await calls().restart({ reference: id, signal: 'KILL' });
      const second = await inspect(id);
      assert.equal(second.state, 'running');
      assert.notEqual(second.pid, pid);
      await until('what it kept', async () => (await logsOf(id)) === 'up\nup\nup\n');
      const record = join(node.dataRoot, 'containers.local', id, 'container.json');
      assert.equal(JSON.parse(readFileSync(record, 'utf8')).goal, 'running');
      await remove(id);
    });
  }
});
