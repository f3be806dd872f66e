import { networkInterfaces } from 'node:os';
import type { Change } from '../lib/domain/store-object.ts';
import { SkepError } from '../lib/errors.ts';
import { changesForOnlyManager } from '../manager/backup/only-manager.ts';
import { createKeyRing } from '../manager/raft/keys/key-ring.ts';
import { forceSingleVoter } from '../manager/raft/member/member-rescue.ts';
import type { SwarmInitRequest, SwarmInitResponse } from '../proto/messages.ts';
import { raftAddressOf, startManagerOf } from './activation.ts';
import { ownAddresses } from './addresses.ts';
import { dataKeysOf, raftFolder, untilLeading } from './manager-role.ts';
import type { ActiveMember, MembershipContext } from './membership-context.ts';
import { type NodeState, saveNodeState } from './node-state.ts';

/** A transaction of the store takes no more than 2,000 changes. */
const CHANGES_AT_ONCE = 1_000;

/**
 * The way back when most managers are lost for good: this manager goes on alone with all that its own disk holds, and
 * every other node is a worker. Throws FAILED_PRECONDITION on a node that is no manager.
 */
export async function goOnAlone(
  context: MembershipContext,
  request: SwarmInitRequest,
): Promise<SwarmInitResponse> {
  const { active } = context;
  if (active === null || active.state.role !== 'manager' || active.state.raftId === 0) {
    throw new SkepError('FAILED_PRECONDITION', 'only a manager can go on alone, and this node is none', {
      help: 'run it on a manager of the swarm that was lost, or restore a backup: skep swarm snapshot restore',
    });
  }
  if (active.state.storeAddress !== '') {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the state of this swarm is kept by ${active.state.storeAddress}`,
      {
        help: 'a lost quorum of etcd is mended with the tools of etcd',
      },
    );
  }
  const { options, log } = context;
  const state = withAddresses(context, active.state, request);
  const { nodeId, raftId } = state;
  const { manager } = active;
  active.manager = null;
  await manager?.close();
  const { removed, lastIndex } = await forceSingleVoter({
    folder: raftFolder(options.dataRoot),
    key: createKeyRing(dataKeysOf(active.secrets)),
    id: raftId,
    address: raftAddressOf(state),
    commonName: nodeId,
    log,
  });
  log('warn', 'This manager goes on alone by force; the others must not come back with their data.', {
    removed: removed.join(),
    lastIndex,
  });
  await saveNodeState(options.dataRoot, state);
  active.state = state;
  active.manager = await startManagerOf(context, state, active, { first: null, peers: [] });
  return becomeOnlyManager(context, active);
}

function withAddresses(
  context: MembershipContext,
  state: NodeState,
  { advertiseAddress, listenAddress, dataPathAddress }: SwarmInitRequest,
): NodeState {
  if (advertiseAddress === '' && listenAddress === '' && dataPathAddress === '') return state;
  const given = { advertiseAddress, listenAddress: listenAddress || state.listenAddress, dataPathAddress };
  return { ...state, ...ownAddresses(context.options, given, networkInterfaces()) };
}

/** Tells the store that there is one manager. It is the first thing that this leader does, and may be done again. */
async function becomeOnlyManager(
  { clock }: MembershipContext,
  { state, identities, manager }: ActiveMember,
): Promise<SwarmInitResponse> {
  if (manager === null) throw new SkepError('INTERNAL', 'the manager of this node does not run');
  const { nodeId, raftId, advertiseAddress } = state;
  const { replica } = manager;
  await untilLeading(replica, clock);
  const { store } = replica;
  const changes = changesForOnlyManager(store.view(), {
    nodeId,
    raftId,
    endpoints: { address: advertiseAddress, raftAddress: raftAddressOf(state) },
    certificateExpiresAtMs: identities.current().expiresAtMs,
  });
  for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
    const some: readonly Change[] = changes.slice(at, at + CHANGES_AT_ONCE);
    await store.update(() => some);
  }
  const { cluster } = store.view();
  return {
    nodeId,
    workerToken: cluster?.joinTokens.worker ?? '',
    managerAddress: advertiseAddress,
    unlockKey: '',
  };
}
