/** Wakes one waiting stream. Any number of wakes before the next wait count as one. */
export interface Wakeup {
  wake(): void;
  /** Resolves at the next wake, or at once when one came since the last wait or the signal is aborted. */
  next(): Promise<void>;
}

/** A wakeup that the abort of `signal` wakes too. */
export function createWakeup(signal: AbortSignal): Wakeup {
  let isDue = false;
  let resume: (() => void) | undefined;
  const wake = (): void => {
    isDue = resume === undefined;
    resume?.();
    resume = undefined;
  };
  signal.addEventListener('abort', wake, { once: true });
  return {
    wake,
    next: () =>
      new Promise((resolve) => {
        if (isDue || signal.aborted) resolve();
        else resume = resolve;
        isDue = false;
      }),
  };
}
