import assert from 'node:assert/strict';
import { chmod, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { loadOrCreateKey } from '../../../manager/raft/key-file.ts';
import { filesOf, isSkepError, withFolder } from './raft-samples.ts';

describe('the key file', () => {
  it('is made once, for its owner only, and all who ask get the same key', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'manager', 'raft.key');
      const keys = await Promise.all([1, 2, 3, 4].map(() => loadOrCreateKey(file)));
      for (const key of keys) assert.deepEqual(key, keys[0]);
      assert.equal(keys[0]?.byteLength, 32);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.deepEqual(await loadOrCreateKey(file), keys[0]);
      assert.deepEqual(await filesOf(path.dirname(file), ''), [file]);
    }));

  it('of the wrong length is refused, not replaced', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'raft.key');
      await writeFile(file, 'short', { mode: 0o600 });
      await assert.rejects(loadOrCreateKey(file), isSkepError('DATA_LOSS', /5 bytes/));
    }));

  it('that others may read is refused', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'raft.key');
      await loadOrCreateKey(file);
      await chmod(file, 0o644);
      await assert.rejects(loadOrCreateKey(file), isSkepError('FAILED_PRECONDITION', /read by others/));
    }));
});
