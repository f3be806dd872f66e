import type { Cluster, RootAuthority } from '../lib/domain/cluster.ts';
import type { Node, NodeAvailability } from '../lib/domain/node.ts';
import type { StoreObject } from '../lib/domain/store-object.ts';
import { newId } from '../lib/identifiers.ts';
import type { Random } from '../lib/ports.ts';
import { initialNetworks, routerSubnetFor } from '../manager/allocator/initial-networks.ts';
import { createJoinTokens } from '../manager/ca/root-authority.ts';
import type { SwarmInitRequest } from '../proto/messages.ts';

export interface NewClusterFacts {
  readonly request: SwarmInitRequest;
  readonly authority: RootAuthority;
  readonly clusterId: string;
  readonly nodeId: string;
  readonly advertiseAddress: string;
  /** 0 and empty where etcd keeps the state. */
  readonly raftId: number;
  readonly raftAddress: string;
  /** Empty unless managers are to be locked. */
  readonly unlockKey: string;
  readonly certificateExpiresAtMs: number;
  readonly nowMs: number;
  readonly random: Random;
}

/** Raft id of the manager that makes a cluster. */
export const FIRST_RAFT_ID = 1;

function firstNode(facts: NewClusterFacts): Node {
  return {
    kind: 'node',
    id: facts.nodeId,
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    spec: {
      role: 'manager',
      availability: (facts.request.availability || 'active') as NodeAvailability,
      labels: {},
    },
    status: { state: 'unknown', message: 'starting', address: '' },
    manager: {
      raftId: facts.raftId,
      address: facts.advertiseAddress,
      raftAddress: facts.raftAddress,
      leader: true,
      reachability: 'reachable',
    },
    routerAddress: '',
    certificateExpiresAtMs: facts.certificateExpiresAtMs,
  };
}

/** What the store of a new cluster begins with: the cluster, its networks, and its first node. */
export function firstObjects(facts: NewClusterFacts): {
  readonly cluster: Cluster;
  readonly objects: readonly StoreObject[];
} {
  const { spec } = facts.request;
  const cluster: Cluster = {
    kind: 'cluster',
    id: facts.clusterId,
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    spec,
    rootAuthority: facts.authority,
    joinTokens: createJoinTokens(facts.authority.certificatePem, facts.random),
    routerSubnet: routerSubnetFor(spec.defaultAddressPools),
    lastRaftId: facts.raftId,
    unlockKey: facts.unlockKey,
    storeAddress: facts.request.storeAddress,
  };
  const context = { nowMs: facts.nowMs, newId: () => newId(facts.random) };
  const networks = initialNetworks(context, spec.defaultAddressPools);
  return { cluster, objects: [cluster, ...networks, firstNode(facts)] };
}
