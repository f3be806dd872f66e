import { ipv4Bytes, macBytes } from './address.ts';
import type {
  KernelAddress,
  KernelForwarding,
  KernelNeighbour,
  KernelRoute,
  KernelRule,
  KernelVxlan,
} from './kernel-state.ts';
import type { Attribute } from './netlink-attributes.ts';
import {
  be16Attribute,
  bytesAttribute,
  encodeMessage,
  joinBytes,
  NETLINK_ROUTE,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  NLM_F_REQUEST,
  namespaceAttribute,
  nestedAttribute,
  textAttribute,
  u8Attribute,
  u16Bytes,
  u32Attribute,
  u32Bytes,
} from './netlink-attributes.ts';
import type { NetlinkMessage } from './netlink-message.ts';

// Numbers from linux/rtnetlink.h, if_link.h, neighbour.h, fib_rules.h and errno(3).
export const AF_INET = 2;
const AF_BRIDGE = 7;
const AF_INET6 = 10;

export const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTM_GETROUTE = 26;
export const RTM_NEWNEIGH = 28;
const RTM_DELNEIGH = 29;
const RTM_GETNEIGH = 30;
export const RTM_NEWRULE = 32;
const RTM_DELRULE = 33;
const RTM_GETRULE = 34;

export const IFF_UP = 1;
export const RTNH_F_ONLINK = 4;
export const NTF_SELF = 2;
export const NUD_PERMANENT = 0x80;
export const SCOPE_UNIVERSE = 0;
export const SCOPE_LINK = 253;
const SCOPE_HOST = 254;
const RTN_UNICAST = 1;
const RTN_PROHIBIT = 8;
const RT_TABLE_COMPAT = 252;
const DEVCONF_RP_FILTER = 8;
const DEVCONF_ROUTE_LOCALNET = 26;
const IN6_ADDR_GEN_MODE_NONE = 1;

const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;
const ENODEV = 19;
const EADDRNOTAVAIL = 99;
const EAFNOSUPPORT = 97;

/**
 * Loose reverse path filter (RFC 3704): over the overlay an answer may leave by another device than the packet came
 * in by. On a task's link, which has no address of its own, the kernel takes it as strict: a second lock on spoofing.
 */
const RP_FILTER_LOOSE = 2;

const CHANGE = NLM_F_REQUEST | NLM_F_ACK;
const CREATE = CHANGE | NLM_F_CREATE | NLM_F_EXCL;
const REPLACE = CHANGE | NLM_F_CREATE | NLM_F_REPLACE;

/** The whole-table questions that `parseDump` understands the answers of. */
export type DumpKind = 'links' | 'addresses' | 'routes' | 'neighbours' | 'forwarding' | 'rules';

/** Asks for every object of one kind. */
export function dumpMessage(kind: DumpKind): NetlinkMessage {
  const [type, head] = {
    links: [RTM_GETLINK, linkHead(0, 0, 0)] as const,
    addresses: [RTM_GETADDR, new Uint8Array([AF_INET, 0, 0, 0, 0, 0, 0, 0])] as const,
    routes: [RTM_GETROUTE, routeHead(0, 0, 0, 0, 0, 0)] as const,
    neighbours: [RTM_GETNEIGH, neighbourHead(AF_INET, 0, 0, 0)] as const,
    forwarding: [RTM_GETNEIGH, neighbourHead(AF_BRIDGE, 0, 0, 0)] as const,
    rules: [RTM_GETRULE, routeHead(0, 0, 0, 0, 0, 0)] as const,
  }[kind];
  return route(type, NLM_F_REQUEST | NLM_F_DUMP, head, [], [], `list ${kind}`);
}

export interface VethPair {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly peerName: string;
  readonly peerIndex: number;
  readonly peerMac: string;
  readonly mtu: number;
}

/** Creates a veth pair whose peer is born inside the container's namespace (IFLA_NET_NS_FD), both indexes fixed. */
export function createVeth(pair: VethPair): NetlinkMessage {
  const peer = nestedAttribute(
    1,
    [
      textAttribute(3, pair.peerName),
      bytesAttribute(1, macBytes(pair.peerMac)),
      u32Attribute(4, pair.mtu),
      namespaceAttribute(28),
    ],
    linkHead(pair.peerIndex, 0, 0),
  );
  const attributes = [
    textAttribute(3, pair.name),
    bytesAttribute(1, macBytes(pair.mac)),
    u32Attribute(4, pair.mtu),
    nestedAttribute(18, [textAttribute(1, 'veth'), nestedAttribute(2, [peer])]),
  ];
  return route(RTM_NEWLINK, CREATE, linkHead(pair.index, 0, 0), attributes, [], `create link ${pair.name}`);
}

/** Creates the overlay's VXLAN device: no group, no learning, so frames go only where an FDB entry says. */
export function createVxlan(link: {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly mtu: number;
  readonly vxlan: KernelVxlan;
}): NetlinkMessage {
  const data = [
    u32Attribute(1, link.vxlan.id),
    bytesAttribute(4, ipv4Bytes(link.vxlan.local)),
    u8Attribute(7, link.vxlan.learning ? 1 : 0),
    be16Attribute(15, link.vxlan.port),
  ];
  const attributes = [
    textAttribute(3, link.name),
    bytesAttribute(1, macBytes(link.mac)),
    u32Attribute(4, link.mtu),
    nestedAttribute(18, [textAttribute(1, 'vxlan'), nestedAttribute(2, data)]),
  ];
  return route(RTM_NEWLINK, CREATE, linkHead(link.index, 0, 0), attributes, [], `create device ${link.name}`);
}

/** Sets a device up; `mtu` and `mac` are changed when given. */
export function setLinkUp(
  index: number,
  name: string,
  change: { readonly mtu?: number; readonly mac?: string } = {},
): NetlinkMessage {
  const attributes: Attribute[] = [];
  if (change.mac !== undefined) attributes.push(bytesAttribute(1, macBytes(change.mac)));
  if (change.mtu !== undefined) attributes.push(u32Attribute(4, change.mtu));
  return route(RTM_NEWLINK, CHANGE, linkHead(index, IFF_UP, IFF_UP), attributes, [], `set ${name} up`);
}

/**
 * Lets packets of 127.0.0.0/8 cross the device (for published ports on 127.0.0.1) and loosens its reverse path
 * filter: the device's own settings (IFLA_INET_CONF), not the node's.
 */
export function setLinkAddressing(index: number, name: string): NetlinkMessage {
  const settings = [
    u32Attribute(DEVCONF_ROUTE_LOCALNET, 1),
    u32Attribute(DEVCONF_RP_FILTER, RP_FILTER_LOOSE),
  ];
  const attributes = [nestedAttribute(26, [nestedAttribute(AF_INET, [nestedAttribute(1, settings)])])];
  return route(RTM_NEWLINK, CHANGE, linkHead(index, 0, 0), attributes, [], `set addressing of ${name}`);
}

/** Keeps the device without an IPv6 link-local address, a way around the IPv4 rules. Succeeds without IPv6. */
export function disableLinkLocal6(index: number, name: string): NetlinkMessage {
  const attributes = [
    nestedAttribute(26, [nestedAttribute(AF_INET6, [u8Attribute(8, IN6_ADDR_GEN_MODE_NONE)])]),
  ];
  const description = `disable IPv6 addresses on ${name}`;
  return route(RTM_NEWLINK, CHANGE, linkHead(index, 0, 0), attributes, [EAFNOSUPPORT], description);
}

/** Deletes a device by name; success when there is none. */
export function deleteLink(name: string): NetlinkMessage {
  const description = `delete device ${name}`;
  return route(RTM_DELLINK, CHANGE, linkHead(0, 0, 0), [textAttribute(3, name)], [ENODEV], description);
}

/** Adds an address; success when it is there. Scope host keeps the kernel from choosing it as a source. */
export function addAddress(address: KernelAddress, scope: 'universe' | 'host' = 'universe'): NetlinkMessage {
  const description = `add address ${address.address}/${address.prefixLength}`;
  return addressMessage(RTM_NEWADDR, REPLACE, address, scope, [EEXIST], description);
}

/** Deletes an address; success when it or its device is gone. */
export function deleteAddress(address: KernelAddress): NetlinkMessage {
  const description = `delete address ${address.address}/${address.prefixLength}`;
  return addressMessage(RTM_DELADDR, CHANGE, address, 'universe', [EADDRNOTAVAIL, ENODEV], description);
}

/** Adds a route or replaces the one with the same table, destination and metric. */
export function replaceRoute(wanted: KernelRoute): NetlinkMessage {
  return routeMessage(RTM_NEWROUTE, REPLACE, wanted, [], `add route ${describeRoute(wanted)}`);
}

/** Deletes a route; success when it or its device is gone. */
export function deleteRoute(unwanted: KernelRoute): NetlinkMessage {
  const description = `delete route ${describeRoute(unwanted)}`;
  return routeMessage(RTM_DELROUTE, CHANGE, unwanted, [ESRCH, ENODEV], description);
}

/** Adds or replaces a permanent neighbour. */
export function replaceNeighbour(neighbour: KernelNeighbour): NetlinkMessage {
  const attributes = [
    bytesAttribute(1, ipv4Bytes(neighbour.address)),
    bytesAttribute(2, macBytes(neighbour.mac)),
  ];
  const head = neighbourHead(AF_INET, neighbour.linkIndex, NUD_PERMANENT, 0);
  return route(RTM_NEWNEIGH, REPLACE, head, attributes, [], `add neighbour ${neighbour.address}`);
}

/** Deletes a neighbour; success when it is gone. */
export function deleteNeighbour(neighbour: KernelNeighbour): NetlinkMessage {
  const head = neighbourHead(AF_INET, neighbour.linkIndex, 0, 0);
  const attributes = [bytesAttribute(1, ipv4Bytes(neighbour.address))];
  const description = `delete neighbour ${neighbour.address}`;
  return route(RTM_DELNEIGH, CHANGE, head, attributes, [ENOENT, ENODEV], description);
}

/** Says which peer frames for a MAC are sent to (bridge FDB entry on the VXLAN device itself). */
export function replaceForwarding(entry: KernelForwarding): NetlinkMessage {
  const head = neighbourHead(AF_BRIDGE, entry.linkIndex, NUD_PERMANENT, NTF_SELF);
  const attributes = [bytesAttribute(2, macBytes(entry.mac)), bytesAttribute(1, ipv4Bytes(entry.remote))];
  return route(RTM_NEWNEIGH, REPLACE, head, attributes, [], `add forwarding ${entry.mac}`);
}

/** Deletes an FDB entry; success when it is gone. */
export function deleteForwarding(entry: KernelForwarding): NetlinkMessage {
  const head = neighbourHead(AF_BRIDGE, entry.linkIndex, NUD_PERMANENT, NTF_SELF);
  const attributes = [bytesAttribute(2, macBytes(entry.mac)), bytesAttribute(1, ipv4Bytes(entry.remote))];
  const description = `delete forwarding ${entry.mac}`;
  return route(RTM_DELNEIGH, CHANGE, head, attributes, [ENOENT, ENODEV], description);
}

/** Adds a policy rule; success when it is there. */
export function addRule(rule: KernelRule): NetlinkMessage {
  return ruleMessage(RTM_NEWRULE, CREATE, rule, [EEXIST], `add rule ${rule.priority} mark ${rule.mark}`);
}

/** Deletes a policy rule; success when it is gone. */
export function deleteRule(rule: KernelRule): NetlinkMessage {
  const description = `delete rule ${rule.priority} mark ${rule.mark}`;
  return ruleMessage(RTM_DELRULE, CHANGE, rule, [ENOENT], description);
}

/** `10.0.1.7/32 table 254`, for messages and logs. */
export function describeRoute(described: KernelRoute): string {
  return `${described.destination} table ${described.table}`;
}

function route(
  type: number,
  flags: number,
  head: Uint8Array,
  attributes: readonly Attribute[],
  tolerated: readonly number[],
  description: string,
): NetlinkMessage {
  return encodeMessage({ protocol: NETLINK_ROUTE, type, flags, head, attributes, tolerated, description });
}

/** struct ifinfomsg. */
function linkHead(index: number, flags: number, change: number): Uint8Array {
  return joinBytes([new Uint8Array(4), u32Bytes(index), u32Bytes(flags), u32Bytes(change)]);
}

/** struct ndmsg. */
function neighbourHead(family: number, index: number, state: number, flags: number): Uint8Array {
  return joinBytes([
    new Uint8Array([family, 0, 0, 0]),
    u32Bytes(index),
    u16Bytes(state),
    new Uint8Array([flags, 0]),
  ]);
}

/** struct rtmsg, which has the same shape as struct fib_rule_hdr (its action sits where rtm_type does). */
function routeHead(
  prefixLength: number,
  table: number,
  protocol: number,
  scope: number,
  type: number,
  flags: number,
): Uint8Array {
  const fixed = new Uint8Array([AF_INET, prefixLength, 0, 0, table, protocol, scope, type]);
  return joinBytes([fixed, u32Bytes(flags)]);
}

function addressMessage(
  type: number,
  flags: number,
  address: KernelAddress,
  scope: 'universe' | 'host',
  tolerated: readonly number[],
  description: string,
): NetlinkMessage {
  const scopeNumber = scope === 'host' ? SCOPE_HOST : SCOPE_UNIVERSE;
  const fixed = new Uint8Array([AF_INET, address.prefixLength, 0, scopeNumber]);
  const head = joinBytes([fixed, u32Bytes(address.linkIndex)]);
  const bytes = ipv4Bytes(address.address);
  return route(
    type,
    flags,
    head,
    [bytesAttribute(2, bytes), bytesAttribute(1, bytes)],
    tolerated,
    description,
  );
}

function routeMessage(
  type: number,
  flags: number,
  subject: KernelRoute,
  tolerated: readonly number[],
  description: string,
): NetlinkMessage {
  const [address = '0.0.0.0', length = '0'] = subject.destination.split('/');
  const routeType = subject.type === 'prohibit' ? RTN_PROHIBIT : RTN_UNICAST;
  const head = routeHead(
    Number(length),
    subject.table < 256 ? subject.table : RT_TABLE_COMPAT,
    subject.protocol,
    subject.scopeLink ? SCOPE_LINK : SCOPE_UNIVERSE,
    routeType,
    subject.onlink ? RTNH_F_ONLINK : 0,
  );
  const attributes = [u32Attribute(15, subject.table)];
  if (length !== '0') attributes.push(bytesAttribute(1, ipv4Bytes(address)));
  if (subject.gateway !== null) attributes.push(bytesAttribute(5, ipv4Bytes(subject.gateway)));
  if (subject.linkIndex !== null) attributes.push(u32Attribute(4, subject.linkIndex));
  if (subject.source !== null) attributes.push(bytesAttribute(7, ipv4Bytes(subject.source)));
  if (subject.metric !== 0) attributes.push(u32Attribute(6, subject.metric));
  return route(type, flags, head, attributes, tolerated, description);
}

function ruleMessage(
  type: number,
  flags: number,
  rule: KernelRule,
  tolerated: readonly number[],
  description: string,
): NetlinkMessage {
  const action = { table: 1, goto: 2, nop: 3, other: 0 }[rule.action.kind];
  const attributes = [u32Attribute(6, rule.priority), u8Attribute(21, rule.protocol)];
  if (rule.mark !== null) attributes.push(u32Attribute(10, rule.mark), u32Attribute(16, 0xffffffff));
  if (rule.action.kind === 'table') attributes.push(u32Attribute(15, rule.action.table));
  if (rule.action.kind === 'goto') attributes.push(u32Attribute(4, rule.action.priority));
  return route(type, flags, routeHead(0, 0, 0, 0, action, 0), attributes, tolerated, description);
}
