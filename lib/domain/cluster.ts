import type { Meta } from './meta.ts';

export interface ClusterSpec {
  readonly name: string;
  /** Old tasks kept for each slot. */
  readonly taskHistoryLimit: number;
  readonly heartbeatPeriodMs: number;
  readonly certificateExpiryMs: number;
  /** CIDR blocks that overlay subnets are cut from. */
  readonly defaultAddressPools: readonly string[];
  readonly defaultAddressPoolMaskLength: number;
  /** UDP port of the overlay. */
  readonly dataPathPort: number;
  /** Managers need the unlock key after a restart: what they keep on disk is sealed with it. */
  readonly autolockManagers: boolean;
}

/** The cluster as its own certificate authority. */
export interface RootAuthority {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface JoinTokens {
  readonly worker: string;
  readonly manager: string;
}

export interface Cluster extends Meta {
  readonly kind: 'cluster';
  readonly spec: ClusterSpec;
  readonly rootAuthority: RootAuthority;
  readonly joinTokens: JoinTokens;
  /** CIDR that the nodes' router addresses come from. */
  readonly routerSubnet: string;
  /** The highest raft id ever given to a manager: a raft id is never given again. */
  readonly lastRaftId: number;
  /** `SWMKEY-1-…`; empty while managers are not locked. */
  readonly unlockKey: string;
  /** `etcd://host:port[,host:port…]` when that keeps the state; empty when the managers do so themselves. */
  readonly storeAddress: string;
}
