import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { keeperPid } from './escapes/hostile-image.ts';
import { until } from './stream-reader.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const options = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 30_000 };

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The keeper's child that clones for it; undefined when it is gone. */
function forkerOf(keeper: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
      const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', '');
      return fields[1] === String(keeper) && fields[0] !== 'Z' && command === 'skep-forker';
    });
}

describe('the process that clones for the keeper', { skip: skipReason }, () => {
  let node: TestNode;
  let keeper = 0;
  before(async () => {
    node = await startTestNode();
    keeper = await keeperPid(node);
    await node.executor.start(node.request('steady', ['sleep', '1000']));
  });
  after(async () => {
    const forker = forkerOf(keeper);
    await node.close();
    await until('the end of the forker', () => forker === undefined || !existsSync(`/proc/${forker}`));
  });
  const gone = () => read(`${node.socketPath}.log`).includes('the forker is gone');

  it('holds nothing of containers, and nothing more after many programs', async () => {
    const forker = forkerOf(keeper);
    assert.ok(forker !== undefined);
    const held = () => readdirSync(`/proc/${forker}/fd`).map((name) => name);
    const before = held();
    // Standard streams, fillers, the null device, the program, the own pid namespace, and the socket.
    assert.ok(before.length <= 15, before.join());
    for (let round = 0; round < 10; round++) {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          node.executor.exec('steady', ['sh', '-c', `echo $$; exit ${index}`], options),
        ),
      );
      assert.deepEqual(
        results.map(({ exitCode }) => exitCode),
        Array.from({ length: 20 }, (_, index) => index),
      );
    }
    assert.deepEqual(held(), before);
    assert.equal(gone(), false);
  });

  it('is not asked for what is too long for a packet', async () => {
    const env = ['PATH=/bin', `LONG=${'x'.repeat(120_000)}`, `LONGER=${'y'.repeat(120_000)}`];
    const argv = ['sh', '-c', 'echo $LONG | wc -c; echo $LONGER | wc -c'];
    const { output } = await node.executor.exec('steady', argv, { ...options, env });
    assert.equal(output, '120001\n120001\n');
    assert.equal(gone(), false);
  });

  it('is not missed when it does not answer, nor when it is gone', async () => {
    const forker = forkerOf(keeper);
    assert.ok(forker !== undefined);
    process.kill(forker, 'SIGSTOP');
    const first = await node.executor.exec('steady', ['sh', '-c', 'echo first | tee -a /tmp/runs'], options);
    assert.equal(first.output, 'first\n');
    assert.ok(gone());
    await until('the end of the forker', () => forkerOf(keeper) === undefined);
    const second = await node.executor.exec('steady', ['echo', 'second'], options);
    assert.equal(second.output, 'second\n');
    const runs = await node.executor.exec('steady', ['cat', '/tmp/runs'], options);
    assert.equal(runs.output, 'first\n', 'it ran once');
    assert.equal(await keeperPid(node), keeper);
  });
});
