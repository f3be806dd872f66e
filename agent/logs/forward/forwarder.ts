import { describeError } from '../../../lib/errors.ts';
import type { Clock, Log } from '../../../lib/ports.ts';
import type { LogReceiver } from '../../../lib/validation/log-driver.ts';
import type { LogRecord } from '../log-record.ts';
import { closeFiles, openRow, type RowFile } from '../log-row.ts';
import { type RowPlace, readBytes } from '../log-search.ts';
import { createRowReader, type RowBatch, type RowReader } from '../row-reader.ts';
import {
  advanced,
  type Cursor,
  confirm,
  type FileSize,
  type ForwardState,
  NOTHING_SENT,
  nextRetryMs,
  type SentBatch,
  surveyed,
} from './forward-plan.ts';
import { formatMessage } from './message-format.ts';
import { connectReceiver, type ReceiverConnection, receiverName } from './receiver-connection.ts';
import { loadState, saveState } from './state-file.ts';

/** How often a log is looked at when all of it was sent, and how often the way so far is noted. */
const PERIOD_MS = 1_000;
/** The time of a record and what stands around it. */
const MARK_BYTES = 48;

/** A log that is to be sent on. */
export interface LogSource {
  readonly containerId: string;
  readonly path: string;
  readonly receiver: LogReceiver;
  readonly tag: string;
  /** False once nothing more will be written. */
  readonly isLive: () => boolean;
}

export interface ForwarderDependencies {
  readonly hostname: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Forwarder {
  /** Resolves when all of a log that is not live has been sent, or after `stop`. */
  readonly done: Promise<void>;
  /** Sends what is there for at most `graceMs`, then ends. */
  stop(graceMs: number): void;
}

interface Run extends ForwarderDependencies {
  readonly source: LogSource;
  state: ForwardState;
  savedText: string;
  savedAtMs: number;
  retryMs: number;
  isDown: boolean;
  /** When it has to end; null = not. */
  stopAtMs: number | null;
  connection: ReceiverConnection | null;
  wake: () => void;
}

function pause(run: Run, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = run.clock.schedule(delayMs, resolve);
    run.wake = () => {
      cancel();
      resolve();
    };
  });
}

async function save(run: Run): Promise<void> {
  run.savedAtMs = run.clock.nowMs();
  const text = JSON.stringify(run.state);
  if (text === run.savedText) return;
  run.savedText = text;
  await saveState(run.source.path, run.state).catch((thrown: unknown) => {
    run.log('debug', 'How far a log was sent could not be noted.', { error: describeError(thrown) });
  });
}

async function sizesOf(files: readonly RowFile[]): Promise<readonly FileSize[]> {
  return Promise.all(files.map(async ({ key, handle }) => ({ key, size: (await handle.stat()).size })));
}

async function isAtMark(file: RowFile | undefined, { offset, mark }: Cursor): Promise<boolean> {
  if (file === undefined) return false;
  const bytes = await readBytes(file.handle, Math.max(0, offset - mark.length), offset);
  return bytes.toString('latin1') === mark;
}

/** Where to go on in the row; what is missing of it is counted. */
async function survey(run: Run, row: readonly RowFile[]): Promise<RowPlace> {
  const { cursor } = run.state;
  const index = row.findIndex(({ key }) => key === cursor?.file);
  const holds = cursor !== null && (await isAtMark(row[index], cursor));
  run.state = surveyed(run.state, await sizesOf(row), holds);
  return holds ? { index, offset: cursor.offset } : { index: 0, offset: 0 };
}

function note(run: Run, text: string): LogRecord {
  const timestampMs = run.clock.nowMs();
  return { stream: 'stderr', timestampMs, time: new Date(timestampMs).toISOString(), text };
}

async function sendRecords(
  run: Run,
  connection: ReceiverConnection,
  records: readonly LogRecord[],
): Promise<void> {
  const { receiver, tag, containerId } = run.source;
  const origin = { hostname: run.hostname, tag, containerId };
  await connection.send(records.map((record) => formatMessage(record, receiver, origin)));
}

/** Tells the receiver, and whoever reads the node's own log, that lines are missing here. */
async function sayLost(run: Run, connection: ReceiverConnection): Promise<void> {
  const { lostBytes } = run.state;
  const { containerId, receiver } = run.source;
  run.log('warn', 'Rotation removed lines of a log before they could be forwarded.', {
    containerId,
    receiver: receiverName(receiver),
    leastBytes: lostBytes,
  });
  const amount = lostBytes > 0 ? ` (at least ${lostBytes} bytes)` : '';
  const text = `skep: lines of this log were removed by rotation before they could be sent${amount}\n`;
  await sendRecords(run, connection, [note(run, text)]);
  run.state = { ...run.state, lostBytes: 0 };
}

function cursorBehind(batch: RowBatch, reader: RowReader): Cursor {
  const mark = Buffer.from(batch.lastLine.subarray(-MARK_BYTES)).toString('latin1');
  return { ...reader.position(), mark };
}

/** Counts what the connection has outlived as received, and notes it now and then. */
async function settle(
  run: Run,
  reader: RowReader,
  sent: readonly SentBatch[],
): Promise<readonly SentBatch[]> {
  const nowMs = run.clock.nowMs();
  const { cursor, open } = confirm(sent, nowMs);
  if (cursor !== null) {
    run.state = advanced(run.state, cursor);
    run.retryMs = 0;
    // Not before: a receiver may take a connection and nothing else.
    run.isDown = false;
  }
  if (nowMs - run.savedAtMs >= PERIOD_MS) {
    const known = await sizesOf(reader.files());
    const older = run.state.files.filter(({ key }) => !known.some((file) => file.key === key));
    run.state = { ...run.state, files: [...older, ...known] };
    await save(run);
  }
  return open;
}

function mustEnd(run: Run): boolean {
  return run.stopAtMs !== null && run.clock.nowMs() >= run.stopAtMs;
}

/** Sends over one connection. Resolves when there is nothing left to do, rejects when the connection is lost. */
async function sendAll(run: Run, reader: RowReader, connection: ReceiverConnection): Promise<void> {
  let sent: readonly SentBatch[] = [];
  if (run.state.lostBytes > 0) await sayLost(run, connection);
  while (!mustEnd(run)) {
    const failure = connection.failure();
    if (failure !== null) throw failure;
    sent = await settle(run, reader, sent);
    const live = run.source.isLive();
    const batch = await reader.read();
    if (batch !== null) {
      await sendRecords(run, connection, batch.records);
      sent = [...sent, { end: cursorBehind(batch, reader), sentAtMs: run.clock.nowMs() }];
      continue;
    }
    const { grew, lost } = await reader.look();
    if (lost) await sayLost(run, connection);
    if (grew) continue;
    if (run.stopAtMs !== null || (!live && sent.length === 0)) return;
    await pause(run, PERIOD_MS);
  }
}

function sayDown(run: Run, thrown: unknown): void {
  if (run.isDown) return;
  run.isDown = true;
  run.log('warn', 'Logs cannot be forwarded; they wait in their files until they can.', {
    containerId: run.source.containerId,
    receiver: receiverName(run.source.receiver),
    error: describeError(thrown),
  });
}

/** One connection, from where the last one got to. True when everything is done. */
async function session(run: Run, row: readonly RowFile[]): Promise<boolean> {
  let reader: RowReader | null = null;
  try {
    const place = await survey(run, row);
    run.connection = await connectReceiver(run.source.receiver, run.clock);
    reader = createRowReader(run.source.path, row, place);
    await sendAll(run, reader, run.connection);
    return true;
  } catch (thrown) {
    if (run.stopAtMs === null) sayDown(run, thrown);
    return false;
  } finally {
    run.connection?.close();
    run.connection = null;
    await (reader === null ? closeFiles(row) : reader.close());
    await save(run);
  }
}

async function forward(run: Run): Promise<void> {
  run.state = await loadState(run.source.path);
  while (run.stopAtMs === null) {
    const live = run.source.isLive();
    const row = await openRow(run.source.path);
    if (row.length === 0) {
      if (!live) return;
      await pause(run, PERIOD_MS);
      continue;
    }
    if (await session(run, row)) return;
    run.retryMs = nextRetryMs(run.retryMs);
    if (run.stopAtMs === null) await pause(run, run.retryMs);
  }
}

/**
 * Sends a log to its receiver, each record at least once while it is there: after an outage it goes on where it was,
 * and what rotation removed meanwhile is counted and said. It only reads what the keeper wrote, so a receiver that hangs
 * slows no container.
 */
export function startForwarder(source: LogSource, dependencies: ForwarderDependencies): Forwarder {
  const run: Run = {
    ...dependencies,
    source,
    state: NOTHING_SENT,
    savedText: '',
    savedAtMs: 0,
    retryMs: 0,
    isDown: false,
    stopAtMs: null,
    connection: null,
    wake: () => undefined,
  };
  const done = forward(run).catch((thrown: unknown) => {
    run.log('warn', 'A log can be forwarded no longer.', {
      containerId: source.containerId,
      error: describeError(thrown),
    });
  });
  return {
    done,
    stop: (graceMs) => {
      run.stopAtMs = run.clock.nowMs() + graceMs;
      run.wake();
      const cancel = run.clock.schedule(graceMs, () => run.connection?.close());
      void done.then(cancel);
    },
  };
}
