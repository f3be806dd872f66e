import type { NetworkItem, NetworkPicture } from '../../lib/domain/assignment.ts';
import type { Ipv4Block } from './address.ts';
import { blocksOverlap, formatBlock, tryParseBlock } from './address.ts';

/**
 * The networks of a picture with a well-formed subnet of their own, in order of id, subnets in canonical form.
 * A subnet that overlaps an earlier one would make the kernel refuse the whole ruleset, so it is left out and named.
 */
export function usableNetworks(picture: NetworkPicture): {
  readonly networks: readonly NetworkItem[];
  readonly problems: readonly string[];
} {
  const networks: NetworkItem[] = [];
  const blocks: Ipv4Block[] = [];
  const problems: string[] = [];
  const ordered = [...picture.networks].sort((one, other) => (one.id < other.id ? -1 : 1));
  for (const network of ordered) {
    if (network.subnet === '') continue;
    const block = tryParseBlock(network.subnet);
    if (block === null) {
      problems.push(`network ${network.name} has the malformed subnet ${network.subnet}`);
    } else if (blocks.some((other) => blocksOverlap(block, other))) {
      problems.push(`network ${network.name} overlaps another one with its subnet ${network.subnet}`);
    } else {
      blocks.push(block);
      networks.push({ ...network, subnet: formatBlock(block) });
    }
  }
  return { networks, problems };
}
