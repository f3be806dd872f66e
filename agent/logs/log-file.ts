import type { Clock } from '../../lib/ports.ts';
import type { LogOptions } from '../../proto/messages.ts';
import type { LogRecord } from './log-record.ts';
import { closeFiles, openRow, type RowFile } from './log-row.ts';
import { findSince, findTail, type RowPlace } from './log-search.ts';
import { createRowReader, type RowReader } from './row-reader.ts';

/** How often a followed file is looked at. */
const FOLLOW_PERIOD_MS = 100;
const REMOVED = 'skep: lines of this log were removed by rotation before they could be read\n';

/** What following a log needs to know. */
export interface FollowLog {
  readonly clock: Clock;
  /** False once nothing more will be written. */
  readonly isLive: () => boolean;
  readonly signal: AbortSignal;
}

function wanted(record: LogRecord, options: LogOptions): boolean {
  if (options.sinceMs !== undefined && record.timestampMs < options.sinceMs) return false;
  return options.untilMs === undefined || record.timestampMs <= options.untilMs;
}

function findStart(row: readonly RowFile[], options: LogOptions): Promise<RowPlace> {
  const { tail, sinceMs, untilMs } = options;
  if (tail >= 0) {
    const isBounded = sinceMs !== undefined || untilMs !== undefined;
    return findTail(row, {
      count: tail,
      isWanted: isBounded ? (record) => wanted(record, options) : null,
      isTooOld: (record) => sinceMs !== undefined && record.timestampMs < sinceMs,
    });
  }
  return sinceMs === undefined ? Promise.resolve({ index: 0, offset: 0 }) : findSince(row, sinceMs);
}

async function openAt(path: string, row: readonly RowFile[], options: LogOptions): Promise<RowReader> {
  try {
    return createRowReader(path, row, await findStart(row, options));
  } catch (thrown) {
    await closeFiles(row);
    throw thrown;
  }
}

async function bytesAhead(reader: RowReader): Promise<number> {
  const sizes = await Promise.all(reader.files().map(async ({ handle }) => (await handle.stat()).size));
  return sizes.reduce((sum, size) => sum + size, 0) - reader.position().offset;
}

/** True when the log is past the time up to which it is wanted. */
function isPast(records: readonly LogRecord[], { untilMs }: LogOptions): boolean {
  return (
    untilMs !== undefined && records.length > 0 && records.every(({ timestampMs }) => timestampMs > untilMs)
  );
}

/** What was written up to now, and no more: a log can grow faster than it is read. */
async function* readPresent(reader: RowReader, options: LogOptions): AsyncGenerator<readonly LogRecord[]> {
  for (let left = await bytesAhead(reader); left > 0; ) {
    const batch = await reader.read();
    if (batch === null) return;
    left -= batch.bytes;
    yield batch.records.filter((record) => wanted(record, options));
    if (isPast(batch.records, options)) return;
  }
}

async function* readOn(
  reader: RowReader,
  options: LogOptions,
  { clock, isLive, signal }: FollowLog,
): AsyncGenerator<readonly LogRecord[]> {
  while (!signal.aborted) {
    // Asked before the read, so that the last words of a container that just ended are not missed.
    const live = isLive();
    const batch = await reader.read();
    if (batch !== null) {
      yield batch.records.filter((record) => wanted(record, options));
      if (isPast(batch.records, options)) return;
      continue;
    }
    const { grew, lost } = await reader.look();
    if (lost) {
      const timestampMs = clock.nowMs();
      yield [{ stream: 'stderr', timestampMs, time: new Date(timestampMs).toISOString(), text: REMOVED }];
    }
    if (grew) continue;
    if (!live || clock.nowMs() > (options.untilMs ?? Number.POSITIVE_INFINITY)) return;
    await pause(clock);
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.schedule(FOLLOW_PERIOD_MS, resolve));
}

/**
 * The records of a json-file log in batches, over all files that rotation left, the oldest first. With `follow` it goes
 * on until `signal`, or until `isLive` says that nothing more will be written; without, it ends with what was there when
 * it began. `tail` counts lines that the times let through.
 */
export async function* readContainerLogs(
  path: string,
  options: LogOptions,
  follow: FollowLog,
): AsyncGenerator<readonly LogRecord[]> {
  let row = await openRow(path);
  while (row.length === 0) {
    if (!options.follow || follow.signal.aborted || !follow.isLive()) return;
    await pause(follow.clock);
    row = await openRow(path);
  }
  const reader = await openAt(path, row, options);
  try {
    yield* options.follow ? readOn(reader, options, follow) : readPresent(reader, options);
  } finally {
    await reader.close();
  }
}

/** The same under its earlier name. */
export const readLog = readContainerLogs;
