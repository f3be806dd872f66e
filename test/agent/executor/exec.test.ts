import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ContainerRequest } from '../../../agent/executor/executor.ts';
import { SkepError } from '../../../lib/errors.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const options = { env: ['PATH=/bin', 'GREETING=hello'], workdir: '/tmp', user: '', timeoutMs: 10_000 };

describe('exec', { skip: skipReason }, () => {
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
    await startOrClose(node.request('target', ['sleep', '1000'], { hostname: 'target', pids: 20 }));
  });
  after(async () => {
    await node.close();
  });

  it('runs a program inside the container and returns its exit code and output', async () => {
    const result = await node.executor.exec(
      'target',
      [
        'sh',
        '-c',
        'hostname; pwd; echo $GREETING; echo bad >&2; ps | wc -l; cat /proc/self/cgroup | grep -c ":/$"; exit 4',
      ],
      options,
    );
    assert.equal(result.exitCode, 4);
    assert.equal(result.timedOut, false);
    assert.match(result.output, /^target\n\/tmp\nhello\nbad\n/);
  });

  it('joins every namespace and control group of the container', async () => {
    const own = await node.run('own', 'cat /proc/self/cgroup');
    const joined = await node.executor.exec('target', ['cat', '/proc/self/cgroup'], options);
    assert.equal(joined.output, own.output);
    const inside = await node.executor.exec(
      'target',
      [
        'sh',
        '-c',
        'for n in mnt pid uts ipc net cgroup; do test $(readlink /proc/1/ns/$n) = $(readlink /proc/self/ns/$n) || echo $n; done',
      ],
      options,
    );
    assert.equal(inside.output, '');
  });

  it('has the capabilities of the container, and the user asked for', async () => {
    const root = await node.executor.exec('target', ['grep', 'CapEff', '/proc/self/status'], options);
    assert.match(root.output, /CapEff:\t00000000a80425fb/);
    const bee = await node.executor.exec('target', ['id', '-un'], { ...options, user: 'bee' });
    assert.equal(bee.output, 'bee\n');
  });

  it('sees no descriptor of the node', async () => {
    const result = await node.executor.exec('target', ['ls', '/proc/self/fd'], options);
    assert.equal(result.output, '0\n1\n2\n3\n');
  });

  it('is killed at its time limit', async () => {
    const result = await node.executor.exec('target', ['sh', '-c', 'echo begun; sleep 777 & sleep 777'], {
      ...options,
      timeoutMs: 1_000,
    });
    assert.equal(result.timedOut, true);
    assert.equal(result.exitCode, 137);
    assert.equal(result.output, 'begun\n');
    const left = await node.executor.exec('target', ['sh', '-c', 'ps | grep -c "sleep 77[7]"'], options);
    assert.equal(left.output, '0\n');
  });

  it('captures the first 4 KiB of output and drops the rest', async () => {
    const result = await node.executor.exec(
      'target',
      ['sh', '-c', 'head -c 300000 /dev/zero | tr "\\0" x; exit 1'],
      options,
    );
    assert.equal(result.exitCode, 1);
    assert.equal(result.output, 'x'.repeat(4096));
  });

  it('says 127 for a program that is not there', async () => {
    const result = await node.executor.exec('target', ['no-such-check'], options);
    assert.equal(result.exitCode, 127);
    assert.match(result.output, /executable file not found in \$PATH/);
  });

  it('fails for a container that is not running', async () => {
    const missing = node.executor.exec('nobody', ['true'], options);
    await assert.rejects(missing, (error) => error instanceof SkepError && error.code === 'NOT_FOUND');
    await node.run('over', 'true');
    const over = node.executor.exec('over', ['true'], options);
    await assert.rejects(over, (error) => error instanceof SkepError && error.code === 'NOT_FOUND');
  });

  it('ends with the container', async () => {
    await node.executor.start(node.request('short', ['sleep', '1000']));
    const check = node.executor.exec('short', ['sh', '-c', 'touch /begun; sleep 1000'], options);
    await node.executor.exec('short', ['sh', '-c', 'while [ ! -e /begun ]; do sleep 0.01; done'], options);
    await node.executor.kill('short');
    assert.equal((await check).exitCode, 137);
    assert.equal((await node.ended('short')).exit?.exitCode, 137);
    await node.executor.remove('short');
  });

  it('runs many at a time', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        node.executor.exec('target', ['sh', '-c', `exit ${index}`], options),
      ),
    );
    assert.deepEqual(
      results.map((result) => result.exitCode),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });
});
