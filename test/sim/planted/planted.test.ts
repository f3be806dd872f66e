import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFAULT_STEPS } from '../simulate.ts';
import { PLANTED_BUGS } from './bugs.ts';

/** Most are found far earlier. */
const MAX_SEEDS = 200;

function search(bug: string, first = 1, last = MAX_SEEDS): Promise<string> {
  const file = fileURLToPath(new URL('./search.js', import.meta.url));
  const child = spawn(process.execPath, [file, bug, String(first), String(last), String(DEFAULT_STEPS)]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += String(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

describe('the simulation finds a manager that', () => {
  for (const { name } of PLANTED_BUGS) {
    it(name, async (t) => {
      const output = await search(name);
      t.diagnostic(output);
      const seed = Number(/^found with seed (\d+)/.exec(output)?.[1]);
      assert.ok(seed > 0, output);
      assert.equal(await search('nothing', seed, seed), 'not found\n', 'it is the bug that was found');
    });
  }
});
