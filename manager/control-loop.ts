import { describeError } from '../lib/errors.ts';
import type { Clock, Log } from '../lib/ports.ts';
import type { Decide, Store } from './store/store.ts';

/** Changes that come in quick succession are looked at together. */
const COALESCE_MS = 2;
/** A controller that asks for a moment already past is a fault; it must not make the loop spin. */
const MIN_PAUSE_MS = 10;
/** After a pass that failed, so that a fault that stays does not spin. */
const RETRY_MS = 1_000;

export interface Controller {
  readonly name: string;
  readonly decide: Decide;
}

export interface ControlLoopDependencies {
  readonly store: Store;
  /** In the order in which they run; each sees what those before it decided. */
  readonly controllers: readonly Controller[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

export interface ControlLoop {
  close(): void;
}

/**
 * Runs the leader's controllers: all of them after each change of the store, and again at the earliest moment
 * that one of them asked for. They hold no state, so a pass that was cut short is simply made again.
 */
export function startControlLoop(dependencies: ControlLoopDependencies): ControlLoop {
  const { store, clock, log } = dependencies;
  let closed = false;
  let running = false;
  let changed = false;
  let cancelTimer: () => void = () => undefined;

  function wakeIn(delayMs: number): void {
    cancelTimer();
    if (!closed) cancelTimer = clock.schedule(delayMs, () => void run());
  }

  async function run(): Promise<void> {
    if (running || closed) return;
    running = true;
    changed = false;
    const wakes: number[] = [];
    const outcome = await Promise.allSettled(
      dependencies.controllers.map((controller) => pass(dependencies, controller, wakes)),
    );
    running = false;
    const failed = outcome.some((result) => result.status === 'rejected');
    if (changed) wakeIn(failed ? RETRY_MS : COALESCE_MS);
    else if (failed) wakeIn(RETRY_MS);
    else if (wakes.length > 0) wakeIn(Math.max(MIN_PAUSE_MS, Math.min(...wakes) - clock.nowMs()));
  }

  const unwatch = store.watch(() => {
    if (changed) return;
    changed = true;
    if (!running) wakeIn(COALESCE_MS);
  });
  log('debug', 'The control loop runs.', { controllers: dependencies.controllers.length });
  wakeIn(0);
  return {
    close() {
      closed = true;
      unwatch();
      cancelTimer();
    },
  };
}

/** One controller's pass. Passes begun in one turn share a log entry, and each sees the ones before it. */
async function pass(
  { store, clock, newId, log }: ControlLoopDependencies,
  controller: Controller,
  wakes: number[],
): Promise<void> {
  try {
    await store.update((view) => {
      const decision = controller.decide(view, { nowMs: clock.nowMs(), newId });
      if (decision.wakeAtMs !== undefined) wakes.push(decision.wakeAtMs);
      return decision.changes;
    });
  } catch (thrown) {
    log('error', 'A control pass failed and is made again.', {
      controller: controller.name,
      error: describeError(thrown),
    });
    throw thrown;
  }
}
