import type { NetlinkMessage } from './netlink-message.ts';

/** NETLINK_ROUTE and NETLINK_NETFILTER of linux/netlink.h. */
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;
const HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;

/** Netlink speaks the machine's own byte order. */
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** What an attribute carries: bytes, the namespace descriptor that the keeper fills in, or further attributes. */
export type AttributeValue =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'namespace' }
  | { readonly kind: 'nested'; readonly head: Uint8Array; readonly attributes: readonly Attribute[] };

export interface Attribute {
  readonly type: number;
  readonly value: AttributeValue;
}

/** A parsed attribute: its type without flags, and its payload. */
export interface ParsedAttribute {
  readonly type: number;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** An attribute with ready bytes. */
export function bytesAttribute(type: number, bytes: Uint8Array): Attribute {
  return { type, value: { kind: 'bytes', bytes } };
}

/** One unsigned byte. */
export function u8Attribute(type: number, value: number): Attribute {
  return bytesAttribute(type, new Uint8Array([value]));
}

/** A native-endian 32-bit number. */
export function u32Attribute(type: number, value: number): Attribute {
  return bytesAttribute(type, u32Bytes(value));
}

/** A 16-bit number in network byte order. */
export function be16Attribute(type: number, value: number): Attribute {
  return bytesAttribute(type, new Uint8Array([value >>> 8, value & 255]));
}

/** A NUL-terminated ASCII string. */
export function textAttribute(type: number, text: string): Attribute {
  return bytesAttribute(
    type,
    Uint8Array.from([...text, '\0'], (letter) => letter.charCodeAt(0)),
  );
}

/** A nested attribute; `head` is a fixed structure in front of the inner attributes (VETH_INFO_PEER has one). */
export function nestedAttribute(
  type: number,
  attributes: readonly Attribute[],
  head: Uint8Array = NO_BYTES,
): Attribute {
  return { type, value: { kind: 'nested', head, attributes } };
}

/** The place of a container's namespace descriptor (IFLA_NET_NS_FD); at most one per message. */
export function namespaceAttribute(type: number): Attribute {
  return { type, value: { kind: 'namespace' } };
}

/** A native-endian 32-bit number as bytes. */
export function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0, LITTLE_ENDIAN);
  return bytes;
}

/** A native-endian 16-bit number as bytes. */
export function u16Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, LITTLE_ENDIAN);
  return bytes;
}

/** Reads a native-endian 32-bit number at `offset`. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, LITTLE_ENDIAN);
}

/** Reads a native-endian 16-bit number at `offset`. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(offset, LITTLE_ENDIAN);
}

/** Joins byte strings. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * Encodes one request: netlink header (sequence and port 0, which the sender may overwrite), the family's fixed
 * structure, and the attributes, padded to four bytes as rtnetlink(7) asks.
 */
export function encodeMessage(request: {
  readonly protocol: number;
  readonly type: number;
  readonly flags: number;
  readonly head: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly tolerated: readonly number[];
  readonly description: string;
}): NetlinkMessage {
  const bodyBytes = align(request.head.length) + attributesLength(request.attributes);
  const bytes = new Uint8Array(HEADER_BYTES + bodyBytes);
  bytes.set(u32Bytes(bytes.length), 0);
  bytes.set(u16Bytes(request.type), 4);
  bytes.set(u16Bytes(request.flags), 6);
  bytes.set(request.head, HEADER_BYTES);
  const namespaceOffset = writeAttributes(
    bytes,
    HEADER_BYTES + align(request.head.length),
    request.attributes,
  );
  return {
    protocol: request.protocol,
    bytes,
    namespaceOffset,
    tolerated: request.tolerated,
    description: request.description,
  };
}

/** Reads consecutive attributes; stops at the first that does not fit, as the kernel's own reader does. */
export function parseAttributes(bytes: Uint8Array): readonly ParsedAttribute[] {
  const found: ParsedAttribute[] = [];
  let offset = 0;
  while (offset + ATTRIBUTE_HEADER_BYTES <= bytes.length) {
    const length = readU16(bytes, offset);
    if (length < ATTRIBUTE_HEADER_BYTES || offset + length > bytes.length) break;
    found.push({
      type: readU16(bytes, offset + 2) & NLA_TYPE_MASK,
      bytes: bytes.subarray(offset + ATTRIBUTE_HEADER_BYTES, offset + length),
    });
    offset += align(length);
  }
  return found;
}

/** Splits a netlink message into its type, its fixed structure of `headBytes`, and its attributes by type. */
export function parseMessage(
  message: Uint8Array,
  headBytes: number,
): {
  readonly type: number;
  readonly head: Uint8Array;
  readonly attributes: ReadonlyMap<number, Uint8Array>;
} | null {
  if (message.length < HEADER_BYTES + headBytes) return null;
  const attributes = new Map<number, Uint8Array>();
  for (const attribute of parseAttributes(message.subarray(HEADER_BYTES + align(headBytes)))) {
    attributes.set(attribute.type, attribute.bytes);
  }
  const head = message.subarray(HEADER_BYTES, HEADER_BYTES + headBytes);
  return { type: readU16(message, 4), head, attributes };
}

function align(length: number): number {
  return (length + 3) & ~3;
}

function valueLength(value: AttributeValue): number {
  switch (value.kind) {
    case 'bytes':
      return value.bytes.length;
    case 'namespace':
      return 4;
    case 'nested':
      return align(value.head.length) + attributesLength(value.attributes);
  }
}

function attributesLength(attributes: readonly Attribute[]): number {
  let sum = 0;
  for (const attribute of attributes) sum += align(ATTRIBUTE_HEADER_BYTES + valueLength(attribute.value));
  return sum;
}

/** Writes attributes at `start` and returns where the namespace descriptor goes, if one of them asks for it. */
function writeAttributes(target: Uint8Array, start: number, attributes: readonly Attribute[]): number | null {
  let offset = start;
  let namespaceOffset: number | null = null;
  for (const { type, value } of attributes) {
    const length = ATTRIBUTE_HEADER_BYTES + valueLength(value);
    const payload = offset + ATTRIBUTE_HEADER_BYTES;
    target.set(u16Bytes(length), offset);
    target.set(u16Bytes(value.kind === 'nested' ? type | NLA_F_NESTED : type), offset + 2);
    if (value.kind === 'bytes') target.set(value.bytes, payload);
    if (value.kind === 'namespace') namespaceOffset = payload;
    if (value.kind === 'nested') {
      target.set(value.head, payload);
      namespaceOffset =
        writeAttributes(target, payload + align(value.head.length), value.attributes) ?? namespaceOffset;
    }
    offset += align(length);
  }
  return namespaceOffset;
}
