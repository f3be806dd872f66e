import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import { overlayMac, parseIpv4, tryParseIpv4 } from './address.ts';
import type {
  KernelAddress,
  KernelForwarding,
  KernelLink,
  KernelNeighbour,
  KernelRoute,
  KernelRule,
} from './kernel-state.ts';
import {
  GATEWAY_ADDRESS,
  MAIN_TABLE,
  OVERLAY_ID,
  OVERLAY_LINK,
  OVERLAY_LINK_INDEX,
  OVERLAY_MTU,
  PROHIBIT_METRIC,
  ROUTE_PROTOCOL,
  RULE_PRIORITY_END,
  RULE_PRIORITY_PEER,
  RULE_PRIORITY_SKIP,
  taskLinkName,
} from './names.ts';
import { usableNetworks } from './usable-networks.ts';

const LOOPBACK_INDEX = 1;

/** What a node knows about itself. */
export interface NodeFacts {
  readonly nodeId: string;
  /** Where peers send this node's overlay traffic. */
  readonly dataPathAddress: string;
  readonly dataPathPort: number;
}

/** The kernel state that a picture asks for on one node. */
export interface NodePlan {
  /** Null while the node has no router address: it takes no part in the overlay yet. */
  readonly overlay: KernelLink | null;
  readonly addresses: readonly KernelAddress[];
  readonly routes: readonly KernelRoute[];
  readonly neighbours: readonly KernelNeighbour[];
  readonly forwarding: readonly KernelForwarding[];
  readonly rules: readonly KernelRule[];
  /** Addresses of this node's tasks, by the name of their link: routed when the link is there. */
  readonly taskAddresses: readonly { readonly linkName: string; readonly address: string }[];
}

/** The plan of a node without a swarm: nothing of ours in the kernel. */
export const EMPTY_PLAN: NodePlan = {
  overlay: null,
  addresses: [],
  routes: [],
  neighbours: [],
  forwarding: [],
  rules: [],
  taskAddresses: [],
};

/** The router address of a node in a picture; null while it has none. */
export function routerAddress(picture: NetworkPicture, nodeId: string): string | null {
  const own = picture.peers.find((peer) => peer.id === nodeId);
  return own === undefined || tryParseIpv4(own.routerAddress) === null ? null : own.routerAddress;
}

/** The mark of connections that a peer let in, and the table that leads answers back to it. */
export function peerMark(peerRouterAddress: string): number {
  return parseIpv4(peerRouterAddress);
}

/** What the kernel of this node should hold for a picture. */
export function planNode(picture: NetworkPicture, facts: NodeFacts, mtu: number = OVERLAY_MTU): NodePlan {
  const gateway = { linkIndex: LOOPBACK_INDEX, address: GATEWAY_ADDRESS, prefixLength: 32 };
  const taskAddresses = picture.backends
    .filter((backend) => backend.nodeId === facts.nodeId)
    .flatMap((backend) =>
      backend.attachments.map(({ address }) => ({ linkName: taskLinkName(backend.id), address })),
    );
  const prohibiting = usableNetworks(picture).networks.map((network) => prohibitingRoute(network.subnet));
  const own = routerAddress(picture, facts.nodeId);
  if (own === null) return { ...EMPTY_PLAN, addresses: [gateway], routes: prohibiting, taskAddresses };

  const peers = picture.peers.filter(
    (peer) =>
      peer.id !== facts.nodeId &&
      tryParseIpv4(peer.routerAddress) !== null &&
      tryParseIpv4(peer.dataPathAddress) !== null,
  );
  return {
    overlay: overlayLink(own, facts, mtu),
    addresses: [gateway, { linkIndex: OVERLAY_LINK_INDEX, address: own, prefixLength: 32 }],
    routes: [...prohibiting, ...peers.flatMap(peerRoutes), ...backendRoutes(picture, facts.nodeId, peers)],
    neighbours: peers.map((peer) => ({
      linkIndex: OVERLAY_LINK_INDEX,
      address: peer.routerAddress,
      mac: overlayMac(peer.routerAddress),
      permanent: true,
    })),
    forwarding: peers.map((peer) => ({
      linkIndex: OVERLAY_LINK_INDEX,
      mac: overlayMac(peer.routerAddress),
      remote: peer.dataPathAddress,
    })),
    rules: peerRules(peers),
    taskAddresses,
  };
}

function overlayLink(own: string, facts: NodeFacts, mtu: number): KernelLink {
  return {
    index: OVERLAY_LINK_INDEX,
    name: OVERLAY_LINK,
    mac: overlayMac(own),
    mtu,
    up: true,
    vxlan: { id: OVERLAY_ID, local: facts.dataPathAddress, port: facts.dataPathPort, learning: false },
  };
}

/**
 * An overlay address without a task must never leave through the node's default route. Prohibited, not merely
 * unreachable: TCP gives up at once only for the former (RFC 1122, 4.2.3.9, takes the latter for a passing fault).
 */
function prohibitingRoute(subnet: string): KernelRoute {
  return {
    table: MAIN_TABLE,
    destination: subnet,
    metric: PROHIBIT_METRIC,
    type: 'prohibit',
    gateway: null,
    linkIndex: null,
    onlink: false,
    scopeLink: false,
    source: null,
    protocol: ROUTE_PROTOCOL,
  };
}

function overlayRoute(table: number, destination: string, gateway: string): KernelRoute {
  return {
    table,
    destination,
    metric: 0,
    type: 'unicast',
    gateway,
    linkIndex: OVERLAY_LINK_INDEX,
    onlink: true,
    scopeLink: false,
    source: null,
    protocol: ROUTE_PROTOCOL,
  };
}

/** To a peer's router itself, and the table for answers to connections that came in through it. */
function peerRoutes(peer: { readonly routerAddress: string }): readonly KernelRoute[] {
  const router = peer.routerAddress;
  return [
    { ...overlayRoute(MAIN_TABLE, `${router}/32`, router), gateway: null, onlink: false, scopeLink: true },
    overlayRoute(peerMark(router), '0.0.0.0/0', router),
  ];
}

function backendRoutes(
  picture: NetworkPicture,
  nodeId: string,
  peers: NetworkPicture['peers'],
): readonly KernelRoute[] {
  const routers = new Map(peers.map((peer) => [peer.id, peer.routerAddress]));
  const routes = new Map<string, KernelRoute>();
  for (const backend of picture.backends) {
    const router = routers.get(backend.nodeId);
    if (backend.nodeId === nodeId || router === undefined) continue;
    for (const { address } of backend.attachments) {
      if (tryParseIpv4(address) !== null)
        routes.set(address, overlayRoute(MAIN_TABLE, `${address}/32`, router));
    }
  }
  return [...routes.values()];
}

function peerRules(peers: NetworkPicture['peers']): readonly KernelRule[] {
  if (peers.length === 0) return [];
  const rule = { protocol: ROUTE_PROTOCOL };
  return [
    { ...rule, priority: RULE_PRIORITY_END, mark: null, action: { kind: 'nop' } },
    { ...rule, priority: RULE_PRIORITY_SKIP, mark: 0, action: { kind: 'goto', priority: RULE_PRIORITY_END } },
    ...peers.map((peer): KernelRule => {
      const mark = peerMark(peer.routerAddress);
      return { ...rule, priority: RULE_PRIORITY_PEER, mark, action: { kind: 'table', table: mark } };
    }),
  ];
}
