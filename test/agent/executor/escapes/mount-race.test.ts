import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestNode, type TestNode } from '../test-node.ts';
import {
  addAttacker,
  attackSkipReason,
  changesOf,
  endContainer,
  startAttack,
  until,
} from './hostile-image.ts';

const ROUNDS = Number(process.env.SKEP_RACE_ROUNDS ?? 300);
const AT_ONCE = 4;

// CVE-2021-30465: two containers with one volume; one swaps a folder for a link while the other's mounts are made.
describe('a mount target that another container swaps for a link', { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    addAttacker(node);
  });
  after(async () => {
    await node.close();
  });

  it(`never leads out of the root, in ${ROUNDS} rounds`, async () => {
    const outside = join(node.folder, 'outside');
    const shared = join(node.folder, 'shared');
    const content = join(node.folder, 'content');
    for (const folder of [outside, shared, content, join(shared, 'target')]) mkdirSync(folder);
    symlinkSync(outside, join(shared, 'link'));
    const volume = { source: shared, target: '/shared', readOnly: false, propagation: 'rprivate' } as const;
    await startAttack(node, 'swapper', ['attacker', 'swap', '/shared/target', '/shared/link'], {
      binds: [volume],
      nanoCpus: 500_000_000,
    });
    await until('the swapping', () => existsSync(join(changesOf(node, 'swapper'), 'seen')));
    const mountsBefore = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').length;
    let started = 0;
    const round = async (number: number): Promise<void> => {
      const id = `race-${number}`;
      const request = node.request(id, ['test', '-d', '/shared'], {
        binds: [volume, { ...volume, source: content, target: `/shared/target/round-${number}/deep` }],
        tmpfs: [{ target: `/shared/target/memory-${number}`, readOnly: false, sizeBytes: 4096, mode: 0o777 }],
        files: [{ target: `/shared/target/file-${number}`, content: 'x' }],
        workdir: `/shared/target/work-${number}`,
      });
      try {
        await node.executor.start(request);
        started++;
        assert.equal((await node.ended(id)).exit?.exitCode, 0);
        await node.executor.remove(id);
      } catch (error) {
        // Losing the race may fail the start; it says which step.
        assert.match(String(error), /\(step \d+/);
      }
    };
    for (let first = 0; first < ROUNDS; first += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => round(first + index)));
    }
    assert.deepEqual(readdirSync(outside), [], 'nothing was made outside');
    assert.deepEqual(readdirSync(content), []);
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').split('\n').length, mountsBefore);
    assert.ok(started > 0, 'some rounds got through');
    await endContainer(node, 'swapper');
  });
});
