/** Pause after the first failure; it doubles with each further one. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

interface Attempts {
  readonly count: number;
  readonly nextAtMs: number;
  readonly reason: string;
}

/** Remembers what failed, so that it is tried again later and later, and told once. */
export interface RetryPlan {
  mayTry(key: string, nowMs: number): boolean;
  /** How often in a row that makes, and whether the reason is another one than before. */
  failed(key: string, reason: string, nowMs: number): { readonly count: number; readonly isNews: boolean };
  /** Even what succeeded is not done again at once: should it come to nothing, that must not spin. */
  succeeded(key: string, nowMs: number): void;
  /** Forgets all other keys. */
  keepOnly(keys: readonly string[]): void;
}

/** A plan in which nothing has failed yet. */
export function createRetryPlan(): RetryPlan {
  const attempts = new Map<string, Attempts>();
  return {
    mayTry: (key, nowMs) => (attempts.get(key)?.nextAtMs ?? 0) <= nowMs,
    failed(key, reason, nowMs) {
      const earlier = attempts.get(key);
      const count = (earlier?.count ?? 0) + 1;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(count - 1, 10));
      attempts.set(key, { count, nextAtMs: nowMs + pauseMs, reason });
      return { count, isNews: earlier?.reason !== reason };
    },
    succeeded(key, nowMs) {
      attempts.set(key, { count: 0, nextAtMs: nowMs + FIRST_PAUSE_MS, reason: '' });
    },
    keepOnly(keys) {
      for (const key of attempts.keys()) if (!keys.includes(key)) attempts.delete(key);
    },
  };
}
