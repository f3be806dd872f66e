import type { ReadState } from '../core/message.ts';

/** A confirmation that has not come after so many ticks is asked for again: reads may be lost on their way. */
const RETRY_TICKS = 5;

export interface ReadBatchOptions {
  /** Unique across members and restarts. */
  readonly contextPrefix: string;
  readonly ask: (context: string) => void;
  readonly onConfirmed: (readIds: readonly number[], index: number) => void;
}

/** Reads that wait for their index: one request is on its way at a time, and the next takes all that came meanwhile. */
export interface ReadBatches {
  add(readId: number): void;
  confirm(states: readonly ReadState[]): void;
  tick(): void;
}

/** Nothing waits yet. */
export function createReadBatches(options: ReadBatchOptions): ReadBatches {
  let waiting: number[] = [];
  let asked: number[] = [];
  let context = '';
  let requests = 0;
  let ticks = 0;

  const ask = (): void => {
    ticks = 0;
    context = `${options.contextPrefix}.${++requests}`;
    options.ask(context);
  };
  const askNext = (): void => {
    if (asked.length > 0 || waiting.length === 0) return;
    asked = waiting;
    waiting = [];
    ask();
  };

  return {
    add: (readId) => {
      waiting.push(readId);
      askNext();
    },
    confirm: (states) => {
      const state = states.find((one) => one.context === context);
      if (state === undefined || asked.length === 0) return;
      const confirmed = asked;
      asked = [];
      options.onConfirmed(confirmed, state.index);
      askNext();
    },
    tick: () => {
      if (asked.length > 0 && ++ticks >= RETRY_TICKS) ask();
    },
  };
}
