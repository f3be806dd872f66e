import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectKeeper } from '../../../agent/executor/keeper-client.ts';
import { greet } from '../../../agent/executor/keeper-process.ts';
import {
  decodeMessage,
  encodeRequest,
  FIELDS,
  splitFrames,
  stringField,
} from '../../../agent/executor/protocol.ts';
import {
  decodeStreamMessage,
  encodeInput,
  encodeResize,
  MAX_INPUT_FRAME_BYTES,
} from '../../../agent/executor/stream-frames.ts';
import { connectRaw, type RawKeeper } from './raw-keeper.ts';
import { fuzzStreams } from './stream-fuzz.ts';
import { until } from './stream-reader.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const FUZZ_RUNS = Number(process.env.SKEP_FUZZ_RUNS ?? 60);
const silent = { onExit: () => {}, onLost: () => {} };
const CLOCK_TICKS_PER_S = 100;

async function keeperPid(node: TestNode): Promise<number> {
  const client = await connectKeeper(node.socketPath, silent);
  const { pid } = await greet(client);
  client.close();
  return pid;
}

/** Processor time of a process, in clock ticks. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

describe('frames of a stream', () => {
  it('hold no more input than the keeper takes', () => {
    const frames = encodeInput(new Uint8Array(MAX_INPUT_FRAME_BYTES * 2 + 1));
    assert.deepEqual(
      frames.map((frame) => frame.length - 10),
      [MAX_INPUT_FRAME_BYTES, MAX_INPUT_FRAME_BYTES, 1],
    );
    assert.deepEqual(encodeInput(new Uint8Array()), []);
  });

  it('hold a size that the kernel can take', () => {
    for (const cells of [-1, 0.5, Number.NaN, 1e9]) {
      const [message] = splitFrames(encodeResize({ columns: cells, rows: cells })).messages;
      assert.equal(message?.length, 6 + 2 * 14);
    }
  });

  it('of an unknown kind, or cut short, are refused', () => {
    assert.throws(() => decodeStreamMessage(new Uint8Array([103])), /without its header/);
    assert.throws(() => decodeStreamMessage(new Uint8Array([109, 0, 0, 0, 0, 0])), /unknown kind/);
  });
});

describe('stream connections', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('may break at any moment and carry anything, and the keeper keeps nothing of it', async () => {
    const pid = await keeperPid(node);
    await node.executor.start(node.request('steady', ['sleep', '1000'], { openStdin: true, tty: true }));
    const count = (): number => readdirSync(`/proc/${pid}/fd`).length;
    const before = count();
    await fuzzStreams(node, 'steady', FUZZ_RUNS);
    await until('the keeper to let go', () => count() === before);
    assert.equal(await keeperPid(node), pid);
    await node.executor.kill('steady');
    await node.ended('steady');
    await node.executor.remove('steady');
  });

  it('end with a word when a removed or killed container had them, and are refused beyond a bound', async () => {
    await node.executor.start(node.request('popular', ['sleep', '1000']));
    const request = encodeRequest('attach', 1, [stringField(FIELDS.id, 'popular')]);
    const clients: RawKeeper[] = [];
    try {
      for (let number = 0; number < 512; number++) {
        const raw = await connectRaw(node.socketPath);
        clients.push(raw);
        raw.send(request);
      }
      const last = clients.at(-1);
      const { bytes } = (await last?.receive(100)) ?? {};
      assert.equal(
        decodeMessage(splitFrames(bytes ?? new Uint8Array()).messages[0] ?? new Uint8Array()).kind,
        'ok',
      );
      const full = node.executor.attach('popular', { stdin: false, output: true });
      await assert.rejects(full, /too many streams/);
      assert.ok(await node.executor.list());
      const newcomer = await node.connect();
      newcomer.close();
      await node.executor.kill('popular');
      const end = await last?.receive(2000);
      assert.equal(end?.closed, true);
      const [message] = splitFrames(end?.bytes ?? new Uint8Array()).messages;
      assert.deepEqual(decodeStreamMessage(message ?? new Uint8Array()), { kind: 'ended', exitCode: 137 });
    } finally {
      for (const raw of clients) raw.destroy();
    }
  });

  it('that cannot be accepted for want of descriptors cost the keeper no time', async () => {
    const pid = await keeperPid(node);
    const open = readdirSync(`/proc/${pid}/fd`).length;
    const limits = execFileSync('prlimit', [
      '--pid',
      `${pid}`,
      '--nofile',
      '--raw',
      '--noheadings',
      '-o',
      'SOFT,HARD',
    ]);
    const [soft, hard] = limits.toString().trim().split(/\s+/);
    execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${open + 2}:${hard}`]);
    const coming = Promise.all(Array.from({ length: 8 }, () => connectRaw(node.socketPath)));
    try {
      const before = ticksOf(pid);
      await sleep(500);
      const spent = ticksOf(pid) - before;
      assert.ok(spent < CLOCK_TICKS_PER_S / 10, `${spent} ticks in half a second`);
      assert.ok(await node.executor.list());
    } finally {
      execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${soft}:${hard}`]);
      const clients = await coming;
      const greeting = encodeRequest('hello', 1, []);
      for (const raw of clients) raw.send(greeting);
      const answers = await Promise.all(clients.map((raw) => raw.receive(300)));
      for (const raw of clients) raw.destroy();
      for (const { bytes } of answers) assert.ok(bytes.length > 0, 'everybody was let in at last');
    }
  });
});
