import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, it } from 'node:test';
import { filesUnderOtherKeys } from '../../../../manager/raft/keys/files-under-keys.ts';
import { openManagerKeys } from '../../../../manager/raft/keys/manager-keys.ts';
import { SKIP_REASON } from '../member/number-cluster.ts';
import { withFolder } from '../raft-samples.ts';

const ROUNDS = 8;
const LONGEST_MS = 600;
const CHILD = path.join(import.meta.dirname, `rotating-child${path.extname(import.meta.url)}`);
const UNLOCK_KEY = new Uint8Array(32).fill(5);

/** Runs the child, kills it some time after its first line unless it ends by itself, and returns its whole lines. */
async function runChild(root: string, first: number, until: 'killed' | 'read'): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, root, String(first), until], {
    stdio: ['ignore', 'pipe', process.env.SKEP_TEST_SHOW === undefined ? 'ignore' : 'inherit'],
  });
  const closed = once(child, 'close');
  try {
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      output += text;
    });
    if (until === 'killed') {
      await Promise.race([once(child.stdout, 'data'), closed]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_MS));
      child.kill('SIGKILL');
    }
    await closed;
    return output.split('\n').slice(0, -1);
  } finally {
    child.kill('SIGKILL');
  }
}

describe('a member whose keys and lock change all the time', { skip: SKIP_REASON }, () => {
  it('has every acknowledged entry after each kill -9, and in the end one key', () =>
    withFolder(async (root) => {
      const acknowledged: number[] = [];
      let rotations = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const lines = await runChild(root, round * 100_000 + 1, 'killed');
        assert.notEqual(lines.length, 0, 'the child came up');
        rotations += lines.filter((line) => line === 'rotated').length;
        acknowledged.push(...lines.filter((line) => line !== 'rotated').map(Number));
        const opened = await openManagerKeys(path.join(root, 'log.key'), UNLOCK_KEY);
        assert.equal(opened?.kind, 'open');
      }
      const [line = ''] = await runChild(root, 0, 'read');
      const { numbers, dataKeys } = JSON.parse(line) as { numbers: number[]; dataKeys: number };
      const there = new Set(numbers);
      assert.equal(there.size, numbers.length, 'nothing is there twice');
      assert.deepEqual(
        acknowledged.filter((value) => !there.has(value)),
        [],
      );
      assert.equal(dataKeys, 1);
      assert.ok(acknowledged.length > ROUNDS && rotations > 0, `${acknowledged.length}, ${rotations}`);
      const opened = await openManagerKeys(path.join(root, 'log.key'), UNLOCK_KEY);
      assert.ok(opened?.kind === 'open');
      const [newest] = opened.keys.current().dataKeys;
      assert.deepEqual(await filesUnderOtherKeys(path.join(root, 'raft'), newest), []);
    }));
});
