import { formatIpv4, formatMac } from './address.ts';
import type {
  KernelAddress,
  KernelForwarding,
  KernelLink,
  KernelNeighbour,
  KernelRoute,
  KernelRule,
  KernelVxlan,
  RuleAction,
} from './kernel-state.ts';
import { parseAttributes, parseMessage, readU16, readU32 } from './netlink-attributes.ts';
import {
  AF_INET,
  IFF_UP,
  NUD_PERMANENT,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWNEIGH,
  RTM_NEWROUTE,
  RTM_NEWRULE,
  RTNH_F_ONLINK,
  SCOPE_LINK,
} from './netlink-codec.ts';

const LINK_HEAD_BYTES = 16;
const ADDRESS_HEAD_BYTES = 8;
const ROUTE_HEAD_BYTES = 12;
const NEIGHBOUR_HEAD_BYTES = 12;

type Attributes = ReadonlyMap<number, Uint8Array>;

/** Devices out of the answer to `dumpMessage('links')`. Other messages in it are passed over. */
export function parseLinks(messages: readonly Uint8Array[]): readonly KernelLink[] {
  return collect(messages, RTM_NEWLINK, LINK_HEAD_BYTES, (head, attributes) => ({
    index: readU32(head, 4),
    name: text(attributes.get(3)),
    mac: formatMac(attributes.get(1) ?? new Uint8Array(0)),
    mtu: number(attributes.get(4)),
    up: (readU32(head, 8) & IFF_UP) !== 0,
    vxlan: parseVxlan(attributes.get(18)),
  }));
}

/** IPv4 addresses out of the answer to `dumpMessage('addresses')`. */
export function parseAddresses(messages: readonly Uint8Array[]): readonly KernelAddress[] {
  return collect(messages, RTM_NEWADDR, ADDRESS_HEAD_BYTES, (head, attributes) => ({
    linkIndex: readU32(head, 4),
    address: address(attributes.get(2) ?? attributes.get(1)) ?? '0.0.0.0',
    prefixLength: head[1] ?? 0,
  }));
}

/** IPv4 routes of all tables out of the answer to `dumpMessage('routes')`. */
export function parseRoutes(messages: readonly Uint8Array[]): readonly KernelRoute[] {
  return collect(messages, RTM_NEWROUTE, ROUTE_HEAD_BYTES, (head, attributes) => {
    if (head[0] !== AF_INET) return null;
    const table = attributes.get(15);
    const type = head[7] === 1 ? 'unicast' : head[7] === 8 ? 'prohibit' : 'other';
    const link = attributes.get(4);
    return {
      table: table === undefined ? (head[4] ?? 0) : readU32(table, 0),
      destination: `${address(attributes.get(1)) ?? '0.0.0.0'}/${head[1] ?? 0}`,
      metric: number(attributes.get(6)),
      type,
      gateway: address(attributes.get(5)),
      linkIndex: link === undefined || type === 'prohibit' ? null : readU32(link, 0),
      onlink: (readU32(head, 8) & RTNH_F_ONLINK) !== 0,
      scopeLink: head[6] === SCOPE_LINK,
      source: address(attributes.get(7)),
      protocol: head[5] ?? 0,
    };
  });
}

/** IPv4 neighbours out of the answer to `dumpMessage('neighbours')`. */
export function parseNeighbours(messages: readonly Uint8Array[]): readonly KernelNeighbour[] {
  return collect(messages, RTM_NEWNEIGH, NEIGHBOUR_HEAD_BYTES, (head, attributes) => {
    const found = address(attributes.get(1));
    if (head[0] !== AF_INET || found === null) return null;
    return {
      linkIndex: readU32(head, 4),
      address: found,
      mac: formatMac(attributes.get(2) ?? new Uint8Array(0)),
      permanent: (readU16(head, 8) & NUD_PERMANENT) !== 0,
    };
  });
}

/** FDB entries that name a remote IPv4 address, out of the answer to `dumpMessage('forwarding')`. */
export function parseForwarding(messages: readonly Uint8Array[]): readonly KernelForwarding[] {
  return collect(messages, RTM_NEWNEIGH, NEIGHBOUR_HEAD_BYTES, (head, attributes) => {
    const remote = address(attributes.get(1));
    const mac = attributes.get(2);
    if (remote === null || mac === undefined) return null;
    return { linkIndex: readU32(head, 4), mac: formatMac(mac), remote };
  });
}

/** IPv4 policy rules out of the answer to `dumpMessage('rules')`. */
export function parseRules(messages: readonly Uint8Array[]): readonly KernelRule[] {
  return collect(messages, RTM_NEWRULE, ROUTE_HEAD_BYTES, (head, attributes) => {
    if (head[0] !== AF_INET) return null;
    const mask = attributes.get(16);
    // The kernel leaves out a mark of 0 but still tells its mask.
    const marked = mask !== undefined || attributes.has(10);
    return {
      priority: number(attributes.get(6)),
      mark: marked ? number(attributes.get(10)) : null,
      action: ruleAction(head, attributes),
      protocol: attributes.get(21)?.[0] ?? 0,
    };
  });
}

function ruleAction(head: Uint8Array, attributes: Attributes): RuleAction {
  switch (head[7]) {
    case 1: {
      const table = attributes.get(15);
      return { kind: 'table', table: table === undefined ? (head[4] ?? 0) : readU32(table, 0) };
    }
    case 2:
      return { kind: 'goto', priority: number(attributes.get(4)) };
    case 3:
      return { kind: 'nop' };
    default:
      return { kind: 'other' };
  }
}

function parseVxlan(info: Uint8Array | undefined): KernelVxlan | null {
  if (info === undefined) return null;
  const outer = new Map(parseAttributes(info).map(({ type, bytes }) => [type, bytes]));
  if (text(outer.get(1)) !== 'vxlan') return null;
  const data = new Map(
    parseAttributes(outer.get(2) ?? new Uint8Array(0)).map(({ type, bytes }) => [type, bytes]),
  );
  const port = data.get(15);
  return {
    id: number(data.get(1)),
    local: address(data.get(4)) ?? '0.0.0.0',
    port: port === undefined ? 0 : (port[0] ?? 0) * 256 + (port[1] ?? 0),
    learning: (data.get(7)?.[0] ?? 0) !== 0,
  };
}

function collect<T>(
  messages: readonly Uint8Array[],
  type: number,
  headBytes: number,
  read: (head: Uint8Array, attributes: Attributes) => T | null,
): readonly T[] {
  const found: T[] = [];
  for (const message of messages) {
    const parsed = parseMessage(message, headBytes);
    if (parsed === null || parsed.type !== type) continue;
    const item = read(parsed.head, parsed.attributes);
    if (item !== null) found.push(item);
  }
  return found;
}

function address(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined || bytes.length !== 4) return null;
  return formatIpv4(bytes.reduce((sum, byte) => sum * 256 + byte, 0));
}

function number(bytes: Uint8Array | undefined): number {
  return bytes === undefined || bytes.length < 4 ? 0 : readU32(bytes, 0);
}

function text(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '';
  return String.fromCharCode(...bytes).replace(/\0.*$/s, '');
}
