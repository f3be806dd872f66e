import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { createFileCalls, type Machine } from './file-calls.ts';
import type { Schedule } from './schedule.ts';
import { hostOf } from './schedule.ts';

export interface RuntimeOptions {
  readonly schedule: Schedule;
  readonly fraction: () => number;
  /** The machine that the present work runs on. */
  readonly machine: () => Machine;
  /** Stands in for the class `Worker`. */
  readonly Worker: unknown;
}

/** When virtual time begins, in ms since the epoch. */
export const EPOCH_MS = 1_700_000_000_000;

type Patch = readonly [target: Record<string, unknown>, name: string, value: unknown];

/**
 * Puts virtual time, chance, disks and threads in the place of Node's own, for all code of this thread: managers
 * and agents run as they are. Returns what undoes it. Nothing else may run in the thread meanwhile.
 */
export function installRuntime(options: RuntimeOptions): () => void {
  const { schedule, fraction, machine, Worker } = options;
  const globals = globalThis as unknown as Record<string, unknown>;
  const nowMs = (): number => EPOCH_MS + schedule.nowMs() + hostOf(schedule.current()).clockOffsetMs;
  const patches: Patch[] = [
    ...Object.entries(timerCalls(schedule)).map(([name, call]): Patch => [globals, name, call]),
    [Date as unknown as Record<string, unknown>, 'now', () => Math.floor(nowMs())],
    [performance as unknown as Record<string, unknown>, 'now', nowMs],
    [Math as unknown as Record<string, unknown>, 'random', fraction],
    ...Object.entries(createFileCalls(machine)).map(
      ([name, call]): Patch => [files as unknown as Record<string, unknown>, name, call],
    ),
    [threads as unknown as Record<string, unknown>, 'Worker', Worker],
  ];
  const undo = patches.map(([target, name]): Patch => [target, name, target[name]]);
  put(patches);
  return () => put(undo);
}

function put(patches: readonly Patch[]): void {
  for (const [target, name, value] of patches) target[name] = value;
  syncBuiltinESMExports();
}

type Callback = (...values: unknown[]) => void;

interface Timer {
  cancel: () => void;
  ref(): Timer;
  unref(): Timer;
  hasRef(): boolean;
}

function createTimer(): Timer {
  const timer: Timer = {
    cancel: () => undefined,
    ref: () => timer,
    unref: () => timer,
    hasRef: () => true,
  };
  return timer;
}

function timerCalls(schedule: Schedule) {
  const clear = (timer: Timer | undefined): void => timer?.cancel();
  const once =
    (label: string) =>
    (callback: Callback, delayMs?: number, ...values: unknown[]) => {
      const timer = createTimer();
      timer.cancel = schedule.after(schedule.current(), Math.max(1, delayMs ?? 1), label, () =>
        callback(...values),
      );
      return timer;
    };
  return {
    setTimeout: once('timeout'),
    setInterval: (callback: Callback, delayMs: number) => {
      const timer = createTimer();
      const owner = schedule.current();
      const arm = (): void => {
        timer.cancel = schedule.after(owner, Math.max(1, delayMs), 'interval', () => {
          arm();
          callback();
        });
      };
      arm();
      return timer;
    },
    setImmediate: (callback: Callback, ...values: unknown[]) => {
      const timer = createTimer();
      timer.cancel = schedule.after(schedule.current(), 0, 'immediate', () => callback(...values));
      return timer;
    },
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  };
}
