import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeeperSocket } from '../../../agent/executor/keeper-client.ts';
import { splitFrames } from '../../../agent/executor/protocol.ts';
import { decodeStreamMessage } from '../../../agent/executor/stream-frames.ts';
import { projectRoot } from '../../../cli/project.ts';
import { SkepError } from '../../../lib/errors.ts';
import { execFrame } from './stream-fuzz.ts';
import { plainExec, readAll } from './stream-reader.ts';
import { compilerSkipReason, startTestNode, type TestNode } from './test-node.ts';

/** The keeper with the same limits, but of another size: nobody waits a minute for a test. */
const PATIENCE_MS = 1_200;
const HOLD_MS = 300;

function buildImpatientKeeper(folder: string): string {
  const flags = `-O0 -DSTREAM_PATIENCE_MS=${PATIENCE_MS} -DMAX_HOLD_MS=${HOLD_MS}`;
  const keeper = join(projectRoot(), 'agent/keeper');
  execFileSync('make', ['-s', '-j2', '-C', keeper, `BUILD=${folder}`, `CFLAGS=${flags}`], { stdio: 'pipe' });
  return join(folder, 'skep-keeper');
}

describe('the patience of the keeper', { skip: compilerSkipReason }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-keeper-'));
  let node: TestNode;
  before(async () => {
    node = await startTestNode(buildImpatientKeeper(folder));
  });
  after(async () => {
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('with a client that takes nothing ends: it is let go with a reason, and the others and the log go on', async () => {
    const lines = 10_000;
    const argv = ['sh', '-c', `read x; yes ${'z'.repeat(999)} | head -n ${lines}; exit 6`];
    await node.executor.start(node.request('loud', argv, { openStdin: true }));
    const stalled = await node.executor.attach('loud', { stdin: false, output: true });
    const good = await node.executor.attach('loud', { stdin: true, output: true });
    await good.write(Buffer.from('go\n'));
    const all = await readAll(good);
    assert.equal(all.stdout.length, lines * 1000);
    assert.equal(all.exitCode, 6);
    assert.equal(node.records('loud').length, lines);
    await assert.rejects(readAll(stalled), (error) => {
      assert.ok(error instanceof SkepError);
      assert.equal(error.code, 'DEADLINE_EXCEEDED');
      assert.match(error.message, /took no output/);
      return true;
    });
    assert.equal(await stalled.ended, null);
  });

  it('with a client that takes nothing of what is left does not last either', async () => {
    const stream = await node.executor.execStream('steady', ['true'], plainExec).catch(() => null);
    assert.equal(stream, null);
    await node.executor.start(node.request('steady', ['sleep', '1000']));
    const argv = ['sh', '-c', `yes ${'z'.repeat(999)} | head -n 1900; exit 5`];
    const unread = await node.executor.execStream('steady', argv, plainExec);
    // Ended, but its last megabyte waits for the client; its connection is closed without it at last.
    await sleep(PATIENCE_MS * 2.5);
    // Where its end did not fit beside that, it is told why.
    const read = await readAll(unread).catch((error: unknown) => {
      assert.ok(error instanceof SkepError && error.code === 'DEADLINE_EXCEEDED', String(error));
      return { stdout: '', exitCode: null };
    });
    assert.ok(read.stdout.length < 1_900_000);
    assert.equal(read.exitCode, null);
  });

  it('with a program that nobody attaches to ends: its output goes to the log', async () => {
    const argv = ['sh', '-c', 'echo begun; exit 3'];
    await node.executor.start(node.request('alone', argv, { holdOutput: true }));
    assert.equal((await node.ended('alone')).exit?.exitCode, 3);
    assert.equal(node.output('alone'), 'begun\n');
    const running = ['sh', '-c', 'echo begun; sleep 1000'];
    await node.executor.start(node.request('running', running, { holdOutput: true }));
    const input = await node.executor.attach('running', { stdin: true, output: false });
    while (node.records('running').length === 0) await sleep(10);
    const late = await node.executor.attach('running', { stdin: false, output: true });
    await node.executor.kill('running');
    assert.deepEqual(await readAll(late), { stdout: '', stderr: '', exitCode: 137 });
    assert.equal(await input.ended, 137);
  });

  it('with a reader that takes a little at a time has no end', async () => {
    const argv = ['sh', '-c', `yes ${'z'.repeat(999)} | head -n 4000`];
    const socket = await openKeeperSocket(node.socketPath);
    const chunks: Uint8Array[] = [];
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let pauses = 0;
    socket.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      // The kernel asks the keeper for more only every third time.
      if (pauses++ >= 6) return;
      socket.pause();
      setTimeout(() => socket.resume(), PATIENCE_MS * 0.25);
    });
    socket.write(execFrame('steady', false, argv));
    await closed;
    const messages = splitFrames(Buffer.concat(chunks)).messages.map(decodeStreamMessage);
    assert.deepEqual(messages.at(-1), { kind: 'ended', exitCode: 0 });
    const bytes = messages.reduce((sum, part) => sum + (part.kind === 'output' ? part.data.length : 0), 0);
    assert.equal(bytes, 4_000_000);
  });
});
