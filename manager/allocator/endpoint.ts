import { INGRESS_PORT_FIRST, INGRESS_PORT_LAST } from '../../lib/defaults.ts';
import type { Network } from '../../lib/domain/network.ts';
import type { PortConfig, Service, ServiceEndpoint, VirtualAddress } from '../../lib/domain/service.ts';
import { formatAddress, parseAddress } from '../../lib/ip-address.ts';
import { explainFull, isUsable, takeAddress } from './address-space.ts';
import { type AllocationPass, isPassFull, put } from './allocation-pass.ts';

/** A part that was given, or why it could not be. */
export type Granted<T> = { readonly value: T } | { readonly problem: string };

/** The overlay networks that a service asks for, in its own order. */
function overlayNetworks(pass: AllocationPass, service: Service): Granted<readonly Network[]> {
  const networks: Network[] = [];
  for (const { target } of service.spec.task.networks) {
    const network = pass.networks.get(target);
    if (network === undefined) return { problem: `network ${target} does not exist` };
    if (network.spec.driver === 'overlay') networks.push(network);
  }
  return { value: networks };
}

function samePort(left: PortConfig, right: PortConfig): boolean {
  return (
    left.protocol === right.protocol &&
    left.targetPort === right.targetPort &&
    left.publishMode === right.publishMode
  );
}

/** True when the endpoint is what the specification asks for, so that nothing needs to be allocated. */
export function isEndpointCurrent(service: Service, networks: readonly Network[]): boolean {
  const { endpoint, spec } = service;
  if (endpoint === undefined || endpoint.mode !== spec.endpoint.mode) return false;
  if (endpoint.ports.length !== spec.endpoint.ports.length) return false;
  const portsAgree = spec.endpoint.ports.every((port, index) => {
    const given = endpoint.ports[index];
    if (given === undefined || !samePort(port, given)) return false;
    return port.publishedPort === 0 ? given.publishedPort > 0 : port.publishedPort === given.publishedPort;
  });
  const wanted = spec.endpoint.mode === 'vip' ? networks : [];
  return (
    portsAgree &&
    endpoint.vips.length === wanted.length &&
    wanted.every((network) => endpoint.vips.some((vip) => vip.networkId === network.id))
  );
}

function grantPorts(pass: AllocationPass, service: Service): Granted<readonly PortConfig[]> {
  const table = pass.ports();
  const wanted = service.spec.endpoint.ports;
  const granted: PortConfig[] = wanted.filter((port) => port.publishedPort !== 0);
  for (const port of granted) {
    const holder = table.conflict(service.id, port);
    if (holder !== undefined) {
      const shown = `${port.publishedPort}/${port.protocol}`;
      return { problem: `port ${shown} is already published by service ${holder}` };
    }
  }
  const result: PortConfig[] = [];
  for (const port of wanted) {
    if (port.publishedPort !== 0) {
      result.push(port);
      continue;
    }
    const publishedPort = choosePort(pass, service, port, granted);
    if (publishedPort === undefined) {
      const range = `${INGRESS_PORT_FIRST}–${INGRESS_PORT_LAST}`;
      return { problem: `every ${port.protocol} port of ${range} is published already` };
    }
    granted.push({ ...port, publishedPort });
    result.push({ ...port, publishedPort });
  }
  return { value: result };
}

/** The number that the service had for this port before, when it still may have it; else the first free. */
function choosePort(
  pass: AllocationPass,
  service: Service,
  port: PortConfig,
  granted: readonly PortConfig[],
): number | undefined {
  const table = pass.ports();
  const before = service.endpoint?.ports.find(
    (given) =>
      samePort(given, port) &&
      given.publishedPort >= INGRESS_PORT_FIRST &&
      given.publishedPort <= INGRESS_PORT_LAST &&
      !granted.some(
        (other) => other.publishedPort === given.publishedPort && other.protocol === given.protocol,
      ),
  );
  if (before !== undefined && table.conflict(service.id, before) === undefined) return before.publishedPort;
  return table.firstFree(service.id, port.protocol, granted);
}

function grantAddresses(
  pass: AllocationPass,
  service: Service,
  networks: readonly Network[],
): Granted<readonly VirtualAddress[]> {
  const vips: VirtualAddress[] = [];
  for (const network of networks) {
    const space = pass.spaceOf(network);
    if (space === undefined) {
      return { problem: pass.problems.get(network.id) ?? `network ${network.spec.name} has no subnet yet` };
    }
    const before = service.endpoint?.vips.find((vip) => vip.networkId === network.id);
    const kept = before === undefined ? undefined : parseAddress(before.address);
    const address = kept !== undefined && isUsable(space.block, kept) ? kept : takeAddress(space);
    if (address === undefined) return { problem: explainFull(network.spec.name, space) };
    vips.push({ networkId: network.id, address: formatAddress(address) });
  }
  return { value: vips };
}

function grantEndpoint(
  pass: AllocationPass,
  service: Service,
  networks: readonly Network[],
): Granted<ServiceEndpoint> {
  const { mode } = service.spec.endpoint;
  const ports = grantPorts(pass, service);
  if ('problem' in ports) return ports;
  const vips = grantAddresses(pass, service, mode === 'vip' ? networks : []);
  if ('problem' in vips) return vips;
  return { value: { mode, ports: ports.value, vips: vips.value } };
}

/**
 * Gives every service whose endpoint is missing or out of date a new one: what it keeps stays as it was, what
 * it no longer asks for becomes free. A service that cannot have its endpoint gets an entry in `problems`.
 */
export function allocateEndpoints(pass: AllocationPass): void {
  for (const service of pass.view.services.values()) {
    const networks = overlayNetworks(pass, service);
    if ('problem' in networks) {
      pass.problems.set(service.id, networks.problem);
      continue;
    }
    if (isEndpointCurrent(service, networks.value)) continue;
    if (isPassFull(pass)) {
      pass.problems.set(service.id, 'waiting for the endpoint of the service');
      continue;
    }
    const endpoint = grantEndpoint(pass, service, networks.value);
    if ('problem' in endpoint) {
      pass.problems.set(service.id, endpoint.problem);
      continue;
    }
    const next: Service = { ...service, endpoint: endpoint.value };
    pass.ports().grant(next, endpoint.value.ports);
    pass.services.set(service.id, next);
    put(pass, next);
  }
}
