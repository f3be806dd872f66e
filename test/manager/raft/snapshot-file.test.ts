import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { loadSnapshot, writeSnapshot } from '../../../manager/raft/snapshot-file.ts';
import { filesOf, isSkepError, KEY, withFolder } from './raft-samples.ts';

describe('a snapshot on disk', () => {
  it('comes back as it was written, the newest one only', () =>
    withFolder(async (folder) => {
      assert.equal(await loadSnapshot(folder, KEY), undefined);
      await writeSnapshot(folder, KEY, { index: 9, term: 1, payload: Buffer.from('older') });
      await writeSnapshot(folder, KEY, { index: 10, term: 2, payload: Buffer.from('newer') });
      const snapshot = await loadSnapshot(folder, KEY);
      assert.deepEqual([snapshot?.index, snapshot?.term], [10, 2]);
      assert.equal(Buffer.from(snapshot?.payload ?? []).toString(), 'newer');
      assert.equal((await filesOf(folder, 'snapshot-')).length, 1);
    }));

  it('with a bit flipped anywhere, or cut short, is refused', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, { index: 3, term: 1, payload: Buffer.from('content') });
      const [file] = await filesOf(folder, 'snapshot-');
      assert.ok(file !== undefined);
      const whole = await readFile(file);
      for (let offset = 0; offset < whole.byteLength; offset++) {
        const flipped = Buffer.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(file, flipped);
        await assert.rejects(
          loadSnapshot(folder, KEY),
          isSkepError('DATA_LOSS', /at offset/),
          `byte ${offset}`,
        );
      }
      await writeFile(file, whole);
      await truncate(file, whole.byteLength - 1);
      await assert.rejects(loadSnapshot(folder, KEY), isSkepError('DATA_LOSS'));
    }));

  it('under another key is refused', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, { index: 3, term: 1, payload: Buffer.from('content') });
      await assert.rejects(
        loadSnapshot(folder, new Uint8Array(32).fill(1)),
        isSkepError('FAILED_PRECONDITION', /another key/),
      );
    }));

  it('that was not finished is thrown away', () =>
    withFolder(async (folder) => {
      await writeFile(path.join(folder, 'snapshot-0000000000000005.skep.tmp'), 'half');
      assert.equal(await loadSnapshot(folder, KEY), undefined);
      assert.deepEqual(await filesOf(folder, ''), []);
    }));
});
