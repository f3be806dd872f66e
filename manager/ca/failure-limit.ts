/** Refused attempts that one caller may make within a window. */
export const MAX_FAILURES_PER_CALLER = 20;
const WINDOW_MS = 60_000;
/** Callers remembered at once; the one seen first is forgotten first. */
const MAX_CALLERS = 1_024;

interface Failures {
  readonly sinceMs: number;
  readonly count: number;
}

/** Failed attempts by caller. Only the functions of this file change it. */
export type FailureTable = Map<string, Failures>;

/** True when the caller has failed too often lately to be heard again before the window is over. */
export function isBlocked(table: FailureTable, caller: string, nowMs: number): boolean {
  const failures = table.get(caller);
  return (
    failures !== undefined &&
    failures.count >= MAX_FAILURES_PER_CALLER &&
    nowMs - failures.sinceMs < WINDOW_MS
  );
}

/** Counts one refused attempt. */
export function recordFailure(table: FailureTable, caller: string, nowMs: number): void {
  const previous = table.get(caller);
  const isRecent = previous !== undefined && nowMs - previous.sinceMs < WINDOW_MS;
  table.delete(caller);
  table.set(caller, isRecent ? { ...previous, count: previous.count + 1 } : { sinceMs: nowMs, count: 1 });
  if (table.size <= MAX_CALLERS) return;
  const oldest = table.keys().next();
  if (oldest.done !== true) table.delete(oldest.value);
}
