import type { LocalContainerSpec, PortBinding } from '../domain/local-container.ts';
import { parseAddress } from '../ip-address.ts';
import { validateContainerSpec } from './container-spec.ts';
import { validateControlGroup } from './control-group.ts';
import { invalid, quote, requireInteger, requireOneOf, requirePresent, requireShortList } from './rule.ts';
import { validateResources } from './service-spec.ts';

/** Docker's rule for names of containers (moby, daemon/names). */
const NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const MAX_NAME_LENGTH = 128;
const MAX_PORT = 65_535;
const MAX_RETRIES = 1_000_000;
const RESTART_NAMES = ['no', 'always', 'on-failure', 'unless-stopped'];
const NETWORKS_OF_A_NODE = /^(?:|bridge|host|none|container:.+)$/;

/** Throws INVALID_ARGUMENT unless `name` can be the name of a container. */
export function requireContainerName(name: string): void {
  if (name.length <= MAX_NAME_LENGTH && NAME_PATTERN.test(name)) return;
  throw invalid(
    'container',
    `the name ${quote(name)} is not allowed`,
    `use 2 to ${MAX_NAME_LENGTH} of letters, digits, "_", "." and "-", the first a letter or digit`,
  );
}

/** True for a network that every node has; another name would be that of a network of the swarm. */
export function isNodeNetwork(network: string): boolean {
  return NETWORKS_OF_A_NODE.test(network);
}

function validatePort(subject: string, port: PortBinding): void {
  requireOneOf(subject, 'the protocol of a port', port.protocol, ['tcp', 'udp', 'sctp']);
  requireInteger(subject, 'a published port', port.hostPort, { least: 0, most: MAX_PORT });
  requireInteger(subject, 'a container port', port.containerPort, { least: 1, most: MAX_PORT });
  if (port.hostAddress !== '' && parseAddress(port.hostAddress) === undefined) {
    throw invalid(subject, `${quote(port.hostAddress)} is not an IPv4 address to publish on`);
  }
}

/** Checks what a user asks of one container of a node. Throws INVALID_ARGUMENT with one line. */
export function validateLocalContainer(spec: LocalContainerSpec): void {
  const subject = spec.name === '' ? 'container' : `container ${spec.name}`;
  if (spec.name !== '') requireContainerName(spec.name);
  for (const name of ['container', 'limits', 'reservations', 'restart'] as const) {
    requirePresent(subject, name, spec[name]);
  }
  validateContainerSpec(subject, spec.container, { allowContainer: true });
  validateResources(subject, 'limit', spec.limits);
  validateResources(subject, 'reserve', spec.reservations);
  const { controlGroup } = spec.container;
  if (controlGroup !== undefined) validateControlGroup(subject, controlGroup, spec.limits);
  const { restart, autoRemove, ports, network, publishAll } = spec;
  requireOneOf(subject, 'restart', restart.name, RESTART_NAMES);
  requireInteger(subject, 'the number of restarts', restart.maxRetries, { least: 0, most: MAX_RETRIES });
  if (restart.maxRetries > 0 && restart.name !== 'on-failure') {
    throw invalid(subject, 'a number of restarts goes with restart on-failure only');
  }
  if (autoRemove && restart.name !== 'no') {
    throw invalid(subject, 'it cannot both be removed when it ends (--rm) and be restarted (--restart)');
  }
  requireShortList(subject, 'ports', ports);
  for (const port of ports) validatePort(subject, port);
  if (network.startsWith('container:') && (ports.length > 0 || publishAll)) {
    throw invalid(subject, 'ports are published by the container whose network it shares');
  }
}
