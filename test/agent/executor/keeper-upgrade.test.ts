import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { frameReader } from '../../../agent/executor/keeper-client.ts';
import { type KeeperLink, openKeeperLink } from '../../../agent/executor/keeper-link.ts';
import { FIELDS, MESSAGE_KINDS, numberField, stringField } from '../../../agent/executor/protocol.ts';
import type { UpgradePatience } from '../../../agent/executor/upgrade-plan.ts';
import { SkepError } from '../../../lib/errors.ts';
import { readAll, until, writeText } from './stream-reader.ts';
import { buildOf, startUpgradeableNode, type UpgradeableNode } from './takeover-node.ts';
import { keeperBinaryPath, skipReason } from './test-node.ts';

interface WatchedLink {
  readonly link: KeeperLink;
  readonly lines: string[];
}

/** A daemon's link to the keeper at `socketPath`, whose own program is `binaryPath`. */
async function openLink(
  socketPath: string,
  stateFolder: string,
  binaryPath: string,
  patience: UpgradePatience = { retryMs: 20, forceAfterMs: 60_000 },
): Promise<WatchedLink> {
  const lines: string[] = [];
  const link = await openKeeperLink(
    { binaryPath, socketPath, stateFolder },
    { onExit: () => {}, onConnected: async () => {} },
    (level, message, fields) => lines.push(`${level} ${message} ${fields?.reason ?? ''}`),
    patience,
  );
  return { link, lines };
}

const tookOver = /^info A new version of the keeper took over/;

describe('an agent that brings another keeper', { skip: skipReason }, () => {
  let u: UpgradeableNode;
  before(async () => {
    u = await startUpgradeableNode();
  });
  after(async () => {
    await u.close();
  });

  const connect = (patience?: UpgradePatience): Promise<WatchedLink> =>
    openLink(u.node.socketPath, u.node.stateFolder, u.programPath, patience);

  it('has it take over once it is connected, and loses no request by that', async () => {
    const started = await u.node.executor.start(u.node.request('kept', ['sleep', '1000']));
    const before = await u.greet();
    await u.install(keeperBinaryPath, 'brought');
    const { link, lines } = await connect();
    let answered = 0;
    while (!lines.some((line) => tookOver.test(line))) {
      const replies = await Promise.all([link.request('list', []), link.request('hello', [])]);
      for (const reply of replies) assert.ok('fields' in reply);
      answered += replies.length;
    }
    assert.ok(answered > 0);
    assert.equal(link.instance(), before.instance);
    assert.equal((await u.greet()).build, buildOf(u.programPath));
    assert.deepEqual(lines.length, 1, lines.join('\n'));
    const kept = (await u.node.executor.list()).find((state) => state.id === 'kept');
    assert.deepEqual(kept, started);
    link.close();
  });

  it('leaves one of the same build alone', async () => {
    const before = await u.greet();
    const { link, lines } = await connect();
    for (let turn = 0; turn < 20; turn++) await link.request('list', []);
    link.close();
    assert.deepEqual(await u.greet(), before);
    assert.deepEqual(lines, []);
  });

  it('waits while the keeper is busy, and says so once', async () => {
    const { executor } = u.node;
    await executor.start(u.node.request('watched', ['cat'], { openStdin: true, stdinOnce: true }));
    const stream = await executor.attach('watched', { stdin: true, output: true });
    const { build } = await u.greet();
    await u.install(keeperBinaryPath, 'patient');
    const { link, lines } = await connect();
    await until('the word that it is busy', () => lines.length > 0);
    for (let turn = 0; turn < 50; turn++) await link.request('list', []);
    assert.equal((await u.greet()).build, build);
    await writeText(stream, 'undisturbed\n');
    stream.endInput();
    assert.deepEqual(await readAll(stream), { stdout: 'undisturbed\n', stderr: '', exitCode: 0 });
    await until('the takeover', () => lines.some((line) => tookOver.test(line)));
    assert.equal(lines.length, 2, lines.join('\n'));
    assert.match(lines[0] ?? '', /^info The keeper is to be replaced .* 1 streams/);
    assert.equal((await u.greet()).build, buildOf(u.programPath));
    link.close();
  });

  it('ends streams that hold it up for too long', async () => {
    const { executor } = u.node;
    await executor.start(u.node.request('endless', ['cat'], { openStdin: true }));
    const stream = await executor.attach('endless', { stdin: true, output: true });
    const ended = assert.rejects(readAll(stream), (error) => {
      assert.ok(error instanceof SkepError);
      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /the keeper was replaced by a new version/);
      return true;
    });
    await u.install(keeperBinaryPath, 'impatient');
    const { link, lines } = await connect({ retryMs: 10, forceAfterMs: 100 });
    await until('the takeover', () => lines.some((line) => tookOver.test(line)));
    await ended;
    const state = (await executor.list()).find((one) => one.id === 'endless');
    assert.equal(state?.exit, null);
    link.close();
  });

  it('goes on with the old one when its own cannot be used, and says so once', async () => {
    const before = await u.greet();
    const { link, lines } = await openLink(u.node.socketPath, u.node.stateFolder, '/bin/true');
    await until('a word about it', () => lines.length > 0);
    assert.match(lines[0] ?? '', /^warn The keeper program does not tell its build/);
    assert.ok('fields' in (await link.request('list', [])));
    assert.deepEqual(await u.greet(), before);
    assert.equal(lines.length, 1);
    link.close();
  });
});

describe('a keeper of version 1', () => {
  it('is served, and not asked to be replaced', { skip: skipReason }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skep-old-keeper-'));
    const socketPath = join(folder, 'keeper.sock');
    const asked: number[] = [];
    const server = createServer((socket) => {
      const read = frameReader((message) => {
        const view = new DataView(message.buffer, message.byteOffset);
        asked.push(view.getUint16(0, true));
        const fields = [numberField(FIELDS.version, 1), stringField(FIELDS.stateFolder, folder)];
        const answer = Buffer.concat([Buffer.alloc(10), ...fields]);
        answer.writeUInt32LE(answer.length - 4, 0);
        answer.writeUInt16LE(100, 4);
        answer.writeUInt32LE(view.getUint32(2, true), 6);
        socket.write(answer);
      });
      socket.on('data', read);
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const { link, lines } = await openLink(socketPath, folder, keeperBinaryPath);
    await until('a word about it', () => lines.length > 0);
    assert.match(lines[0] ?? '', /^warn The keeper is of a version that cannot be replaced/);
    assert.ok('fields' in (await link.request('list', [])));
    assert.deepEqual(asked, [MESSAGE_KINDS.hello, MESSAGE_KINDS.subscribe, MESSAGE_KINDS.list]);
    assert.equal(lines.length, 1);
    link.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
});
