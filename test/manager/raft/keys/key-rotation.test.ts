import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type DiskLog, openDiskLog } from '../../../../manager/raft/disk-log.ts';
import { filesUnderOtherKeys } from '../../../../manager/raft/keys/files-under-keys.ts';
import type { FileKey } from '../../../../manager/raft/keys/key-ring.ts';
import { createKeyRing, type KeyRing, whileWriting } from '../../../../manager/raft/keys/key-ring.ts';
import {
  createManagerKeys,
  type ManagerKeys,
  openManagerKeys,
  rotateDataKey,
} from '../../../../manager/raft/keys/manager-keys.ts';
import { createKeyRotation, type KeyRotation } from '../../../../manager/raft/member/key-rotation.ts';
import { openNewestSnapshot, writeSnapshot } from '../../../../manager/raft/snapshot-file.ts';
import { entriesOf, isSkepError, openLog, textsOf, withFolder } from '../raft-samples.ts';

const OLD = new Uint8Array(32).fill(1);
const NEW = new Uint8Array(32).fill(2);
const UNLOCK_KEY = new Uint8Array(32).fill(3);

/** Writes a snapshot with one part. */
function saveSnapshot(folder: string, key: FileKey, index: number, text: string): Promise<void> {
  return writeSnapshot(folder, key, { index, term: 1, origin: 'single' }, [Buffer.from(text)]);
}

/** The newest snapshot, read to its end. */
async function readSnapshot(folder: string, key: FileKey): Promise<{ index: number; text: string }> {
  const reader = await openNewestSnapshot(folder, key);
  if (reader === undefined) return { index: 0, text: '[]' };
  try {
    const parts: Uint8Array[] = [];
    for await (const part of reader.parts()) parts.push(part);
    return { index: reader.index, text: Buffer.concat(parts).toString() };
  } finally {
    await reader.close();
  }
}

/** The texts of all entries that a copy of the folder holds, opened with what its key file holds. */
async function textsAfterCrash(root: string): Promise<string[]> {
  const copy = await mkdtemp(path.join(os.tmpdir(), 'skep-rotation-test-'));
  try {
    await cp(root, copy, { recursive: true });
    const opened = await openManagerKeys(path.join(copy, 'log.key'), UNLOCK_KEY);
    assert.ok(opened?.kind === 'open');
    const key = createKeyRing(opened.keys.current().dataKeys);
    const folder = path.join(copy, 'raft');
    const { index: afterIndex, text } = await readSnapshot(folder, key);
    const texts = JSON.parse(text) as string[];
    const log = await openDiskLog({
      folder,
      key,
      afterIndex,
      log: () => undefined,
      replay: ({ payload }) => texts.push(Buffer.from(payload).toString()),
    });
    await log.close();
    return texts;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

interface Running {
  readonly keys: ManagerKeys;
  readonly keyRing: KeyRing;
  readonly diskLog: DiskLog;
  readonly texts: string[];
  append(text: string): Promise<void>;
  snapshot(): Promise<void>;
  /** Compares a copy with what was appended; how often is counted. */
  crash(): Promise<void>;
  crashes(): number;
}

async function running(root: string): Promise<Running> {
  const keys = await createManagerKeys(path.join(root, 'log.key'), null);
  const keyRing = createKeyRing(keys.current().dataKeys);
  const folder = path.join(root, 'raft');
  const texts: string[] = [];
  let crashes = 0;
  const diskLog = await openDiskLog({
    folder,
    key: keyRing,
    afterIndex: 0,
    log: () => undefined,
    replay: () => undefined,
  });
  return {
    keys,
    keyRing,
    diskLog,
    texts,
    append: async (text) => {
      await diskLog.append(entriesOf(texts.length + 1, [text]), { term: 1, vote: 1, commit: texts.length });
      texts.push(text);
    },
    snapshot: async () => {
      await saveSnapshot(folder, keyRing, texts.length, JSON.stringify(texts));
    },
    crash: async () => {
      assert.deepEqual(await textsAfterCrash(root), texts);
      crashes++;
    },
    crashes: () => crashes,
  };
}

/** Turns the wheel of a rotation until `isOver` says so. */
async function tickUntil(rotation: KeyRotation, isOver: () => boolean): Promise<void> {
  for (let count = 0; !isOver(); count++) {
    assert.ok(count < 30_000, 'it does not come to an end');
    rotation.tick();
    // The disk has its own pace: turns alone would be over before it has done anything.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('a new key for the data of a running manager', () => {
  it('loses nothing by a crash between any two steps, and leaves no file under the old key', () =>
    withFolder(async (root) => {
      const one = await running(root);
      const folder = path.join(root, 'raft');
      for (const text of ['one', 'two', 'three']) await one.append(text);
      await one.snapshot();
      await one.diskLog.startSegment();
      await one.append('four');
      const [oldKey] = one.keys.current().dataKeys;
      let isDone: () => void = () => undefined;
      let steps: Promise<void> = Promise.resolve();
      let stepsLeft = 0;
      const step = (work: () => Promise<void>): void => {
        stepsLeft++;
        steps = steps
          .then(one.crash)
          .then(work)
          .then(one.crash)
          .finally(() => stepsLeft--);
      };
      const rotation = createKeyRotation({
        folder,
        keyRing: one.keyRing,
        log: () => undefined,
        startSegment: () => step(one.diskLog.startSegment),
        wantSnapshot: () =>
          step(async () => {
            await one.append('on the way');
            await one.snapshot();
          }),
        removeCovered: async () => {
          await one.crash();
          await one.diskLog.removeThrough(stepsLeft > 0 ? 0 : one.texts.length - 1);
          await one.crash();
        },
        onDone: () => isDone(),
      });
      await one.keys.follow({ unlockKey: UNLOCK_KEY, version: 1 });
      await one.crash();
      let isOver = false;
      const rotating = rotateDataKey(one.keys, {
        rotateDataKey: async (key) => {
          await one.crash();
          await new Promise<void>((resolve) => {
            isDone = resolve;
            rotation.begin(1, key);
          });
          await one.crash();
        },
      }).finally(() => {
        isOver = true;
      });
      await tickUntil(rotation, () => isOver);
      await Promise.all([rotating, steps]);
      await one.crash();
      await rotation.stop();
      const { dataKeys } = one.keys.current();
      assert.equal(dataKeys.length, 1);
      assert.notDeepEqual(dataKeys[0], oldKey);
      assert.deepEqual(await filesUnderOtherKeys(folder, dataKeys[0]), []);
      assert.ok(one.texts.length > 4 && one.crashes() > 8, `${one.crashes()} crashes`);
      await one.diskLog.close();
    }));

  it('begins a new segment even when the present one is empty', () =>
    withFolder(async (folder) => {
      const key = createKeyRing([OLD]);
      const options = { folder, afterIndex: 0, log: () => undefined, replay: () => undefined };
      const diskLog = await openDiskLog({ ...options, key });
      key.add(NEW);
      await diskLog.startSegment();
      await diskLog.removeThrough(0);
      await diskLog.append(entriesOf(1, ['one']));
      await diskLog.close();
      assert.deepEqual(await filesUnderOtherKeys(folder, NEW), []);
      const { diskLog: again, replayed } = await openLog(folder, { key: NEW });
      assert.deepEqual(textsOf(replayed), ['one']);
      await again.close();
    }));

  it('is not done while a file is being begun under an older one', () =>
    withFolder(async (folder) => {
      const keyRing = createKeyRing([OLD]);
      let finish: () => void = () => undefined;
      const writing = whileWriting(
        keyRing,
        () =>
          new Promise<void>((resolve) => {
            finish = resolve;
          }),
      );
      const done: number[] = [];
      let wanted = 0;
      const rotation = createKeyRotation({
        folder,
        keyRing,
        log: () => undefined,
        startSegment: () => undefined,
        wantSnapshot: () => {
          wanted++;
        },
        removeCovered: () => Promise.resolve(),
        onDone: (requestId) => done.push(requestId),
      });
      rotation.begin(7, NEW);
      await tickUntil(rotation, () => wanted > 1);
      assert.deepEqual(done, []);
      finish();
      await writing;
      await tickUntil(rotation, () => done.length > 0);
      assert.deepEqual(done, [7]);
      assert.deepEqual(keyRing.all(), [NEW]);
    }));

  it('asks for snapshots less and less often while they do not help', () =>
    withFolder(async (folder) => {
      await saveSnapshot(folder, OLD, 1, 'x');
      const wanted: number[] = [];
      let looks = 0;
      const rotation = createKeyRotation({
        folder,
        keyRing: createKeyRing([OLD]),
        log: () => undefined,
        startSegment: () => undefined,
        wantSnapshot: () => wanted.push(looks),
        removeCovered: async () => {
          looks++;
        },
        onDone: () => assert.fail('nothing was done'),
      });
      rotation.begin(1, NEW);
      await tickUntil(rotation, () => wanted.length === 4);
      const gaps = wanted.slice(1).map((at, place) => at - (wanted[place] ?? 0));
      assert.deepEqual(gaps, [2, 4, 8]);
    }));
});

describe('the files that are not under a key', () => {
  it('are segments and snapshots under others, and those that do not tell yet', () =>
    withFolder(async (folder) => {
      await saveSnapshot(folder, OLD, 1, 'x');
      const under = 'snapshot-0000000000000001.skep';
      await writeFile(path.join(folder, 'snapshot-0000000000000002.skep.tmp'), 'SKEP');
      await writeFile(path.join(folder, 'notes.txt'), 'of somebody');
      assert.deepEqual((await filesUnderOtherKeys(folder, NEW)).sort(), [
        under,
        `${under.replace('01.', '02.')}.tmp`,
      ]);
      assert.deepEqual(await filesUnderOtherKeys(folder, OLD), [`${under.replace('01.', '02.')}.tmp`]);
    }));

  it('open under any key of a ring, and under none that is not in it', () =>
    withFolder(async (folder) => {
      await saveSnapshot(folder, OLD, 1, 'x');
      const bytes = await readFile(path.join(folder, 'snapshot-0000000000000001.skep'));
      assert.equal((await readSnapshot(folder, createKeyRing([NEW, OLD]))).index, 1);
      await assert.rejects(readSnapshot(folder, createKeyRing([NEW])), isSkepError('FAILED_PRECONDITION'));
      assert.deepEqual(await readFile(path.join(folder, 'snapshot-0000000000000001.skep')), bytes);
    }));
});
