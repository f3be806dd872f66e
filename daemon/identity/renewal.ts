import type { Clock, Log, Random } from '../../lib/ports.ts';
import { BACKDATE_MS } from '../../manager/ca/root-authority.ts';
import type { IdentityHolder } from './identity-holder.ts';
import type { NodeIdentity } from './node-identity.ts';
import { nextAttemptMs, renewAtMs } from './renewal-time.ts';

export interface RenewalOptions {
  readonly identities: IdentityHolder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Gets a new certificate from a manager, see `renewIdentity`. */
  readonly renew: () => Promise<NodeIdentity>;
  /** Keeps the new identity on disk before it is used. */
  readonly save: (identity: NodeIdentity) => Promise<void>;
}

export interface Renewal {
  /** Renews now, because the node's role was changed for instance. Rejects with what went wrong. */
  renewNow(): Promise<void>;
  stop(): void;
}

/** Renews the identity in good time before it expires, and again and again after a failure. */
export function startRenewal(options: RenewalOptions): Renewal {
  const { identities, clock, random, log } = options;
  let cancel: () => void = () => undefined;
  let isStopped = false;
  let attempt: Promise<void> | undefined;
  let failures = 0;
  let dueAtMs = dueTime();

  function dueTime(): number {
    const { beginsAtMs, expiresAtMs } = identities.current();
    return renewAtMs(beginsAtMs + BACKDATE_MS, expiresAtMs, random.fraction());
  }

  async function renewOnce(): Promise<void> {
    const next = await options.renew();
    await options.save(next);
    if (isStopped) return;
    identities.replace(next);
    failures = 0;
    dueAtMs = dueTime();
    log('info', 'The certificate of this node was renewed.', {
      role: next.role,
      expiresAt: new Date(next.expiresAtMs).toISOString(),
    });
  }

  function renewNow(): Promise<void> {
    attempt ??= renewOnce()
      .catch((thrown: unknown) => {
        failures += 1;
        throw thrown;
      })
      .finally(() => {
        attempt = undefined;
        schedule();
      });
    return attempt;
  }

  function schedule(): void {
    cancel();
    if (isStopped) return;
    const waitMs = nextAttemptMs(clock.nowMs(), dueAtMs, failures);
    cancel = clock.schedule(waitMs, () => {
      if (clock.nowMs() < dueAtMs) return schedule();
      renewNow().catch((thrown: unknown) => {
        log('warn', 'The certificate of this node could not be renewed; it will be tried again.', {
          expiresAt: new Date(identities.current().expiresAtMs).toISOString(),
          reason: thrown instanceof Error ? thrown.message : String(thrown),
        });
      });
    });
  }

  schedule();
  return {
    renewNow,
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}
