import { ensureError, SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { Journal } from './journal.ts';
import type { KeyLayout } from './key-layout.ts';
import { pause } from './pause.ts';
import { decodeHead } from './records.ts';
import { stopping, tooMany } from './refusals.ts';

const MAX_WAITING = 4_096;
const TIMEOUT_MS = 10_000;
const RETRY_MS = 100;

export interface ReadBarrierOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/**
 * Makes the function that waits until all that was acknowledged before the call is applied here. Calls that come while
 * a round is on its way share the next one.
 */
export function createReadBarrier(options: ReadBarrierOptions): () => Promise<void> {
  let waiting = 0;
  let isAsking = false;
  let gathering: Promise<void> | undefined;
  let current: Promise<unknown> = Promise.resolve();

  const nextRound = async (): Promise<void> => {
    await current;
    gathering = undefined;
    isAsking = true;
    const round = confirm(options);
    current = round
      .catch(() => undefined)
      .finally(() => {
        isAsking = false;
      });
    return round;
  };

  return async () => {
    if (options.signal.aborted) throw stopping();
    if (waiting >= MAX_WAITING) throw tooMany('reads', waiting);
    waiting++;
    try {
      // Without a round on its way there is nothing to wait for but this turn.
      if (!isAsking) current = Promise.resolve();
      gathering ??= nextRound();
      await gathering;
    } finally {
      waiting--;
    }
  };
}

/** Throws UNAVAILABLE when etcd does not say in time how far the log goes, or the memory does not get there. */
async function confirm(options: ReadBarrierOptions): Promise<void> {
  const { journal, monotonicMs } = options;
  const untilMs = monotonicMs() + TIMEOUT_MS;
  const index = await readHeadIndex(options, untilMs);
  await journal.reached(index, Math.max(1, untilMs - monotonicMs()));
}

async function readHeadIndex(options: ReadBarrierOptions, untilMs: number): Promise<number> {
  const { client, keys, clock, monotonicMs, signal } = options;
  for (;;) {
    try {
      const { found } = await client.transact({ conditions: [], steps: [{ kind: 'get', key: keys.head }] });
      return found[0] === undefined ? 0 : decodeHead(found[0].value).index;
    } catch (thrown) {
      const error = ensureError(thrown);
      if (signal.aborted) throw stopping();
      if (monotonicMs() >= untilMs || !(error instanceof SkepError) || error.code !== 'UNAVAILABLE') {
        throw new SkepError('UNAVAILABLE', 'etcd did not confirm a read', {
          help: 'see that a majority of its members is up and reached from here',
          cause: error,
        });
      }
    }
    await pause(clock, RETRY_MS, signal);
  }
}
