import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import { blockContains, parseIpv4, tryParseBlock } from './address.ts';
import type { TrackedConnection } from './conntrack-codec.ts';
import type { LocalPort } from './local-port.ts';
import { usableNetworks } from './usable-networks.ts';

const UDP = 17;

/** Addresses whose connections must end: all of them, or those of protocols that have no end of their own. */
export interface EndedAddresses {
  readonly gone: ReadonlySet<string>;
  readonly unready: ReadonlySet<string>;
}

/**
 * Addresses of tasks that went away between two pictures, and of tasks that stopped being ready. A flow of UDP
 * would go on to such a task for ever; a TCP connection to a leaving task may end by itself.
 */
export function endedAddresses(before: NetworkPicture, after: NetworkPicture): EndedAddresses {
  const present = new Set(after.backends.flatMap(addresses));
  const ready = new Set(after.backends.filter((backend) => backend.ready).flatMap(addresses));
  const gone = new Set<string>();
  const unready = new Set<string>();
  for (const backend of before.backends) {
    for (const address of addresses(backend)) {
      if (!present.has(address)) gone.add(address);
      else if (backend.ready && !ready.has(address)) unready.add(address);
    }
  }
  return { gone, unready };
}

/** Addresses of containers of the node whose published ports were closed: the next holder of the port starts afresh. */
export function closedAddresses(
  before: readonly LocalPort[],
  after: readonly LocalPort[],
): readonly string[] {
  const present = new Set(after.map(({ address }) => address));
  return before.map(({ address }) => address).filter((address) => !present.has(address));
}

/** Connections of ended addresses among those found. */
export function endedConnections(
  found: readonly TrackedConnection[],
  ended: EndedAddresses,
): readonly TrackedConnection[] {
  return found.filter(
    ({ answeringAddress, protocol }) =>
      ended.gone.has(answeringAddress) || (protocol === UDP && ended.unready.has(answeringAddress)),
  );
}

/** Connections to overlay addresses that no task has, for a start with no picture from before. */
export function orphanConnections(
  found: readonly TrackedConnection[],
  picture: NetworkPicture,
): readonly TrackedConnection[] {
  const present = new Set(picture.backends.flatMap(addresses));
  const ready = new Set(picture.backends.filter((backend) => backend.ready).flatMap(addresses));
  const blocks = usableNetworks(picture).networks.flatMap(({ subnet }) => tryParseBlock(subnet) ?? []);
  return found.filter(({ answeringAddress, protocol }) => {
    if (!blocks.some((block) => blockContains(block, parseIpv4(answeringAddress)))) return false;
    return !present.has(answeringAddress) || (protocol === UDP && !ready.has(answeringAddress));
  });
}

function addresses(backend: NetworkPicture['backends'][number]): readonly string[] {
  return backend.attachments.map(({ address }) => address);
}
