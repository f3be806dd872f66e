import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LogEntry } from '../../../manager/raft/disk-log.ts';
import { joinPayloads, splitPayloads } from '../../../manager/raft/log-group.ts';
import {
  decodeRecordAt,
  MARK_CONF_CHANGE,
  MARK_GROUP,
  SEGMENT_HEADER_BYTES,
} from '../../../manager/raft/log-segment.ts';
import { entriesOf, filesOf, openLog, textsOf, withFolder } from './raft-samples.ts';

interface FoundRecord {
  readonly index: number;
  readonly marks: number;
}

async function fileOf(folder: string): Promise<string> {
  const [file] = await filesOf(folder, 'log-');
  assert.ok(file !== undefined);
  return file;
}

async function recordsOf(folder: string): Promise<FoundRecord[]> {
  const bytes = await readFile(await fileOf(folder));
  const records: FoundRecord[] = [];
  for (let at = SEGMENT_HEADER_BYTES; ; ) {
    const found = decodeRecordAt(bytes, at);
    if (found.kind === 'end') return records;
    assert.ok(found.kind === 'record');
    records.push({ index: found.record.index, marks: found.record.marks ?? 0 });
    at = found.nextOffset;
  }
}

async function replayedIn(folder: string): Promise<LogEntry[]> {
  const { diskLog, replayed } = await openLog(folder);
  await diskLog.close();
  return replayed.map((entry) => ({ ...entry, payload: new Uint8Array(entry.payload) }));
}

/** Row by row what the log then is: each write continues it, or replaces its end. */
const writes = fc
  .array(
    fc.record({
      back: fc.integer({ min: 0, max: 3 }),
      isNewTerm: fc.boolean(),
      payloads: fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 0, 0, 1, 2)), {
        minLength: 1,
        maxLength: 8,
      }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((plans) => {
    let expected: LogEntry[] = [];
    let term = 1;
    const rows = plans.map(({ back, isNewTerm, payloads }) => {
      const first = Math.max(0, expected.length - back);
      // What replaces an end is of a later term; so may be what follows within a row.
      if (isNewTerm || first < expected.length) term++;
      const row = payloads.map(([payload, kind], place): LogEntry => {
        if (kind === 2) term++;
        const type = kind === 1 ? ({ type: 'EntryConfChange' } as const) : {};
        return { index: first + place + 1, term, payload, ...type };
      });
      expected = [...expected.slice(0, first), ...row];
      return row;
    });
    return { rows, expected };
  });

describe('payloads in a group', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (payloads) => {
        const split = splitPayloads(joinPayloads(payloads));
        assert.deepEqual(
          split?.map((one) => new Uint8Array(one)),
          payloads,
        );
      }),
    );
  });

  it('that end early are none', () => {
    const joined = joinPayloads([new Uint8Array(3), new Uint8Array(5)]);
    const whole = new Set([0, 7, joined.byteLength]);
    for (let end = 0; end <= joined.byteLength; end++) {
      assert.equal(splitPayloads(joined.subarray(0, end)) !== undefined, whole.has(end), `${end} bytes`);
    }
  });
});

describe('entries of one write', () => {
  it('are one record where they are ordinary and of one term', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder);
      const change: LogEntry = { index: 4, term: 1, payload: Buffer.from('four'), type: 'EntryConfChange' };
      const later = entriesOf(7, ['seven', 'eight']).map((entry) => ({ ...entry, term: 2 }));
      const row = [
        ...entriesOf(1, ['one', 'two', 'three']),
        change,
        ...entriesOf(5, ['five', 'six']),
        ...later,
      ];
      await diskLog.append(row);
      await diskLog.append(entriesOf(9, ['nine']).map((entry) => ({ ...entry, term: 2 })));
      await diskLog.close();
      assert.deepEqual(await recordsOf(folder), [
        { index: 1, marks: MARK_GROUP },
        { index: 4, marks: MARK_CONF_CHANGE },
        { index: 5, marks: MARK_GROUP },
        { index: 7, marks: MARK_GROUP },
        { index: 9, marks: 0 },
      ]);
      assert.equal((await replayedIn(folder)).length, 9);
    }));

  it('come back whatever their kinds, terms and places are', () =>
    fc.assert(
      fc.asyncProperty(writes, ({ rows, expected }) =>
        withFolder(async (folder) => {
          const { diskLog } = await openLog(folder);
          for (const row of rows) await diskLog.append(row);
          await diskLog.close();
          assert.deepEqual(await replayedIn(folder), expected);
        }),
      ),
      { numRuns: 40 },
    ));

  it('cut anywhere in their record are all gone, and the log goes on before them', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder);
      await diskLog.append(entriesOf(1, ['one', 'two']));
      const file = await fileOf(folder);
      const { byteLength: before } = await readFile(file);
      await diskLog.append(entriesOf(3, ['three', 'four', 'five']));
      await diskLog.close();
      const whole = await readFile(file);
      for (let length = before; length < whole.byteLength; length++) {
        await writeFile(file, whole);
        await truncate(file, length);
        assert.deepEqual(textsOf(await replayedIn(folder)), ['one', 'two'], `${length} bytes left`);
      }
    }));

  it('fill several records when they are many', () =>
    withFolder(async (folder) => {
      const { diskLog } = await openLog(folder);
      const payload = new Uint8Array(400 * 1024);
      await diskLog.append([1, 2, 3, 4, 5].map((index) => ({ index, term: 1, payload })));
      await diskLog.close();
      assert.deepEqual(
        (await recordsOf(folder)).map(({ index }) => index),
        [1, 3, 5],
      );
      assert.equal((await replayedIn(folder)).length, 5);
    }));
});
