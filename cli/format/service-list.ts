import type { PortConfig, Service } from '../../lib/domain/service.ts';
import type { ServiceStatus } from '../../proto/messages.ts';
import { type Column, type FilterTests, matchesLabel } from './list.ts';
import { shortId } from './table.ts';

/** A service with the number of its tasks that run and that are wanted. */
export interface ServiceRow {
  readonly service: Service;
  readonly status: ServiceStatus | undefined;
}

/** A port as lists show it: `*:8080->80/tcp`; without an address when published by the task's node only. */
export function formatPort(port: PortConfig): string {
  return `*:${port.publishedPort}->${port.targetPort}/${port.protocol}`;
}

function servicePorts({ service }: ServiceRow): string {
  const ports = (service.endpoint?.ports ?? service.spec.endpoint.ports).filter(
    (port) => port.publishMode === 'ingress',
  );
  return ports.map(formatPort).join(', ');
}

function replicas({ service, status }: ServiceRow): string {
  const { mode, task } = service.spec;
  const desired = status?.desired ?? (mode.kind === 'replicated' ? mode.replicas : 0);
  const bound = task.placement.maxReplicasPerNode;
  return `${status?.running ?? 0}/${desired}${bound > 0 ? ` (max ${bound} per node)` : ''}`;
}

/** The columns of `service ls`. */
export const serviceColumns: readonly Column<ServiceRow>[] = [
  { title: 'ID', field: 'ID', cell: ({ service }) => shortId(service.id) },
  { title: 'NAME', field: 'Name', cell: ({ service }) => service.spec.name },
  { title: 'MODE', field: 'Mode', cell: ({ service }) => service.spec.mode.kind },
  { title: 'REPLICAS', field: 'Replicas', cell: replicas },
  { title: 'IMAGE', field: 'Image', cell: ({ service }) => service.spec.task.container.image },
  { title: 'PORTS', field: 'Ports', cell: servicePorts },
];

/** The filters of `service ls`. */
export const serviceFilters: FilterTests<ServiceRow> = {
  id: ({ service }, value) => service.id.startsWith(value),
  name: ({ service }, value) => service.spec.name.startsWith(value),
  mode: ({ service }, value) => service.spec.mode.kind === value,
  label: ({ service }, value) => matchesLabel(service.spec.labels, value),
};
