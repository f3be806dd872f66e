import { DEFAULT_CLUSTER_SPEC, HOST_NETWORK_NAME, INGRESS_NETWORK_NAME } from '../../lib/defaults.ts';
import type { Network } from '../../lib/domain/network.ts';
import { SkepError } from '../../lib/errors.ts';
import { type AddressBlock, blockAround, blockLast, formatBlock, parseBlock } from '../../lib/ip-address.ts';
import type { DecisionContext } from '../store/store.ts';

/** Size of the ingress network and of the router subnet where the pool is large enough. */
const WIDE_PREFIX_LENGTH = 16;
/** In a small pool each of the two takes a quarter, so that half is left for networks. */
const QUARTER_BITS = 2;

function firstPool(pools: readonly string[]): AddressBlock {
  const block = parseBlock(pools[0] ?? '');
  if (block === undefined) {
    throw new SkepError('INVALID_ARGUMENT', `the address pool "${pools[0] ?? ''}" is not a subnet`, {
      help: 'for example: 10.0.0.0/8',
    });
  }
  return block;
}

function wideLength(pool: AddressBlock): number {
  return Math.max(WIDE_PREFIX_LENGTH, pool.prefixLength + QUARTER_BITS);
}

/**
 * The block that the nodes' router addresses come from: the last /16 of the first pool (10.255.0.0/16 of
 * 10.0.0.0/8), or its last quarter when the pool is small.
 */
export function routerSubnetFor(pools: readonly string[]): string {
  const pool = firstPool(pools);
  return formatBlock(blockAround(blockLast(pool), wideLength(pool)));
}

/**
 * The networks that every cluster starts with: `ingress`, which asks for the first /16 of the first pool, and
 * `host`, whose tasks use their node's own network. They are stored when the cluster is made.
 */
export function initialNetworks(
  context: DecisionContext,
  pools: readonly string[] = DEFAULT_CLUSTER_SPEC.defaultAddressPools,
): readonly Network[] {
  const pool = firstPool(pools);
  const meta = () => ({
    id: context.newId(),
    version: 0,
    createdAtMs: context.nowMs,
    updatedAtMs: context.nowMs,
  });
  const plain = { labels: {}, internal: false, attachable: false };
  const ingressSubnet = formatBlock(blockAround(pool.first, wideLength(pool)));
  return [
    {
      kind: 'network',
      ...meta(),
      spec: {
        ...plain,
        name: INGRESS_NETWORK_NAME,
        driver: 'overlay',
        subnet: ingressSubnet,
        ingress: true,
      },
      subnet: '',
    },
    {
      kind: 'network',
      ...meta(),
      spec: { ...plain, name: HOST_NETWORK_NAME, driver: 'host', ingress: false },
      subnet: '',
    },
  ];
}
