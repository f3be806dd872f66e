import { rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { DEFAULT_API_PORT } from '../lib/defaults.ts';
import type { NodeAvailability } from '../lib/domain/node.ts';
import { describeError, SkepError } from '../lib/errors.ts';
import { newId } from '../lib/identifiers.ts';
import { newUnlockKey, parseUnlockKey } from '../lib/unlock-key.ts';
import { createRootAuthority } from '../manager/ca/root-authority.ts';
import type {
  SwarmInitRequest,
  SwarmInitResponse,
  SwarmJoinRequest,
  SwarmJoinResponse,
} from '../proto/messages.ts';
import { activate, raftAddressOf } from './activation.ts';
import { advertiseAddress, ownAddresses, splitHostPort } from './addresses.ts';
import { workerFolder } from './agent-role.ts';
import { goOnAlone } from './force-new-cluster.ts';
import { lockOf } from './identity/cluster-lock.ts';
import { createFirstIdentity } from './identity/first-identity.ts';
import { removeIdentity } from './identity/identity-file.ts';
import { joinCluster } from './identity/join-cluster.ts';
import { managerIsLocked, newNodeSecrets, openNodeSecrets } from './identity/node-secrets.ts';
import { managerFolder, secretsPlace } from './manager-role.ts';
import {
  type ActiveMember,
  inTurn,
  type MembershipContext,
  type MembershipDependencies,
} from './membership-context.ts';
import { FIRST_RAFT_ID, firstObjects } from './new-cluster.ts';
import { loadNodeState, type NodeState, removeNodeState, saveNodeState } from './node-state.ts';
import { type RestoreRequest, restoreBackup } from './restore-backup.ts';
import { becomeManager, checkRole, untilCaughtUp } from './role-change.ts';

/** A manager that is forced to leave gives the others so long to go on without it. */
const LEAVE_QUORUM_TIMEOUT_MS = 15_000;
const LEAVE_QUORUM_RETRY_MS = 200;

export interface Membership {
  /** Null while the node is in no cluster. */
  active(): ActiveMember | null;
  /** Why the managers refuse this node; empty when they do not. */
  rejection(): string;
  init(request: SwarmInitRequest): Promise<SwarmInitResponse>;
  join(request: SwarmJoinRequest): Promise<SwarmJoinResponse>;
  leave(force: boolean): Promise<void>;
  /** True while this node is a manager that waits for the unlock key. */
  isLocked(): boolean;
  /** Opens a locked manager. PERMISSION_DENIED for another key. */
  unlock(unlockKey: string): Promise<void>;
  /** Makes this node, which is in no cluster, the only manager of one with the state of a backup. */
  restore(request: RestoreRequest, backup: AsyncIterable<Uint8Array>): Promise<SwarmInitResponse>;
  /** Goes on with what the data root remembers. */
  resume(): Promise<void>;
  /** Stops taking part; containers go on. */
  close(): Promise<void>;
}

function requireInactive(context: MembershipContext): void {
  if (context.isLocked) throw managerIsLocked();
  if (context.active === null) return;
  throw new SkepError('FAILED_PRECONDITION', 'this node is already part of a swarm', {
    help: 'skep swarm leave takes it out',
  });
}

async function init(context: MembershipContext, request: SwarmInitRequest): Promise<SwarmInitResponse> {
  if (request.forceNewCluster) return goOnAlone(context, request);
  requireInactive(context);
  const { options, clock, random } = context;
  const addresses = ownAddresses(options, request, networkInterfaces());
  const { advertiseAddress: advertise } = addresses;
  const nowMs = clock.nowMs();
  const authority = await createRootAuthority({ nowMs, random });
  const clusterId = newId(random);
  const nodeId = newId(random);
  const { certificateExpiryMs: expiryMs, dataPathPort } = request.spec;
  const identity = await createFirstIdentity({ authority, clusterId, nodeId, nowMs, expiryMs, random });
  const state: NodeState = {
    nodeId,
    clusterId,
    role: 'manager',
    raftId: request.storeAddress === '' ? FIRST_RAFT_ID : 0,
    storeAddress: request.storeAddress,
    ...addresses,
    dataPathPort,
    managers: [{ nodeId, address: advertise }],
  };
  const { cluster, objects } = firstObjects({
    request,
    authority,
    clusterId,
    nodeId,
    advertiseAddress: advertise,
    raftId: state.raftId,
    raftAddress: raftAddressOf(state),
    unlockKey: request.spec.autolockManagers ? newUnlockKey(random) : '',
    certificateExpiresAtMs: identity.expiresAtMs,
    nowMs,
    random,
  });
  // Whatever an earlier try left would be taken for this cluster's log.
  await rm(managerFolder(options.dataRoot), { recursive: true, force: true });
  const secrets = newNodeSecrets(secretsPlace(options.dataRoot));
  await secrets.addKeys(lockOf(cluster).unlockKey);
  await activate(context, state, { identity, secrets }, objects);
  await secrets.save(identity);
  await saveNodeState(options.dataRoot, state);
  return {
    nodeId,
    workerToken: cluster.joinTokens.worker,
    managerAddress: advertise,
    unlockKey: cluster.unlockKey,
  };
}

async function join(context: MembershipContext, request: SwarmJoinRequest): Promise<SwarmJoinResponse> {
  requireInactive(context);
  const { options } = context;
  const remote = splitHostPort(request.remoteAddress, DEFAULT_API_PORT);
  const remoteAddress = `${remote.host}:${remote.port}`;
  const addresses = ownAddresses(options, request, networkInterfaces());
  const identity = await joinCluster({
    address: remoteAddress,
    token: request.token,
    availability: (request.availability || 'active') as NodeAvailability,
  });
  const state: NodeState = {
    nodeId: identity.nodeId,
    clusterId: identity.clusterId,
    role: identity.role,
    raftId: 0,
    storeAddress: '',
    ...addresses,
    dataPathPort: identity.dataPathPort,
    managers: [{ nodeId: '', address: remoteAddress }],
  };
  // On disk first: the managers know the node now, and a daemon that dies here must come back as that node.
  const secrets = newNodeSecrets(secretsPlace(options.dataRoot));
  await secrets.save(identity);
  await saveNodeState(options.dataRoot, state);
  try {
    await activate(context, state, { identity, secrets }, null);
  } catch (thrown) {
    await forget(context);
    throw thrown;
  }
  if (identity.role === 'manager') await enterQuorum(context);
  return { nodeId: identity.nodeId, role: identity.role };
}

/** A node that joined as a manager is one when the command ends; when that fails it goes on trying, and says so. */
async function enterQuorum(context: MembershipContext): Promise<void> {
  const { active } = context;
  if (active === null) return;
  try {
    if (active.manager === null) await becomeManager(context, active);
    if (active.manager !== null) await untilCaughtUp(context, active.manager);
  } catch (thrown) {
    context.cancelRoleCheck = context.clock.schedule(0, () => checkRole(context));
    throw new SkepError('UNAVAILABLE', 'this node joined the swarm, but is not a working manager yet', {
      help: 'it goes on trying by itself; skep info shows how far it is',
      cause: thrown,
    });
  }
}

async function leave(context: MembershipContext, force: boolean): Promise<void> {
  const { active } = context;
  if (context.isLocked) return leaveLocked(context, force);
  if (active === null) {
    throw new SkepError('FAILED_PRECONDITION', 'this node is not part of a swarm');
  }
  const managers = active.manager === null ? 0 : countManagers(active);
  if (managers > 0 && !force) throw managerLeaves(managers);
  if (managers > 1) await leaveQuorum(context, active);
  context.cancelRoleCheck();
  active.renewal.stop();
  await active.agent.leave();
  await active.manager?.close();
  context.active = null;
  context.rejection = '';
  await forget(context);
}

/** A manager whose unlock key is lost can only be made to forget; the others remove it by themselves. */
async function leaveLocked(context: MembershipContext, force: boolean): Promise<void> {
  if (!force) throw managerIsLocked();
  context.isLocked = false;
  await context.engine.network.leave();
  await forget(context);
}

/** Best effort: whoever forces a manager out may do so because the others cannot be reached. */
async function leaveQuorum({ clock, log }: MembershipContext, { manager }: ActiveMember): Promise<void> {
  const untilMs = clock.nowMs() + LEAVE_QUORUM_TIMEOUT_MS;
  for (;;) {
    try {
      await manager?.leaveQuorum();
      return;
    } catch (thrown) {
      // A leader hands over first, and the next one takes it out.
      const mayWorkNow = thrown instanceof SkepError && thrown.code === 'UNAVAILABLE';
      if (mayWorkNow && clock.nowMs() < untilMs) {
        await new Promise<void>((resolve) => void clock.schedule(LEAVE_QUORUM_RETRY_MS, resolve));
        continue;
      }
      log('warn', 'This manager leaves although the others could not take it out of the quorum.', {
        error: describeError(thrown),
      });
      return;
    }
  }
}

function countManagers({ manager }: ActiveMember): number {
  const nodes = [...(manager?.replica.store.view().nodes.values() ?? [])];
  return Math.max(1, nodes.filter((node) => node.manager !== undefined).length);
}

function managerLeaves(managers: number): SkepError {
  if (managers === 1) {
    return new SkepError(
      'FAILED_PRECONDITION',
      'this node is the last manager: when it leaves, the cluster and everything it knows are gone',
      { help: 'use --force if that is meant' },
    );
  }
  const left = managers - 1;
  const losses = Math.floor((left - 1) / 2);
  return new SkepError(
    'FAILED_PRECONDITION',
    `this node is one of ${managers} managers; of the ${left} that remain, ${losses} could fail without harm`,
    { help: 'demote it first (skep node demote), or use --force if that is meant' },
  );
}

/** Removes all that the data root holds because of the cluster. */
async function forget({ options: { dataRoot } }: MembershipContext): Promise<void> {
  await removeNodeState(dataRoot);
  await removeIdentity(dataRoot);
  await rm(managerFolder(dataRoot), { recursive: true, force: true });
  await rm(workerFolder(dataRoot), { recursive: true, force: true });
}

/** Goes on with what the data root remembers, as far as it opens with the unlock key that is given. */
async function resume(context: MembershipContext, unlockKey: Uint8Array | null): Promise<void> {
  const { options, log } = context;
  const { dataRoot } = options;
  const remembered = await loadNodeState(dataRoot);
  if (remembered === null) return;
  const opened = await openNodeSecrets(secretsPlace(dataRoot), remembered.role === 'manager', unlockKey);
  if (opened === undefined) {
    throw new SkepError('DATA_LOSS', `${dataRoot} remembers a cluster but holds no certificate`, {
      help: 'restore its certificates folder, or remove node.json and join again',
    });
  }
  context.isLocked = opened.kind === 'locked';
  if (opened.kind === 'locked') {
    log('warn', 'This manager is locked, and waits for the unlock key.');
    return;
  }
  const { secrets } = opened;
  if (remembered.role === 'manager' && secrets.keys() === null) await secrets.addKeys(null);
  const state = withPresentAddress(context, remembered);
  if (state !== remembered) await saveNodeState(dataRoot, state);
  await activate(context, state, opened, null);
  checkRole(context);
}

async function unlock(context: MembershipContext, text: string): Promise<void> {
  if (!context.isLocked) {
    throw new SkepError('FAILED_PRECONDITION', 'this node is not locked', { help: 'there is nothing to do' });
  }
  await resume(context, parseUnlockKey(text));
}

/** A machine may have got another address while the daemon was down; the managers are told later. */
function withPresentAddress({ options, log }: MembershipContext, state: NodeState): NodeState {
  const { host, port } = splitHostPort(state.advertiseAddress, DEFAULT_API_PORT);
  const interfaces = networkInterfaces();
  const isHere = Object.values(interfaces).some((infos) => infos?.some(({ address }) => address === host));
  if (isHere && options.advertiseAddress === '') return state;
  try {
    const found = advertiseAddress(options.advertiseAddress, `0.0.0.0:${port}`, interfaces);
    const advertise = `${found.host}:${found.port}`;
    if (advertise === state.advertiseAddress) return state;
    log('info', 'This node is reached at another address than before.', { address: advertise });
    const dataPathAddress = state.dataPathAddress === host ? found.host : state.dataPathAddress;
    return { ...state, advertiseAddress: advertise, dataPathAddress };
  } catch (thrown) {
    // An address that no interface has may still be right: behind a router it is.
    log('debug', 'The advertised address stays as it was.', { reason: describeError(thrown) });
    return state;
  }
}

async function close(context: MembershipContext): Promise<void> {
  const { active } = context;
  if (active === null) return;
  context.cancelRoleCheck();
  active.renewal.stop();
  // First the manager, so that another one takes the lead without delay.
  await active.manager?.close();
  await active.agent.close();
}

/** The node's life in and out of clusters. */
export function createMembership(dependencies: MembershipDependencies): Membership {
  const context: MembershipContext = {
    ...dependencies,
    active: null,
    rejection: '',
    isLocked: false,
    queue: Promise.resolve(),
    checkRole: () => checkRole(context),
    cancelRoleCheck: () => undefined,
  };
  return {
    active: () => context.active,
    rejection: () => context.rejection,
    init: (request) => inTurn(context, () => init(context, request)),
    join: (request) => inTurn(context, () => join(context, request)),
    leave: (force) => inTurn(context, () => leave(context, force)),
    isLocked: () => context.isLocked,
    unlock: (unlockKey) => inTurn(context, () => unlock(context, unlockKey)),
    restore: (request, backup) =>
      inTurn(context, async () => {
        requireInactive(context);
        return restoreBackup(context, request, backup);
      }),
    resume: () => inTurn(context, () => resume(context, null)),
    close: () => inTurn(context, () => close(context)),
  };
}
