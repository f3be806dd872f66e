import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectKeeper } from '../../agent/executor/keeper-client.ts';
import { greet, type KeeperGreeting } from '../../agent/executor/keeper-process.ts';
import { FIELDS, stringField } from '../../agent/executor/protocol.ts';
import { buildOf } from '../agent/executor/takeover-node.ts';
import { keeperBinaryPath, skipReason } from '../agent/executor/test-node.ts';
import { boxOf, type LocalNode, startLocalNode, until } from './local-node.ts';

describe('a daemon that brings another keeper than the one that runs', { skip: skipReason }, () => {
  let node: LocalNode;
  before(async () => {
    node = await startLocalNode();
  });
  after(async () => {
    await node.close();
  });

  const connectToKeeper = () =>
    connectKeeper(join(node.folder, 'run', 'keeper.sock'), { onExit: () => {}, onLost: () => {} });
  async function greeting(): Promise<KeeperGreeting> {
    const client = await connectToKeeper();
    try {
      return await greet(client);
    } finally {
      client.close();
    }
  }

  it('replaces it while its containers run, and knows how those ended that ended meanwhile', async () => {
    const calls = node.containers();
    const { id: running } = await calls.create({ spec: boxOf('sleep 1000', { name: 'running' }) });
    const { id: ending } = await calls.create({ spec: boxOf('sleep 0.2; exit 6', { name: 'ending' }) });
    for (const reference of [running, ending]) await calls.start({ reference });
    const pid = (await calls.inspect({ reference: running, size: false })).pid;
    await node.crash();
    const program = join(node.folder, 'other-keeper');
    copyFileSync(keeperBinaryPath, program);
    appendFileSync(program, 'another build');
    const client = await connectToKeeper();
    await assert.rejects(client.request('takeOver', [stringField(FIELDS.program, program)], 10_000));
    const other = await greeting();
    assert.equal(other.build, buildOf(program));
    await node.restart();
    await until('the takeover', async () => (await greeting()).build === buildOf(keeperBinaryPath));
    assert.equal((await greeting()).instance, other.instance);
    assert.equal((await greeting()).pid, other.pid);
    const again = node.containers();
    const found = await again.inspect({ reference: running, size: false });
    assert.deepEqual([found.pid, found.state], [pid, 'running']);
    await until(
      'its end',
      async () => (await again.inspect({ reference: ending, size: false })).state === 'exited',
    );
    assert.equal((await again.inspect({ reference: ending, size: false })).exitCode, 6);
    for (const reference of [running, ending]) await again.remove({ reference, force: true, volumes: false });
  });
});
