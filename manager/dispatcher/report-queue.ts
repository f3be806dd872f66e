import { SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { Store } from '../store/store.ts';
import { createPacer } from './pacer.ts';
import { applyReports, type ReportedStatus } from './task-status.ts';

/** Reports that arrive within this time share one transaction. */
const BATCH_GAP_MS = 50;
/** Reports held while earlier ones are being written. */
const MAX_REPORTS_WAITING = 20_000;

export interface ReportQueue {
  /** Resolves once the reports are in the store. Rejects with RESOURCE_EXHAUSTED when too many wait. */
  add(reports: readonly ReportedStatus[]): Promise<void>;
  /** Rejects what waits, and everything later. */
  stop(reason: SkepError): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Gathers task statuses of all nodes, so that many reports cost one log entry. */
export function createReportQueue(store: Store, clock: Clock): ReportQueue {
  let reports: ReportedStatus[] = [];
  let waiters: Waiter[] = [];
  let isWriting = false;
  let stopReason: SkepError | undefined;
  const pacer = createPacer(clock, BATCH_GAP_MS, () => void write());

  async function write(): Promise<void> {
    if (isWriting || waiters.length === 0) return;
    isWriting = true;
    const batch = reports;
    const batchWaiters = waiters;
    reports = [];
    waiters = [];
    try {
      await store.update((view) => applyReports(view, batch, clock.nowMs()));
      for (const waiter of batchWaiters) waiter.resolve();
    } catch (thrown) {
      for (const waiter of batchWaiters) waiter.reject(thrown);
    }
    isWriting = false;
    if (waiters.length > 0) pacer.request();
  }

  return {
    add: (added) =>
      new Promise((resolve, reject) => {
        if (stopReason !== undefined) throw stopReason;
        if (reports.length + added.length > MAX_REPORTS_WAITING) {
          throw new SkepError('RESOURCE_EXHAUSTED', `${reports.length} task statuses already wait`, {
            help: 'the agent sends them again',
          });
        }
        reports.push(...added);
        waiters.push({ resolve, reject });
        if (!isWriting) pacer.request();
      }),
    stop(reason) {
      stopReason = reason;
      pacer.stop();
      for (const waiter of waiters) waiter.reject(reason);
      reports = [];
      waiters = [];
    },
  };
}
