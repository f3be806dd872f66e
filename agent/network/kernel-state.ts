/** Kernel objects of a node's network, as the parser reads them and the plan wants them. All addresses are IPv4 text. */

export interface KernelVxlan {
  readonly id: number;
  readonly local: string;
  readonly port: number;
  readonly learning: boolean;
}

export interface KernelLink {
  readonly index: number;
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** Null for every other kind of device. */
  readonly vxlan: KernelVxlan | null;
}

export interface KernelAddress {
  readonly linkIndex: number;
  readonly address: string;
  readonly prefixLength: number;
}

export type RouteType = 'unicast' | 'prohibit' | 'other';

export interface KernelRoute {
  readonly table: number;
  /** `0.0.0.0/0` for a default route. */
  readonly destination: string;
  readonly metric: number;
  readonly type: RouteType;
  readonly gateway: string | null;
  /** Null for a prohibiting route. */
  readonly linkIndex: number | null;
  readonly onlink: boolean;
  readonly scopeLink: boolean;
  readonly source: string | null;
  /** RTPROT number: who made the route. */
  readonly protocol: number;
}

export interface KernelNeighbour {
  readonly linkIndex: number;
  readonly address: string;
  readonly mac: string;
  readonly permanent: boolean;
}

export interface KernelForwarding {
  readonly linkIndex: number;
  readonly mac: string;
  /** Where frames for the MAC are sent: the peer's data path address. */
  readonly remote: string;
}

export type RuleAction =
  | { readonly kind: 'table'; readonly table: number }
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' }
  | { readonly kind: 'other' };

export interface KernelRule {
  readonly priority: number;
  /** Null when the rule does not look at the mark; otherwise all 32 bits are compared. */
  readonly mark: number | null;
  readonly action: RuleAction;
  readonly protocol: number;
}

export interface KernelState {
  readonly links: readonly KernelLink[];
  readonly addresses: readonly KernelAddress[];
  readonly routes: readonly KernelRoute[];
  readonly neighbours: readonly KernelNeighbour[];
  readonly forwarding: readonly KernelForwarding[];
  readonly rules: readonly KernelRule[];
}
