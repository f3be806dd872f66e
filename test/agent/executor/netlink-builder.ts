import type { NetlinkMessage } from '../../../agent/network/netlink-message.ts';

/** Just enough of rtnetlink(7) to build a link by hand. */

export const EEXIST = 17;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_NEWROUTE = 24;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_DUMP = 0x300;
const NLM_F_CREATE_EXCL = 0x600;
const IFLA_IFNAME = 3;
const IFLA_LINKINFO = 18;
const IFLA_NET_NS_FD = 28;
const AF_INET = 2;
const HEADER_BYTES = 16;

function attribute(type: number, value: Uint8Array): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16LE(4 + value.length, 0);
  padded.writeUInt16LE(type, 2);
  padded.set(value, 4);
  return padded;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function message(type: number, flags: number, body: Uint8Array, description: string): NetlinkMessage {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(NLM_F_REQUEST | flags, 6);
  bytes.set(body, HEADER_BYTES);
  return { protocol: 0, bytes, namespaceOffset: null, tolerated: [], description };
}

function linkHeader(index: number, flags = 0, change = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(change, 12);
  return header;
}

/** A veth pair; the peer goes into the namespace whose descriptor the keeper fills in. */
export function createVeth(name: string, peerName: string): NetlinkMessage {
  const namespace = attribute(IFLA_NET_NS_FD, Buffer.alloc(4));
  const peer = Buffer.concat([linkHeader(0), attribute(IFLA_IFNAME, text(peerName)), namespace]);
  const info = Buffer.concat([attribute(1, text('veth')), attribute(2, attribute(1, peer))]);
  const body = Buffer.concat([
    linkHeader(0),
    attribute(IFLA_IFNAME, text(name)),
    attribute(IFLA_LINKINFO, info),
  ]);
  const built = message(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE_EXCL, body, `create veth ${name}`);
  // The descriptor is the last attribute of all.
  return { ...built, namespaceOffset: built.bytes.length - 4 };
}

/** Sets a link up by its name, and its hardware address when given. */
export function linkUp(name: string): NetlinkMessage {
  const body = Buffer.concat([linkHeader(0, 1, 1), attribute(IFLA_IFNAME, text(name))]);
  return message(RTM_NEWLINK, NLM_F_ACK, body, `bring ${name} up`);
}

/** Deletes a link by its name. */
export function deleteLink(name: string): NetlinkMessage {
  const body = Buffer.concat([linkHeader(0), attribute(IFLA_IFNAME, text(name))]);
  return message(RTM_DELLINK, NLM_F_ACK, body, `delete ${name}`);
}

/** Asks for one link by its name, or for all. */
export function getLink(name: string | null): NetlinkMessage {
  if (name === null) return message(RTM_GETLINK, NLM_F_DUMP, linkHeader(0), 'list links');
  const body = Buffer.concat([linkHeader(0), attribute(IFLA_IFNAME, text(name))]);
  return message(RTM_GETLINK, NLM_F_ACK, body, `get ${name}`);
}

/** Adds an IPv4 address to the link of this index. */
export function addAddress(index: number, address: readonly number[], prefix: number): NetlinkMessage {
  const header = Buffer.from([AF_INET, prefix, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(index, 4);
  const value = Buffer.from(address);
  const body = Buffer.concat([header, attribute(2, value), attribute(1, value)]);
  return message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE_EXCL, body, `add address ${address.join('.')}`);
}

/** Adds an IPv4 route to one host over the link of this index. */
export function addRoute(index: number, address: readonly number[]): NetlinkMessage {
  const RT_TABLE_MAIN = 254;
  const RTPROT_STATIC = 4;
  const RT_SCOPE_LINK = 253;
  const RTN_UNICAST = 1;
  const header = Buffer.from([
    AF_INET,
    32,
    0,
    0,
    RT_TABLE_MAIN,
    RTPROT_STATIC,
    RT_SCOPE_LINK,
    RTN_UNICAST,
    0,
    0,
    0,
    0,
  ]);
  const device = Buffer.alloc(4);
  device.writeUInt32LE(index);
  const body = Buffer.concat([header, attribute(1, Buffer.from(address)), attribute(4, device)]);
  return message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE_EXCL, body, `add route to ${address.join('.')}`);
}
