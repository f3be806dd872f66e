import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../lib/ports.ts';
import type { LogOptions } from '../../proto/messages.ts';
import { type LogRecord, parseLogRecord, splitLines } from './log-record.ts';

const READ_BYTES = 64 * 1024;
/** How often a followed file is looked at. */
const FOLLOW_PERIOD_MS = 100;
/** More lines from the end than this are not kept in memory; the file is then read from its start. */
const MAX_TAIL_LINES = 100_000;

interface Cursor {
  readonly file: FileHandle;
  readonly decoder: StringDecoder;
  readonly buffer: Buffer;
  rest: string;
}

async function readRecords(cursor: Cursor): Promise<readonly LogRecord[] | null> {
  const { bytesRead } = await cursor.file.read(cursor.buffer, 0, READ_BYTES, null);
  if (bytesRead === 0) return null;
  const piece = cursor.decoder.write(cursor.buffer.subarray(0, bytesRead));
  const { lines, rest } = splitLines(cursor.rest, piece);
  cursor.rest = rest;
  return lines.map(parseLogRecord).filter((record) => record !== null);
}

function wanted(record: LogRecord, options: LogOptions): boolean {
  if (options.sinceMs !== undefined && record.timestampMs < options.sinceMs) return false;
  return options.untilMs === undefined || record.timestampMs <= options.untilMs;
}

async function lastRecords(cursor: Cursor, options: LogOptions): Promise<readonly LogRecord[]> {
  const count = Math.min(options.tail, MAX_TAIL_LINES);
  let kept: LogRecord[] = [];
  for (let records = await readRecords(cursor); records !== null; records = await readRecords(cursor)) {
    kept.push(...records.filter((record) => wanted(record, options)));
    if (kept.length > 2 * count) kept = kept.slice(kept.length - count);
  }
  return kept.slice(Math.max(0, kept.length - count));
}

async function openWhenThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

/**
 * The records of a json-file log in batches. With `follow` it goes on until `signal`, or until `isLive` says
 * that nothing more will be written.
 */
export async function* readLog(
  path: string,
  options: LogOptions,
  follow: { readonly clock: Clock; readonly isLive: () => boolean; readonly signal: AbortSignal },
): AsyncGenerator<readonly LogRecord[]> {
  const pause = () => new Promise<void>((resolve) => void follow.clock.schedule(FOLLOW_PERIOD_MS, resolve));
  let file = await openWhenThere(path);
  while (file === null) {
    if (!options.follow || follow.signal.aborted || !follow.isLive()) return;
    await pause();
    file = await openWhenThere(path);
  }
  const cursor: Cursor = {
    file,
    decoder: new StringDecoder('utf8'),
    buffer: Buffer.alloc(READ_BYTES),
    rest: '',
  };
  try {
    if (options.tail >= 0) yield await lastRecords(cursor, options);
    while (!follow.signal.aborted) {
      // Asked before the read, so that the last words of a container that just ended are not missed.
      const live = follow.isLive();
      const records = await readRecords(cursor);
      if (records !== null) yield records.filter((record) => wanted(record, options));
      else if (options.follow && live) await pause();
      else return;
    }
  } finally {
    await file.close();
  }
}
