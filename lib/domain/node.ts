import type { Labels, Meta } from './meta.ts';
import type { GenericResources } from './service.ts';

export type NodeRole = 'worker' | 'manager';
export type NodeAvailability = 'active' | 'pause' | 'drain';
export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';

export interface NodeSpec {
  readonly role: NodeRole;
  readonly availability: NodeAvailability;
  readonly labels: Labels;
}

export interface NodeImage {
  readonly imageId: string;
  /** Every name that points at it: `web:1`. */
  readonly references: readonly string[];
}

/** What a node says of itself. */
export interface NodeDescription {
  readonly hostname: string;
  readonly os: string;
  readonly architecture: string;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly engineVersion: string;
  /** `skepd --label k=v`: matched by `engine.labels.k`. */
  readonly engineLabels: Labels;
  readonly images: readonly NodeImage[];
  /** Where other nodes send overlay traffic. */
  readonly dataPathAddress: string;
  /** What the node was told to have, besides what it can count itself. */
  readonly generic?: GenericResources;
}

export interface NodeStatus {
  readonly state: NodeState;
  readonly message: string;
  /** Address the node was last seen from. */
  readonly address: string;
}

export interface ManagerStatus {
  /** Never reused within a cluster. */
  readonly raftId: number;
  /** host:port of the manager's API. */
  readonly address: string;
  /** host:port at which the other managers replicate with it; empty where etcd keeps the state. */
  readonly raftAddress: string;
  readonly leader: boolean;
  readonly reachability: 'unknown' | 'unreachable' | 'reachable';
}

export interface Node extends Meta {
  readonly kind: 'node';
  readonly spec: NodeSpec;
  readonly description?: NodeDescription;
  readonly status: NodeStatus;
  readonly manager?: ManagerStatus;
  /** The node's own address in the routed overlay; empty until the allocator gave one. */
  readonly routerAddress: string;
  /** Expiry of the certificate that was last issued to the node. */
  readonly certificateExpiresAtMs: number;
}
