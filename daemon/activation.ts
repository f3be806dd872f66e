import { DEFAULT_API_PORT, RAFT_PORT_OFFSET } from '../lib/defaults.ts';
import type { StoreObject } from '../lib/domain/store-object.ts';
import { describeError, type SkepError } from '../lib/errors.ts';
import type { ManagerAddress, RaftPeer } from '../proto/messages.ts';
import { splitHostPort } from './addresses.ts';
import { startAgent } from './agent-role.ts';
import { createIdentityHolder, type IdentityHolder } from './identity/identity-holder.ts';
import { renewIdentity } from './identity/join-cluster.ts';
import type { NodeIdentity } from './identity/node-identity.ts';
import type { NodeSecrets } from './identity/node-secrets.ts';
import { startRenewal } from './identity/renewal.ts';
import { type ManagerRole, startManager } from './manager-role.ts';
import { inTurn, type MembershipContext } from './membership-context.ts';
import { type NodeState, saveNodeState } from './node-state.ts';

/** A manager that stopped by itself is started again after this long. */
const START_AGAIN_MS = 5_000;

/** True for a manager that was let in: it has a part in keeping the state. */
export function takesPart({ role, raftId, storeAddress }: NodeState): boolean {
  return role === 'manager' && (raftId > 0 || storeAddress !== '');
}

/** host:port at which the other managers replicate with this one; empty where etcd keeps the state. */
export function raftAddressOf({ advertiseAddress, storeAddress }: NodeState): string {
  if (storeAddress !== '') return '';
  const { host, port } = splitHostPort(advertiseAddress, DEFAULT_API_PORT);
  return `${host}:${port + RAFT_PORT_OFFSET}`;
}

/** The manager of this very node is reached without leaving the machine. */
function ownAddress(state: NodeState): ManagerAddress {
  const { host, port } = splitHostPort(state.listenAddress, DEFAULT_API_PORT);
  return { nodeId: state.nodeId, address: `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}` };
}

/** Where this node looks for managers: its own first, then those last heard of. */
export function managersFor(state: NodeState, hasManager: boolean): readonly ManagerAddress[] {
  const others = state.managers.filter(({ nodeId }) => nodeId !== state.nodeId);
  return hasManager ? [ownAddress(state), ...others] : others;
}

/** Starts the manager of a node whose state says that it has one. */
export function startManagerOf(
  context: MembershipContext,
  state: NodeState,
  { identities, secrets }: { readonly identities: IdentityHolder; readonly secrets: NodeSecrets },
  start: { readonly first: readonly StoreObject[] | null; readonly peers: readonly RaftPeer[] },
): Promise<ManagerRole> {
  const { options, clock, random, log } = context;
  return startManager({
    dataRoot: options.dataRoot,
    nodeId: state.nodeId,
    raftId: state.raftId,
    storeAddress: state.storeAddress,
    listen: splitHostPort(state.listenAddress, DEFAULT_API_PORT),
    address: state.advertiseAddress,
    raftAddress: raftAddressOf(state),
    identities,
    secrets,
    renew: async () => {
      await context.active?.renewal.renewNow();
    },
    ...start,
    onFailure: (error: SkepError) => startAgain(context, error),
    clock,
    random,
    log,
  });
}

/** A full disk is emptied some day: whatever stopped the manager, it is tried again, and the other managers go on. */
function startAgain(context: MembershipContext, error: SkepError): void {
  context.log('error', 'The manager of this node stopped by itself, and will be started again.', {
    error: describeError(error),
  });
  void inTurn(context, async () => {
    const { active } = context;
    const { manager } = active ?? {};
    if (!active || !manager) return;
    active.manager = null;
    active.managerFailure = describeError(error);
    await manager.close();
    context.cancelRoleCheck();
    context.cancelRoleCheck = context.clock.schedule(START_AGAIN_MS, context.checkRole);
  });
}

async function rememberManagers(
  context: MembershipContext,
  managers: readonly ManagerAddress[],
): Promise<void> {
  const { active } = context;
  if (active === null || managers.length === 0) return;
  if (JSON.stringify(active.state.managers) === JSON.stringify(managers)) return;
  active.state = { ...active.state, managers };
  await saveNodeState(context.options.dataRoot, active.state);
}

/**
 * Starts everything that a node in a cluster runs. `first` holds the objects of a new cluster. A manager that was
 * not let in yet begins as a worker, and asks the others to be let in.
 */
export async function activate(
  context: MembershipContext,
  state: NodeState,
  { identity, secrets }: { readonly identity: NodeIdentity; readonly secrets: NodeSecrets },
  first: readonly StoreObject[] | null,
): Promise<void> {
  const { options, engine, clock, random, log } = context;
  const identities = createIdentityHolder(identity);
  const manager = takesPart(state)
    ? await startManagerOf(context, state, { identities, secrets }, { first, peers: [] })
    : null;
  try {
    const managers = () => {
      const present = context.active ?? { state, manager };
      return managersFor(present.state, present.manager !== null);
    };
    const agent = await startAgent({
      options,
      engine,
      state,
      identities,
      managers,
      containers: context.containers,
      clock,
      log,
      onSession: ({ managers: known }) => {
        context.rejection = '';
        void inTurn(context, () => rememberManagers(context, known));
        context.checkRole();
      },
      onRejected: (error) => {
        context.rejection = error.message;
      },
    });
    const renewal = startRenewal({
      identities,
      clock,
      random,
      log,
      renew: () =>
        renewIdentity(
          identities,
          managers().map(({ address }) => address),
        ),
      save: secrets.save,
    });
    context.active = { identities, secrets, renewal, manager, managerFailure: '', agent, state };
  } catch (thrown) {
    await manager?.close();
    throw thrown;
  }
}
