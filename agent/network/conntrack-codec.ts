import { formatIpv4, ipv4Bytes } from './address.ts';
import type { Attribute } from './netlink-attributes.ts';
import {
  bytesAttribute,
  encodeMessage,
  NETLINK_NETFILTER,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  nestedAttribute,
  parseAttributes,
  parseMessage,
} from './netlink-attributes.ts';
import type { NetlinkMessage } from './netlink-message.ts';

// Numbers from linux/netfilter/nfnetlink_conntrack.h and errno(3).
const SUBSYSTEM_CTNETLINK = 1 << 8;
const CTNL_NEW = SUBSYSTEM_CTNETLINK | 0;
const CTNL_GET = SUBSYSTEM_CTNETLINK | 1;
const CTNL_DELETE = SUBSYSTEM_CTNETLINK | 2;
const AF_INET = 2;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_REPLY = 2;
const CTA_ID = 12;
const CTA_ZONE = 18;
const CTA_FILTER = 25;
const CTA_FILTER_REPLY_FLAGS = 2;
const FILTER_IP_SOURCE = 1;
const ENOENT = 2;
const HEAD_BYTES = 4;

/** A connection that the kernel tracks, as far as telling and deleting it needs. */
export interface TrackedConnection {
  /** Who answers: after translation, the task's own address. */
  readonly answeringAddress: string;
  /** 6 = TCP, 17 = UDP. */
  readonly protocol: number;
  /** Attributes that name the entry, as the kernel gave them. */
  readonly identity: readonly { readonly type: number; readonly bytes: Uint8Array }[];
}

/** Asks for the tracked IPv4 connections; only those that `answeringAddress` answers, when it is given. */
export function dumpConnections(answeringAddress: string | null): NetlinkMessage {
  const attributes: Attribute[] = [];
  if (answeringAddress !== null) {
    const source = nestedAttribute(1, [bytesAttribute(1, ipv4Bytes(answeringAddress))]);
    attributes.push(
      nestedAttribute(CTA_TUPLE_REPLY, [source]),
      nestedAttribute(CTA_FILTER, [
        bytesAttribute(1, flags(0)),
        bytesAttribute(CTA_FILTER_REPLY_FLAGS, flags(FILTER_IP_SOURCE)),
      ]),
    );
  }
  const description = `list connections answered by ${answeringAddress ?? 'anyone'}`;
  return message(CTNL_GET, NLM_F_REQUEST | NLM_F_DUMP, attributes, description);
}

/** Deletes one tracked connection; success when it is gone. */
export function deleteConnection(connection: TrackedConnection): NetlinkMessage {
  const attributes = connection.identity.map(
    ({ type, bytes }): Attribute =>
      type === CTA_TUPLE_ORIG
        ? { type, value: { kind: 'nested', head: bytes, attributes: [] } }
        : bytesAttribute(type, bytes),
  );
  const description = `delete connections answered by ${connection.answeringAddress}`;
  return message(CTNL_DELETE, NLM_F_REQUEST | NLM_F_ACK, attributes, description);
}

/** IPv4 connections out of the answer to `dumpConnections`. */
export function parseConnections(messages: readonly Uint8Array[]): readonly TrackedConnection[] {
  const connections: TrackedConnection[] = [];
  for (const bytes of messages) {
    const parsed = parseMessage(bytes, HEAD_BYTES);
    if (parsed === null || parsed.type !== CTNL_NEW || parsed.head[0] !== AF_INET) continue;
    const reply = parsed.attributes.get(CTA_TUPLE_REPLY);
    if (reply === undefined) continue;
    const tuple = new Map(parseAttributes(reply).map((attribute) => [attribute.type, attribute.bytes]));
    const address = inner(tuple.get(1), 1);
    const protocol = inner(tuple.get(2), 1);
    if (address === undefined || address.length !== 4) continue;
    connections.push({
      answeringAddress: formatIpv4(address.reduce((sum, byte) => sum * 256 + byte, 0)),
      protocol: protocol?.[0] ?? 0,
      identity: [CTA_TUPLE_ORIG, CTA_ID, CTA_ZONE].flatMap((type) => {
        const value = parsed.attributes.get(type);
        return value === undefined ? [] : [{ type, bytes: value }];
      }),
    });
  }
  return connections;
}

function inner(bytes: Uint8Array | undefined, type: number): Uint8Array | undefined {
  if (bytes === undefined) return undefined;
  return parseAttributes(bytes).find((attribute) => attribute.type === type)?.bytes;
}

function flags(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new Uint32Array(bytes.buffer)[0] = value;
  return bytes;
}

function message(
  type: number,
  messageFlags: number,
  attributes: readonly Attribute[],
  description: string,
): NetlinkMessage {
  return encodeMessage({
    protocol: NETLINK_NETFILTER,
    type,
    flags: messageFlags,
    head: new Uint8Array([AF_INET, 0, 0, 0]),
    attributes,
    tolerated: [ENOENT],
    description,
  });
}
