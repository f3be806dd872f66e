import { type AddressBlock, blockLast, blockSize, formatBlock } from '../../lib/ip-address.ts';

/** The network's own address, its gateway and its broadcast address are never handed out. */
const RESERVED_ADDRESSES = 3;
const FIRST_OFFSET = 2;

/**
 * The addresses of one block during one allocation pass. Changed in place by the pass that made it, and
 * derived anew from the stored objects by the next.
 */
export interface AddressSpace {
  readonly block: AddressBlock;
  /** Held by something alive: never handed out. */
  readonly used: Set<number>;
  /** Held by something that ended lately: handed out only when nothing else is left. */
  readonly avoided: Set<number>;
  /** The search starts after this address, so that a freed one comes back only after all others. */
  cursor: number;
}

/** An address that an object holds, for rebuilding the space. */
export interface AddressHold {
  readonly address: number;
  readonly alive: boolean;
  /** When the holder was created: the newest holder tells where the last search ended. */
  readonly createdAtMs: number;
}

/** How many addresses of a block can be handed out: 253 of a /24. */
export function usableCount(block: AddressBlock): number {
  return Math.max(0, blockSize(block) - RESERVED_ADDRESSES);
}

/** The space of a block, given who holds an address in it. Holds outside its usable part are ignored. */
export function addressSpace(block: AddressBlock, holds: Iterable<AddressHold>): AddressSpace {
  const space: AddressSpace = {
    block,
    used: new Set(),
    avoided: new Set(),
    cursor: block.first + FIRST_OFFSET - 1,
  };
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const { address, alive, createdAtMs } of holds) {
    if (!isUsable(block, address)) continue;
    (alive ? space.used : space.avoided).add(address);
    if (createdAtMs > newestMs || (createdAtMs === newestMs && address > space.cursor)) {
      newestMs = createdAtMs;
      space.cursor = address;
    }
  }
  return space;
}

function findFree(space: AddressSpace, avoid: boolean): number | undefined {
  const first = space.block.first + FIRST_OFFSET;
  const count = usableCount(space.block);
  for (let step = 1; step <= count; step++) {
    const address = first + ((space.cursor - first + step) % count);
    if (!space.used.has(address) && !(avoid && space.avoided.has(address))) return address;
  }
  return undefined;
}

/** Takes the next free address of the block; undefined when every one is in use. */
export function takeAddress(space: AddressSpace): number | undefined {
  if (space.used.size >= usableCount(space.block)) return undefined;
  const address = findFree(space, true) ?? findFree(space, false);
  if (address === undefined) return undefined;
  space.used.add(address);
  // Once an avoided address had to be used, it need not be told apart again.
  space.avoided.delete(address);
  space.cursor = address;
  return address;
}

/** Gives an address back that was taken in the same pass. */
export function returnAddress(space: AddressSpace, address: number): void {
  space.used.delete(address);
}

/** Why no address can be had, with counts. */
export function explainFull(name: string, space: AddressSpace): string {
  const total = usableCount(space.block);
  return `network ${name}: all ${total} addresses of ${formatBlock(space.block)} are in use`;
}

/** True when the address can be held in the block: neither its own, its gateway's nor the broadcast one. */
export function isUsable(block: AddressBlock, address: number): boolean {
  return address >= block.first + FIRST_OFFSET && address < blockLast(block);
}
