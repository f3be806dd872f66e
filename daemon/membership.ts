import { rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { DEFAULT_API_PORT } from '../lib/defaults.ts';
import type { NodeAvailability } from '../lib/domain/node.ts';
import type { StoreObject } from '../lib/domain/store-object.ts';
import { SkepError } from '../lib/errors.ts';
import { newId } from '../lib/identifiers.ts';
import type { Clock, Log, Random } from '../lib/ports.ts';
import { createRootAuthority } from '../manager/ca/root-authority.ts';
import type {
  ManagerAddress,
  SwarmInitRequest,
  SwarmInitResponse,
  SwarmJoinRequest,
  SwarmJoinResponse,
} from '../proto/messages.ts';
import { advertiseAddress, splitHostPort } from './addresses.ts';
import { type AgentRole, startAgent, workerFolder } from './agent-role.ts';
import type { Engine } from './engine.ts';
import { createFirstIdentity } from './identity/first-identity.ts';
import { loadIdentity, removeIdentity, saveIdentity } from './identity/identity-file.ts';
import { createIdentityHolder, type IdentityHolder } from './identity/identity-holder.ts';
import { joinCluster, renewIdentity } from './identity/join-cluster.ts';
import type { NodeIdentity } from './identity/node-identity.ts';
import { type Renewal, startRenewal } from './identity/renewal.ts';
import { type ManagerRole, managerFolder, startManager } from './manager-role.ts';
import { firstObjects } from './new-cluster.ts';
import { loadNodeState, type NodeState, removeNodeState, saveNodeState } from './node-state.ts';
import type { DaemonOptions } from './options.ts';

export interface MembershipDependencies {
  readonly options: DaemonOptions;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A node that is in a cluster, with everything that runs because of it. */
export interface ActiveMember {
  readonly identities: IdentityHolder;
  readonly renewal: Renewal;
  readonly manager: ManagerRole | null;
  readonly agent: AgentRole;
  state: NodeState;
}

export interface Membership {
  /** Null while the node is in no cluster. */
  active(): ActiveMember | null;
  /** Why the managers refuse this node; empty when they do not. */
  rejection(): string;
  init(request: SwarmInitRequest): Promise<SwarmInitResponse>;
  join(request: SwarmJoinRequest): Promise<SwarmJoinResponse>;
  leave(force: boolean): Promise<void>;
  /** Goes on with what the data root remembers. */
  resume(): Promise<void>;
  /** Stops taking part; containers go on. */
  close(): Promise<void>;
}

interface Context extends MembershipDependencies {
  active: ActiveMember | null;
  rejection: string;
  /** Transitions happen one at a time. */
  queue: Promise<unknown>;
}

function inTurn<T>(context: Context, transition: () => Promise<T>): Promise<T> {
  const result = context.queue.then(transition, transition);
  context.queue = result.catch(() => undefined);
  return result;
}

function requireInactive(context: Context): void {
  if (context.active === null) return;
  throw new SkepError('FAILED_PRECONDITION', 'this node is already part of a swarm', {
    help: 'skep swarm leave takes it out',
  });
}

/** The manager of this very node is reached without leaving the machine. */
function managersFor(state: NodeState): readonly ManagerAddress[] {
  if (state.role !== 'manager') return state.managers;
  const { host, port } = splitHostPort(state.listenAddress, DEFAULT_API_PORT);
  return [{ nodeId: state.nodeId, address: `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}` }];
}

async function activate(
  context: Context,
  state: NodeState,
  identity: NodeIdentity,
  first: readonly StoreObject[] | null,
): Promise<void> {
  const { options, engine, clock, random, log } = context;
  const identities = createIdentityHolder(identity);
  const manager =
    state.role === 'manager'
      ? await startManager({
          dataRoot: options.dataRoot,
          nodeId: state.nodeId,
          listen: splitHostPort(state.listenAddress, DEFAULT_API_PORT),
          advertiseAddress: state.advertiseAddress,
          identities,
          first,
          clock,
          random,
          log,
        })
      : null;
  try {
    const managers = () => managersFor(context.active?.state ?? state);
    const agent = await startAgent({
      options,
      engine,
      state,
      identities,
      managers,
      clock,
      log,
      onSession: ({ managers: known }) => {
        context.rejection = '';
        void inTurn(context, () => rememberManagers(context, known));
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
      save: (next) => saveIdentity(options.dataRoot, next),
    });
    context.active = { identities, renewal, manager, agent, state };
  } catch (thrown) {
    await manager?.close();
    throw thrown;
  }
}

async function rememberManagers(context: Context, managers: readonly ManagerAddress[]): Promise<void> {
  const { active } = context;
  if (active === null || managers.length === 0) return;
  if (JSON.stringify(active.state.managers) === JSON.stringify(managers)) return;
  active.state = { ...active.state, managers };
  await saveNodeState(context.options.dataRoot, active.state);
}

async function init(context: Context, request: SwarmInitRequest): Promise<SwarmInitResponse> {
  requireInactive(context);
  const { options, clock, random } = context;
  const listenAddress = request.listenAddress || options.listenAddress;
  const wanted = request.advertiseAddress || options.advertiseAddress;
  const { host, port } = advertiseAddress(wanted, listenAddress, networkInterfaces());
  const advertise = `${host}:${port}`;
  const nowMs = clock.nowMs();
  const authority = await createRootAuthority({ nowMs, random });
  const clusterId = newId(random);
  const nodeId = newId(random);
  const { certificateExpiryMs: expiryMs, dataPathPort } = request.spec;
  const identity = await createFirstIdentity({ authority, clusterId, nodeId, nowMs, expiryMs, random });
  const { cluster, objects } = firstObjects({
    request,
    authority,
    clusterId,
    nodeId,
    advertiseAddress: advertise,
    certificateExpiresAtMs: identity.expiresAtMs,
    nowMs,
    random,
  });
  const state: NodeState = {
    nodeId,
    clusterId,
    role: 'manager',
    listenAddress,
    advertiseAddress: advertise,
    dataPathAddress: request.dataPathAddress || host,
    dataPathPort,
    managers: [{ nodeId, address: advertise }],
  };
  // Whatever an earlier try left would be taken for this cluster's log.
  await rm(managerFolder(options.dataRoot), { recursive: true, force: true });
  await activate(context, state, identity, objects);
  await saveIdentity(options.dataRoot, identity);
  await saveNodeState(options.dataRoot, state);
  return { nodeId, workerToken: cluster.joinTokens.worker, managerAddress: advertise };
}

async function join(context: Context, request: SwarmJoinRequest): Promise<SwarmJoinResponse> {
  requireInactive(context);
  const { options } = context;
  const remote = splitHostPort(request.remoteAddress, DEFAULT_API_PORT);
  const remoteAddress = `${remote.host}:${remote.port}`;
  const listenAddress = request.listenAddress || options.listenAddress;
  const wanted = request.advertiseAddress || options.advertiseAddress;
  const { host, port } = advertiseAddress(wanted, listenAddress, networkInterfaces());
  const identity = await joinCluster({
    address: remoteAddress,
    token: request.token,
    availability: (request.availability || 'active') as NodeAvailability,
  });
  const state: NodeState = {
    nodeId: identity.nodeId,
    clusterId: identity.clusterId,
    role: 'worker',
    listenAddress,
    advertiseAddress: `${host}:${port}`,
    dataPathAddress: request.dataPathAddress || host,
    dataPathPort: identity.dataPathPort,
    managers: [{ nodeId: '', address: remoteAddress }],
  };
  // On disk first: the managers know the node now, and a daemon that dies here must come back as that node.
  await saveIdentity(options.dataRoot, identity);
  await saveNodeState(options.dataRoot, state);
  try {
    await activate(context, state, identity, null);
  } catch (thrown) {
    await forget(context);
    throw thrown;
  }
  return { nodeId: identity.nodeId, role: identity.role };
}

async function leave(context: Context, force: boolean): Promise<void> {
  const { active } = context;
  if (active === null) {
    throw new SkepError('FAILED_PRECONDITION', 'this node is not part of a swarm');
  }
  if (active.manager !== null && !force) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      'this node is the last manager: when it leaves, the cluster and everything it knows are gone',
      { help: 'use --force if that is meant' },
    );
  }
  active.renewal.stop();
  await active.agent.leave();
  await active.manager?.close();
  context.active = null;
  context.rejection = '';
  await forget(context);
}

/** Removes all that the data root holds because of the cluster. */
async function forget({ options: { dataRoot } }: Context): Promise<void> {
  await removeNodeState(dataRoot);
  await removeIdentity(dataRoot);
  await rm(managerFolder(dataRoot), { recursive: true, force: true });
  await rm(workerFolder(dataRoot), { recursive: true, force: true });
}

async function resume(context: Context): Promise<void> {
  const { dataRoot } = context.options;
  const state = await loadNodeState(dataRoot);
  if (state === null) return;
  const identity = await loadIdentity(dataRoot);
  if (identity === undefined) {
    throw new SkepError('DATA_LOSS', `${dataRoot} remembers a cluster but holds no certificate`, {
      help: 'restore its certificates folder, or remove node.json and join again',
    });
  }
  await activate(context, state, identity, null);
}

async function close(context: Context): Promise<void> {
  const { active } = context;
  if (active === null) return;
  active.renewal.stop();
  await active.agent.close();
  await active.manager?.close();
}

/** The node's life in and out of clusters. */
export function createMembership(dependencies: MembershipDependencies): Membership {
  const context: Context = { ...dependencies, active: null, rejection: '', queue: Promise.resolve() };
  return {
    active: () => context.active,
    rejection: () => context.rejection,
    init: (request) => inTurn(context, () => init(context, request)),
    join: (request) => inTurn(context, () => join(context, request)),
    leave: (force) => inTurn(context, () => leave(context, force)),
    resume: () => inTurn(context, () => resume(context)),
    close: () => inTurn(context, () => close(context)),
  };
}
