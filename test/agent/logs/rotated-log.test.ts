import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readContainerLogs } from '../../../agent/logs/log-file.ts';
import type { LogRecord } from '../../../agent/logs/log-record.ts';
import { openRow } from '../../../agent/logs/log-row.ts';
import type { LogOptions } from '../../../proto/messages.ts';
import { createLogWriter, recordLine } from './log-writer.ts';

const START_MS = Date.UTC(2026, 0, 1);
const ALL: LogOptions = { follow: false, tail: -1 };

/** Waits for nothing: the next turn is soon enough for a test. */
const clock = {
  nowMs: () => START_MS,
  schedule: (_delayMs: number, callback: () => void) => {
    const soon = setImmediate(callback);
    return () => clearImmediate(soon);
  },
};

async function withFolder<T>(body: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-rotated-'));
  try {
    return await body(join(folder, 'web-json.log'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function read(path: string, options: LogOptions, isLive = () => false): Promise<readonly LogRecord[]> {
  const { signal } = new AbortController();
  const records: LogRecord[] = [];
  for await (const batch of readContainerLogs(path, options, { clock, isLive, signal }))
    records.push(...batch);
  return records;
}

/** Line `number` is written at second `number`, and is `length` characters long or a little longer. */
const textOf = (number: number, length: number) => `${number} ${'é'.repeat(length)}\n`;
const timeOf = (number: number) => START_MS + number * 1_000;
const numbersOf = (records: readonly LogRecord[]) => records.map(({ text }) => Number.parseInt(text, 10));

const lengths = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.nat(80) },
    { weight: 2, arbitrary: fc.integer({ min: 300, max: 4_000 }) },
    // Two of them do not fit in one read.
    { weight: 4, arbitrary: fc.integer({ min: 20_000, max: 45_000 }) },
  ),
  { maxLength: 60 },
);
const bound = fc.constantFrom(200, 1_000, 60_000, 400_000);
const second = fc.integer({ min: -2, max: 22 });
/** Some lines have the same time. */
const secondOf = (number: number) => Math.floor(number / 3);

describe('a rotated log', () => {
  it('is read as one: the last lines, and those of a time, as a list would give them', async () => {
    const wish = fc.record(
      { tail: fc.integer({ min: -1, max: 70 }), since: second, until: second },
      { requiredKeys: ['tail'] },
    );
    await fc.assert(
      fc.asyncProperty(
        lengths,
        bound,
        fc.array(wish, { minLength: 4, maxLength: 8 }),
        (lines, maxBytes, wishes) =>
          withFolder(async (path) => {
            const writer = createLogWriter(path, maxBytes, 100);
            for (const [number, length] of lines.entries())
              writer.write(textOf(number, length), timeOf(secondOf(number)));
            appendFileSync(path, '{"log":"half of a reco');
            for (const { tail, since, until } of wishes) {
              const options: LogOptions = {
                follow: false,
                tail,
                ...(since === undefined ? {} : { sinceMs: timeOf(since) }),
                ...(until === undefined ? {} : { untilMs: timeOf(until) }),
              };
              const inTime = lines
                .map((_, number) => number)
                .filter(
                  (number) => secondOf(number) >= (since ?? 0) && secondOf(number) <= (until ?? lines.length),
                );
              const expected = tail < 0 ? inTime : inTime.slice(Math.max(0, inTime.length - tail));
              assert.deepEqual(numbersOf(await read(path, options)), expected, JSON.stringify(options));
            }
          }),
      ),
      { numRuns: 60 },
    );
  });

  it('is searched rightly where it is much longer than one read', async () => {
    await withFolder(async (path) => {
      const count = 6_000;
      const lines = Array.from({ length: count }, (_, n) =>
        recordLine(textOf(n, 20), timeOf(Math.floor(n / 2_000))),
      );
      writeFileSync(path, lines.join(''));
      for (const tail of [1, 700, 1_400, 2_100, 5_999, 6_000, 7_000]) {
        const numbers = numbersOf(await read(path, { ...ALL, tail }));
        assert.deepEqual([numbers[0], numbers.length], [Math.max(0, count - tail), Math.min(count, tail)]);
      }
      for (const [since, first] of [
        [0, 0],
        [1, 2_000],
        [1.5, 4_000],
        [2, 4_000],
      ] as const) {
        const numbers = numbersOf(await read(path, { ...ALL, sinceMs: timeOf(since) }));
        assert.deepEqual([numbers[0], numbers.length], [first, count - first], String(since));
      }
      assert.deepEqual(await read(path, { ...ALL, sinceMs: timeOf(3) }), []);
    });
  });

  it('is followed without a double, and without a gap that is not said', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.nat(200) },
      { weight: 1, arbitrary: fc.constant('rotate' as const) },
      { weight: 1, arbitrary: fc.constant('half' as const) },
    );
    let gaps = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        (turns, maxFiles) =>
          withFolder(async (path) => {
            const writer = createLogWriter(path, 1_000, maxFiles);
            writeFileSync(path, '');
            let written = 0;
            let wholeBytes: number | null = null;
            // As the keeper does with a record that a full disk cut short.
            const takeBackHalf = () => {
              if (wholeBytes !== null) truncateSync(path, wholeBytes);
              wholeBytes = null;
            };
            const rest = [...turns];
            // The container does something each time the reader asks whether it lives.
            const isLive = () => {
              const turn = rest.shift();
              for (const action of turn ?? []) {
                takeBackHalf();
                if (action === 'rotate') writer.rotate();
                else if (action === 'half') {
                  wholeBytes = statSync(path).size;
                  appendFileSync(path, '{"log":"999 never written whole');
                } else writer.write(textOf(written, action), timeOf(written++));
              }
              return turn !== undefined;
            };
            const records = await read(path, { ...ALL, follow: true }, isLive);
            let next = 0;
            let mayMiss = false;
            for (const record of records) {
              if (record.text.startsWith('skep: ')) {
                mayMiss = true;
                gaps++;
                continue;
              }
              const [number = Number.NaN] = numbersOf([record]);
              if (mayMiss) assert.ok(number >= next, `${number} after ${next - 1}`);
              else assert.equal(number, next);
              next = number + 1;
              mayMiss = false;
            }
            assert.ok(next === written || mayMiss, `the last of ${written} lines was read, not ${next - 1}`);
          }),
      ),
      { numRuns: 150 },
    );
    assert.ok(gaps > 0, 'some logs were rotated faster than they were read');
  });

  it('gives what was there when the reading began, however fast it grows', async () => {
    await withFolder(async (path) => {
      writeFileSync(
        path,
        Array.from({ length: 5_000 }, (_, n) => recordLine(textOf(n, 40), timeOf(n))).join(''),
      );
      const { signal } = new AbortController();
      let count = 0;
      for await (const batch of readContainerLogs(path, ALL, { clock, isLive: () => true, signal })) {
        count += batch.length;
        // More than was read: without a bound this would never end.
        const more = batch.map((_, n) => recordLine(textOf(n, 80), timeOf(n))).join('');
        if (count < 100_000) appendFileSync(path, more);
      }
      assert.ok(count >= 5_000 && count < 10_000, String(count));
    });
  });

  it('gives its last lines without reading the others', async () => {
    await withFolder(async (path) => {
      writeFileSync(path, `${'x'.repeat(200)}\n`.repeat(200_000));
      appendFileSync(path, [1, 2, 3].map((n) => recordLine(textOf(n, 3), timeOf(n))).join(''));
      const [file] = await openRow(path);
      assert.ok(file !== undefined);
      const prototype = Object.getPrototypeOf(file.handle) as {
        read: (...args: unknown[]) => Promise<unknown>;
      };
      await file.handle.close();
      const original = prototype.read;
      let bytes = 0;
      prototype.read = function (this: unknown, ...args: unknown[]) {
        bytes += Number(args[2]);
        return original.apply(this, args);
      };
      try {
        assert.deepEqual(numbersOf(await read(path, { ...ALL, tail: 2 })), [2, 3]);
        assert.ok(bytes < 1_000_000, `${bytes} bytes read`);
        bytes = 0;
        assert.deepEqual(numbersOf(await read(path, { ...ALL, tail: 2, sinceMs: timeOf(0) })), [2, 3]);
      } finally {
        prototype.read = original;
      }
    });
  });

  it('ends at the time up to which it is wanted, though it is followed', async () => {
    await withFolder(async (path) => {
      let number = 0;
      const isLive = () => {
        for (let more = 0; more < 3; more++)
          appendFileSync(path, recordLine(textOf(number, 3), timeOf(number++)));
        return true;
      };
      const records = await read(path, { ...ALL, follow: true, untilMs: timeOf(7) }, isLive);
      assert.deepEqual(numbersOf(records), [0, 1, 2, 3, 4, 5, 6, 7]);
    });
  });
});
