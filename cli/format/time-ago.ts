const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A duration as a person says it, in the words of Docker's lists: `12 seconds`, `About an hour`. */
export function formatAge(durationMs: number): string {
  if (durationMs < SECOND_MS) return 'Less than a second';
  if (durationMs < 2 * SECOND_MS) return '1 second';
  if (durationMs < MINUTE_MS) return `${Math.floor(durationMs / SECOND_MS)} seconds`;
  if (durationMs < 2 * MINUTE_MS) return 'About a minute';
  if (durationMs < HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} minutes`;
  const hours = Math.floor(durationMs / HOUR_MS + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(durationMs / DAY_MS);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}

/** How long before `nowMs` something was; clocks that disagree never give a negative age. */
export function formatAgo(thenMs: number, nowMs: number): string {
  return `${formatAge(Math.max(0, nowMs - thenMs))
    .replace(/^A/, 'a')
    .replace(/^L/, 'l')} ago`;
}
