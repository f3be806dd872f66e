import { join } from 'node:path';
import { Server } from '@grpc/grpc-js';
import { RAFT_PORT_OFFSET } from '../lib/defaults.ts';
import type { StoreObject } from '../lib/domain/store-object.ts';
import { assert, describeError, SkepError } from '../lib/errors.ts';
import { newId } from '../lib/identifiers.ts';
import type { Clock, Log, Random } from '../lib/ports.ts';
import { newUnlockKey } from '../lib/unlock-key.ts';
import { createControlApi } from '../manager/api/control-api.ts';
import { createCallAuthorizer } from '../manager/ca/authorize-call.ts';
import { certificateAuthorityHandlers } from '../manager/ca/certificate-authority.ts';
import { UNIT_OF_ROLE } from '../manager/ca/node-certificate.ts';
import { createJoinToken } from '../manager/ca/root-authority.ts';
import { createEtcdReplica } from '../manager/etcd/etcd-replica.ts';
import { parseStoreAddress } from '../manager/etcd/store-address.ts';
import type { Member } from '../manager/raft/member/member.ts';
import type { DataKeys } from '../manager/raft/member/thread-messages.ts';
import type { MemberTls } from '../manager/raft/member/transport-settings.ts';
import { startRaftReplica } from '../manager/raft/replica.ts';
import type { Replica } from '../manager/store/replica.ts';
import type { QuorumInfo, RaftPeer } from '../proto/messages.ts';
import { type Handlers, MAX_MESSAGE_BYTES, serve } from '../proto/rpc.ts';
import {
  certificateAuthorityMethods,
  controlMethods,
  dispatcherMethods,
  logBrokerMethods,
  managersMethods,
} from '../proto/services.ts';
import { tunnelAgentMethods, tunnelMethods } from '../proto/tunnel-services.ts';
import type { HostPort } from './addresses.ts';
import { announceWhenMoved } from './announce.ts';
import {
  certificateAuthorityCalls,
  dispatcherHandlers,
  logBrokerHandlers,
  managersCalls,
  managersOnly,
  tunnelAgentHandlers,
  tunnelHandlers,
} from './cluster-handlers.ts';
import { controlCalls } from './control-calls.ts';
import { followClusterLock } from './identity/cluster-lock.ts';
import type { IdentityHolder } from './identity/identity-holder.ts';
import type { NodeIdentity } from './identity/node-identity.ts';
import type { NodeSecrets, SecretsPlace } from './identity/node-secrets.ts';
import { serverCredentials } from './identity/server-credentials.ts';
import { followLeadership } from './leading.ts';
import { membersInStore, membersOf, quorumControlOf } from './raft-quorum.ts';
import { createToLeader, FORWARDED_HEADER, type ToLeader } from './to-leader.ts';
import { until } from './until.ts';

/** A new cluster's first manager leads at once; one that has waited this long never will. */
const FIRST_LEAD_TIMEOUT_MS = 15_000;

export interface ManagerDependencies {
  readonly dataRoot: string;
  readonly nodeId: string;
  /** 0 where etcd keeps the state. */
  readonly raftId: number;
  /** `etcd://…`; empty where the managers keep the state themselves. */
  readonly storeAddress: string;
  /** The members that were there when this manager joined; empty for all but a manager that has just joined. */
  readonly peers: readonly RaftPeer[];
  readonly listen: HostPort;
  /** host:port of the API and of replication, as others reach them. */
  readonly address: string;
  readonly raftAddress: string;
  readonly identities: IdentityHolder;
  /** Holds the keys of the data; they exist already. */
  readonly secrets: NodeSecrets;
  /** Gets a certificate for a new key and saves it. */
  readonly renew: () => Promise<void>;
  /** The objects of a new cluster; null when there is a cluster already. */
  readonly first: readonly StoreObject[] | null;
  readonly onFailure: (error: SkepError) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface ManagerRole {
  /** For callers on the node's own socket. */
  readonly control: Handlers<typeof controlMethods>;
  readonly replica: Replica;
  readonly toLeader: ToLeader;
  /** This manager's part in keeping the state, for people. */
  quorumInfo(): Promise<QuorumInfo>;
  /** Gives that part up; resolves once the others go on without this manager. */
  leaveQuorum(): Promise<void>;
  close(): Promise<void>;
}

/** Folder below the data root that holds the log, its keys and the snapshots. */
export function managerFolder(dataRoot: string): string {
  return join(dataRoot, 'manager');
}

/** Folder of the log and the snapshots. */
export function raftFolder(dataRoot: string): string {
  return join(managerFolder(dataRoot), 'raft');
}

/** Where a node keeps its certificate and the keys of its data. */
export function secretsPlace(dataRoot: string): SecretsPlace {
  return { dataRoot, keyFile: join(managerFolder(dataRoot), 'log.key') };
}

/** The keys that a manager's data are sealed under. */
export function dataKeysOf(secrets: NodeSecrets): DataKeys {
  const keys = secrets.keys();
  assert(keys !== null, 'a manager has keys before it has data');
  return keys.current().dataKeys;
}

/** What a member shows, and wants to see, in handshakes. */
export function memberTls(identity: NodeIdentity): MemberTls {
  const { rootCertificatePem, certificatePem, keyPem, clusterId } = identity;
  return {
    rootCertificatePem,
    certificatePem,
    keyPem,
    organization: clusterId,
    organizationalUnit: UNIT_OF_ROLE.manager,
  };
}

/** This manager's copy of the state; `member` is null where etcd keeps the state. */
interface OpenReplica {
  readonly replica: Replica;
  readonly member: Member | null;
}

async function openEtcdReplica(dependencies: ManagerDependencies): Promise<OpenReplica> {
  const { nodeId, storeAddress, first, clock, random, log } = dependencies;
  const endpoints = parseStoreAddress(storeAddress);
  const isFirst = first !== null;
  return {
    replica: await createEtcdReplica({ endpoints, nodeId, isFirst, clock, random, log }),
    member: null,
  };
}

async function openRaftReplica(dependencies: ManagerDependencies): Promise<OpenReplica> {
  const { raftId, nodeId, peers, raftAddress, listen, first, clock, log } = dependencies;
  const known = peers.map((peer) => [
    String(peer.raftId),
    { address: peer.raftAddress, commonName: peer.nodeId },
  ]);
  const replica = await startRaftReplica({
    folder: raftFolder(dependencies.dataRoot),
    key: dataKeysOf(dependencies.secrets),
    raftId,
    nodeId,
    peers: { ...Object.fromEntries(known), [raftId]: { address: raftAddress, commonName: nodeId } },
    isFirst: first !== null,
    listen: `${listen.host}:${listen.port + RAFT_PORT_OFFSET}`,
    tls: memberTls(dependencies.identities.current()),
    onFailure: dependencies.onFailure,
    clock,
    log,
  });
  return { replica, member: replica.member };
}

async function openReplica(dependencies: ManagerDependencies): Promise<OpenReplica> {
  const { storeAddress, first, clock } = dependencies;
  const opened = await (storeAddress === '' ? openRaftReplica(dependencies) : openEtcdReplica(dependencies));
  if (first === null) return opened;
  const { replica } = opened;
  try {
    await untilLeading(replica, clock);
    await replica.store.update(() => first.map((object) => ({ kind: 'put', object })));
    return opened;
  } catch (thrown) {
    await replica.close();
    throw thrown;
  }
}

/** Resolves once this manager leads, which the only one does at once. Throws UNAVAILABLE after a while. */
export function untilLeading(replica: Replica, clock: Clock): Promise<void> {
  return until(clock, FIRST_LEAD_TIMEOUT_MS, {
    isSo: () => replica.leadership().isLeader,
    watch: (look) => replica.onLeadership(look),
    error: () =>
      new SkepError('UNAVAILABLE', 'the only manager of the cluster did not take the lead in time'),
  });
}

function listenOn(server: Server, { host, port }: HostPort, identities: IdentityHolder): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, serverCredentials(identities), (error) => {
      if (error === null) return resolve();
      reject(
        new SkepError('FAILED_PRECONDITION', `cannot listen on ${host}:${port}: ${error.message}`, {
          help: 'is another daemon using the port? choose one with --listen-addr',
        }),
      );
    });
  });
}

/** Runs everything that a manager does besides being a worker: store, control loops, and the cluster port. */
export async function startManager(dependencies: ManagerDependencies): Promise<ManagerRole> {
  const { clock, random, log, nodeId, raftId, identities } = dependencies;
  const { replica, member } = await openReplica(dependencies);
  const { store } = replica;
  const quorum = member === null ? null : quorumControlOf(member, raftId);
  const leading = followLeadership({ replica, nodeId, quorum, clock, random, log });
  const toLeader = createToLeader({ replica, identities, leading: leading.current, clock });
  const nextId = () => newId(random);
  const api = createControlApi({
    store,
    nowMs: clock.nowMs,
    newId: nextId,
    newJoinToken: (rootCertificatePem) => createJoinToken(rootCertificatePem, random),
    newUnlockKey: () => newUnlockKey(random),
    log,
  });
  const control = controlCalls({ api, replica, toLeader });
  const authorize = createCallAuthorizer({ store, nowMs: clock.nowMs, log });
  const authority = certificateAuthorityHandlers({ store, nowMs: clock.nowMs, newId: nextId, random, log });

  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    // Nobody reads its books, and keeping them costs every call.
    'grpc.enable_channelz': 0,
  });
  serve(server, certificateAuthorityMethods, certificateAuthorityCalls(authority, toLeader));
  serve(server, dispatcherMethods, dispatcherHandlers(toLeader, authorize));
  serve(server, logBrokerMethods, logBrokerHandlers(toLeader, authorize));
  serve(server, tunnelAgentMethods, tunnelAgentHandlers(toLeader, authorize));
  serve(server, tunnelMethods, tunnelHandlers(toLeader, authorize));
  serve(server, managersMethods, managersCalls(toLeader, authorize));
  serve(server, controlMethods, managersOnly(control, authorize));
  const { secrets, renew } = dependencies;
  const lock = followClusterLock({ secrets, replica, member, renew, clock, log });
  const unwatch = identities.watch((identity) => {
    // A worker's certificate is of no use there: the manager ends in a moment.
    if (identity.role !== 'manager' || member === null) return;
    member.renew(memberTls(identity)).catch((thrown: unknown) => {
      log('warn', 'The other managers still see the former certificate of this one.', {
        error: describeError(thrown),
      });
    });
  });
  const stopAnnouncing = announceWhenMoved({ ...dependencies, replica, toLeader });
  async function close(): Promise<void> {
    stopAnnouncing();
    unwatch();
    lock.close();
    // Whoever takes the lead over should do so before this manager's callers look for it.
    await replica.close();
    leading.close();
    toLeader.close();
    server.forceShutdown();
  }
  try {
    await listenOn(server, dependencies.listen, identities);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    control,
    replica,
    toLeader,
    quorumInfo: () => quorumInfoOf(dependencies, { replica, member }),
    leaveQuorum: () =>
      toLeader.run(
        ({ managers }) => managers.leave(nodeId),
        async (calls) => void (await calls.leave({}, { headers: { [FORWARDED_HEADER]: '1' } })),
      ),
    close,
  };
}

async function quorumInfoOf(
  { raftId, storeAddress }: ManagerDependencies,
  { replica, member }: OpenReplica,
): Promise<QuorumInfo> {
  const { isLeader, leaderId, term } = replica.leadership();
  const { store } = replica;
  const shared = { storeAddress, raftId, term, appliedIndex: store.view().index, leaderId: leaderId ?? '' };
  if (member === null) return { ...shared, members: membersInStore(store.view()) };
  const members = membersOf(await member.status()).map(({ isVoter, isReachable, isCaughtUp: _, ...one }) => ({
    ...one,
    voter: isVoter,
    ...(isLeader ? { reachable: isReachable } : {}),
  }));
  return { ...shared, members };
}
