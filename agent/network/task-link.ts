import type { NetworkItem } from '../../lib/domain/assignment.ts';
import type { TaskAttachment } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import type { ContainerNetwork } from '../executor/executor.ts';
import { blockContains, formatIpv4, overlayMac, tryParseBlock } from './address.ts';
import type { KernelRoute } from './kernel-state.ts';
import {
  CONTAINER_LINK,
  CONTAINER_LINK_INDEX,
  fingerprint,
  GATEWAY_ADDRESS,
  GATEWAY_MAC,
  LOCAL_POOL,
  MAIN_TABLE,
  OVERLAY_MTU,
  ROUTE_PROTOCOL,
} from './names.ts';
import {
  addAddress,
  createVeth,
  deleteLink,
  disableLinkLocal6,
  replaceNeighbour,
  replaceRoute,
  setLinkAddressing,
  setLinkUp,
} from './netlink-codec.ts';
import type { NetlinkMessage } from './netlink-message.ts';

const LOOPBACK_INDEX = 1;

/** What a task's link needs to know. */
export interface TaskLink {
  readonly name: string;
  readonly index: number;
  /** The task's addresses; the first is the one it is born with and asks DNS from. At least one. */
  readonly addresses: readonly LinkAddress[];
}

export interface LinkAddress {
  readonly address: string;
  /** Subnet of the network; null for an address of the node-local pool. */
  readonly subnet: string | null;
  /** Nothing outside the network is reached from it. */
  readonly internal: boolean;
  /** Published ports lead to this address. */
  readonly ingress: boolean;
}

/**
 * The addresses of a task from its attachments. Throws FAILED_PRECONDITION when a network is not known (yet):
 * the picture and the task come in one assignment set, so that is an order to start too early.
 */
export function attachedAddresses(
  attachments: readonly TaskAttachment[],
  networks: readonly NetworkItem[],
): readonly LinkAddress[] {
  return attachments.map((attachment) => {
    const network = networks.find((candidate) => candidate.id === attachment.networkId);
    if (network === undefined) {
      throw new SkepError(
        'FAILED_PRECONDITION',
        `network ${attachment.networkId} is not known on this node`,
        {
          help: 'the task starts once the managers have sent the network',
        },
      );
    }
    const { subnet, internal, ingress } = network;
    return { address: attachment.address, subnet, internal, ingress };
  });
}

/**
 * An address for a task on no network, from the node-local pool: the task reaches out, as it would over Docker's
 * bridge, and nothing reaches it. Starts at a place given by the task's id. Throws RESOURCE_EXHAUSTED when full.
 */
export function localAddress(taskId: string, used: ReadonlySet<string>): LinkAddress {
  const pool = tryParseBlock(LOCAL_POOL);
  if (pool === null) throw new SkepError('INTERNAL', `malformed local pool ${LOCAL_POOL}`);
  const hosts = 2 ** (32 - pool.prefixLength) - 2;
  const start = Number(fingerprint(taskId) % BigInt(hosts));
  for (let step = 0; step < hosts; step++) {
    const address = formatIpv4(pool.first + 1 + ((start + step) % hosts));
    if (!used.has(address)) return { address, subnet: null, internal: false, ingress: false };
  }
  throw new SkepError('RESOURCE_EXHAUSTED', `all ${hosts} node-local addresses are in use`, {
    help: 'attach the service to a network, or spread its tasks over more nodes',
  });
}

/** True for an address of the node-local pool. */
export function isLocalAddress(address: number): boolean {
  const pool = tryParseBlock(LOCAL_POOL);
  return pool !== null && blockContains(pool, address);
}

/** The node's route to one address of a task. */
export function taskRoute(address: string, linkIndex: number): KernelRoute {
  return {
    table: MAIN_TABLE,
    destination: `${address}/32`,
    metric: 0,
    type: 'unicast',
    gateway: null,
    linkIndex,
    onlink: false,
    scopeLink: true,
    // What the node itself sends comes from an address that every task can answer, also one on internal networks.
    source: GATEWAY_ADDRESS,
    protocol: ROUTE_PROTOCOL,
  };
}

/**
 * Messages that make a task's link: a veth pair with fixed MACs and permanent neighbours, so that no ARP is ever
 * asked; one /32 per address; on the node a route to each. A leftover device of that name is removed first.
 */
export function linkMessages(link: TaskLink, mtu: number = OVERLAY_MTU): ContainerNetwork {
  const containerMac = overlayMac(link.addresses[0]?.address ?? GATEWAY_ADDRESS);
  const pair = {
    name: link.name,
    index: link.index,
    mac: GATEWAY_MAC,
    peerName: CONTAINER_LINK,
    peerIndex: CONTAINER_LINK_INDEX,
    peerMac: containerMac,
    mtu,
  };
  const hostMessages: NetlinkMessage[] = [
    deleteLink(link.name),
    createVeth(pair),
    disableLinkLocal6(link.index, link.name),
    setLinkAddressing(link.index, link.name),
    setLinkUp(link.index, link.name),
  ];
  for (const { address } of link.addresses) {
    hostMessages.push(
      replaceNeighbour({ linkIndex: link.index, address, mac: containerMac, permanent: true }),
      replaceRoute(taskRoute(address, link.index)),
    );
  }
  return { kind: 'link', hostMessages, containerMessages: containerMessages(link) };
}

function containerMessages(link: TaskLink): readonly NetlinkMessage[] {
  const index = CONTAINER_LINK_INDEX;
  const messages: NetlinkMessage[] = [
    setLinkUp(LOOPBACK_INDEX, 'lo'),
    disableLinkLocal6(index, CONTAINER_LINK),
    setLinkUp(index, CONTAINER_LINK),
  ];
  for (const { address } of link.addresses) {
    messages.push(addAddress({ linkIndex: index, address, prefixLength: 32 }));
  }
  messages.push(
    replaceNeighbour({ linkIndex: index, address: GATEWAY_ADDRESS, mac: GATEWAY_MAC, permanent: true }),
    replaceRoute({
      ...containerRoute(`${GATEWAY_ADDRESS}/32`, link.addresses[0]?.address ?? null),
      gateway: null,
      scopeLink: true,
    }),
  );
  for (const { address, subnet } of link.addresses) {
    if (subnet !== null) messages.push(replaceRoute(containerRoute(subnet, address)));
  }
  // Answers of UDP servers, which seldom choose a source, must leave from where published ports lead to.
  const outward =
    link.addresses.find(({ ingress, internal }) => ingress && !internal) ??
    link.addresses.find(({ internal }) => !internal);
  if (outward !== undefined) messages.push(replaceRoute(containerRoute('0.0.0.0/0', outward.address)));
  return messages;
}

function containerRoute(destination: string, source: string | null): KernelRoute {
  return {
    table: MAIN_TABLE,
    destination,
    metric: 0,
    type: 'unicast',
    gateway: GATEWAY_ADDRESS,
    linkIndex: CONTAINER_LINK_INDEX,
    onlink: false,
    scopeLink: false,
    source,
    protocol: ROUTE_PROTOCOL,
  };
}
