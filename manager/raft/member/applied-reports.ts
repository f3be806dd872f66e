import type { ToConsensus } from './thread-messages.ts';

/** A report waits no longer than this for others to go with it: each wakes the consensus thread. */
const MAX_DELAY_MS = 10;
/** Nor when so much was applied, far less than what the core lets be on its way. */
const MAX_BYTES = 512 * 1024;

/** Tells the consensus what was applied: all of it, but not at once. Nothing that a caller waits for hangs on it. */
export interface AppliedReports {
  /** One more batch is applied. */
  add(bytes: number): void;
  stop(): void;
}

/** Nothing is applied yet. */
export function createAppliedReports(post: (message: ToConsensus) => void): AppliedReports {
  let batches = 0;
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;

  const report = (): void => {
    clearTimeout(timer);
    timer = undefined;
    post({ kind: 'applied', batches });
    batches = 0;
    bytes = 0;
  };

  return {
    add: (moreBytes) => {
      batches++;
      bytes += moreBytes;
      if (bytes >= MAX_BYTES) report();
      else timer ??= setTimeout(report, MAX_DELAY_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
