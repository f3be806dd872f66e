/** A place behind a record of a log, and how the file looks before it: that no other file has. */
export interface Cursor {
  readonly file: string;
  readonly offset: number;
  /** The last bytes before the place; they hold the time of the record to the nanosecond. */
  readonly mark: string;
}

export interface FileSize {
  readonly key: string;
  readonly size: number;
}

/** What is known of one log's way to its receiver. All of it is on disk. */
export interface ForwardState {
  /** Everything before it has been received, as far as can be told; null = nothing has. */
  readonly cursor: Cursor | null;
  /** The files from the cursor on when they were last looked at, the oldest first. */
  readonly files: readonly FileSize[];
  /** Bytes that rotation removed before they were sent, at the least, since the receiver was last told. */
  readonly lostBytes: number;
}

/** What was handed to the system, and when. */
export interface SentBatch {
  readonly end: Cursor;
  readonly sentAtMs: number;
}

export const NOTHING_SENT: ForwardState = { cursor: null, files: [], lostBytes: 0 };
/** A batch counts as received when the connection has stood this long after it: nothing better is known of a stream. */
export const CONFIRM_MS = 5_000;
/** A receiver that takes nothing for this long is taken for dead. */
export const SEND_TIMEOUT_MS = 30_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;

/** The pause before the next try, after the pause before this one (0 = the first). */
export function nextRetryMs(lastRetryMs: number): number {
  return Math.min(Math.max(lastRetryMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
}

/** Splits what was sent into what counts as received by now and what does not yet. */
export function confirm(
  sent: readonly SentBatch[],
  nowMs: number,
): { readonly cursor: Cursor | null; readonly open: readonly SentBatch[] } {
  const first = sent.findIndex((batch) => nowMs - batch.sentAtMs < CONFIRM_MS);
  const count = first < 0 ? sent.length : first;
  return { cursor: sent[count - 1]?.end ?? null, open: sent.slice(count) };
}

/**
 * The state after a look at the files that are there, the oldest first. Files that are gone and were not sent are
 * counted; a file that came and went between two looks is not, so the count is a lower bound. `cursorHolds` = the
 * cursor's file is still there and is the same file.
 */
export function surveyed(state: ForwardState, row: readonly FileSize[], cursorHolds: boolean): ForwardState {
  const { cursor } = state;
  const isThere = ({ key }: FileSize): boolean =>
    row.some((file) => file.key === key) && (key !== cursor?.file || cursorHolds);
  const lost = state.files
    .filter((file) => !isThere(file))
    .reduce((sum, { key, size }) => sum + Math.max(0, size - (key === cursor?.file ? cursor.offset : 0)), 0);
  const from = cursorHolds ? row.findIndex(({ key }) => key === cursor?.file) : 0;
  return {
    cursor: cursorHolds ? cursor : null,
    files: row.slice(Math.max(0, from)),
    lostBytes: state.lostBytes + lost,
  };
}

/** The state once everything before `cursor` has been received. */
export function advanced(state: ForwardState, cursor: Cursor): ForwardState {
  const from = state.files.findIndex(({ key }) => key === cursor.file);
  return { ...state, cursor, files: from < 0 ? state.files : state.files.slice(from) };
}

function isCursor(value: unknown): value is Cursor {
  const { file, offset, mark } = (value ?? {}) as Partial<Cursor>;
  return typeof file === 'string' && typeof mark === 'string' && Number.isSafeInteger(offset);
}

/** The state that a file holds. One that cannot be read begins anew: lines are then sent twice, not lost. */
export function parseState(text: string): ForwardState {
  try {
    const { cursor, files, lostBytes } = JSON.parse(text) as Partial<ForwardState>;
    return {
      cursor: isCursor(cursor) ? cursor : null,
      files: Array.isArray(files)
        ? files.filter(({ key, size }) => typeof key === 'string' && size >= 0)
        : [],
      lostBytes: Number.isSafeInteger(lostBytes) ? (lostBytes ?? 0) : 0,
    };
  } catch {
    return NOTHING_SENT;
  }
}
