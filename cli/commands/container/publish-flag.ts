import { isIP } from 'node:net';

import type { PortBinding } from '../../../lib/domain/local-container.ts';
import type { PortProtocol } from '../../../lib/domain/service.ts';
import { UsageError } from '../../usage.ts';

const PROTOCOLS: readonly PortProtocol[] = ['tcp', 'udp', 'sctp'];
/** Ports that one range may name. */
const MAX_RANGE = 1_000;

interface PortRange {
  readonly first: number;
  readonly last: number;
}

function refuse(text: string, why: string): UsageError {
  return new UsageError(
    `invalid port "${text}": ${why}`,
    'for example 8080:80, 127.0.0.1:8080:80/udp, [::1]:8080:80 or 8000-8010:8000-8010',
  );
}

function parsePort(text: string, part: string, least: number): number {
  const port = /^\d{1,5}$/.test(part) ? Number(part) : Number.NaN;
  if (!(port >= least && port <= 65_535)) {
    throw refuse(text, `"${part}" is not a port number from 1 to 65535`);
  }
  return port;
}

function parseRange(text: string, part: string, least: number): PortRange {
  const [from = '', to, ...rest] = part.split('-');
  if (rest.length > 0) throw refuse(text, `"${part}" is not a range`);
  const first = parsePort(text, from, least);
  const last = to === undefined ? first : parsePort(text, to, least);
  if (last < first) throw refuse(text, `the range ${part} runs backwards`);
  if (last - first >= MAX_RANGE) throw refuse(text, `the range ${part} has more than ${MAX_RANGE} ports`);
  return { first, last };
}

function parseProtocol(text: string, word: string): PortProtocol {
  const protocol = PROTOCOLS.find((known) => known === word.toLowerCase());
  if (protocol === undefined) throw refuse(text, `unknown protocol "${word}"`);
  return protocol;
}

interface PortParts {
  readonly address: string;
  readonly host: string | undefined;
  readonly container: string;
}

/** `address:host:container`; an IPv6 address stands in brackets, for it has colons of its own. */
function splitParts(text: string, ports: string): PortParts {
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(ports);
  const parts = (bracketed?.[2] ?? ports).split(':');
  if (bracketed !== null) parts.unshift(bracketed[1] ?? '');
  const [first = '', second, third] = parts;
  if (parts.length > 3) throw refuse(text, 'too many parts; an IPv6 address stands in brackets');
  if (second === undefined) return { address: '', host: undefined, container: first };
  if (third === undefined) {
    if (bracketed !== null) throw refuse(text, 'the port of the container is missing');
    return { address: '', host: first, container: second };
  }
  if (isIP(first) === 0) throw refuse(text, `"${first}" is not an IP address`);
  return { address: first, host: second, container: third };
}

/**
 * Reads one value of `run --publish`: `[[ADDRESS:]PORT:]CONTAINER_PORT[/PROTOCOL]`, ports or ranges of them. A port of
 * 0, an empty or a missing one leaves the choice to the node. Throws UsageError.
 */
export function parsePortBinding(text: string): readonly PortBinding[] {
  const [ports = '', protocolWord, ...rest] = text.split('/');
  if (rest.length > 0) throw refuse(text, 'more than one "/"');
  const protocol = protocolWord === undefined ? 'tcp' : parseProtocol(text, protocolWord);
  const { address, host, container } = splitParts(text, ports);
  const inside = parseRange(text, container, 1);
  const outside = host === undefined || host === '' ? undefined : parseRange(text, host, 0);
  const count = inside.last - inside.first + 1;
  if (outside !== undefined && outside.last - outside.first + 1 !== count) {
    throw refuse(text, 'the ranges of the node and of the container differ in length');
  }
  return Array.from({ length: count }, (_, offset) => ({
    protocol,
    hostAddress: address === '0.0.0.0' ? '' : address,
    hostPort: outside === undefined ? 0 : outside.first + offset,
    containerPort: inside.first + offset,
  }));
}

/** Reads one value of `--expose`, `PORT[-PORT][/PROTOCOL]`, as bindings to ports that the node chooses. */
export function parseExposedPort(text: string): readonly PortBinding[] {
  if (text.includes(':')) throw refuse(text, 'an exposed port has no port of the node');
  return parsePortBinding(text);
}
