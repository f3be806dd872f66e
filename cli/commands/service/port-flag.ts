import type { PortConfig, PortProtocol, PublishMode } from '../../../lib/domain/service.ts';
import { UsageError } from '../../usage.ts';
import { parseFields } from './flag-values.ts';

const PROTOCOLS: readonly PortProtocol[] = ['tcp', 'udp', 'sctp'];
const MODES: readonly PublishMode[] = ['ingress', 'host'];
/** Ports that one range may name; the daemon takes no more for a whole service. */
const MAX_RANGE = 1_000;

interface PortRange {
  readonly first: number;
  readonly last: number;
}

function refuse(text: string, why: string): UsageError {
  return new UsageError(
    `invalid port "${text}": ${why}`,
    'for example 8080:80/tcp or published=8080,target=80,mode=host',
  );
}

function parsePort(text: string, part: string): number {
  const port = /^\d{1,5}$/.test(part) ? Number(part) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) throw refuse(text, `"${part}" is not a port number from 1 to 65535`);
  return port;
}

function parseRange(text: string, part: string): PortRange {
  const [from = '', to, ...rest] = part.split('-');
  if (rest.length > 0) throw refuse(text, `"${part}" is not a range`);
  const first = parsePort(text, from);
  const last = to === undefined ? first : parsePort(text, to);
  if (last < first) throw refuse(text, `the range ${part} runs backwards`);
  if (last - first >= MAX_RANGE) throw refuse(text, `the range ${part} has more than ${MAX_RANGE} ports`);
  return { first, last };
}

function parseProtocol(text: string, word: string): PortProtocol {
  const protocol = PROTOCOLS.find((known) => known === word.toLowerCase());
  if (protocol === undefined) throw refuse(text, `unknown protocol "${word}"`);
  return protocol;
}

/** Pairs a published range with a target range; a single target is published under every port of the range. */
function pairRanges(
  text: string,
  published: PortRange | undefined,
  target: PortRange,
  protocol: PortProtocol,
  publishMode: PublishMode,
): PortConfig[] {
  const targets = target.last - target.first + 1;
  const ports = published === undefined ? targets : published.last - published.first + 1;
  if (targets !== 1 && targets !== ports)
    throw refuse(text, 'the published and the target range differ in length');
  return Array.from({ length: ports }, (_, offset) => ({
    protocol,
    targetPort: targets === 1 ? target.first : target.first + offset,
    publishedPort: published === undefined ? 0 : published.first + offset,
    publishMode,
  }));
}

function parseShort(text: string): PortConfig[] {
  const [ports = '', protocolWord, ...rest] = text.split('/');
  if (rest.length > 0) throw refuse(text, 'more than one "/"');
  const protocol = protocolWord === undefined ? 'tcp' : parseProtocol(text, protocolWord);
  const parts = ports.split(':');
  if (parts.length > 2) throw refuse(text, 'services publish on every address of a node, not on one');
  const [left = '', right] = parts;
  if (right === undefined) return pairRanges(text, undefined, parseRange(text, left), protocol, 'ingress');
  const published = left === '' ? undefined : parseRange(text, left);
  return pairRanges(text, published, parseRange(text, right), protocol, 'ingress');
}

function parseLong(text: string): PortConfig[] {
  let target: PortRange | undefined;
  let published: PortRange | undefined;
  let protocol: PortProtocol = 'tcp';
  let publishMode: PublishMode = 'ingress';
  for (const { name, value = '' } of parseFields('publish', text)) {
    if (name === 'target') target = parseRange(text, value);
    else if (name === 'published') published = value === '0' ? undefined : parseRange(text, value);
    else if (name === 'protocol') protocol = parseProtocol(text, value);
    else if (name === 'mode') {
      const mode = MODES.find((known) => known === value.toLowerCase());
      if (mode === undefined) throw refuse(text, `unknown mode "${value}"`);
      publishMode = mode;
    } else throw refuse(text, `unknown field "${name}"`);
  }
  if (target === undefined) throw refuse(text, 'the field "target" is missing');
  return pairRanges(text, published, target, protocol, publishMode);
}

/**
 * Reads one value of `--publish`: `[PUBLISHED:]TARGET[/PROTOCOL]` with ranges, or comma-separated fields
 * `published=,target=,protocol=,mode=`. A published port of 0 leaves the choice to the cluster.
 */
export function parsePublish(text: string): PortConfig[] {
  return text.includes('=') ? parseLong(text) : parseShort(text);
}

/** Reads one value of `--publish-rm`, `TARGET[/PROTOCOL]`, as a test of ports. */
export function parsePublishRemoval(text: string): (port: PortConfig) => boolean {
  const removals = parsePublish(text);
  const anyProtocol = !text.includes('/') && !text.includes('protocol=');
  return (port) =>
    removals.some(
      (removal) =>
        removal.targetPort === port.targetPort && (anyProtocol || removal.protocol === port.protocol),
    );
}
