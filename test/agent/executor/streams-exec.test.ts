import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRequest, StreamedExec } from '../../../agent/executor/executor.ts';
import { connectKeeper } from '../../../agent/executor/keeper-client.ts';
import { startFailureExitCode } from '../../../agent/executor/keeper-errors.ts';
import { greet } from '../../../agent/executor/keeper-process.ts';
import { SkepError } from '../../../lib/errors.ts';
import { plainExec, readAll, readUntil, until, writeText } from './stream-reader.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const LINES = 6_250_000;
const silent = { onExit: () => {}, onLost: () => {} };

describe('a streamed exec', { skip: skipReason }, () => {
  let node: TestNode;
  // A failing `before` skips `after`: the node must not stay behind.
  const startOrClose = async (request: ContainerRequest): Promise<void> => {
    try {
      await node.executor.start(request);
    } catch (error) {
      await node.close();
      throw error;
    }
  };
  before(async () => {
    node = await startTestNode();
    await startOrClose(node.request('target', ['sleep', '1000'], { hostname: 'target' }));
  });
  after(async () => {
    await node.close();
  });
  const run = async (command: string, extra: Partial<StreamedExec> = {}) =>
    readAll(await node.executor.execStream('target', ['sh', '-c', command], { ...plainExec, ...extra }));
  const changed = (name: string): string => join(node.stateFolder, 'target/upper', name);

  it('has both outputs, and its exit code comes last', async () => {
    assert.deepEqual(
      await run('hostname; pwd; echo $A; echo bad >&2; exit 4', {
        workdir: '/tmp',
        env: ['PATH=/bin', 'A=b'],
      }),
      {
        stdout: 'target\n/tmp\nb\n',
        stderr: 'bad\n',
        exitCode: 4,
      },
    );
    assert.equal((await run('kill -9 $$')).exitCode, 137);
  });

  it('joins the groups, has the capabilities and the filter of the container, and no descriptor of the node', async () => {
    const own = await node.run('own', 'grep -E "Cap|Seccomp:" /proc/self/status; cat /proc/self/cgroup');
    const command = 'grep -E "Cap|Seccomp:" /proc/self/status; cat /proc/self/cgroup';
    assert.equal((await run(command)).stdout, own.output);
    assert.equal((await run('ls /proc/self/fd')).stdout, '0\n1\n2\n3\n');
    assert.equal((await run('ls /proc/self/fd', { tty: true, stdin: true })).stdout, '0  1  2  3\r\n');
  });

  it('has all capabilities and no filter when it is privileged', async () => {
    const { stdout } = await run('grep -E "CapEff|CapBnd|Seccomp:" /proc/self/status', { privileged: true });
    const all = /CapBnd:\t(\w+)/.exec(readFileSync('/proc/1/status', 'utf8'))?.[1];
    assert.equal(stdout, `CapEff:\t${all}\nCapBnd:\t${all}\nSeccomp:\t0\n`);
  });

  it('takes input until its end, and none unless it was asked for', async () => {
    const stream = await node.executor.execStream('target', ['wc', '-c'], { ...plainExec, stdin: true });
    await stream.write(Buffer.alloc(300_000));
    stream.endInput();
    assert.equal((await readAll(stream)).stdout, '300000\n');
    assert.equal((await run('cat; readlink /proc/self/fd/0')).stdout, '/dev/null\n');
  });

  it('has a terminal of its own, which can be resized', async () => {
    const stream = await node.executor.execStream(
      'target',
      [
        'sh',
        '-c',
        'trap "stty size" WINCH; tty; id -un; stty size; while :; do read x; [ "$x" = end ] && exit 3; done',
      ],
      { ...plainExec, user: 'bee', tty: true, stdin: true, size: { columns: 100, rows: 30 } },
    );
    assert.equal(await readUntil(stream, '30 100\r\n'), '/dev/pts/0\r\nbee\r\n30 100\r\n');
    stream.resize({ columns: 70, rows: 20 });
    await readUntil(stream, '20 70\r\n');
    await writeText(stream, 'end\n');
    assert.deepEqual(await readAll(stream), { stdout: 'end\r\n', stderr: '', exitCode: 3 });
  });

  it('gives everything that was written to a terminal right before the end', async () => {
    for (let round = 0; round < 20; round++) {
      const { stdout } = await run('seq 1 700; exit 0', { tty: true });
      assert.ok(stdout.endsWith('699\r\n700\r\n'), stdout.slice(-40));
    }
  });

  it('takes a long paste into a terminal, whole', async () => {
    const stream = await node.executor.execStream(
      'target',
      ['sh', '-c', 'stty raw -echo; echo ready; head -c 1000000 | md5sum'],
      { ...plainExec, tty: true, stdin: true },
    );
    await readUntil(stream, 'ready');
    const lines = Array.from({ length: 125_000 }, (_, index) => `${index}`.padStart(7, '0')).join('\n');
    await writeText(stream, `${lines}\n`);
    const expected = createHash('md5').update(`${lines}\n`).digest('hex');
    assert.ok((await readAll(stream)).stdout.includes(expected));
  });

  it('says how a program fails that cannot be run: 127 missing, 126 not executable', async () => {
    for (const [program, exitCode] of [
      ['no-such-program', 127],
      ['/etc/passwd', 126],
    ] as const) {
      const attempt = node.executor.execStream('target', [program], { ...plainExec, tty: exitCode === 126 });
      await assert.rejects(attempt, (error) => {
        assert.ok(error instanceof SkepError);
        assert.equal(error.code, 'FAILED_PRECONDITION');
        assert.ok(error.message.includes(program), error.message);
        assert.equal(startFailureExitCode(error), exitCode);
        return true;
      });
    }
    const nobody = node.executor.execStream('nobody', ['true'], plainExec);
    await assert.rejects(nobody, (error) => error instanceof SkepError && error.code === 'NOT_FOUND');
  });

  it('goes on without its client when it has neither terminal nor input', async () => {
    const command = 'sleep 0.2; echo ignored; touch /detached';
    const stream = await node.executor.execStream('target', ['sh', '-c', command], plainExec);
    stream.close();
    assert.equal(await stream.ended, null);
    assert.deepEqual(await readAll(stream), { stdout: '', stderr: '', exitCode: null });
    await until('the program', () => existsSync(changed('detached')));
  });

  it('loses its terminal or its input with its client', async () => {
    const hung = ['sh', '-c', 'trap "touch /hung-up; exit" HUP; echo ready; while :; do sleep 0.02; done'];
    const terminal = await node.executor.execStream('target', hung, { ...plainExec, tty: true });
    await readUntil(terminal, 'ready');
    terminal.close();
    await until('the hang-up', () => existsSync(changed('hung-up')));
    const reader = ['sh', '-c', 'echo ready; cat > /kept; touch /end-of-input'];
    const input = await node.executor.execStream('target', reader, { ...plainExec, stdin: true });
    await readUntil(input, 'ready');
    await writeText(input, 'kept');
    input.close();
    await until('the end of input', () => existsSync(changed('end-of-input')));
    assert.equal(readFileSync(changed('kept'), 'utf8'), 'kept');
  });

  it('waits for a slow reader, who gets 50 MB of lines whole and in order', async () => {
    const command = `seq 1000000 ${1_000_000 + LINES - 1}; touch /all-written`;
    const stream = await node.executor.execStream('target', ['sh', '-c', command], plainExec);
    await sleep(300);
    let expected = 1_000_000;
    let rest = '';
    let bytes = 0;
    for await (const { data } of stream.output) {
      bytes += data.length;
      if (bytes < 20_000_000)
        assert.equal(existsSync(changed('all-written')), false, `${bytes} bytes were read`);
      const text = rest + Buffer.from(data).toString('latin1');
      const lines = text.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines)
        if (Number(line) !== expected++) assert.fail(`${line} came for ${expected - 1}`);
      if (bytes < 2_000_000) await sleep(2);
    }
    assert.equal(rest, '');
    assert.equal(expected, 1_000_000 + LINES);
    assert.equal(await stream.ended, 0);
  });

  it('waits for a reader that takes nothing yet', async () => {
    const command = 'head -c 30000000 /dev/zero; touch /zeros-written';
    const stream = await node.executor.execStream('target', ['sh', '-c', command], plainExec);
    await sleep(500);
    assert.equal(existsSync(changed('zeros-written')), false);
    assert.equal((await readAll(stream)).stdout.length, 30_000_000);
    assert.ok(existsSync(changed('zeros-written')));
  });

  it('ends with the container', async () => {
    await node.executor.start(node.request('short', ['sleep', '1000']));
    const stream = await node.executor.execStream('short', ['sh', '-c', 'echo ready; sleep 1000'], plainExec);
    await readUntil(stream, 'ready');
    await node.executor.kill('short');
    assert.equal((await readAll(stream)).exitCode, 137);
    assert.equal((await node.ended('short')).exit?.exitCode, 137);
    await node.executor.remove('short');
  });

  it('runs many at a time', async () => {
    const codes = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { exitCode, stdout } = await run(`echo ${index}; exit ${index}`);
        assert.equal(stdout, `${index}\n`);
        return exitCode;
      }),
    );
    assert.deepEqual(
      codes,
      Array.from({ length: 100 }, (_, index) => index),
    );
  });

  it('is refused while the container is paused', async () => {
    await node.executor.pause('target');
    try {
      const attempt = node.executor.execStream('target', ['true'], plainExec);
      await assert.rejects(attempt, /the container is paused/);
    } finally {
      await node.executor.unpause('target');
    }
    assert.equal((await run('exit 2')).exitCode, 2);
  });
});

describe('a paused container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });
  const counter = (id: string): ContainerRequest =>
    node.request(id, ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo $i > /count; done']);
  const read = (id: string): number =>
    Number(readFileSync(join(node.stateFolder, id, 'upper/count'), 'utf8'));
  const moves = async (id: string): Promise<void> => {
    const path = join(node.stateFolder, id, 'upper/count');
    while (!existsSync(path)) await sleep(5);
    const before = readFileSync(path, 'utf8');
    while (readFileSync(path, 'utf8') === before) await sleep(5);
  };

  it('stands still until it goes on, and says so', async () => {
    await node.executor.start(counter('counter'));
    await moves('counter');
    await node.executor.pause('counter');
    await node.executor.pause('counter');
    const still = read('counter');
    await sleep(100);
    assert.equal(read('counter'), still);
    assert.equal((await node.executor.list())[0]?.paused, true);
    await node.executor.unpause('counter');
    await moves('counter');
    assert.equal((await node.executor.list())[0]?.paused, undefined);
  });

  it('can be killed and removed', async () => {
    await node.executor.pause('counter');
    await node.executor.kill('counter');
    assert.equal((await node.ended('counter')).exit?.signal, 9);
    await node.executor.remove('counter');
    assert.deepEqual(node.cgroups('counter'), []);
  });

  it('can be neither when it does not run', async () => {
    await node.run('over', 'true');
    for (const id of ['over', 'nobody']) {
      for (const attempt of [node.executor.pause(id), node.executor.unpause(id)]) {
        await assert.rejects(attempt, (error) => error instanceof SkepError && error.code === 'NOT_FOUND');
      }
    }
  });

  it('ends with its keeper', async () => {
    const { pid } = await node.executor.start(counter('left'));
    await node.executor.pause('left');
    const ended = node.ended('left');
    const client = await connectKeeper(node.socketPath, silent);
    const keeper = await greet(client);
    process.kill(keeper.pid, 'SIGKILL');
    client.close();
    assert.equal((await ended).exit?.signal, 9);
    // It stands still, in version 1, until what the keeper left is cleared away.
    await node.executor.cleanLeftovers([]);
    assert.equal(existsSync(`/proc/${pid}/exe`), false);
    assert.deepEqual(node.cgroups('left'), []);

    const other = await node.executor.start(counter('shut'));
    await node.executor.pause('shut');
    const stopped = node.ended('shut');
    const second = await connectKeeper(node.socketPath, silent);
    await second.request('shutdown', [], 10_000);
    second.close();
    assert.equal((await stopped).exit?.signal, 9);
    await until('its end', () => !existsSync(`/proc/${other.pid}/exe`));
    await node.executor.cleanLeftovers([]);
  });
});
