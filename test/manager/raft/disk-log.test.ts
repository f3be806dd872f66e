import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { readdir, readFile, readlink, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { entriesOf, filesOf, isSkepError, KEY, openLog, textsOf, withFolder } from './raft-samples.ts';

/** A log of three entries in two batches; returns its one file, closed. */
async function writeSmallLog(folder: string): Promise<string> {
  const { diskLog } = await openLog(folder);
  await diskLog.append(entriesOf(1, ['one', 'two']));
  await diskLog.append(entriesOf(3, ['three']));
  await diskLog.close();
  const [file] = await filesOf(folder, 'log-');
  assert.ok(file !== undefined);
  return file;
}

/** For each segment of the folder that this process has open: whether writes to it wait for the disk. */
async function writeThrough(folder: string): Promise<boolean[]> {
  const found: boolean[] = [];
  for (const descriptor of await readdir('/proc/self/fd')) {
    const target = await readlink(`/proc/self/fd/${descriptor}`).catch(() => '');
    if (!target.startsWith(folder) || !target.endsWith('.segment')) continue;
    const flags = /flags:\s*(\d+)/.exec(await readFile(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    found.push((Number.parseInt(flags ?? '0', 8) & constants.O_DSYNC) !== 0);
  }
  return found;
}

describe('the log on disk', () => {
  it('replays what was appended, in order', () =>
    withFolder(async (folder) => {
      await writeSmallLog(folder);
      const { diskLog, replayed, lines } = await openLog(folder);
      assert.deepEqual(textsOf(replayed), ['one', 'two', 'three']);
      assert.deepEqual([diskLog.lastIndex(), diskLog.lastTerm(), lines.length], [3, 1, 0]);
      await diskLog.close();
    }));

  it('writes through to the disk, also after a restart and in the next segment', () =>
    withFolder(async (folder) => {
      const first = await openLog(folder);
      assert.deepEqual(await writeThrough(folder), [true]);
      await first.diskLog.append(entriesOf(1, ['one']));
      await first.diskLog.close();
      const { diskLog } = await openLog(folder);
      assert.deepEqual(await writeThrough(folder), [true]);
      await diskLog.startSegment();
      assert.deepEqual(await writeThrough(folder), [true]);
      await diskLog.close();
    }));

  it('that was torn anywhere calls nothing committed that it does not hold', () =>
    withFolder(async (folder) => {
      const file = await writeSmallLog(folder);
      const { diskLog } = await openLog(folder);
      const whole = (await stat(file)).size;
      await diskLog.append(entriesOf(4, ['four', 'five']), { term: 1, vote: 1, commit: 5 });
      await diskLog.close();
      const bytes = await readFile(file);
      for (let size = whole; size <= bytes.byteLength; size++) {
        await writeFile(file, bytes.subarray(0, size));
        const torn = await openLog(folder);
        const commit = torn.diskLog.hardState()?.commit ?? 0;
        assert.ok(commit <= torn.diskLog.lastIndex(), `${commit} of ${torn.diskLog.lastIndex()} at ${size}`);
        await torn.diskLog.close();
      }
    }));

  it('holds no payload in the clear', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder);
      await diskLog.append(entriesOf(1, ['a secret that nobody may read']));
      await diskLog.close();
      for (const file of await filesOf(folder, '')) {
        assert.equal((await readFile(file)).includes('secret'), false);
        assert.equal((await stat(file)).mode & 0o077, 0);
      }
    }));

  it('cut anywhere in its last record goes on after the record before it, and says so', () =>
    withFolder(async (folder) => {
      const file = await writeSmallLog(folder);
      const whole = await readFile(file);
      const { diskLog } = await openLog(folder);
      await diskLog.close();
      const lastRecordBytes = whole.byteLength - lengthWithoutLastRecord(whole);
      for (let cut = 1; cut <= lastRecordBytes; cut++) {
        await writeFile(file, whole);
        await truncate(file, whole.byteLength - cut);
        const opened = await openLog(folder);
        assert.deepEqual(textsOf(opened.replayed), ['one', 'two'], `${cut} bytes cut`);
        assert.equal(opened.lines.length, cut === lastRecordBytes ? 0 : 1);
        await opened.diskLog.append(entriesOf(3, ['another']));
        await opened.diskLog.close();
        const again = await openLog(folder);
        assert.deepEqual(textsOf(again.replayed), ['one', 'two', 'another']);
        await again.diskLog.close();
      }
    }));

  it('with a bit flipped anywhere does not open, and names file and offset', () =>
    withFolder(async (folder) => {
      const file = await writeSmallLog(folder);
      const whole = await readFile(file);
      for (let offset = 0; offset < whole.byteLength; offset++) {
        const flipped = Buffer.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(file, flipped);
        await assert.rejects(
          openLog(folder),
          isSkepError('DATA_LOSS', /log-0000000000000001\.segment at offset \d+: /),
          `byte ${offset}`,
        );
      }
    }));

  it('under another key does not open', () =>
    withFolder(async (folder) => {
      await writeSmallLog(folder);
      await assert.rejects(
        openLog(folder, { key: new Uint8Array(32).fill(8) }),
        isSkepError('FAILED_PRECONDITION', /another key/),
      );
      await assert.rejects(openLog(folder, { key: new Uint8Array(5) }), isSkepError('INVALID_ARGUMENT'));
    }));

  it('goes on in a new segment when one is full', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder, { segmentBytes: 200 });
      for (let index = 1; index <= 12; index++) await diskLog.append(entriesOf(index, [`entry ${index}`]));
      await diskLog.close();
      assert.ok((await filesOf(folder, 'log-')).length >= 4);
      const { diskLog: again, replayed } = await openLog(folder);
      assert.deepEqual(
        replayed.map((entry) => entry.index),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      );
      await again.close();
    }));

  it('without a segment in the middle, or with one cut short, does not open', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder, { segmentBytes: 1 });
      for (let index = 1; index <= 4; index++) await diskLog.append(entriesOf(index, ['text']));
      await diskLog.close();
      const [, second, third] = await filesOf(folder, 'log-');
      assert.ok(second !== undefined && third !== undefined);
      const whole = await readFile(second);
      await truncate(second, whole.byteLength - 3);
      await assert.rejects(openLog(folder), isSkepError('DATA_LOSS', /another segment follows/));
      await writeFile(second, whole);
      await rm(third);
      await assert.rejects(openLog(folder), isSkepError('DATA_LOSS', /entries 3 to 3 are missing/));
    }));

  it('drops the segments that a snapshot covers, and begins after it', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder, { segmentBytes: 1 });
      for (let index = 1; index <= 5; index++) await diskLog.append(entriesOf(index, [`entry ${index}`]));
      await diskLog.removeThrough(3);
      await diskLog.close();
      assert.equal((await filesOf(folder, 'log-')).length, 2);
      const opened = await openLog(folder, { afterIndex: 4 });
      assert.deepEqual(textsOf(opened.replayed), ['entry 5']);
      await opened.diskLog.close();
      await assert.rejects(openLog(folder), isSkepError('DATA_LOSS', /entries after 0 are missing/));
      await assert.rejects(
        openLog(folder, { afterIndex: 9 }),
        isSkepError('DATA_LOSS', /before the snapshot/),
      );
    }));

  it('may be empty after all its entries were covered', () =>
    withFolder(async (folder) => {
      const first = await openLog(folder);
      await first.diskLog.append(entriesOf(1, ['one']));
      await first.diskLog.startSegment();
      await first.diskLog.startSegment();
      await first.diskLog.removeThrough(1);
      await first.diskLog.close();
      const second = await openLog(folder, { afterIndex: 1 });
      assert.deepEqual(second.replayed, []);
      await second.diskLog.append(entriesOf(2, ['two']));
      await second.diskLog.close();
      const third = await openLog(folder, { afterIndex: 1 });
      assert.deepEqual(textsOf(third.replayed), ['two']);
      await third.diskLog.close();
    }));

  it('throws away a segment that was not put in place', () =>
    withFolder(async (folder) => {
      const file = await writeSmallLog(folder);
      const leftOver = file.replace('01.segment', '04.segment.tmp');
      await writeFile(leftOver, 'half');
      const { diskLog } = await openLog(folder);
      await diskLog.close();
      assert.deepEqual(await filesOf(folder, ''), [file]);
    }));

  it('refuses an entry that does not continue it, and everything after that', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder, { key: KEY });
      await assert.rejects(diskLog.append(entriesOf(2, ['gap'])), isSkepError('UNAVAILABLE'));
      await assert.rejects(diskLog.append(entriesOf(1, ['one'])), isSkepError('UNAVAILABLE'));
      await diskLog.close();
    }));
});

/** The last record begins at the last batch mark: "SR" and flag 1. */
function lengthWithoutLastRecord(segment: Buffer): number {
  return segment.lastIndexOf(Buffer.from([0x53, 0x52, 1]));
}
