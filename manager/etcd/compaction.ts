import { describeError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { Campaign } from './campaign.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { KeyLayout } from './key-layout.ts';
import { readOutline } from './loader.ts';
import { pause } from './pause.ts';

export interface CompactionOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly campaign: Campaign;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the replica closes. */
  readonly signal: AbortSignal;
  /** 0 = never. */
  readonly everyMs: number;
}

/**
 * The leader has etcd forget what was deleted or written over before the last interval; etcd does not by itself, and
 * would be full one day. Who was cut off for longer reads the state anew.
 */
export function startCompaction(options: CompactionOptions): void {
  const { client, keys, campaign, clock, log, signal, everyMs } = options;
  const run = async (): Promise<void> => {
    let before = 0;
    while (!signal.aborted) {
      await pause(clock, everyMs, signal);
      if (signal.aborted) return;
      try {
        const { revision } = await readOutline(client, keys);
        if (before > 0 && campaign.leadership().isLeader) await client.compact(before);
        before = revision;
      } catch (thrown) {
        log('debug', 'The history of etcd was not compacted.', { error: describeError(thrown) });
      }
    }
  };
  if (everyMs > 0) void run();
}
