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
}
