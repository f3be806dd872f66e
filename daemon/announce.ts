import { describeError, SkepError } from '../lib/errors.ts';
import type { Clock, Log } from '../lib/ports.ts';
import type { Replica } from '../manager/store/replica.ts';
import { connect } from '../proto/rpc.ts';
import { managersMethods } from '../proto/services.ts';
import { channelCredentials } from './identity/channel-credentials.ts';
import type { IdentityHolder } from './identity/identity-holder.ts';
import type { ToLeader } from './to-leader.ts';

/** A manager that moved says so again after this long, until the store has its new addresses. */
const RETRY_MS = 2_000;

export interface AnnounceDependencies {
  readonly nodeId: string;
  /** host:port of the API and of replication, as others reach them. */
  readonly address: string;
  readonly raftAddress: string;
  readonly replica: Replica;
  readonly toLeader: ToLeader;
  readonly identities: IdentityHolder;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Compares the addresses that the store has of this manager with those that it is reached at, and tells the leader
 * when they differ: a manager is known by its certificate, so it may move. Returns what stops it.
 */
export function announceWhenMoved(dependencies: AnnounceDependencies): () => void {
  const { nodeId, address, raftAddress, replica, clock, log } = dependencies;
  let isBusy = false;
  let isStopped = false;
  let cancel: () => void = () => undefined;

  const hasMoved = (): boolean => {
    const known = replica.store.view().nodes.get(nodeId)?.manager;
    return known !== undefined && (known.address !== address || known.raftAddress !== raftAddress);
  };
  const look = async (): Promise<void> => {
    if (isBusy || isStopped || !hasMoved()) return;
    isBusy = true;
    try {
      await announce(dependencies);
      log('info', 'This manager told the others where it is reached.', { address, raftAddress });
    } catch (thrown) {
      log('warn', 'The new address of this manager could not be announced; it will be tried again.', {
        address,
        error: describeError(thrown),
      });
    }
    isBusy = false;
    if (!isStopped) cancel = clock.schedule(RETRY_MS, () => void look());
  };
  const unwatch = replica.store.watch(() => void look());
  void look();
  return () => {
    isStopped = true;
    unwatch();
    cancel();
  };
}

/** Tells the leader through whichever manager answers: this one may not even hear who leads, having moved. */
async function announce({
  nodeId,
  address,
  raftAddress,
  replica,
  toLeader,
  identities,
}: AnnounceDependencies): Promise<void> {
  const request = { address, raftAddress };
  if (toLeader.isLeading()) {
    await toLeader.runHere(({ managers }) => managers.announce(nodeId, request));
    return;
  }
  let failure: unknown = new SkepError('UNAVAILABLE', 'no other manager is known');
  for (const other of replica.store.view().nodes.values()) {
    if (other.id === nodeId || other.manager === undefined) continue;
    const connection = connect(managersMethods, other.manager.address, channelCredentials(identities));
    try {
      await connection.call.announce(request);
      return;
    } catch (thrown) {
      failure = thrown;
    } finally {
      connection.close();
    }
  }
  throw failure;
}
