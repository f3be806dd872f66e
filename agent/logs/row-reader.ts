import { type LogRecord, parseLines } from './log-record.ts';
import { closeFiles, newestKey, openRow, type RowFile } from './log-row.ts';
import { READ_BYTES, type RowPlace, readBytes } from './log-search.ts';

const LINE_FEED = 0x0a;

/** Records that were read, and how many bytes of the files they and what was passed over took. */
export interface RowBatch {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  /** The last of the lines read, its line feed included. */
  readonly lastLine: Uint8Array;
}

/** Where a reader is: the next line of `file` that it has not read begins at `offset`. */
export interface ReaderPosition {
  readonly file: string;
  readonly offset: number;
}

/** Reads a row of files forwards, also while it is rotated. */
export interface RowReader {
  /** The next whole lines; null when there are none now. */
  read(): Promise<RowBatch | null>;
  /**
   * Opens the files that came since. `lost` = rotation removed files that were never opened, so that lines are missing.
   */
  look(): Promise<{ readonly grew: boolean; readonly lost: boolean }>;
  position(): ReaderPosition;
  /** The files that are still to be read, the oldest first. */
  files(): readonly RowFile[];
  /** Passes over the oldest file. */
  skip(): Promise<void>;
  close(): Promise<void>;
}

/** A reader that begins at a place in the row, and closes its files in the end. `row` is not empty. */
export function createRowReader(path: string, row: readonly RowFile[], place: RowPlace): RowReader {
  let files: readonly RowFile[] = row.slice(place.index);
  let offset = place.offset;
  const passed = closeFiles(row.slice(0, place.index));

  async function skip(): Promise<void> {
    const [first, ...others] = files;
    if (first === undefined || others.length === 0) return;
    files = others;
    offset = 0;
    await first.handle.close();
  }

  async function read(): Promise<RowBatch | null> {
    for (;;) {
      const first = files[0];
      if (first === undefined) return null;
      // Known before the read: a file that has a successor is complete.
      const complete = files.length > 1;
      const { size } = await first.handle.stat();
      const bytes = await readBytes(first.handle, offset, Math.min(size, offset + READ_BYTES));
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) {
        offset += end;
        const lastLine = bytes.subarray(end < 2 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 2) + 1, end);
        return { records: parseLines(bytes.subarray(0, end)), bytes: end, lastLine };
      }
      // No record is that long. A shorter piece is read anew: the keeper may take back half a record.
      if (bytes.length >= READ_BYTES) {
        offset += bytes.length;
        return { records: [], bytes: bytes.length, lastLine: new Uint8Array() };
      }
      if (!complete) return null;
      await skip();
    }
  }

  async function look(): Promise<{ grew: boolean; lost: boolean }> {
    const newest = files.at(-1);
    const key = await newestKey(path);
    if (key === null || key === newest?.key) return { grew: false, lost: false };
    const now = await openRow(path);
    const known = now.findIndex((file) => file.key === newest?.key);
    const added = now.slice(known + 1);
    await closeFiles(now.slice(0, known + 1));
    files = [...files, ...added];
    return { grew: added.length > 0, lost: known < 0 && added.length > 0 };
  }

  return {
    read,
    look,
    skip,
    position: () => ({ file: files[0]?.key ?? '', offset }),
    files: () => files,
    close: async () => {
      await passed;
      await closeFiles(files);
    },
  };
}
