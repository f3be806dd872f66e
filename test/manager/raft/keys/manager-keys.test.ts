import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { MAX_DATA_KEYS } from '../../../../manager/raft/keys/envelope.ts';
import {
  createManagerKeys,
  finishDataKeyRotation,
  type ManagerKeys,
  openManagerKeys,
  rotateDataKey,
} from '../../../../manager/raft/keys/manager-keys.ts';
import { filesOf, isSkepError, withFolder } from '../raft-samples.ts';

const ONE = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

/** Opens a file that must open with that key. */
async function reopened(file: string, unlockKey: Uint8Array | null): Promise<ManagerKeys> {
  const opened = await openManagerKeys(file, unlockKey);
  assert.ok(opened?.kind === 'open');
  return opened.keys;
}

function withKeyFile(body: (file: string) => Promise<void>): Promise<void> {
  return withFolder((folder) => body(path.join(folder, 'manager', 'log.key')));
}

describe('the key file of a manager', () => {
  it('is not there before it is made, and is for its owner only', () =>
    withKeyFile(async (file) => {
      assert.equal(await openManagerKeys(file, null), undefined);
      const keys = await createManagerKeys(file, null);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.deepEqual(await filesOf(path.dirname(file), ''), [file]);
      assert.deepEqual((await reopened(file, null)).current(), keys.current());
    }));

  it('that others may read is refused', () =>
    withKeyFile(async (file) => {
      await createManagerKeys(file, null);
      await chmod(file, 0o640);
      await assert.rejects(openManagerKeys(file, null), isSkepError('FAILED_PRECONDITION', /read by others/));
    }));

  it('of an earlier version keeps its one key, and gets the present form', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'log.key');
      await writeFile(file, ONE, { mode: 0o600 });
      const keys = await reopened(file, null);
      assert.deepEqual(keys.current().dataKeys, [ONE]);
      assert.notEqual((await readFile(file)).byteLength, 32);
      assert.deepEqual((await reopened(file, null)).current(), keys.current());
    }));

  it('of the wrong length is refused, not replaced', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'log.key');
      for (const text of ['', 'short', 'x'.repeat(100_000)]) {
        await writeFile(file, text, { mode: 0o600 });
        await assert.rejects(openManagerKeys(file, null), isSkepError('DATA_LOSS'));
        assert.equal((await readFile(file)).byteLength, text.length);
      }
    }));

  it('forgets what a crash left beside it', () =>
    withKeyFile(async (file) => {
      await createManagerKeys(file, null);
      await writeFile(`${file}.tmp`, 'keys that are locked by now');
      await reopened(file, null);
      assert.deepEqual(await filesOf(path.dirname(file), ''), [file]);
    }));
});

describe('a manager whose cluster is locked', () => {
  it('opens with the unlock key, with no other, and not without', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, null);
      assert.equal(await keys.follow({ unlockKey: ONE, version: 5 }), true);
      assert.equal(keys.isLocked(), true);
      assert.deepEqual(await openManagerKeys(file, null), { kind: 'locked' });
      await assert.rejects(openManagerKeys(file, OTHER), isSkepError('PERMISSION_DENIED'));
      assert.deepEqual((await reopened(file, ONE)).current(), keys.current());
    }));

  it('has new keys, and keeps the old data key until the data are under the new one', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, null);
      const before = keys.current();
      await keys.follow({ unlockKey: ONE, version: 5 });
      const after = keys.current();
      assert.deepEqual(after.dataKeys.slice(1), before.dataKeys);
      assert.notDeepEqual(after.dataKeys[0], before.dataKeys[0]);
      assert.notDeepEqual(after.identityKey, before.identityKey);
    }));

  it('that was down while the unlock key was changed takes the old one once', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, ONE);
      const again = await reopened(file, ONE);
      assert.equal(await again.follow({ unlockKey: OTHER, version: 9 }), true);
      assert.deepEqual(again.current().dataKeys, keys.current().dataKeys);
      await assert.rejects(openManagerKeys(file, ONE), isSkepError('PERMISSION_DENIED'));
      const last = await reopened(file, OTHER);
      assert.equal(await last.follow({ unlockKey: ONE, version: 8 }), false, 'replayed from the log');
      assert.equal(last.isLocked(), true);
    }));

  it('opens without a key once the cluster is unlocked', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, ONE);
      await keys.follow({ unlockKey: null, version: 3 });
      assert.equal(keys.isLocked(), false);
      assert.deepEqual((await reopened(file, null)).current(), keys.current());
    }));
});

describe('the data keys of a manager', () => {
  it('are both there while the data go over to the new one, and the old one is gone afterwards', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, ONE);
      const [first] = keys.current().dataKeys;
      const seen: Uint8Array[][] = [];
      await rotateDataKey(keys, {
        rotateDataKey: async (key) => {
          const onDisk = (await reopened(file, ONE)).current();
          assert.deepEqual(onDisk.dataKeys, [key, first]);
          seen.push([key]);
        },
      });
      assert.deepEqual((await reopened(file, ONE)).current().dataKeys, seen[0]);
      await finishDataKeyRotation(keys, { rotateDataKey: () => Promise.reject(new Error('nothing to do')) });
    }));

  it('stay where the data could not be brought under the new one, or a newer key came meanwhile', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, null);
      await assert.rejects(
        rotateDataKey(keys, { rotateDataKey: () => Promise.reject(new Error('stopped')) }),
      );
      assert.equal(keys.current().dataKeys.length, 2);
      await finishDataKeyRotation(keys, { rotateDataKey: () => keys.addDataKey() });
      assert.equal(keys.current().dataKeys.length, 3);
      await finishDataKeyRotation(keys, { rotateDataKey: () => Promise.resolve() });
      assert.equal(keys.current().dataKeys.length, 1);
    }));

  it('are limited in number', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, null);
      for (let count = 1; count < MAX_DATA_KEYS; count++) await keys.addDataKey();
      await assert.rejects(keys.addDataKey(), isSkepError('RESOURCE_EXHAUSTED'));
      await assert.rejects(keys.follow({ unlockKey: ONE, version: 1 }), isSkepError('RESOURCE_EXHAUSTED'));
      assert.equal((await reopened(file, null)).current().dataKeys.length, MAX_DATA_KEYS);
    }));

  it('changed from several sides at once are all there', () =>
    withKeyFile(async (file) => {
      const keys = await createManagerKeys(file, null);
      await Promise.all([keys.addDataKey(), keys.follow({ unlockKey: ONE, version: 4 }), keys.addDataKey()]);
      assert.equal(keys.current().dataKeys.length, 4);
      assert.deepEqual((await reopened(file, ONE)).current(), keys.current());
    }));
});
