import { rm } from 'node:fs/promises';
import type { NodeRole } from '../lib/domain/node.ts';
import { describeError, SkepError } from '../lib/errors.ts';
import { parseUnlockKey } from '../lib/unlock-key.ts';
import type { JoinManagersResponse } from '../proto/messages.ts';
import { connect } from '../proto/rpc.ts';
import { managersMethods } from '../proto/services.ts';
import { managersFor, raftAddressOf, startManagerOf, takesPart } from './activation.ts';
import { channelCredentials } from './identity/channel-credentials.ts';
import { type ManagerRole, managerFolder } from './manager-role.ts';
import { type ActiveMember, inTurn, type MembershipContext } from './membership-context.ts';
import { type NodeState, saveNodeState } from './node-state.ts';
import { until } from './until.ts';

/** A change of role that did not work is tried again after this long. */
const RETRY_MS = 2_000;
/** A manager that joins has the state of the others within this time, or joins without waiting for it any longer. */
const CATCH_UP_TIMEOUT_MS = 30_000;

/** The role that the managers want this node to have. */
function wantedRole(active: ActiveMember): NodeRole {
  return active.agent.session.node()?.spec.role ?? active.state.role;
}

function isSettled(active: ActiveMember): boolean {
  return (wantedRole(active) === 'manager') === (active.manager !== null);
}

/**
 * Compares the role that the managers want this node to have with what runs here, and makes the change, again and
 * again until it has worked. Called whenever the node hears of the managers.
 */
export function checkRole(context: MembershipContext): void {
  context.cancelRoleCheck();
  void inTurn(context, async () => {
    const { active, clock, log } = context;
    if (active === null || isSettled(active)) return;
    try {
      if (wantedRole(active) === 'manager') await becomeManager(context, active);
      else await becomeWorker(context, active);
    } catch (thrown) {
      const reason = describeError(thrown);
      if (wantedRole(active) === 'manager') active.managerFailure = reason;
      log('warn', 'This node has not got the role yet that it should have; it will be tried again.', {
        wanted: wantedRole(active),
        reason,
      });
    }
    if (!isSettled(active)) context.cancelRoleCheck = clock.schedule(RETRY_MS, () => checkRole(context));
  });
}

async function setState(context: MembershipContext, active: ActiveMember, state: NodeState): Promise<void> {
  await saveNodeState(context.options.dataRoot, state);
  active.state = state;
}

/** Takes up the work of a manager: with a certificate that says so, and a part in the quorum. */
export async function becomeManager(context: MembershipContext, active: ActiveMember): Promise<void> {
  const { identities, secrets, renewal } = active;
  if (identities.current().role !== 'manager') await renewal.renewNow();
  if (identities.current().role !== 'manager') {
    throw new SkepError('UNAVAILABLE', 'the managers have not issued a certificate for a manager yet');
  }
  let peers: JoinManagersResponse['peers'] = [];
  if (!takesPart(active.state)) {
    // What an earlier time as a manager left would not fit the raft id that this one is given.
    await rm(managerFolder(context.options.dataRoot), { recursive: true, force: true });
    const answer = await askToBeLetIn(active);
    peers = answer.peers;
    // From here on the key file decides what opens the identity: the node has to know that it has one.
    await setState(context, active, { ...active.state, role: 'manager' });
    await secrets.addKeys(answer.unlockKey === '' ? null : parseUnlockKey(answer.unlockKey));
    await setState(context, active, {
      ...active.state,
      role: 'manager',
      raftId: answer.raftId,
      storeAddress: answer.storeAddress,
    });
  }
  active.manager = await startManagerOf(context, active.state, active, { first: null, peers });
  active.managerFailure = '';
  context.log('info', 'This node is a manager now.', { raftId: active.state.raftId });
}

/** Asks the managers, in turn, for a raft id. Throws what the last one answered. */
async function askToBeLetIn({ state, identities }: ActiveMember): Promise<JoinManagersResponse> {
  let failure: unknown = new SkepError('UNAVAILABLE', 'no manager is known');
  for (const { address } of managersFor(state, false)) {
    const connection = connect(managersMethods, address, channelCredentials(identities));
    try {
      return await connection.call.join({
        address: state.advertiseAddress,
        raftAddress: raftAddressOf(state),
      });
    } catch (thrown) {
      failure = thrown;
    } finally {
      connection.close();
    }
  }
  throw failure;
}

/** Lays the work of a manager down. The certificate changes only once this node is out of the quorum. */
async function becomeWorker(context: MembershipContext, active: ActiveMember): Promise<void> {
  const { identities, secrets, renewal } = active;
  if (identities.current().role !== 'worker') await renewal.renewNow();
  if (identities.current().role !== 'worker') {
    throw new SkepError('UNAVAILABLE', 'the managers have not issued a certificate for a worker yet');
  }
  const { manager } = active;
  active.manager = null;
  await manager?.close();
  active.managerFailure = '';
  await secrets.dropKeys();
  await setState(context, active, { ...active.state, role: 'worker', raftId: 0, storeAddress: '' });
  await rm(managerFolder(context.options.dataRoot), { recursive: true, force: true });
  context.log('info', 'This node is a worker now.');
}

/** Resolves once a manager that has just joined knows its cluster. Throws UNAVAILABLE after a while. */
export function untilCaughtUp({ clock }: MembershipContext, { replica }: ManagerRole): Promise<void> {
  return until(clock, CATCH_UP_TIMEOUT_MS, {
    isSo: () => replica.store.view().cluster !== undefined,
    watch: (look) => replica.store.watch(look),
    error: () =>
      new SkepError('UNAVAILABLE', 'this node is a manager, but has not got the state of the swarm yet', {
        help: 'it goes on trying; can the other managers reach its replication port?',
      }),
  });
}
