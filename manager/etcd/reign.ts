import { describeError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { EtcdClient } from './etcd-client.ts';
import { pause } from './pause.ts';

/** A lease is renewed this often; several renewals may fail before it ends. */
const RENEW_EVERY_MS = 1_000;
const RENEW_TIMEOUT_MS = 1_000;
const RENEW_RETRY_MS = 200;
/** So much earlier than etcd this manager takes its lease for ended. */
const LEASE_MARGIN_MS = 500;
/** A lease that is left is given back, so that another manager need not wait for its end. */
const REVOKE_TIMEOUT_MS = 1_000;

/** One time of leading, from the winning of the leader's key to the loss of it. */
export interface Reign {
  /** The revision at which the leader's key was made: no two reigns have the same, and later ones a larger. */
  readonly term: number;
  /** False as soon as the lease may be over, by this manager's own clock; no message is needed for it. */
  isLeading(): boolean;
  /** Ends it. Only the first call counts. */
  lose(reason: string): void;
  /** Aborted when it ends. */
  readonly over: AbortSignal;
  /** Why it ended; empty while it lasts. */
  reason(): string;
}

export interface Lease {
  readonly id: string;
  /** By the monotonic clock, counted from before the request for it was sent. */
  readonly untilMs: number;
}

export interface ReignOptions {
  readonly client: EtcdClient;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly log: Log;
}

/** Asks for a lease. Throws what the call throws. */
export async function grantLease(
  { client, monotonicMs }: Pick<ReignOptions, 'client' | 'monotonicMs'>,
  ttlSeconds: number,
): Promise<Lease> {
  const sentAtMs = monotonicMs();
  const { id, ttlMs } = await client.grantLease(ttlSeconds);
  return { id, untilMs: sentAtMs + ttlMs - LEASE_MARGIN_MS };
}

/** Gives a lease back, if etcd can be told. */
export async function revokeLease(client: EtcdClient, id: string): Promise<void> {
  // Otherwise it ends by itself.
  await client.revokeLease(id, REVOKE_TIMEOUT_MS).catch(() => undefined);
}

/** A reign that lasts as long as its lease is renewed. Nothing keeps it once `lose` was called. */
export function beginReign(options: ReignOptions, lease: Lease, term: number): Reign {
  const controller = new AbortController();
  const over = controller.signal;
  let { untilMs } = lease;
  let reason = '';
  const lose = (why: string): void => {
    if (over.aborted) return;
    reason = why;
    controller.abort();
  };
  const renewals = async (): Promise<void> => {
    const { client, clock, monotonicMs, log } = options;
    let delayMs = RENEW_EVERY_MS;
    for (;;) {
      await pause(clock, Math.max(0, Math.min(delayMs, untilMs - monotonicMs())), over);
      const sentAtMs = monotonicMs();
      if (over.aborted) return;
      if (sentAtMs >= untilMs) return lose('its lease could not be renewed in time');
      try {
        const ttlMs = await client.renewLease(lease.id, Math.min(RENEW_TIMEOUT_MS, untilMs - sentAtMs));
        if (ttlMs === 0) return lose('its lease has ended');
        untilMs = sentAtMs + ttlMs - LEASE_MARGIN_MS;
        delayMs = RENEW_EVERY_MS;
      } catch (thrown) {
        if (thrown instanceof SkepError && thrown.code === 'NOT_FOUND') return lose('its lease has ended');
        if (!over.aborted && delayMs === RENEW_EVERY_MS) {
          log('warn', 'A lease could not be renewed; it is tried again.', { error: describeError(thrown) });
        }
        delayMs = RENEW_RETRY_MS;
      }
    }
  };
  void renewals();
  return {
    term,
    isLeading: () => !over.aborted && options.monotonicMs() < untilMs,
    lose,
    over,
    reason: () => reason,
  };
}
