import type { NetworkSpec } from '../domain/network.ts';
import { type AddressBlock, formatBlock, parseAddress, parseBlock } from '../ip-address.ts';
import { requireLabels, requireName } from './name.ts';
import { invalid, quote, requireOneOf } from './rule.ts';

/** A smaller block has no room for network, gateway, broadcast, a VIP and a task. */
export const LONGEST_SUBNET_PREFIX = 29;
/** A larger one would swallow the whole private range. */
export const SHORTEST_SUBNET_PREFIX = 8;

/** Reads a block of a specification. Throws INVALID_ARGUMENT unless it is CIDR without host bits, /8 to /29. */
export function requireSubnet(subject: string, text: string): AddressBlock {
  const block = parseBlock(text);
  if (block === undefined)
    throw invalid(subject, `${quote(text)} is not a subnet`, 'for example: 10.1.0.0/24');
  if (formatBlock(block) !== text) {
    const address = parseAddress(text.split('/', 1)[0] ?? '');
    const problem = address === block.first ? 'is written in an unusual way' : 'has bits after its prefix';
    throw invalid(subject, `${quote(text)} ${problem}`, `did you mean ${formatBlock(block)}?`);
  }
  if (block.prefixLength < SHORTEST_SUBNET_PREFIX || block.prefixLength > LONGEST_SUBNET_PREFIX) {
    const bounds = `between /${SHORTEST_SUBNET_PREFIX} and /${LONGEST_SUBNET_PREFIX}`;
    throw invalid(subject, `a subnet must be ${bounds}, not ${quote(text)}`);
  }
  return block;
}

/** Checks a network specification by itself. Throws INVALID_ARGUMENT with one line. */
export function validateNetworkSpec(spec: NetworkSpec): void {
  requireName('network', spec.name);
  const subject = `network ${quote(spec.name)}`;
  requireLabels(subject, 'labels', spec.labels);
  requireOneOf(subject, 'driver', spec.driver, ['overlay', 'host']);
  if (spec.subnet !== undefined) {
    if (spec.driver === 'host') throw invalid(subject, 'a network of driver host has no subnet');
    requireSubnet(subject, spec.subnet);
  }
  if (spec.ingress && spec.attachable) throw invalid(subject, 'the ingress network cannot be attachable');
  if (spec.ingress && spec.internal) throw invalid(subject, 'the ingress network cannot be internal');
  if (spec.ingress && spec.driver !== 'overlay') throw invalid(subject, 'the ingress network is an overlay');
}
