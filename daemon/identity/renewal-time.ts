/** As in swarmkit `ca/certificates.go`: at a random point between these parts of the lifetime. */
const EARLIEST_PART = 0.5;
const LATEST_PART = 0.8;
/** Timers cannot be set for more than 24 days, and clocks are set: look again at least once a day. */
const MAX_WAIT_MS = 24 * 3_600_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;

/** When to renew a certificate that was issued at one moment and expires at another; `fraction` is random, 0…1. */
export function renewAtMs(issuedAtMs: number, expiresAtMs: number, fraction: number): number {
  const lifetimeMs = Math.max(0, expiresAtMs - issuedAtMs);
  return issuedAtMs + lifetimeMs * (EARLIEST_PART + (LATEST_PART - EARLIEST_PART) * fraction);
}

/** How long to wait before looking again, after so many failures in a row. */
export function nextAttemptMs(nowMs: number, dueAtMs: number, failures: number): number {
  const untilDueMs = Math.max(0, dueAtMs - nowMs);
  const retryMs =
    failures === 0 ? 0 : Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16));
  return Math.min(MAX_WAIT_MS, Math.max(untilDueMs, retryMs));
}
