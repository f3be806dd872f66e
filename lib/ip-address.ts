/** A block of IPv4 addresses. Addresses are unsigned 32-bit numbers in host order. */
export interface AddressBlock {
  readonly first: number;
  readonly prefixLength: number;
}

const ADDRESS_PATTERN = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Dotted decimal as a number; undefined when the text is not an IPv4 address. Leading zeros are refused. */
export function parseAddress(text: string): number | undefined {
  const match = ADDRESS_PATTERN.exec(text);
  if (match === null) return undefined;
  let address = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255) return undefined;
    address = address * 256 + byte;
  }
  return address;
}

/** The address as dotted decimal. */
export function formatAddress(address: number): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
}

/** The number of addresses in a block, the network's own and the broadcast address included. */
export function blockSize(block: AddressBlock): number {
  return 2 ** (32 - block.prefixLength);
}

/** The last address of a block, its broadcast address. */
export function blockLast(block: AddressBlock): number {
  return block.first + blockSize(block) - 1;
}

/** The block of `prefixLength` bits that holds the address. */
export function blockAround(address: number, prefixLength: number): AddressBlock {
  const size = 2 ** (32 - prefixLength);
  return { first: Math.floor(address / size) * size, prefixLength };
}

/**
 * Reads `a.b.c.d/n` (RFC 4632). Bits after the prefix are dropped: `10.1.2.3/24` is the block 10.1.2.0/24.
 * Undefined when the text is not such a block.
 */
export function parseBlock(text: string): AddressBlock | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9]\d?)$/.test(length) || Number(length) > 32) return undefined;
  return blockAround(address, Number(length));
}

/** The block as `a.b.c.d/n`. */
export function formatBlock(block: AddressBlock): string {
  return `${formatAddress(block.first)}/${block.prefixLength}`;
}

/** True when the address lies in the block. */
export function blockContains(block: AddressBlock, address: number): boolean {
  return address >= block.first && address <= blockLast(block);
}

/** True when the two blocks share an address. */
export function blocksOverlap(left: AddressBlock, right: AddressBlock): boolean {
  return left.first <= blockLast(right) && right.first <= blockLast(left);
}
