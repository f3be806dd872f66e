import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoopDelay } from './thread-messages.ts';

/** The timer that is measured fires so often; a delay may be taken for shorter than it was by as much. */
const RESOLUTION_MS = 5;
const NANOSECONDS_PER_MS = 1_000_000;

/** Measures how late timers of this thread are, from now on. Costs no JavaScript between the calls of the result. */
export function measureEventLoopDelay(): () => EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // What is recorded is the time from one firing to the next.
  const delayMs = (nanoseconds: number): number =>
    Math.max(0, Math.round((nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS) * 100) / 100);
  return () => ({
    p50: delayMs(histogram.percentile(50)),
    p99: delayMs(histogram.percentile(99)),
    p999: delayMs(histogram.percentile(99.9)),
    max: delayMs(histogram.max),
  });
}
