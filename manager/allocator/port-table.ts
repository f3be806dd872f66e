import { INGRESS_PORT_FIRST, INGRESS_PORT_LAST } from '../../lib/defaults.ts';
import type { PortConfig, PortProtocol, Service } from '../../lib/domain/service.ts';

/** Who holds which published port during one pass. */
export interface PortTable {
  /** The name of another service that keeps this port from being published; undefined when it is free. */
  conflict(serviceId: string, port: PortConfig): string | undefined;
  /** The first port of the automatic range that nobody holds or asks for by number. */
  firstFree(serviceId: string, protocol: PortProtocol, also: readonly PortConfig[]): number | undefined;
  /** Replaces what the service holds. */
  grant(service: Service, ports: readonly PortConfig[]): void;
}

interface Holding {
  readonly serviceId: string;
  readonly name: string;
  readonly publishMode: PortConfig['publishMode'];
}

function portKey(port: Pick<PortConfig, 'publishedPort' | 'protocol'>): string {
  return `${port.publishedPort}/${port.protocol}`;
}

/** Builds the table from the endpoints that services have, and from the numbers that their specs name. */
export function portTable(services: Iterable<Service>): PortTable {
  const granted = new Map<string, Holding[]>();
  /** Explicit numbers, by key, with the services that ask for them. */
  const asked = new Map<string, Set<string>>();

  const add = (service: Service, ports: readonly PortConfig[]) => {
    for (const port of ports) {
      const holding = { serviceId: service.id, name: service.spec.name, publishMode: port.publishMode };
      const list = granted.get(portKey(port));
      if (list === undefined) granted.set(portKey(port), [holding]);
      else list.push(holding);
    }
  };
  for (const service of services) {
    add(service, service.endpoint?.ports ?? []);
    for (const port of service.spec.endpoint.ports) {
      if (port.publishedPort === 0) continue;
      const askers = asked.get(portKey(port)) ?? new Set<string>();
      asked.set(portKey(port), askers.add(service.id));
    }
  }

  return {
    conflict: (serviceId, port) =>
      granted.get(portKey(port))?.find(
        (holding) =>
          holding.serviceId !== serviceId &&
          // The same port in host mode may be used by several services, each on its own nodes.
          (holding.publishMode === 'ingress' || port.publishMode === 'ingress'),
      )?.name,
    firstFree: (serviceId, protocol, also) => {
      for (let publishedPort = INGRESS_PORT_FIRST; publishedPort <= INGRESS_PORT_LAST; publishedPort++) {
        const key = portKey({ publishedPort, protocol });
        const isHeld = granted.get(key)?.some((holding) => holding.serviceId !== serviceId) ?? false;
        if (!isHeld && !asked.has(key) && !also.some((port) => portKey(port) === key)) return publishedPort;
      }
      return undefined;
    },
    grant: (service, ports) => {
      for (const [key, list] of granted) {
        const others = list.filter((holding) => holding.serviceId !== service.id);
        if (others.length === 0) granted.delete(key);
        else if (others.length < list.length) granted.set(key, others);
      }
      add(service, ports);
    },
  };
}
