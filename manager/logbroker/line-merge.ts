import type { LogLine } from '../../proto/messages.ts';

/** Lines of one node that wait to be sent on, oldest first. */
export interface LineQueue {
  readonly lines: LogLine[];
  /** True when no more can come. */
  readonly done: boolean;
  /** When the node last sent something for it. */
  readonly lastActivityMs: number;
}

/** A node that is silent for this long does not hold up the lines of the others. */
const MERGE_PATIENCE_MS = 2_000;

/**
 * Takes up to `limit` lines out of the queues, in the order of their times as far as it can be known: it stops
 * where a queue is empty that may still bring an earlier line.
 */
export function takeInOrder(queues: readonly LineQueue[], limit: number, nowMs: number): LogLine[] {
  const taken: LogLine[] = [];
  while (taken.length < limit) {
    let earliest: LineQueue | undefined;
    for (const queue of queues) {
      const head = queue.lines[0];
      if (head === undefined) {
        if (!queue.done && nowMs - queue.lastActivityMs < MERGE_PATIENCE_MS) return taken;
      } else if (earliest === undefined || head.timestampMs < (earliest.lines[0]?.timestampMs ?? 0)) {
        earliest = queue;
      }
    }
    const line = earliest?.lines.shift();
    if (line === undefined) return taken;
    taken.push(line);
  }
  return taken;
}

/** Takes up to `limit` of the lines that are there, each queue in turn. */
export function takeAvailable(queues: readonly LineQueue[], limit: number): LogLine[] {
  const taken: LogLine[] = [];
  for (const queue of queues) taken.push(...queue.lines.splice(0, limit - taken.length));
  return taken;
}
