import { SkepError } from '../lib/errors.ts';
import type { Clock } from '../lib/ports.ts';
import type { Replica } from '../manager/store/replica.ts';
import { type Connection, connect, type RpcClient } from '../proto/rpc.ts';
import { certificateAuthorityMethods, controlMethods, managersMethods } from '../proto/services.ts';
import { tunnelMethods } from '../proto/tunnel-services.ts';
import { wasCutOff, wasNeverSent } from '../proto/wire-error.ts';
import { channelCredentials } from './identity/channel-credentials.ts';
import type { IdentityHolder } from './identity/identity-holder.ts';
import type { Leading } from './leading.ts';

/** A request waits so long for a leader: several elections, but less than a call may take. */
const LEADER_WAIT_MS = 10_000;
/** The leader may be known and yet not answer: look again so often. */
const LOOK_AGAIN_MS = 100;

const FORWARDED_METHODS = {
  ...controlMethods,
  ...certificateAuthorityMethods,
  ...managersMethods,
  ...tunnelMethods,
} as const;

/** What a manager that does not lead asks of the one that does. */
export type LeaderCalls = RpcClient<typeof FORWARDED_METHODS>;

/** Stands on every call that a manager passes on, so that it is not passed on again. */
export const FORWARDED_HEADER = 'skep-forwarded';

export interface ToLeader {
  /**
   * Does something where the leader is: here with `local`, or by a call to it with `remote`. Waits while there is no
   * leader, and tries again when the one that was asked had ceased to lead and changed nothing. Throws NOT_LEADER
   * when there was none for LEADER_WAIT_MS, and whatever `local` or `remote` throws.
   */
  run<T>(local: (leading: Leading) => Promise<T>, remote: (calls: LeaderCalls) => Promise<T>): Promise<T>;
  /** As `run`, for a call that another manager passed on: only here, and without waiting. */
  runHere<T>(local: (leading: Leading) => Promise<T>): Promise<T>;
  /** True while this manager leads. */
  isLeading(): boolean;
  /** What leads here. Throws NOT_LEADER. */
  requireLeading(): Leading;
  /** host:port of the leader's API, this manager's own too; empty while nobody is known to lead. */
  leaderAddress(): string;
  close(): void;
}

export interface ToLeaderOptions {
  readonly replica: Replica;
  readonly identities: IdentityHolder;
  /** What runs here while this manager leads; null otherwise. */
  readonly leading: () => Leading | null;
  readonly clock: Clock;
}

/** See {@link ToLeader}. */
export function createToLeader(options: ToLeaderOptions): ToLeader {
  const { replica, identities, leading, clock } = options;
  let connection: (Connection<typeof FORWARDED_METHODS> & { readonly address: string }) | undefined;
  const disconnect = (): void => {
    connection?.close();
    connection = undefined;
  };
  const unwatch = identities.watch(disconnect);

  const callsTo = (address: string): LeaderCalls => {
    if (connection?.address !== address) {
      disconnect();
      connection = { address, ...connect(FORWARDED_METHODS, address, channelCredentials(identities)) };
    }
    return connection.call;
  };
  const leaderAddress = (): string => {
    const { leaderId } = replica.leadership();
    return (leaderId !== null && replica.store.view().nodes.get(leaderId)?.manager?.address) || '';
  };
  const requireLeading = (): Leading => {
    const present = leading();
    if (present !== null) return present;
    throw new SkepError('NOT_LEADER', 'this manager does not lead now, and nothing was changed', {
      help: 'try again in a moment',
    });
  };

  return {
    isLeading: () => leading() !== null,
    requireLeading,
    leaderAddress,
    runHere: async (local) => local(requireLeading()),
    async run(local, remote) {
      const untilMs = clock.nowMs() + LEADER_WAIT_MS;
      for (;;) {
        try {
          const present = leading();
          if (present !== null) return await local(present);
          const address = leaderAddress();
          if (address !== '' && !replica.leadership().isLeader)
            return await remote(callsTo(address)).catch((thrown: unknown) => {
              throw withUnknownOutcome(thrown);
            });
        } catch (thrown) {
          if (!changedNothing(thrown)) throw thrown;
        }
        if (clock.nowMs() >= untilMs) throw noLeader(replica);
        await changeOfLeadership(replica, clock);
      }
    },
    close() {
      unwatch();
      disconnect();
    },
  };
}

/** A leader that dies while it handles a request leaves open what became of it; the user is told so. */
function withUnknownOutcome(thrown: unknown): unknown {
  if (!(thrown instanceof SkepError) || !wasCutOff(thrown)) return thrown;
  return new SkepError('UNAVAILABLE', 'the leader was lost meanwhile: the change may have been made or not', {
    help: 'look whether it was made, then try again',
    cause: thrown,
  });
}

/** Only then may a request be made again by itself. */
function changedNothing(thrown: unknown): boolean {
  return thrown instanceof SkepError && (thrown.code === 'NOT_LEADER' || wasNeverSent(thrown));
}

/** Resolves when another leads, or after a short while. */
function changeOfLeadership(replica: Replica, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      cancel();
      unwatch();
      resolve();
    };
    const cancel = clock.schedule(LOOK_AGAIN_MS, settle);
    const unwatch = replica.onLeadership(settle);
  });
}

/** What a user is told when there is no quorum. */
export function noLeader({ store }: Replica): SkepError {
  const managers = [...store.view().nodes.values()].filter(({ manager }) => manager !== undefined).length;
  const quorum = Math.floor(managers / 2) + 1;
  return new SkepError(
    'NOT_LEADER',
    `the swarm has no leader, and nothing was changed: ${quorum} of its ${managers} managers must be up and reach one another`,
    { help: 'skep info shows what this manager sees; when managers are lost for good, see docs/managers.md' },
  );
}
