import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { EntryId } from './core/entry.ts';
import type { HardState } from './core/message.ts';
import { isTemporary, replaceFile, syncFolder, writeFully } from './durable-file.ts';
import { type FileKey, newestKey, whileWriting } from './keys/key-ring.ts';
import {
  damagedLog,
  emptyContent,
  encodeBatch,
  HELP_DAMAGED,
  isRestartSegment,
  type LogContent,
  type LogEntry,
  lastIndexOf,
  readRecords,
  restartRecord,
  termAt,
} from './log-records.ts';
import { decodeSegmentHeader, encodeSegmentHeader } from './log-segment.ts';
import { createSealer, newSalt, type Sealer, sealerOfFile } from './seal.ts';

export type { LogEntry } from './log-records.ts';

/** A segment is closed once it has grown beyond this; old segments are removed whole. */
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
/**
 * Each write returns once it is on the disk, as if fdatasync followed it (open(2), O_DSYNC): one way to the thread
 * pool and back in place of two, which is a third of what a small write takes.
 */
const WRITE_THROUGH = constants.O_RDWR | constants.O_DSYNC;
const SEGMENT_NAME = /^log-(\d{16})\.segment$/;

export interface DiskLogOptions {
  readonly folder: string;
  /** New segments are sealed under its newest key, at the moment they begin. */
  readonly key: FileKey;
  readonly log: Log;
  readonly segmentBytes?: number;
  /** Index of the snapshot that the log continues; 0 without one. */
  readonly afterIndex: number;
  /**
   * The same snapshot where it came from another member: a crash may have kept the log from being restarted after
   * it, and then that is done now.
   */
  readonly received?: EntryId;
  /** Called while the log opens, in order, with each entry above `afterIndex`. */
  readonly replay: (entry: LogEntry) => void;
}

/** The durable log. Calls of `append`, `restartAfter` and `startSegment` must not overlap. */
export interface DiskLog {
  lastIndex(): number;
  /** Term of the last entry; 0 while there is none. */
  lastTerm(): number;
  /** The last one written; undefined in the log of a single member, which has none. */
  hardState(): HardState | undefined;
  /**
   * Writes the entries as one batch, behind the hard state if one is given; all is durable once it resolves. The
   * entries continue the log, or replace its end from their first index on. After an error nothing is known of
   * what reached the disk, so every later call rejects too (UNAVAILABLE).
   */
  append(entries: readonly LogEntry[], hardState?: HardState): Promise<void>;
  /** Drops every entry: the log goes on after a snapshot, which is durable already. */
  restartAfter(snapshot: EntryId, hardState?: HardState): Promise<void>;
  /** Lets the next entry begin a new segment, under the newest key, so that all before it can be removed. */
  startSegment(): Promise<void>;
  /** Removes the segments whose entries a durable snapshot at `index` covers. */
  removeThrough(index: number): Promise<void>;
  close(): Promise<void>;
}

/** `number` grows from file to file. It is the first index too, unless entries were replaced before that. */
interface SegmentFile {
  readonly file: string;
  readonly number: number;
  readonly firstIndex: number;
}

interface ActiveSegment extends SegmentFile {
  readonly handle: FileHandle;
  readonly sealer: Sealer;
  byteLength: number;
  isEmpty: boolean;
}

interface RunningState {
  readonly folder: string;
  readonly key: FileKey;
  readonly segmentBytes: number;
  segments: SegmentFile[];
  active: ActiveSegment;
  lastIndex: number;
  lastTerm: number;
  hardState: HardState | undefined;
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
  const names = await findSegments(folder);
  const { content, active, segments } = await readSegments(names, options);
  const { received } = options;
  const mustRestart = received !== undefined && !followsSnapshot(content, received);
  if (!mustRestart && lastIndexOf(content) < afterIndex) {
    await active?.handle.close();
    throw new SkepError(
      'DATA_LOSS',
      `the log in ${folder} ends at ${lastIndexOf(content)}, before the snapshot`,
      { help: HELP_DAMAGED },
    );
  }
  const state: RunningState = {
    folder,
    key,
    segmentBytes,
    segments,
    active: active ?? (await createSegment(folder, key, { number: afterIndex + 1, lastIndex: afterIndex })),
    lastIndex: lastIndexOf(content),
    lastTerm: termAt(content, lastIndexOf(content)) ?? 0,
    hardState: content.hardState,
  };
  if (segments.length === 0) state.segments = [state.active];
  if (mustRestart) await restartLog(state, received);
  else for (const entry of content.entries) if (entry.index > afterIndex) options.replay(entry);
  return runningLog(state);
}

/** True when the entries of the log are those that come after the snapshot. */
function followsSnapshot(content: LogContent, { index, term }: EntryId): boolean {
  return content.restartIndex >= index || termAt(content, index) === term;
}

function runningLog(state: RunningState): DiskLog {
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

  return {
    lastIndex: () => state.lastIndex,
    lastTerm: () => state.lastTerm,
    hardState: () => state.hardState,
    append: (entries, hardState) =>
      guarded(async () => {
        if (state.active.byteLength >= state.segmentBytes) await nextSegment(state);
        const { active } = state;
        const batch = encodeBatch(active.sealer, state.lastIndex, entries, hardState);
        await writeFully(active.handle, batch, active.byteLength);
        active.byteLength += batch.byteLength;
        active.isEmpty &&= entries.length === 0;
        const last = entries.at(-1);
        state.lastIndex = last?.index ?? state.lastIndex;
        state.lastTerm = last?.term ?? state.lastTerm;
        state.hardState = hardState ?? state.hardState;
      }),
    restartAfter: (snapshot, hardState) =>
      guarded(async () => {
        state.hardState = hardState ?? state.hardState;
        await restartLog(state, snapshot);
      }),
    startSegment: () => guarded(() => nextSegment(state)),
    removeThrough: async (index) => {
      // The newest segment always stays: it says where the log goes on.
      const kept = state.segments.findIndex(
        (_, place) => (state.segments[place + 1]?.firstIndex ?? Infinity) > index + 1,
      );
      const old = state.segments.slice(0, kept);
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

async function nextSegment(state: RunningState): Promise<void> {
  // A segment without entries is a new segment already, unless it is under a key that goes.
  if (state.active.isEmpty && state.active.sealer.key === newestKey(state.key)) return;
  await switchSegment(state, undefined);
}

async function restartLog(state: RunningState, snapshot: EntryId): Promise<void> {
  await switchSegment(state, snapshot);
  state.lastIndex = snapshot.index;
  state.lastTerm = snapshot.term;
}

async function switchSegment(state: RunningState, restart: EntryId | undefined): Promise<void> {
  const lastIndex = restart?.index ?? state.lastIndex;
  const number = Math.max(state.active.number + 1, lastIndex + 1);
  const { hardState } = state;
  const next = await createSegment(state.folder, state.key, {
    number,
    lastIndex,
    ...(restart === undefined ? {} : { restart }),
    ...(hardState === undefined ? {} : { hardState }),
  });
  await state.active.handle.close();
  state.active = next;
  state.segments = [...state.segments, next];
}

interface NewSegment {
  readonly number: number;
  /** Of the log so far. */
  readonly lastIndex: number;
  readonly restart?: EntryId;
  /** Repeated in each segment, so that it outlives the removal of those before. */
  readonly hardState?: HardState;
}

function createSegment(folder: string, key: FileKey, fresh: NewSegment): Promise<ActiveSegment> {
  return whileWriting(key, () => writeSegment(folder, key, fresh));
}

async function writeSegment(folder: string, key: FileKey, fresh: NewSegment): Promise<ActiveSegment> {
  const { number, lastIndex, restart, hardState } = fresh;
  const file = path.join(folder, `log-${String(number).padStart(16, '0')}.segment`);
  const sealer = createSealer(key, newSalt());
  const firstIndex = lastIndex + 1;
  const parts = [encodeSegmentHeader({ salt: sealer.salt, keyCheck: sealer.keyCheck, firstIndex })];
  if (restart !== undefined) parts.push(restartRecord(sealer, restart.index, restart.term));
  if (hardState !== undefined) parts.push(encodeBatch(sealer, lastIndex, [], hardState));
  await replaceFile(file, parts);
  const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  return {
    file,
    number,
    firstIndex,
    handle: await open(file, WRITE_THROUGH),
    sealer,
    byteLength,
    isEmpty: true,
  };
}

interface SegmentName {
  readonly file: string;
  readonly number: number;
}

async function findSegments(folder: string): Promise<SegmentName[]> {
  const segments: SegmentName[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const digits = SEGMENT_NAME.exec(name)?.[1];
    const file = path.join(folder, name);
    if (digits !== undefined) segments.push({ file, number: Number(digits) });
    else if (isTemporary(name) && SEGMENT_NAME.test(name.slice(0, name.lastIndexOf('.')))) {
      await rm(file, { force: true });
    }
  }
  return segments;
}

interface ReadLog {
  readonly content: LogContent;
  readonly active: ActiveSegment | undefined;
  readonly segments: SegmentFile[];
}

async function readSegments(names: readonly SegmentName[], options: DiskLogOptions): Promise<ReadLog> {
  const { afterIndex, folder, received } = options;
  if (names.length === 0) {
    if (afterIndex !== 0 && received === undefined) throw missing(folder, afterIndex, 'there is no log');
    return { content: emptyContent(afterIndex), active: undefined, segments: [] };
  }
  const segments: SegmentFile[] = [];
  let content: LogContent | undefined;
  let active: ActiveSegment | undefined;
  for (const [place, name] of names.entries()) {
    const read = await readHeader(name, options.key);
    content ??= emptyContent(read.firstIndex - 1);
    if (place === 0 && read.firstIndex > afterIndex + 1) {
      throw missing(folder, afterIndex, `the log begins at ${read.firstIndex}`);
    }
    if (!isRestartSegment(read.bytes) && read.firstIndex !== lastIndexOf(content) + 1) {
      const gap = `entries ${lastIndexOf(content) + 1} to ${read.firstIndex - 1} are missing before it`;
      throw damagedLog(name.file, 0, gap);
    }
    segments.push({ ...name, firstIndex: read.firstIndex });
    active = await readSegment(read, place === names.length - 1, content, options);
  }
  return { content: content ?? emptyContent(afterIndex), active, segments };
}

function missing(folder: string, afterIndex: number, found: string): SkepError {
  return new SkepError('DATA_LOSS', `log entries after ${afterIndex} are missing in ${folder}: ${found}`, {
    help: HELP_DAMAGED,
  });
}

interface ReadHeader extends SegmentFile {
  readonly bytes: Buffer;
  readonly sealer: Sealer;
}

async function readHeader({ file, number }: SegmentName, key: FileKey): Promise<ReadHeader> {
  const bytes = await readFile(file);
  const header = decodeSegmentHeader(bytes);
  if (header === undefined) throw damagedLog(file, 0, 'the header is damaged');
  const { firstIndex } = header;
  if (firstIndex > number) throw damagedLog(file, 0, 'the file has the name of another segment');
  const sealer = sealerOfFile(key, file, header.salt, header.keyCheck);
  return { file, number, firstIndex, bytes, sealer };
}

/** Reads one segment; the last one is cut where its last write was interrupted, and left open. */
async function readSegment(
  segment: ReadHeader,
  isLast: boolean,
  content: LogContent,
  options: DiskLogOptions,
): Promise<ActiveSegment | undefined> {
  const { file, bytes, sealer, number, firstIndex } = segment;
  const byteLength = readRecords({ file, bytes, sealer, isLast }, content);
  if (!isLast) return undefined;
  const handle = await open(file, WRITE_THROUGH);
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
  const isEmpty = lastIndexOf(content) < firstIndex;
  return { file, number, firstIndex, handle, sealer, byteLength, isEmpty };
}
