import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  advanced,
  CONFIRM_MS,
  confirm,
  type FileSize,
  type ForwardState,
  NOTHING_SENT,
  nextRetryMs,
  parseState,
  type SentBatch,
  surveyed,
} from '../../../../agent/logs/forward/forward-plan.ts';

const cursorAt = (file: string, offset: number) => ({ file, offset, mark: 'm' });
const row = (...sizes: readonly (readonly [string, number])[]): readonly FileSize[] =>
  sizes.map(([key, size]) => ({ key, size }));

describe('how far a log was sent', () => {
  it('counts as received once the connection has stood long enough after it', () => {
    const batches = fc
      .array(fc.nat(10_000), { maxLength: 20 })
      .map((times) =>
        [...times]
          .sort((left, right) => left - right)
          .map((sentAtMs, index): SentBatch => ({ end: cursorAt('a', index), sentAtMs })),
      );
    fc.assert(
      fc.property(batches, fc.nat(20_000), (sent, nowMs) => {
        const { cursor, open } = confirm(sent, nowMs);
        const old = sent.filter(({ sentAtMs }) => nowMs - sentAtMs >= CONFIRM_MS);
        assert.deepEqual(cursor, old.at(-1)?.end ?? null);
        assert.deepEqual(open, sent.slice(old.length));
      }),
    );
  });

  it('counts every byte of the files that rotation removed, but none that was sent', () => {
    // Files are numbered; a row is a run of them, and never goes back.
    const cases = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 }),
      cursor: fc.option(fc.record({ file: fc.nat(11), part: fc.double({ min: 0, max: 1, noNaN: true }) })),
      known: fc.tuple(fc.nat(11), fc.nat(11)),
      later: fc.nat(11),
    });
    fc.assert(
      fc.property(cases, ({ sizes, cursor: wish, known, later }) => {
        const files = sizes.map((size, index) => ({ key: `f${index}`, size }));
        const last = files.length - 1;
        const from = Math.min(last, ...known);
        const to = Math.min(last, Math.max(...known));
        const at = wish === null ? null : Math.min(Math.max(wish.file, from), to);
        const offset = at === null || wish === null ? 0 : Math.floor(wish.part * (sizes[at] ?? 0));
        const cursor = at === null ? null : cursorAt(`f${at}`, offset);
        const before = surveyed({ ...NOTHING_SENT, cursor }, files.slice(from, to + 1), cursor !== null);
        assert.equal(before.lostBytes, 0);
        const first = Math.min(last, Math.max(from, later));
        const after = surveyed(before, files.slice(first), at !== null && at >= first);
        const gone = files.slice(at ?? from, Math.min(first, to + 1));
        const total = gone.reduce((sum, { size }) => sum + size, 0);
        assert.equal(after.lostBytes, gone.length === 0 ? 0 : total - offset);
        assert.deepEqual(after.files, files.slice(Math.max(at ?? from, first)));
        assert.deepEqual(after.cursor, at !== null && at >= first ? cursor : null);
      }),
    );
  });

  it('takes another file with the name of the old one for a new one', () => {
    const before: ForwardState = { cursor: cursorAt('a', 40), files: row(['a', 100]), lostBytes: 5 };
    assert.deepEqual(surveyed(before, row(['a', 30]), false), {
      cursor: null,
      files: row(['a', 30]),
      lostBytes: 65,
    });
  });

  it('leaves the files behind it', () => {
    const before: ForwardState = { cursor: null, files: row(['a', 1], ['b', 2], ['c', 3]), lostBytes: 0 };
    assert.deepEqual(advanced(before, cursorAt('b', 2)).files, row(['b', 2], ['c', 3]));
    assert.deepEqual(advanced(before, cursorAt('d', 2)).files, before.files);
  });

  it('is read from its note, and nothing is believed of a damaged one', () => {
    const state: ForwardState = { cursor: cursorAt('a', 4), files: row(['a', 9]), lostBytes: 7 };
    assert.deepEqual(parseState(JSON.stringify(state)), state);
    const bad = [
      '',
      '{',
      'null',
      '[]',
      '{"cursor":{"file":1},"files":3,"lostBytes":"x"}',
      '{"files":[null]}',
    ];
    for (const text of bad) assert.deepEqual(parseState(text), NOTHING_SENT, text);
    fc.assert(fc.property(fc.jsonValue(), (value) => void parseState(JSON.stringify(value))));
  });

  it('is tried again after pauses that grow to a bound', () => {
    const pauses = [0];
    for (let tries = 0; tries < 12; tries++) pauses.push(nextRetryMs(pauses.at(-1) ?? 0));
    assert.deepEqual(pauses.slice(1, 5), [100, 200, 400, 800]);
    assert.equal(pauses.at(-1), 30_000);
  });
});
