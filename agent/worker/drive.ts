import { describeError } from '../../lib/errors.ts';
import type { Clock, Log, LogFields } from '../../lib/ports.ts';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/** What of a record the loop that makes its steps keeps. */
export interface DrivenRecord {
  /** A step is being carried out. */
  busy: boolean;
  /** Something changed meanwhile: look again. */
  again: boolean;
  retryDelayMs: number;
  cancelTimer: () => void;
}

/** A step, or that there is none before a moment of the record's own (null = before something happens). */
export type NextMove<Step> =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'wait'; readonly untilMs: number | null };

export interface Driver<Driven extends DrivenRecord, Step> {
  readonly clock: Clock;
  readonly log: Log;
  /** Decides; null = the record is to be left alone from now on. */
  readonly next: (record: Driven) => NextMove<Step> | null;
  /** Carries out a step; what it throws is tried again. */
  readonly perform: (record: Driven, step: Step) => Promise<void>;
  /** For the log when a step failed. */
  readonly describe: (record: Driven) => { readonly message: string; readonly fields: LogFields };
  /** After each run of steps. */
  readonly settled?: (record: Driven) => void;
  readonly isClosed: () => boolean;
}

async function stepUntilWait<Driven extends DrivenRecord, Step>(
  driver: Driver<Driven, Step>,
  record: Driven,
): Promise<number | null> {
  for (;;) {
    record.again = false;
    const move = driver.isClosed() ? null : driver.next(record);
    if (move === null) return null;
    if (move.kind === 'step') await driver.perform(record, move.step);
    else if (!record.again)
      return move.untilMs === null ? null : Math.max(0, move.untilMs - driver.clock.nowMs());
  }
}

/** Makes steps until the record waits, one run at a time. A failing step is tried again with growing pauses. */
export async function drive<Driven extends DrivenRecord, Step>(
  driver: Driver<Driven, Step>,
  record: Driven,
): Promise<void> {
  if (record.busy) {
    record.again = true;
    return;
  }
  record.busy = true;
  record.cancelTimer();
  let wakeInMs: number | null = null;
  try {
    wakeInMs = await stepUntilWait(driver, record);
    record.retryDelayMs = 0;
  } catch (thrown) {
    record.retryDelayMs = Math.min(Math.max(record.retryDelayMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
    wakeInMs = record.retryDelayMs;
    const { message, fields } = driver.describe(record);
    driver.log('warn', message, { ...fields, retryInMs: wakeInMs, error: describeError(thrown) });
  } finally {
    record.busy = false;
    driver.settled?.(record);
  }
  if (wakeInMs !== null && !driver.isClosed()) {
    record.cancelTimer = driver.clock.schedule(wakeInMs, () => void drive(driver, record));
  }
}
