import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { readLog } from '../../../agent/logs/log-file.ts';
import { parseLines, parseLogRecord } from '../../../agent/logs/log-record.ts';
import type { LogOptions } from '../../../proto/messages.ts';

const clock = {
  nowMs: Date.now,
  schedule: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
const ALL: LogOptions = { follow: false, tail: -1 };

function line(number: number): string {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString();
  return `${JSON.stringify({ log: `line ${number}\n`, stream: 'stdout', time })}\n`;
}

describe('the log of a container', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skep-logs-'));
    path = join(folder, 'web-json.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function read(options: LogOptions, isLive = () => false): Promise<readonly string[]> {
    const { signal } = new AbortController();
    const texts: string[] = [];
    for await (const records of readLog(path, options, { clock, isLive, signal })) {
      texts.push(...records.map(({ text }) => text.trim()));
    }
    return texts;
  }

  it('is read in order, however it falls into pieces', async () => {
    const numbers = Array.from({ length: 3_000 }, (_, index) => index % 60);
    writeFileSync(path, numbers.map(line).join(''));
    assert.deepEqual(
      await read(ALL),
      numbers.map((number) => `line ${number}`),
    );
  });

  it('ends with the last lines that were asked for', async () => {
    writeFileSync(path, [1, 2, 3, 4, 5].map(line).join(''));
    assert.deepEqual(await read({ ...ALL, tail: 2 }), ['line 4', 'line 5']);
    assert.deepEqual(await read({ ...ALL, tail: 0 }), []);
  });

  it('is cut to the time that was asked for', async () => {
    writeFileSync(path, [1, 2, 3, 4, 5].map(line).join(''));
    const at = (second: number) => Date.UTC(2026, 0, 1, 0, 0, second);
    assert.deepEqual(await read({ ...ALL, sinceMs: at(2), untilMs: at(4) }), ['line 2', 'line 3', 'line 4']);
  });

  it('is empty while there is none, and for a container that will write no more', async () => {
    assert.deepEqual(await read(ALL), []);
    assert.deepEqual(await read({ ...ALL, follow: true }), []);
  });

  it('is followed until the container ends, its last words included', async () => {
    writeFileSync(path, line(1));
    let looks = 0;
    const isLive = () => {
      looks++;
      if (looks === 2) appendFileSync(path, line(2));
      // The container ends right after its last line, before the reader has seen it.
      if (looks === 3) appendFileSync(path, line(3));
      return looks < 3;
    };
    assert.deepEqual(await read({ ...ALL, follow: true }, isLive), ['line 1', 'line 2', 'line 3']);
  });
});

describe('a line of the log', () => {
  it('that a crash has torn is passed over', () => {
    assert.equal(parseLogRecord('{"log":"half'), null);
    assert.equal(parseLogRecord('{"log":1,"stream":"stdout","time":"2026-01-01T00:00:00Z"}'), null);
  });

  it('that is no record is passed over among others', () => {
    const lines = Buffer.from(`${line(1)}nonsense\nnull\n\n${line(2)}`);
    assert.deepEqual(
      parseLines(lines).map(({ text }) => text),
      ['line 1\n', 'line 2\n'],
    );
  });

  it('keeps its time to the nanosecond', () => {
    const time = '2026-01-01T00:00:00.123456789Z';
    const record = parseLogRecord(JSON.stringify({ log: 'x', stream: 'stderr', time }));
    assert.deepEqual(record, { stream: 'stderr', timestampMs: Date.UTC(2026, 0, 1) + 123, time, text: 'x' });
  });
});
