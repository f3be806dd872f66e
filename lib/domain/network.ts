import type { Labels, Meta } from './meta.ts';

export type NetworkDriver = 'overlay' | 'host';

export interface NetworkSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly driver: NetworkDriver;
  /** CIDR; absent = next free subnet of the cluster's pool. */
  readonly subnet?: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  /** The one network through which published ports reach their tasks. */
  readonly ingress: boolean;
}

export interface Network extends Meta {
  readonly kind: 'network';
  readonly spec: NetworkSpec;
  /** CIDR; empty until the allocator gave one, and always for driver host. */
  readonly subnet: string;
}
