import type { FileHandle } from 'node:fs/promises';
import { type LogRecord, parseLines } from './log-record.ts';
import type { RowFile } from './log-row.ts';

/** More than the longest record: 16 KiB of output, six bytes for each, and its frame. */
export const READ_BYTES = 128 * 1024;
const LINE_FEED = 0x0a;

/** A place in a row of files: `index` counts from the oldest. */
export interface RowPlace {
  readonly index: number;
  readonly offset: number;
}

/** The bytes from `from` up to `end`, or up to the end of the file if that comes first. */
export async function readBytes(handle: FileHandle, from: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, end - from));
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** Whole lines that end at `end`, as many as fit in one read; `start` is where the first of them begins. */
async function linesBefore(handle: FileHandle, end: number): Promise<{ start: number; lines: Buffer }> {
  const from = Math.max(0, end - READ_BYTES);
  const bytes = await readBytes(handle, from, end);
  if (from === 0) return { start: 0, lines: bytes };
  const cut = bytes.indexOf(LINE_FEED) + 1;
  // What is longer than a read is no record, and is passed over.
  const start = cut === 0 || cut === bytes.length ? from : from + cut;
  return { start, lines: bytes.subarray(start - from) };
}

/** Where the last whole line ends. */
async function endOfLines(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - READ_BYTES);
    const last = (await readBytes(handle, from, end)).lastIndexOf(LINE_FEED);
    if (last >= 0) return from + last + 1;
    end = from;
  }
  return 0;
}

/** What is looked for from the end: lines that are wanted, until one is found where there can be no more. */
export interface TailSearch {
  readonly count: number;
  /** Null: every line is wanted, and none needs to be parsed. */
  readonly isWanted: ((record: LogRecord) => boolean) | null;
  /** True for a record before which nothing is wanted. */
  readonly isTooOld: (record: LogRecord) => boolean;
}

/** Offset in `lines` of the line that is the `count`th wanted from the end; null and how many there are if fewer. */
function findInLines(
  lines: Buffer,
  { count, isWanted }: TailSearch,
): { offset: number | null; found: number } {
  let found = 0;
  for (let end = lines.length; end > 0; ) {
    const start = lines.lastIndexOf(LINE_FEED, end - 2) + 1;
    // lastIndexOf counts a negative offset from the end: a first line that is empty has none before it.
    const begin = end === 1 ? 0 : start;
    const wanted = isWanted === null || parseLines(lines.subarray(begin, end)).some(isWanted);
    if (wanted && ++found === count) return { offset: begin, found };
    end = begin;
  }
  return { offset: null, found };
}

function isAllTooOld(lines: Buffer, { isTooOld }: TailSearch): boolean {
  const records = parseLines(lines);
  return records.length > 0 && records.every(isTooOld);
}

/** Where the last wanted lines begin; reads from the end, and no more than it has to. */
export async function findTail(files: readonly RowFile[], search: TailSearch): Promise<RowPlace> {
  let left = search.count;
  for (const [index, { handle }] of [...files.entries()].reverse()) {
    for (let end = await endOfLines(handle); end > 0 || left === 0; ) {
      if (left === 0) return { index, offset: end };
      const { start, lines } = await linesBefore(handle, end);
      const { offset, found } = findInLines(lines, { ...search, count: left });
      if (offset !== null) return { index, offset: start + offset };
      left -= found;
      if (found === 0 && search.isWanted !== null && isAllTooOld(lines, search))
        return { index, offset: end };
      end = start;
    }
  }
  return { index: 0, offset: 0 };
}

/** The first record that begins at or behind `offset`, and where it does. */
async function recordFrom(
  handle: FileHandle,
  offset: number,
): Promise<{ start: number; record: LogRecord } | null> {
  const bytes = await readBytes(handle, offset, offset + 2 * READ_BYTES);
  const begin = offset === 0 ? 0 : bytes.indexOf(LINE_FEED) + 1;
  const end = bytes.indexOf(LINE_FEED, begin);
  if ((begin === 0 && offset > 0) || end < 0) return null;
  const [record] = parseLines(bytes.subarray(begin, end + 1));
  return record === undefined ? null : { start: offset + begin, record };
}

/** A place before which no record is as new as `sinceMs`. Records are taken to be in the order of their times. */
export async function findSince(files: readonly RowFile[], sinceMs: number): Promise<RowPlace> {
  for (const [index, { handle }] of [...files.entries()].reverse()) {
    const first = await recordFrom(handle, 0);
    if (first === null || first.record.timestampMs >= sinceMs) continue;
    let older = 0;
    let newer = (await handle.stat()).size;
    while (newer - older > READ_BYTES) {
      const middle = Math.floor((older + newer) / 2);
      const found = await recordFrom(handle, middle);
      if (found !== null && found.start < newer && found.record.timestampMs < sinceMs) older = found.start;
      else newer = middle;
    }
    return { index, offset: older };
  }
  return { index: 0, offset: 0 };
}
