import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { assert, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { isTemporary, replaceFile, syncFolder, writeFully } from './durable-file.ts';
import {
  decodeRecordAt,
  decodeSegmentHeader,
  encodeRecord,
  encodeSegmentHeader,
  type LogRecord,
  SEGMENT_HEADER_BYTES,
} from './log-segment.ts';
import { createSealer, newSalt, type Sealer, sealerOfFile } from './seal.ts';

/** A segment is closed once it has grown beyond this; old segments are removed whole. */
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENT_NAME = /^log-(\d{16})\.segment$/;

export interface LogEntry {
  readonly index: number;
  readonly term: number;
  readonly payload: Uint8Array;
}

export interface DiskLogOptions {
  readonly folder: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly log: Log;
  readonly segmentBytes?: number;
  /** Index of the snapshot that the log continues; 0 without one. */
  readonly afterIndex: number;
  /** Called while the log opens, in order, with each entry above `afterIndex`. */
  readonly replay: (entry: LogEntry) => void;
}

/** The durable log. Calls of `append` and `startSegment` must not overlap. */
export interface DiskLog {
  lastIndex(): number;
  /** Term of the last entry; 0 while there is none. */
  lastTerm(): number;
  /**
   * Writes the entries, which continue the log, as one batch; they are durable once it resolves. After an
   * error nothing is known of what reached the disk, so every later call rejects too (UNAVAILABLE).
   */
  append(entries: readonly LogEntry[]): Promise<void>;
  /** Lets the next entry begin a new segment, so that all before it can be removed. */
  startSegment(): Promise<void>;
  /** Removes the segments whose entries a durable snapshot at `index` covers. */
  removeThrough(index: number): Promise<void>;
  close(): Promise<void>;
}

interface SegmentFile {
  readonly file: string;
  readonly firstIndex: number;
}

interface ActiveSegment extends SegmentFile {
  readonly handle: FileHandle;
  readonly sealer: Sealer;
  byteLength: number;
}

/** Where reading has come to. */
interface Position {
  lastIndex: number;
  lastTerm: number;
}

/**
 * Opens the log in `folder`, which is made when it is missing, and replays it. An interrupted last write is cut
 * off with a line in the log. Throws DATA_LOSS, naming file and offset, when anything else is damaged or
 * missing, and FAILED_PRECONDITION when the key is another one.
 */
export async function openDiskLog(options: DiskLogOptions): Promise<DiskLog> {
  const { folder, key, afterIndex } = options;
  const segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncFolder(path.dirname(folder));
  const segments = await findSegments(folder);
  checkStart(segments, options);
  const position: Position = { lastIndex: (segments[0]?.firstIndex ?? 1) - 1, lastTerm: 0 };
  let active: ActiveSegment | undefined;
  for (const [place, segment] of segments.entries()) {
    active = await readSegment(segment, place === segments.length - 1, position, options);
  }
  if (position.lastIndex < afterIndex) {
    await active?.handle.close();
    throw new SkepError(
      'DATA_LOSS',
      `the log in ${folder} ends at ${position.lastIndex}, before the snapshot`,
      {
        help: HELP_DAMAGED,
      },
    );
  }
  active ??= await createSegment(folder, key, afterIndex + 1);
  if (segments.length === 0) segments.push(active);
  return runningLog({ folder, key, segmentBytes, segments, active, position });
}

interface RunningState {
  readonly folder: string;
  readonly key: Uint8Array;
  readonly segmentBytes: number;
  segments: SegmentFile[];
  active: ActiveSegment;
  readonly position: Position;
}

function runningLog(state: RunningState): DiskLog {
  const { position } = state;
  let failure: SkepError | undefined;

  const guarded = async (step: () => Promise<void>): Promise<void> => {
    if (failure !== undefined) throw failure;
    try {
      await step();
    } catch (cause) {
      failure = new SkepError('UNAVAILABLE', `the log in ${state.folder} cannot be written`, {
        help: 'see to the disk, then restart this manager',
        cause,
      });
      throw failure;
    }
  };

  const startSegment = async (): Promise<void> => {
    // A segment without entries is a new segment already.
    if (state.active.firstIndex > position.lastIndex) return;
    const next = await createSegment(state.folder, state.key, position.lastIndex + 1);
    await state.active.handle.close();
    state.active = next;
    state.segments = [...state.segments, next];
  };

  return {
    lastIndex: () => position.lastIndex,
    lastTerm: () => position.lastTerm,
    append: (entries) =>
      guarded(async () => {
        if (state.active.byteLength >= state.segmentBytes) await startSegment();
        const { active } = state;
        const batch = encodeBatch(entries, active.sealer, position.lastIndex + 1);
        await writeFully(active.handle, batch, active.byteLength);
        await active.handle.datasync();
        active.byteLength += batch.byteLength;
        const last = entries.at(-1);
        position.lastIndex = last?.index ?? position.lastIndex;
        position.lastTerm = last?.term ?? position.lastTerm;
      }),
    startSegment: () => guarded(startSegment),
    removeThrough: async (index) => {
      // The newest segment always stays: it says where the log goes on.
      const old = state.segments.filter(
        (_, place) => (state.segments[place + 1]?.firstIndex ?? Infinity) <= index + 1,
      );
      for (const segment of old) {
        // Oldest first, so that a crash on the way leaves no gap.
        await rm(segment.file, { force: true });
        state.segments = state.segments.filter((other) => other !== segment);
      }
      if (old.length > 0) await syncFolder(state.folder);
    },
    close: () => state.active.handle.close(),
  };
}

const HELP_DAMAGED =
  'this manager cannot go on from its own data: restore its data folder from a backup, or let it leave and join anew';

async function findSegments(folder: string): Promise<SegmentFile[]> {
  const segments: SegmentFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const digits = SEGMENT_NAME.exec(name)?.[1];
    const file = path.join(folder, name);
    if (digits !== undefined) segments.push({ file, firstIndex: Number(digits) });
    else if (isTemporary(name) && SEGMENT_NAME.test(name.slice(0, name.lastIndexOf('.')))) {
      await rm(file, { force: true });
    }
  }
  return segments;
}

function checkStart(segments: readonly SegmentFile[], options: DiskLogOptions): void {
  const first = segments[0];
  if (first === undefined && options.afterIndex === 0) return;
  if (first !== undefined && first.firstIndex <= options.afterIndex + 1) return;
  const found = first === undefined ? 'there is no log' : `the log begins at ${first.firstIndex}`;
  throw new SkepError(
    'DATA_LOSS',
    `log entries after ${options.afterIndex} are missing in ${options.folder}: ${found}`,
    { help: HELP_DAMAGED },
  );
}

async function createSegment(folder: string, key: Uint8Array, firstIndex: number): Promise<ActiveSegment> {
  const file = path.join(folder, `log-${String(firstIndex).padStart(16, '0')}.segment`);
  const sealer = createSealer(key, newSalt());
  await replaceFile(file, [
    encodeSegmentHeader({ salt: sealer.salt, keyCheck: sealer.keyCheck, firstIndex }),
  ]);
  return { file, firstIndex, handle: await open(file, 'r+'), sealer, byteLength: SEGMENT_HEADER_BYTES };
}

/** Replays one segment; the last one is cut where its last write was interrupted, and left open. */
async function readSegment(
  segment: SegmentFile,
  isLast: boolean,
  position: Position,
  options: DiskLogOptions,
): Promise<ActiveSegment | undefined> {
  const { file, firstIndex } = segment;
  const bytes = await readFile(file);
  const header = decodeSegmentHeader(bytes);
  if (header === undefined) throw damaged(file, 0, 'the header is damaged');
  if (header.firstIndex !== firstIndex) throw damaged(file, 0, 'the file has the name of another segment');
  if (firstIndex !== position.lastIndex + 1) {
    throw damaged(file, 0, `entries ${position.lastIndex + 1} to ${firstIndex - 1} are missing before it`);
  }
  const sealer = sealerOfFile(options.key, file, header.salt, header.keyCheck);
  const byteLength = replayRecords({ file, bytes, sealer, isLast }, position, options);
  if (!isLast) return undefined;
  const handle = await open(file, 'r+');
  if (byteLength < bytes.byteLength) {
    options.log('warn', 'The end of the log was cut off: its last write was interrupted.', {
      file,
      offset: byteLength,
      bytes: bytes.byteLength - byteLength,
    });
    await handle.truncate(byteLength);
  }
  // What a killed process wrote may still be in memory only; it is about to be taken for durable.
  await handle.sync();
  return { file, firstIndex, handle, sealer, byteLength };
}

interface SegmentContent {
  readonly file: string;
  readonly bytes: Buffer;
  readonly sealer: Sealer;
  readonly isLast: boolean;
}

/** Hands on the entries above the snapshot; returns the length of the segment up to the last whole record. */
function replayRecords(content: SegmentContent, position: Position, options: DiskLogOptions): number {
  const { file, bytes, sealer, isLast } = content;
  let offset = SEGMENT_HEADER_BYTES;
  for (;;) {
    const found = decodeRecordAt(bytes, offset);
    if (found.kind === 'end') return offset;
    if (found.kind === 'corrupt') throw damaged(file, offset, found.reason);
    if (found.kind === 'torn') {
      if (isLast) return offset;
      throw damaged(file, offset, 'a record is cut off, and another segment follows');
    }
    const { record, nextOffset } = found;
    if (record.index !== position.lastIndex + 1 || record.term < position.lastTerm) {
      throw damaged(file, offset, `entry ${record.index} of term ${record.term} is out of order`);
    }
    const payload = openRecord(sealer, record, file, offset);
    if (record.index > options.afterIndex) {
      options.replay({ index: record.index, term: record.term, payload });
    }
    position.lastIndex = record.index;
    position.lastTerm = record.term;
    offset = nextOffset;
  }
}

function openRecord(sealer: Sealer, record: LogRecord, file: string, offset: number): Uint8Array {
  try {
    return sealer.open(record.payload, recordContext(record.index, record.term));
  } catch (cause) {
    throw damaged(file, offset, `entry ${record.index} does not open`, cause);
  }
}

function damaged(file: string, offset: number, reason: string, cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', `the log is damaged in ${file} at offset ${offset}: ${reason}`, {
    help: HELP_DAMAGED,
    cause,
  });
}

function encodeBatch(entries: readonly LogEntry[], sealer: Sealer, firstIndex: number): Uint8Array {
  return Buffer.concat(
    entries.map(({ index, term, payload }, place) => {
      assert(
        index === firstIndex + place,
        `entry ${index} does not continue the log at ${firstIndex + place}`,
      );
      const sealed = sealer.seal(payload, recordContext(index, term));
      return encodeRecord({ index, term, payload: sealed, startsBatch: place === 0 });
    }),
  );
}

function recordContext(index: number, term: number): Uint8Array {
  const context = Buffer.alloc(16);
  context.writeBigUInt64LE(BigInt(index), 0);
  context.writeBigUInt64LE(BigInt(term), 8);
  return context;
}
