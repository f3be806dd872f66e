/** Runs a turn after whatever happened, once for all that happened in the same turn of the event loop. */
export interface TurnLoop {
  /** Runs `step`, and a turn soon; whatever throws in either means broken data, and nothing runs after it. */
  readonly guarded: (step: () => void) => void;
  readonly fail: (thrown: unknown) => void;
  isStopped(): boolean;
  stop(): void;
}

/** `onFailure` is called at most once, and not after `stop`. */
export function createTurnLoop(turn: () => void, onFailure: (thrown: unknown) => void): TurnLoop {
  let isScheduled = false;
  let isStopped = false;

  const fail = (thrown: unknown): void => {
    if (isStopped) return;
    isStopped = true;
    onFailure(thrown);
  };
  const attempt = (step: () => void): void => {
    if (isStopped) return;
    try {
      step();
    } catch (thrown) {
      fail(thrown);
    }
  };
  const schedule = (): void => {
    if (isScheduled || isStopped) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      attempt(turn);
    });
  };

  return {
    guarded: (step) => {
      attempt(step);
      schedule();
    },
    fail,
    isStopped: () => isStopped,
    stop: () => {
      isStopped = true;
    },
  };
}
