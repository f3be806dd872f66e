import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EntryType } from '../../../../manager/raft/core/entry.ts';
import { createMemoryStorage } from '../../../../manager/raft/core/log/memory-storage.ts';
import { LOCAL_APPEND_THREAD, type Message, makeMessage } from '../../../../manager/raft/core/message.ts';
import type { DiskLog } from '../../../../manager/raft/disk-log.ts';
import { createWriteQueue } from '../../../../manager/raft/member/write-queue.ts';
import { openLog, withFolder } from '../raft-samples.ts';

/** One entry to be written, with the hard state of that moment. */
function work(index: number, commit: number, type: EntryType = 'EntryNormal', vote = 1): Message {
  const entries = [{ index, term: 1, type, data: new Uint8Array(1) }];
  return makeMessage(
    { type: 'MsgStorageAppend', to: LOCAL_APPEND_THREAD, entries, term: 1, vote, commit },
    1,
  );
}

/** Runs `body` with `write`, which resolves with the commit index on disk once its work is durable. */
async function withQueue(
  body: (write: (...jobs: Message[]) => Promise<number | undefined>, diskLog: DiskLog) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const { diskLog } = await openLog(folder);
    const failures: unknown[] = [];
    const queue = createWriteQueue({
      diskLog,
      storage: createMemoryStorage(),
      saveSnapshot: async () => undefined,
      onDone: () => undefined,
      onFailure: (thrown) => failures.push(thrown),
      isSending: () => true,
    });
    await body(async (...jobs) => {
      for (const job of jobs) queue.push(job);
      await queue.idle();
      return diskLog.hardState()?.commit;
    }, diskLog);
    assert.deepEqual(failures, []);
    await diskLog.close();
  });
}

describe('the queue of writes', () => {
  it('lets the commit index on disk be a little behind, not far', () =>
    withQueue(async (write) => {
      assert.equal(await write(work(1, 0)), 0);
      assert.equal(await write(work(2, 1)), 0);
      for (let index = 3; index <= 200; index++) {
        const onDisk = (await write(work(index, index - 1))) ?? 0;
        assert.ok(index - 1 - onDisk < 64, `at ${index} the disk says ${onDisk}`);
      }
    }));

  it('writes a new vote at once', () =>
    withQueue(async (write, diskLog) => {
      await write(work(1, 0));
      await write(work(2, 1, 'EntryNormal', 2));
      assert.deepEqual(diskLog.hardState(), { term: 1, vote: 2, commit: 1 });
    }));

  it('writes the commit index at once when it covers a change of the members', () =>
    withQueue(async (write) => {
      await write(work(1, 0));
      await write(work(2, 1, 'EntryConfChangeV2'));
      assert.equal(await write(work(3, 2)), 2);
      assert.equal(await write(work(4, 3)), 2);
    }));

  it('writes all that waits, in order', () =>
    withQueue(async (write, diskLog) => {
      await write(work(1, 0), work(2, 0), work(3, 0));
      assert.equal(diskLog.lastIndex(), 3);
    }));
});
