import type { PortBinding } from '../../lib/domain/local-container.ts';
import type { PortProtocol } from '../../lib/domain/service.ts';
import { SkepError } from '../../lib/errors.ts';

/** Ports that are chosen when the user leaves it open, as in Docker: the upper part of the ephemeral range. */
const FIRST_FREE_PORT = 49_153;
const LAST_FREE_PORT = 65_535;

/** A port of the node that somebody holds. */
export interface HeldPort {
  readonly protocol: PortProtocol;
  /** Empty = every address. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** For messages: `container web`, `service web`. */
  readonly holder: string;
}

type HostPort = Pick<HeldPort, 'protocol' | 'hostAddress' | 'hostPort'>;

/** True when one packet could be meant for both. */
function collide(one: HostPort, other: HostPort): boolean {
  return (
    one.protocol === other.protocol &&
    one.hostPort === other.hostPort &&
    (one.hostAddress === '' || other.hostAddress === '' || one.hostAddress === other.hostAddress)
  );
}

/** `0.0.0.0` means every address, which is how the rest says it too. */
export function normalizeBinding(binding: PortBinding): PortBinding {
  return binding.hostAddress === '0.0.0.0' ? { ...binding, hostAddress: '' } : binding;
}

/** The bindings of a container: those asked for, and with `publishAll` one for each port that its image exposes. */
export function wantedBindings(
  asked: readonly PortBinding[],
  publishAll: boolean,
  exposed: readonly string[],
): readonly PortBinding[] {
  const bindings = asked.map(normalizeBinding);
  if (!publishAll) return bindings;
  for (const text of exposed) {
    const [number = '', name = 'tcp'] = text.split('/');
    const containerPort = Number(number);
    const protocol = name === 'udp' || name === 'sctp' ? name : 'tcp';
    const isThere = bindings.some(
      (binding) => binding.containerPort === containerPort && binding.protocol === protocol,
    );
    if (!isThere && Number.isInteger(containerPort) && containerPort > 0)
      bindings.push({ protocol, hostAddress: '', hostPort: 0, containerPort });
  }
  return bindings;
}

/** ALREADY_EXISTS, with who has it. */
export function requireFree(wanted: HostPort, held: readonly HeldPort[]): void {
  const taken = held.find((port) => collide(port, wanted));
  if (taken !== undefined) throw portIsTaken(wanted, taken.holder);
}

/** The refusal of a port that `holder` has. */
export function portIsTaken({ hostAddress, hostPort, protocol }: HostPort, holder: string): SkepError {
  const place = hostAddress === '' ? String(hostPort) : `${hostAddress}:${hostPort}`;
  return new SkepError('ALREADY_EXISTS', `port ${place}/${protocol} of this node is taken by ${holder}`, {
    help: 'publish another one, or leave the node port out to get a free one',
  });
}

/** A port that nobody of `held` has, the first from `start` (0…1 of the range) on; null when there is none left. */
export function freePort(
  wanted: Pick<HostPort, 'protocol' | 'hostAddress'>,
  held: readonly HeldPort[],
  start: number,
): number | null {
  const count = LAST_FREE_PORT - FIRST_FREE_PORT + 1;
  const taken = new Set(
    held
      .filter((port) => collide({ ...wanted, hostPort: port.hostPort }, port))
      .map(({ hostPort }) => hostPort),
  );
  for (let step = 0; step < count; step++) {
    const hostPort = FIRST_FREE_PORT + ((Math.floor(start * count) + step) % count);
    if (!taken.has(hostPort)) return hostPort;
  }
  return null;
}
