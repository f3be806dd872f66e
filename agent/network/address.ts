import { SkepError } from '../../lib/errors.ts';

/** An IPv4 block: its first address as a number, and its prefix length. */
export interface Ipv4Block {
  readonly first: number;
  readonly prefixLength: number;
}

/** Parses dotted IPv4 into an unsigned 32-bit number; null when the text is anything else. */
export function tryParseIpv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part)) return null;
    const octet = Number(part);
    if (octet > 255) return null;
    value = value * 256 + octet;
  }
  return value;
}

/** Parses dotted IPv4 into an unsigned 32-bit number. Throws INVALID_ARGUMENT for anything else. */
export function parseIpv4(text: string): number {
  const value = tryParseIpv4(text);
  if (value === null) throw new SkepError('INVALID_ARGUMENT', `"${text}" is not an IPv4 address`);
  return value;
}

/** The dotted text of an unsigned 32-bit number. */
export function formatIpv4(value: number): string {
  return `${Math.floor(value / 2 ** 24) % 256}.${Math.floor(value / 2 ** 16) % 256}.${Math.floor(value / 256) % 256}.${value % 256}`;
}

/** The four bytes of a dotted address in network order. */
export function ipv4Bytes(text: string): Uint8Array {
  const value = parseIpv4(text);
  return new Uint8Array([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}

/** Parses `a.b.c.d/n`, clearing the bits after the prefix; null when the text is anything else. */
export function tryParseBlock(text: string): Ipv4Block | null {
  const [address, length, rest] = text.split('/');
  if (address === undefined || length === undefined || rest !== undefined) return null;
  const value = tryParseIpv4(address);
  if (value === null || !/^\d{1,2}$/.test(length)) return null;
  const prefixLength = Number(length);
  if (prefixLength > 32) return null;
  const size = 2 ** (32 - prefixLength);
  return { first: Math.floor(value / size) * size, prefixLength };
}

/** `a.b.c.d/n` of a block. */
export function formatBlock(block: Ipv4Block): string {
  return `${formatIpv4(block.first)}/${block.prefixLength}`;
}

/** True when the address lies in the block. */
export function blockContains(block: Ipv4Block, address: number): boolean {
  return address >= block.first && address < block.first + 2 ** (32 - block.prefixLength);
}

/** True when two blocks share an address. */
export function blocksOverlap(one: Ipv4Block, other: Ipv4Block): boolean {
  return blockContains(one, other.first) || blockContains(other, one.first);
}

/** The overlay's MAC of a router or task address: `02:53:` and the address in hexadecimal. */
export function overlayMac(address: string): string {
  return ['02', '53', ...Array.from(ipv4Bytes(address), (byte) => byte.toString(16).padStart(2, '0'))].join(
    ':',
  );
}

/** The six bytes of `aa:bb:cc:dd:ee:ff`. */
export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
}

/** The text of a MAC's bytes. */
export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
