import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectKeeper } from '../../../agent/executor/keeper-client.ts';
import { greet } from '../../../agent/executor/keeper-process.ts';
import { SkepError } from '../../../lib/errors.ts';
import { plainExec, readAll, readUntil, until, writeText } from './stream-reader.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const both = { stdin: true, output: true };
const checkOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };

function changesOf(node: TestNode, id: string): string {
  return join(node.stateFolder, id, 'upper');
}

describe('the standard streams of a container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('carry input in and output out, and into the log', async () => {
    await node.executor.start(node.request('echo', ['cat'], { openStdin: true, stdinOnce: true }));
    const stream = await node.executor.attach('echo', both);
    await writeText(stream, 'one\n');
    assert.equal(await readUntil(stream, '\n'), 'one\n');
    await writeText(stream, 'two\n');
    stream.endInput();
    assert.deepEqual(await readAll(stream), { stdout: 'two\n', stderr: '', exitCode: 0 });
    await node.ended('echo');
    assert.equal(node.output('echo'), 'one\ntwo\n');
  });

  it('are told apart, and the exit code comes after the last output', async () => {
    const command = 'read x; echo to-out; echo to-err >&2; exit 7';
    await node.executor.start(node.request('apart', ['sh', '-c', command], { openStdin: true }));
    const stream = await node.executor.attach('apart', both);
    await writeText(stream, 'go\n');
    assert.deepEqual(await readAll(stream), { stdout: 'to-out\n', stderr: 'to-err\n', exitCode: 7 });
  });

  it('stay open for input when one client goes, unless they are for one only', async () => {
    const request = { openStdin: true, stdinOnce: false };
    await node.executor.start(node.request('many', ['cat'], request));
    const first = await node.executor.attach('many', both);
    const second = await node.executor.attach('many', both);
    await writeText(first, 'a\n');
    await readUntil(second, 'a\n');
    first.endInput();
    first.close();
    assert.equal(await first.ended, null);
    await writeText(second, 'b\n');
    assert.equal(await readUntil(second, 'b\n'), 'b\n');
    await node.executor.kill('many');
    assert.equal((await readAll(second)).exitCode, 137);

    await node.executor.start(node.request('once', ['cat'], { ...request, stdinOnce: true }));
    const only = await node.executor.attach('once', both);
    const watcher = await node.executor.attach('once', { stdin: false, output: true });
    await writeText(only, 'c\n');
    await readUntil(watcher, 'c\n');
    only.close();
    assert.deepEqual(await readAll(watcher), { stdout: '', stderr: '', exitCode: 0 });
  });

  it('end at once where nobody asked for input, as the null device of the container', async () => {
    const command = 'cat; exec 3< /dev/null; readlink /proc/self/fd/0; grep -h mnt_id /proc/self/fdinfo/[03]';
    const { output } = await node.run('closed', command);
    const stream = await node.executor.execStream(
      (await node.executor.start(node.request('host', ['sleep', '1000']))).id,
      ['sh', '-c', command],
      plainExec,
    );
    for (const text of [output, (await readAll(stream)).stdout]) {
      const [path, own, opened] = text.split('\n');
      assert.equal(path, '/dev/null');
      assert.ok(own?.startsWith('mnt_id'));
      assert.equal(own, opened);
    }
  });

  it('tell a client that the program takes nothing any more', async () => {
    const argv = ['sh', '-c', 'read x; exec <&-; echo closed; sleep 1000'];
    await node.executor.start(node.request('deaf', argv, { openStdin: true }));
    const stream = await node.executor.attach('deaf', both);
    await writeText(stream, 'go\n');
    await readUntil(stream, 'closed\n');
    const attempt = async (): Promise<void> => {
      for (let count = 0; count < 1000; count++) {
        await writeText(stream, 'more\n');
        await sleep(2);
      }
    };
    await assert.rejects(attempt, (error) => error instanceof SkepError && error.code === 'CANCELLED');
    stream.close();
    await node.executor.kill('deaf');
  });

  it('give 8 MiB of input to a program that takes its time, whole', async () => {
    const argv = ['sh', '-c', 'sleep 0.2; md5sum'];
    await node.executor.start(node.request('large', argv, { openStdin: true, stdinOnce: true }));
    const stream = await node.executor.attach('large', both);
    const block = Buffer.alloc(1024 * 1024, 'skep\n');
    for (let count = 0; count < 7; count++) await stream.write(block);
    const last = stream.write(block);
    stream.endInput();
    await last;
    const hash = createHash('md5');
    for (let count = 0; count < 8; count++) hash.update(block);
    assert.equal((await readAll(stream)).stdout, `${hash.digest('hex')}  -\n`);
  });

  it('lose no byte of a program that ends before the first attach, if that was asked for', async () => {
    const argv = ['sh', '-c', 'echo quick; exit 3'];
    const { pid } = await node.executor.start(node.request('held', argv, { holdOutput: true }));
    // It counts as running until somebody took its output, so that its end cannot be missed.
    await until('the end', () => !existsSync(`/proc/${pid}`));
    const stream = await node.executor.attach('held', { stdin: false, output: true });
    assert.deepEqual(await readAll(stream), { stdout: 'quick\n', stderr: '', exitCode: 3 });
    assert.equal((await node.ended('held')).exit?.exitCode, 3);
    assert.equal(node.output('held'), 'quick\n');
  });

  it('are let out when a container that holds them is killed', async () => {
    const argv = ['sh', '-c', 'echo begun; touch /begun; sleep 1000'];
    await node.executor.start(node.request('held-killed', argv, { holdOutput: true }));
    await until('the program', () => existsSync(join(changesOf(node, 'held-killed'), 'begun')));
    assert.deepEqual(node.records('held-killed'), []);
    await node.executor.kill('held-killed');
    assert.equal((await node.ended('held-killed')).exit?.signal, 9);
    assert.equal(node.output('held-killed'), 'begun\n');

    const quick = node.request('held-over', ['sh', '-c', 'echo over; exit 3'], { holdOutput: true });
    const { pid } = await node.executor.start(quick);
    await until('the end', () => !existsSync(`/proc/${pid}`));
    await node.executor.kill('held-over');
    // Long before the keeper would let its output out by itself.
    const state = await Promise.race([node.ended('held-over'), sleep(5000, null, { ref: false })]);
    assert.equal(state?.exit?.exitCode, 3);
    assert.equal(node.output('held-over'), 'over\n');
  });

  it('cannot be attached to once the container has ended', async () => {
    await node.run('over', 'true');
    for (const id of ['over', 'nobody']) {
      const attach = node.executor.attach(id, both);
      await assert.rejects(attach, (error) => error instanceof SkepError && error.code === 'NOT_FOUND');
    }
  });

  it('are a terminal of the container itself, of the size that was asked for', async () => {
    const command = [
      'tty; stty size; readlink /proc/self/fd/2; stat -c %t:%T /dev/console /dev/pts/0; mount | grep -c /dev/console',
      'read x; stty size; echo "got $x"; exit 4',
    ].join('; ');
    const request = node.request('terminal', ['sh', '-c', command], {
      tty: true,
      openStdin: true,
      holdOutput: true,
      terminalSize: { columns: 80, rows: 24 },
    });
    await node.executor.start(request);
    const stream = await node.executor.attach('terminal', both);
    const first = await readUntil(stream, '\r\n1\r\n');
    assert.equal(first, '/dev/pts/0\r\n24 80\r\n/dev/pts/0\r\n88:0\r\n88:0\r\n1\r\n');
    stream.resize({ columns: 132, rows: 43 });
    await writeText(stream, 'hello\n');
    const rest = await readAll(stream);
    assert.deepEqual(rest, { stdout: 'hello\r\n43 132\r\ngot hello\r\n', stderr: '', exitCode: 4 });
    const records = node.records('terminal');
    assert.deepEqual(new Set(records.map((record) => record.stream)), new Set(['stdout']));
    assert.equal(node.output('terminal'), first + rest.stdout);
  });

  it('as a terminal end a program by its keys, and belong to the user', async () => {
    for (const init of [false, true]) {
      const id = `keys-${init}`;
      const command =
        'trap "echo caught; exit 9" INT; echo > /dev/tty; echo ready > /dev/stdout; while :; do sleep 0.02; done';
      const request = node.request(id, ['sh', '-c', command], {
        tty: true,
        openStdin: true,
        init,
        user: 'bee',
      });
      await node.executor.start(request);
      const stream = await node.executor.attach(id, both);
      await until('the program', () => node.output(id).includes('ready'));
      await writeText(stream, '\u0003');
      const { stdout, exitCode } = await readAll(stream);
      assert.match(stdout, /\^Ccaught\r\n$/);
      assert.equal(exitCode, 9);
    }
  });

  it('slow a container down to its slowest reader, which misses nothing', async () => {
    const lines = 20_000;
    const argv = ['sh', '-c', `read x; yes ${'y'.repeat(999)} | head -n ${lines}; touch /written`];
    await node.executor.start(node.request('slow', argv, { openStdin: true }));
    const slow = await node.executor.attach('slow', both);
    const quick = await node.executor.attach('slow', { stdin: false, output: true });
    const quickRead = readAll(quick);
    await writeText(slow, 'go\n');
    await sleep(500);
    assert.equal(existsSync(join(changesOf(node, 'slow'), 'written')), false);
    assert.equal((await readAll(slow)).stdout.length, lines * 1000);
    assert.equal((await quickRead).stdout.length, lines * 1000);
    assert.equal(node.records('slow').length, lines);
  });

  it('leave nothing open in the keeper', async () => {
    const client = await connectKeeper(node.socketPath, { onExit: () => {}, onLost: () => {} });
    const { pid } = await greet(client);
    await node.executor.start(node.request('steady', ['cat'], { openStdin: true, tty: true }));
    const count = (): number => readdirSync(`/proc/${pid}/fd`).length;
    const round = async (): Promise<void> => {
      const one = await node.executor.attach('steady', both);
      const two = await node.executor.execStream('steady', ['cat'], { ...plainExec, tty: true, stdin: true });
      const three = await node.executor.execStream('steady', ['cat'], { ...plainExec, stdin: true });
      const four = await node.executor.execStream('steady', ['true'], plainExec);
      for (const stream of [one, two, three]) stream.close();
      await readAll(four);
    };
    const before = count();
    for (let number = 0; number < 20; number++) await round();
    await until('the keeper to let go', () => count() === before);
    const left = await node.executor.exec('steady', ['sh', '-c', 'ps | grep -c "[c]at"'], checkOptions);
    assert.equal(left.output, '1\n');
    client.close();
    await node.executor.kill('steady');
  });
});

describe('streams of a keeper that dies', { skip: skipReason }, () => {
  it('end without an exit code', async () => {
    const node = await startTestNode();
    try {
      await node.executor.start(node.request('lost', ['cat'], { openStdin: true }));
      const stream = await node.executor.attach('lost', both);
      const client = await connectKeeper(node.socketPath, { onExit: () => {}, onLost: () => {} });
      const { pid } = await greet(client);
      process.kill(pid, 'SIGKILL');
      assert.deepEqual(await readAll(stream), { stdout: '', stderr: '', exitCode: null });
      await assert.rejects(writeText(stream, 'x'), /closed/);
      client.close();
      await node.ended('lost');
      await node.executor.cleanLeftovers([]);
    } finally {
      await node.close();
    }
  });
});
