import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DiskLog, type LogEntry, openDiskLog } from '../../../manager/raft/disk-log.ts';
import { entriesOf, filesOf, isSkepError, KEY, openLog, textsOf, withFolder } from './raft-samples.ts';

function entriesOfTerm(term: number, first: number, texts: readonly string[]): LogEntry[] {
  return entriesOf(first, texts).map((entry) => ({ ...entry, term }));
}

async function openAfter(
  folder: string,
  received: { readonly index: number; readonly term: number },
): Promise<{ readonly diskLog: DiskLog; readonly replayed: LogEntry[] }> {
  const replayed: LogEntry[] = [];
  const diskLog = await openDiskLog({
    folder,
    key: KEY,
    log: () => {},
    afterIndex: received.index,
    received,
    replay: (entry) => replayed.push(entry),
  });
  return { diskLog, replayed };
}

describe('a log whose end is replaced', () => {
  it('replays what replaced it, also across segments', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder, { segmentBytes: 150 });
      for (let index = 1; index <= 6; index++) await diskLog.append(entriesOf(index, [`old ${index}`]));
      await diskLog.append(entriesOfTerm(3, 3, ['new 3', 'new 4']));
      assert.deepEqual([diskLog.lastIndex(), diskLog.lastTerm()], [4, 3]);
      await diskLog.append(entriesOfTerm(3, 5, ['new 5']));
      await diskLog.close();
      const again = await openLog(folder);
      assert.deepEqual(textsOf(again.replayed), ['old 1', 'old 2', 'new 3', 'new 4', 'new 5']);
      await again.diskLog.close();
    }));

  it('keeps the kind of each entry, and the last hard state, also when old segments are gone', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder, { segmentBytes: 1 });
      const hardState = { term: 4, vote: 2, commit: 1 };
      await diskLog.append(
        [{ index: 1, term: 4, payload: Buffer.from('x'), type: 'EntryConfChangeV2' }],
        hardState,
      );
      await diskLog.append([{ index: 2, term: 4, payload: Buffer.from('y'), type: 'EntryConfChange' }]);
      await diskLog.append(entriesOfTerm(4, 3, ['z']));
      await diskLog.removeThrough(1);
      await diskLog.close();
      const again = await openLog(folder, { afterIndex: 1 });
      assert.deepEqual(
        again.replayed.map(({ type }) => type),
        ['EntryConfChange', undefined],
      );
      assert.deepEqual(again.diskLog.hardState(), hardState);
      await again.diskLog.close();
    }));

  it('replays as a list would be, whatever is appended, replaced and removed', async () => {
    const step = fc.record({
      back: fc.nat({ max: 4 }),
      count: fc.integer({ min: 1, max: 4 }),
      drop: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) =>
        withFolder(async (folder) => {
          const { diskLog } = await openLog(folder, { segmentBytes: 250 });
          const expected: string[] = [];
          let covered = 0;
          for (const [place, { back, count, drop }] of steps.entries()) {
            const first = Math.max(covered + 1, expected.length + 1 - back);
            const texts = Array.from({ length: count }, (_, more) => `${place}.${more}`);
            await diskLog.append(entriesOfTerm(place + 1, first, texts), {
              term: place + 1,
              vote: 1,
              commit: 0,
            });
            expected.splice(first - 1, expected.length, ...texts);
            if (!drop) continue;
            // A snapshot covers committed entries, which are never replaced.
            covered = Math.max(covered, expected.length - 2);
            await diskLog.removeThrough(covered);
          }
          await diskLog.close();
          const again = await openLog(folder, { afterIndex: covered });
          assert.deepEqual(textsOf(again.replayed), expected.slice(covered));
          await again.diskLog.close();
        }),
      ),
      { numRuns: 25 },
    );
  });

  it('with a bit flipped anywhere does not open', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder);
      await diskLog.append(entriesOf(1, ['one', 'two']), { term: 1, vote: 1, commit: 0 });
      await diskLog.append(entriesOfTerm(2, 2, ['other']), { term: 2, vote: 3, commit: 1 });
      await diskLog.close();
      const [file] = await filesOf(folder, 'log-');
      assert.ok(file !== undefined);
      const whole = await readFile(file);
      for (let offset = 0; offset < whole.byteLength; offset++) {
        const flipped = Buffer.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(file, flipped);
        await assert.rejects(openLog(folder), isSkepError('DATA_LOSS'), `byte ${offset}`);
      }
    }));
});

describe('a log that goes on after a received snapshot', () => {
  it('has only what came after it', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder);
      await diskLog.append(entriesOf(1, ['one', 'two', 'three']), { term: 1, vote: 1, commit: 2 });
      await diskLog.restartAfter({ index: 10, term: 4 }, { term: 4, vote: 0, commit: 10 });
      await diskLog.append(entriesOfTerm(4, 11, ['eleven']));
      await diskLog.close();
      const again = await openAfter(folder, { index: 10, term: 4 });
      assert.deepEqual(textsOf(again.replayed), ['eleven']);
      assert.deepEqual(again.diskLog.hardState(), { term: 4, vote: 0, commit: 10 });
      await again.diskLog.removeThrough(10);
      await again.diskLog.close();
      assert.equal((await filesOf(folder, 'log-')).length, 1);
    }));

  it('is restarted when it opens, if a crash came between the snapshot and that', () =>
    withFolder(async (folder) => {
      for (const received of [
        { index: 2, term: 5 },
        { index: 9, term: 5 },
      ]) {
        const { diskLog } = await openLog(folder);
        if (diskLog.lastIndex() === 0) await diskLog.append(entriesOf(1, ['one', 'two', 'three']));
        await diskLog.close();
        const opened = await openAfter(folder, received);
        assert.deepEqual([opened.replayed, opened.diskLog.lastIndex()], [[], received.index]);
        await opened.diskLog.append(entriesOfTerm(5, received.index + 1, ['next']));
        await opened.diskLog.close();
        const again = await openAfter(folder, received);
        assert.deepEqual(textsOf(again.replayed), ['next']);
        await again.diskLog.close();
      }
    }));
});
