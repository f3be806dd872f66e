import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

import { OVERLAY_LINK } from '../agent/network/names.ts';
import { DEFAULT_API_PORT } from '../lib/defaults.ts';
import { SkepError } from '../lib/errors.ts';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Splits `host[:port]`. INVALID_ARGUMENT when the port is none. */
export function splitHostPort(text: string, defaultPort: number): HostPort {
  const match = /^(?<host>[^:]+)(?::(?<port>\d+))?$/.exec(text);
  const port = Number(match?.groups?.port ?? defaultPort);
  const host = match?.groups?.host;
  if (host === undefined || port < 1 || port > 65_535) {
    throw new SkepError('INVALID_ARGUMENT', `"${text}" is not an address`, {
      help: 'for example 192.0.2.10:2377',
    });
  }
  return { host, port };
}

function usableAddresses(
  interfaces: Interfaces,
): readonly { readonly name: string; readonly address: string }[] {
  return Object.entries(interfaces).flatMap(([name, infos]) =>
    // The overlay's own addresses lead to nobody who is not part of it already.
    (name === OVERLAY_LINK ? [] : (infos ?? []))
      .filter((info) => info.family === 'IPv4' && !info.internal && !info.address.startsWith('169.254.'))
      .map((info) => ({ name, address: info.address })),
  );
}

/** An address, or the first IPv4 address of the interface of that name. */
function resolveHost(host: string, interfaces: Interfaces): string {
  if (isIP(host) !== 0) return host;
  const found = usableAddresses(interfaces).find(({ name }) => name === host);
  if (found !== undefined) return found.address;
  throw new SkepError('INVALID_ARGUMENT', `"${host}" is neither an IP address nor an interface with one`, {
    help: `interfaces here: ${Object.keys(interfaces).join(', ')}`,
  });
}

/**
 * Where other nodes reach this one. Without `wanted`, a specific listen address, else the machine's only
 * address; a machine with several must be told (FAILED_PRECONDITION lists them).
 */
export function advertiseAddress(wanted: string, listenAddress: string, interfaces: Interfaces): HostPort {
  const listen = splitHostPort(listenAddress, DEFAULT_API_PORT);
  if (wanted !== '') {
    const { host, port } = splitHostPort(wanted, listen.port);
    return { host: resolveHost(host, interfaces), port };
  }
  if (listen.host !== '0.0.0.0') return { host: resolveHost(listen.host, interfaces), port: listen.port };
  const candidates = usableAddresses(interfaces);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return { host: only.address, port: listen.port };
  const list = candidates.map(({ name, address }) => `${address} on ${name}`).join(', ');
  throw new SkepError(
    'FAILED_PRECONDITION',
    candidates.length === 0
      ? 'could not choose an address to advertise: this machine has none but loopback'
      : `could not choose an address to advertise: this machine has ${candidates.length} (${list})`,
    { help: 'give one with --advertise-addr' },
  );
}

/** The addresses of a node in its cluster, `host:port` but for the last. */
export interface OwnAddresses {
  readonly listenAddress: string;
  readonly advertiseAddress: string;
  readonly dataPathAddress: string;
}

/**
 * The addresses of a node from what its user asks for, each empty for the daemon's default or what can be found out.
 * Throws what `advertiseAddress` throws.
 */
export function ownAddresses(
  defaults: Pick<OwnAddresses, 'listenAddress' | 'advertiseAddress'>,
  asked: OwnAddresses,
  interfaces: Interfaces,
): OwnAddresses {
  const listenAddress = asked.listenAddress || defaults.listenAddress;
  const wanted = asked.advertiseAddress || defaults.advertiseAddress;
  const { host, port } = advertiseAddress(wanted, listenAddress, interfaces);
  return {
    listenAddress,
    advertiseAddress: `${host}:${port}`,
    dataPathAddress: asked.dataPathAddress || host,
  };
}
