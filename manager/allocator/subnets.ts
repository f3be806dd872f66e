import type { Cluster } from '../../lib/domain/cluster.ts';
import type { Network } from '../../lib/domain/network.ts';
import {
  type AddressBlock,
  blockAround,
  blockLast,
  blocksOverlap,
  formatBlock,
  parseAddress,
  parseBlock,
} from '../../lib/ip-address.ts';
import type { StoreView } from '../store/store.ts';

/** A block that a new subnet must stay clear of, and what to call it. */
export interface TakenBlock {
  readonly block: AddressBlock;
  readonly holder: string;
}

export type SubnetChoice = { readonly subnet: string } | { readonly problem: string };

/** Every block in use: networks, what other networks asked for, router addresses, the nodes' own addresses. */
export function takenBlocks(view: StoreView, cluster: Cluster): TakenBlock[] {
  const taken: TakenBlock[] = [];
  const add = (text: string | undefined, holder: string) => {
    const block = text === undefined ? undefined : parseBlock(text);
    if (block !== undefined) taken.push({ block, holder });
  };
  add(cluster.routerSubnet, 'the router addresses of the nodes');
  for (const network of view.networks.values()) add(network.subnet, `network ${network.spec.name}`);
  for (const node of view.nodes.values()) {
    const name = node.description?.hostname ?? node.id;
    add(`${node.description?.dataPathAddress ?? ''}/32`, `the address of node ${name}`);
    add(`${node.status.address}/32`, `the address of node ${name}`);
  }
  return taken;
}

function nextFreeBlock(
  pool: AddressBlock,
  prefixLength: number,
  taken: readonly TakenBlock[],
): AddressBlock | undefined {
  if (prefixLength < pool.prefixLength) return undefined;
  let candidate = blockAround(pool.first, prefixLength);
  // Each turn passes at least one taken block, so there are no more turns than blocks, and one.
  for (let turn = 0; turn <= taken.length; turn++) {
    if (blockLast(candidate) > blockLast(pool)) return undefined;
    const inTheWay = taken.find(({ block }) => blocksOverlap(block, candidate));
    if (inTheWay === undefined) return candidate;
    const next = Math.max(blockLast(inTheWay.block), blockLast(candidate)) + 1;
    candidate = blockAround(next, prefixLength);
  }
  return undefined;
}

/**
 * The subnet for a network: the one it asks for, else the first free block of the cluster's pools.
 * `requested` are the blocks that networks still to be served asked for; free choices stay clear of them.
 */
export function chooseSubnet(
  network: Network,
  cluster: Cluster,
  taken: readonly TakenBlock[],
  requested: readonly TakenBlock[],
): SubnetChoice {
  const { name, subnet } = network.spec;
  if (subnet !== undefined) {
    const wanted = parseBlock(subnet);
    if (wanted === undefined) return { problem: `network ${name}: "${subnet}" is not a subnet` };
    const inTheWay = taken.find(({ block }) => blocksOverlap(block, wanted));
    if (inTheWay === undefined) return { subnet: formatBlock(wanted) };
    const other = `${formatBlock(inTheWay.block)}, ${inTheWay.holder}`;
    return { problem: `network ${name}: the subnet ${subnet} overlaps ${other}` };
  }
  const { defaultAddressPools: pools, defaultAddressPoolMaskLength: length } = cluster.spec;
  for (const text of pools) {
    const pool = parseBlock(text);
    if (pool === undefined) continue;
    const free = nextFreeBlock(pool, length, [...taken, ...requested]);
    if (free !== undefined) return { subnet: formatBlock(free) };
  }
  const where = `the address pools (${pools.join(', ')})`;
  return { problem: `network ${name}: no free subnet of /${length} is left in ${where}` };
}

/** The node addresses in the routed overlay that are taken, as numbers with the age of their node. */
export function routerHolds(view: StoreView): { address: number; alive: true; createdAtMs: number }[] {
  const holds: { address: number; alive: true; createdAtMs: number }[] = [];
  for (const node of view.nodes.values()) {
    const address = parseAddress(node.routerAddress);
    if (address !== undefined) holds.push({ address, alive: true, createdAtMs: node.createdAtMs });
  }
  return holds;
}
