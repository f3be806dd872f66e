import type { Clock } from '../../lib/ports.ts';

/** Runs something soon after it was asked for, and not more often than every so many milliseconds. */
export interface Pacer {
  request(): void;
  stop(): void;
}

/**
 * The first request after a quiet time runs in the next turn, so that nothing waits without need; requests that
 * follow closely share one run.
 */
export function createPacer(clock: Clock, gapMs: number, run: () => void): Pacer {
  let lastRunMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  return {
    request() {
      if (cancel !== undefined) return;
      const delayMs = Math.max(0, lastRunMs + gapMs - clock.nowMs());
      // A clock that was set back must not hold the next run up.
      cancel = clock.schedule(Math.min(gapMs, delayMs), () => {
        cancel = undefined;
        lastRunMs = clock.nowMs();
        run();
      });
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
