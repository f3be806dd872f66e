import { tryParseIpv4 } from '../network/address.ts';

export interface Resolver {
  readonly address: string;
  readonly port: number;
}

/** resolv.conf(5): more than three are not looked at. */
const MAX_RESOLVERS = 3;
const DNS_PORT = 53;

/**
 * The IPv4 and IPv6 name servers of a resolv.conf, in order, at most three. `exclude` is the server's own address:
 * asking it would ask in a circle.
 */
export function parseResolvers(resolvConf: string, exclude: string): readonly Resolver[] {
  const resolvers: Resolver[] = [];
  for (const line of resolvConf.split('\n')) {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    if (address === undefined || address === exclude) continue;
    if (tryParseIpv4(address) === null && !address.includes(':')) continue;
    if (resolvers.length < MAX_RESOLVERS) resolvers.push({ address, port: DNS_PORT });
  }
  return resolvers;
}
