import { assert, SkepError } from '../../lib/errors.ts';
import type { EntryType } from './core/entry.ts';
import type { HardState } from './core/message.ts';
import { joinPayloads, splitPayloads } from './log-group.ts';
import {
  decodeRecordAt,
  encodeRecord,
  type LogRecord,
  MARK_CONF_CHANGE,
  MARK_CONF_CHANGE_V2,
  MARK_GROUP,
  MARK_HARD_STATE,
  MARK_REPLACES,
  MARK_RESTART,
  SEGMENT_HEADER_BYTES,
} from './log-segment.ts';
import type { Sealer } from './seal.ts';

/** What one record holds at most, unless a single entry is larger. */
const MAX_GROUP_BYTES = 1024 * 1024;

export interface LogEntry {
  readonly index: number;
  readonly term: number;
  readonly payload: Uint8Array;
  /** Absent for an ordinary entry. */
  readonly type?: Exclude<EntryType, 'EntryNormal'>;
}

/** Everything that the records read so far amount to. */
export interface LogContent {
  /** Index before the first entry of `entries`, and its term where that is known. */
  baseIndex: number;
  baseTerm: number;
  entries: LogEntry[];
  hardState: HardState | undefined;
  /** Index of the last snapshot that the log went on after, by a restart record; 0 for none. */
  restartIndex: number;
}

/** One segment, read. */
export interface SegmentBytes {
  readonly file: string;
  readonly bytes: Buffer;
  readonly sealer: Sealer;
  readonly isLast: boolean;
}

/** The help of every error that says the data folder is damaged. */
export const HELP_DAMAGED =
  'this manager cannot go on from its own data: restore its data folder from a backup, or let it leave and join anew';

/** A log without anything that goes on after `baseIndex`. */
export function emptyContent(baseIndex: number): LogContent {
  return { baseIndex, baseTerm: 0, entries: [], hardState: undefined, restartIndex: 0 };
}

/** Index of the last entry. */
export function lastIndexOf(content: LogContent): number {
  return content.baseIndex + content.entries.length;
}

/** Term of the entry at `index`; undefined when the log does not tell. */
export function termAt(content: LogContent, index: number): number | undefined {
  if (index === content.baseIndex) return content.baseTerm === 0 ? undefined : content.baseTerm;
  return content.entries[index - content.baseIndex - 1]?.term;
}

/** The error that names the place of the damage. */
export function damagedLog(file: string, offset: number, reason: string, cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', `the log is damaged in ${file} at offset ${offset}: ${reason}`, {
    help: HELP_DAMAGED,
    cause,
  });
}

/** The first record of a segment, where it is whole: tells whether the segment restarts the log. */
export function isRestartSegment(bytes: Buffer): boolean {
  const first = decodeRecordAt(bytes, SEGMENT_HEADER_BYTES);
  return first.kind === 'record' && ((first.record.marks ?? 0) & MARK_RESTART) !== 0;
}

/** Adds the records of a segment to `content`; returns the segment's length up to its last whole record. */
export function readRecords(segment: SegmentBytes, content: LogContent): number {
  const { file, bytes, isLast } = segment;
  let offset = SEGMENT_HEADER_BYTES;
  for (;;) {
    const found = decodeRecordAt(bytes, offset);
    if (found.kind === 'end') return offset;
    if (found.kind === 'corrupt') throw damagedLog(file, offset, found.reason);
    if (found.kind === 'torn') {
      if (isLast) return offset;
      throw damagedLog(file, offset, 'a record is cut off, and another segment follows');
    }
    addRecord(segment, offset, found.record, content);
    offset = found.nextOffset;
  }
}

function addRecord(segment: SegmentBytes, offset: number, record: LogRecord, content: LogContent): void {
  const { index, term } = record;
  const marks = record.marks ?? 0;
  if ((marks & MARK_HARD_STATE) !== 0) {
    const payload = openRecord(segment, offset, record);
    if (payload.byteLength !== 8) throw damagedLog(segment.file, offset, 'a hard state has another length');
    content.hardState = { term, vote: Number(Buffer.from(payload).readBigUInt64LE(0)), commit: index };
    return;
  }
  if ((marks & MARK_RESTART) !== 0) {
    openRecord(segment, offset, record);
    content.baseIndex = index;
    content.baseTerm = term;
    content.entries = [];
    content.restartIndex = index;
    return;
  }
  checkOrder(segment, offset, record, content);
  const payload = openRecord(segment, offset, record);
  if ((marks & MARK_GROUP) !== 0) {
    const payloads = splitPayloads(payload);
    if (payloads === undefined) throw damagedLog(segment.file, offset, `group ${index} is of another form`);
    for (const [place, one] of payloads.entries()) {
      content.entries.push({ index: index + place, term, payload: one });
    }
    return;
  }
  cutFrom(content, index);
  const type = typeOfMarks(marks);
  content.entries.push({ index, term, payload, ...(type === undefined ? {} : { type }) });
}

/** An entry continues the log, or replaces its end where it is marked so; terms never go down. */
function checkOrder(segment: SegmentBytes, offset: number, record: LogRecord, content: LogContent): void {
  const { index, term, marks = 0 } = record;
  const last = lastIndexOf(content);
  const isInPlace = (marks & MARK_REPLACES) === 0 ? index === last + 1 : index <= last;
  if (isInPlace && term >= (termAt(content, index - 1) ?? 0)) return;
  throw damagedLog(segment.file, offset, `entry ${index} of term ${term} is out of order`);
}

function cutFrom(content: LogContent, index: number): void {
  if (index > content.baseIndex) {
    content.entries.length = index - content.baseIndex - 1;
    return;
  }
  // Replaced before older segments were removed: what stands here is covered by a snapshot by now.
  content.baseIndex = index - 1;
  content.baseTerm = 0;
  content.entries = [];
}

function openRecord({ sealer, file }: SegmentBytes, offset: number, record: LogRecord): Uint8Array {
  try {
    return sealer.open(record.payload, recordContext(record.index, record.term, record.marks ?? 0));
  } catch (cause) {
    throw damagedLog(file, offset, `entry ${record.index} does not open`, cause);
  }
}

/** The bytes of one write: the hard state if there is one, then the entries, which follow `lastIndex` or replace. */
export function encodeBatch(
  sealer: Sealer,
  lastIndex: number,
  entries: readonly LogEntry[],
  hardState?: HardState,
): Uint8Array {
  const records: Uint8Array[] = [];
  if (hardState !== undefined) {
    // A torn write may leave the hard state alone: it must not call entries committed that came after it.
    const commit = Math.min(hardState.commit, (entries[0]?.index ?? Number.POSITIVE_INFINITY) - 1);
    records.push(hardStateRecord(sealer, { ...hardState, commit }));
  }
  let last = lastIndex;
  for (let place = 0; place < entries.length; ) {
    const count = countGroup(entries, place, last);
    const startsBatch = records.length === 0;
    records.push(encodeEntries(sealer, last, entries.slice(place, place + count), startsBatch));
    place += count;
    last = entries[place - 1]?.index ?? last;
  }
  return Buffer.concat(records);
}

/**
 * How many entries from `place` on go into one record: all in a row that continue the log, are ordinary and of one term.
 * To seal costs some microseconds each time, hardly more for a hundred entries than for one.
 */
function countGroup(entries: readonly LogEntry[], place: number, lastIndex: number): number {
  const term = entries[place]?.term;
  let bytes = 0;
  let count = 0;
  for (;;) {
    const entry = entries[place + count];
    if (entry === undefined || entry.term !== term || entry.type !== undefined) break;
    if (entry.index !== lastIndex + 1 + count) break;
    bytes += entry.payload.byteLength;
    if (count > 0 && bytes > MAX_GROUP_BYTES) break;
    count++;
  }
  return Math.max(count, 1);
}

/** The record of one entry of whatever kind, or of a group. */
function encodeEntries(
  sealer: Sealer,
  lastIndex: number,
  entries: readonly LogEntry[],
  startsBatch: boolean,
): Uint8Array {
  const [first] = entries;
  assert(first !== undefined, 'a record is of one entry at least');
  const { index, term, type } = first;
  assert(index <= lastIndex + 1, `entry ${index} does not continue the log at ${lastIndex + 1}`);
  const isGroup = entries.length > 1;
  const marks = (index <= lastIndex ? MARK_REPLACES : 0) | marksOfType(type) | (isGroup ? MARK_GROUP : 0);
  const payload = isGroup ? joinPayloads(entries.map((one) => one.payload)) : first.payload;
  const sealed = sealer.seal(payload, recordContext(index, term, marks));
  return encodeRecord({ index, term, payload: sealed, startsBatch, ...markField(marks) });
}

/** What a segment that restarts the log after a snapshot begins with. */
export function restartRecord(sealer: Sealer, index: number, term: number): Uint8Array {
  const payload = sealer.seal(new Uint8Array(0), recordContext(index, term, MARK_RESTART));
  return encodeRecord({ index, term, payload, startsBatch: true, marks: MARK_RESTART });
}

function hardStateRecord(sealer: Sealer, { term, vote, commit }: HardState): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(vote));
  const payload = sealer.seal(bytes, recordContext(commit, term, MARK_HARD_STATE));
  return encodeRecord({ index: commit, term, payload, startsBatch: true, marks: MARK_HARD_STATE });
}

function markField(marks: number): { readonly marks?: number } {
  return marks === 0 ? {} : { marks };
}

function marksOfType(type: LogEntry['type']): number {
  if (type === undefined) return 0;
  return type === 'EntryConfChange' ? MARK_CONF_CHANGE : MARK_CONF_CHANGE_V2;
}

function typeOfMarks(marks: number): LogEntry['type'] {
  if ((marks & MARK_CONF_CHANGE) !== 0) return 'EntryConfChange';
  return (marks & MARK_CONF_CHANGE_V2) !== 0 ? 'EntryConfChangeV2' : undefined;
}

/** Authenticated with the payload. Marks count too; without any the context is that of logs that knew none. */
function recordContext(index: number, term: number, marks: number): Uint8Array {
  const context = Buffer.alloc(marks === 0 ? 16 : 17);
  context.writeBigUInt64LE(BigInt(index), 0);
  context.writeBigUInt64LE(BigInt(term), 8);
  if (marks !== 0) context.writeUInt8(marks, 16);
  return context;
}
