import { nodeMatches, parseConstraint } from '../../lib/constraint.ts';
import type { NetworkAttachmentSpec, PortConfig, Service, ServiceSpec } from '../../lib/domain/service.ts';
import { SkepError } from '../../lib/errors.ts';
import { isNetworkSysctl } from '../../lib/validation/process-options.ts';
import type { StoreView } from '../store/store.ts';
import { findNetwork } from './references.ts';

const BYTES_PER_MIB = 1_024 * 1_024;
const NANO = 1e9;

/** Throws ALREADY_EXISTS when another service has the name. */
export function requireFreeServiceName(view: StoreView, name: string): void {
  for (const service of view.services.values()) {
    if (service.spec.name !== name) continue;
    throw new SkepError('ALREADY_EXISTS', `a service named "${name}" exists already (${service.id})`, {
      help: 'choose another name, or change the service with skep service update',
    });
  }
}

/** What a service publishes, by its wish and as the allocator gave it. */
function publishedPorts(service: Service): readonly PortConfig[] {
  return [...service.spec.endpoint.ports, ...(service.endpoint?.ports ?? [])];
}

/**
 * Throws FAILED_PRECONDITION when another service publishes one of the ports. Services may share a port in
 * host mode, since each task then takes it on its own node; in ingress mode the port answers on every node.
 */
export function requireFreePorts(view: StoreView, spec: ServiceSpec, serviceId?: string): void {
  for (const port of spec.endpoint.ports) {
    if (port.publishedPort === 0) continue;
    for (const other of view.services.values()) {
      if (other.id === serviceId) continue;
      const taken = publishedPorts(other).some(
        (held) =>
          held.publishedPort === port.publishedPort &&
          held.protocol === port.protocol &&
          (held.publishMode === 'ingress' || port.publishMode === 'ingress'),
      );
      if (!taken) continue;
      const shown = `${port.publishedPort}/${port.protocol}`;
      throw new SkepError(
        'FAILED_PRECONDITION',
        `service "${spec.name}": port ${shown} is already published by service "${other.spec.name}"`,
        { help: 'publish another port, or leave the number out to be given a free one' },
      );
    }
  }
}

/** The attachments with network ids in place of names. Throws when a network is unknown or does not fit. */
export function resolveNetworks(view: StoreView, spec: ServiceSpec): readonly NetworkAttachmentSpec[] {
  const subject = `service "${spec.name}"`;
  const seen = new Set<string>();
  const resolved = spec.task.networks.map((attachment) => {
    const network = findNetwork(view, attachment.target);
    if (network.spec.ingress) {
      const problem = `cannot be attached to the ingress network "${network.spec.name}" by name`;
      throw new SkepError('INVALID_ARGUMENT', `${subject}: ${problem}`, {
        help: 'publish a port instead; its tasks then get an address there',
      });
    }
    if (seen.has(network.id)) {
      throw new SkepError(
        'INVALID_ARGUMENT',
        `${subject}: the network "${network.spec.name}" is attached twice`,
      );
    }
    seen.add(network.id);
    return { network, attachment: { ...attachment, target: network.id } };
  });
  if (resolved.some(({ network }) => network.spec.driver === 'host')) {
    if (resolved.length > 1) {
      throw new SkepError('INVALID_ARGUMENT', `${subject}: the network "host" cannot be joined with others`);
    }
    const setting = Object.keys(spec.task.container.sysctls).find(isNetworkSysctl);
    if (setting !== undefined) {
      throw new SkepError(
        'INVALID_ARGUMENT',
        `${subject}: sysctl ${setting} cannot be set on the network "host", where it would change the node`,
      );
    }
    if (spec.endpoint.ports.length > 0) {
      throw new SkepError(
        'INVALID_ARGUMENT',
        `${subject}: a service on the network "host" publishes no ports`,
        {
          help: 'its tasks listen on their nodes directly',
        },
      );
    }
  }
  return resolved.map(({ attachment }) => attachment);
}

/** Throws FAILED_PRECONDITION when no node of the cluster, however empty, could hold the reservation. */
export function requirePossibleReservation(view: StoreView, spec: ServiceSpec): void {
  const { nanoCpus = 0, memoryBytes = 0 } = spec.task.reservations;
  const sizes = [...view.nodes.values()].flatMap(({ description }) =>
    description === undefined ? [] : [description],
  );
  if (sizes.length === 0 || (nanoCpus === 0 && memoryBytes === 0)) return;
  if (sizes.some((size) => size.nanoCpus >= nanoCpus && size.memoryBytes >= memoryBytes)) return;
  const asked: string[] = [];
  const largest: string[] = [];
  if (nanoCpus > 0) {
    asked.push(`${nanoCpus / NANO} CPUs`);
    largest.push(`${Math.max(...sizes.map((size) => size.nanoCpus)) / NANO} CPUs`);
  }
  if (memoryBytes > 0) {
    asked.push(`${Math.ceil(memoryBytes / BYTES_PER_MIB)} MiB of memory`);
    largest.push(`${Math.floor(Math.max(...sizes.map((size) => size.memoryBytes)) / BYTES_PER_MIB)} MiB`);
  }
  const nodes = sizes.length === 1 ? 'the only node' : `any of the ${sizes.length} nodes`;
  throw new SkepError(
    'FAILED_PRECONDITION',
    `service "${spec.name}": a reservation of ${asked.join(' and ')} is more than ${nodes} could ever hold`,
    { help: `the most that a node has: ${largest.join(', ')}` },
  );
}

/** Sentences about constraints that hold on no node at present: the service is stored, but its tasks wait. */
export function constraintWarnings(view: StoreView, spec: ServiceSpec): readonly string[] {
  const texts = spec.task.placement.constraints;
  const constraints = texts.map(parseConstraint);
  const nodes = [...view.nodes.values()];
  if (constraints.length === 0 || nodes.some((node) => nodeMatches(constraints, node))) return [];
  const broken = texts.filter((_text, index) => {
    const constraint = constraints[index];
    return constraint !== undefined && !nodes.some((node) => nodeMatches([constraint], node));
  });
  const shown = (broken.length > 0 ? broken : texts).join(', ');
  const what = broken.length > 0 ? shown : `${shown} together`;
  return [`no node satisfies ${what} at present; the tasks wait until one does`];
}
