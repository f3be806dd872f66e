import type { BackendItem, BalancerItem, NetworkPicture } from '../../lib/domain/assignment.ts';
import type { PortProtocol } from '../../lib/domain/service.ts';
import { overlayMac, tryParseIpv4 } from './address.ts';
import type { LocalPort } from './local-port.ts';
import { peerMark, routerAddress } from './node-plan.ts';
import { usableNetworks } from './usable-networks.ts';

/** Services with up to this many ready tasks share new connections out exactly evenly. */
export const EVEN_SIZES = 32;
/** Above, tasks take turns in a table of one of these sizes, at least `UNEVEN_FACTOR` places each. */
export const TABLE_SIZES = [512, 1_024, 2_048, 4_096, 8_192, 16_384] as const;
const UNEVEN_FACTOR = 8;

/** By number, as nft lists them: names come from /etc/protocols, which a small machine does not have. */
const PROTOCOL_NUMBERS: Readonly<Record<PortProtocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** The sets and maps of the ruleset. Their number is fixed, whatever the number of services. */
export const ELEMENT_NAMES = [
  'subnets',
  'internal_subnets',
  'same_network',
  'data_paths',
  'hairpin',
  'idle_vips',
  'idle_ports',
  'entry_nodes',
  'vips',
  'ports',
  'vip_backends',
  'port_backends',
  'local_ports',
  'local_ports_at',
] as const;

export type ElementName = (typeof ELEMENT_NAMES)[number];

/** Elements by set or map: key as nft writes it, to value as nft writes it (empty in a set). */
export type MeshElements = Readonly<Record<ElementName, ReadonlyMap<string, string>>>;

/** What the ruleset of one node is made from. */
export interface MeshPlan {
  /** Null while the node is not part of the overlay. */
  readonly router: string | null;
  readonly dataPathPort: number;
  readonly elements: MeshElements;
}

type Elements = Record<ElementName, Map<string, string>>;

/** A ruleset that balances nothing. */
export function emptyElements(): Elements {
  const maps = ELEMENT_NAMES.map((name): [ElementName, Map<string, string>] => [name, new Map()]);
  return Object.fromEntries(maps) as Elements;
}

/** The ruleset's elements for a picture, and for the ports of the node's own containers, on one node. */
export function planMesh(
  picture: NetworkPicture,
  facts: { readonly nodeId: string; readonly dataPathPort: number },
  localPorts: readonly LocalPort[] = [],
): MeshPlan {
  const elements = emptyElements();
  const { networks } = usableNetworks(picture);
  for (const { subnet, internal } of networks) {
    elements.subnets.set(subnet, '');
    elements.same_network.set(`${subnet} . ${subnet}`, '');
    if (internal) elements.internal_subnets.set(subnet, '');
  }
  for (const peer of picture.peers) {
    if (peer.id === facts.nodeId || tryParseIpv4(peer.dataPathAddress) === null) continue;
    if (tryParseIpv4(peer.routerAddress) === null) continue;
    elements.data_paths.set(peer.dataPathAddress, '');
    elements.entry_nodes.set(overlayMac(peer.routerAddress), String(peerMark(peer.routerAddress)));
  }
  for (const backend of picture.backends) {
    if (backend.nodeId === facts.nodeId) addHairpin(elements, backend);
  }
  const ready = readyByService(picture);
  const ingress = picture.networks.find((network) => network.ingress)?.id ?? null;
  for (const balancer of picture.balancers) {
    const tasks = ready.get(balancer.id) ?? [];
    addVips(elements, balancer, tasks);
    addPorts(elements, balancer, tasks, { ingress, nodeId: facts.nodeId });
  }
  addLocalPorts(elements, localPorts);
  return { router: routerAddress(picture, facts.nodeId), dataPathPort: facts.dataPathPort, elements };
}

/** How many places share out the connections of `tasks` ready tasks: see EVEN_SIZES and TABLE_SIZES. */
export function tableSize(tasks: number): number {
  if (tasks <= EVEN_SIZES) return tasks;
  return (
    TABLE_SIZES.find((size) => size >= tasks * UNEVEN_FACTOR) ?? TABLE_SIZES[TABLE_SIZES.length - 1] ?? tasks
  );
}

/** A task that meets itself through a VIP or a published port, under any pair of its addresses. */
function addHairpin(elements: Elements, backend: BackendItem): void {
  for (const one of backend.attachments) {
    for (const other of backend.attachments) elements.hairpin.set(`${one.address} . ${other.address}`, '');
  }
}

function readyByService(picture: NetworkPicture): ReadonlyMap<string, readonly BackendItem[]> {
  const services = new Map<string, BackendItem[]>();
  for (const backend of picture.backends) {
    if (!backend.ready) continue;
    const tasks = services.get(backend.serviceId);
    if (tasks === undefined) services.set(backend.serviceId, [backend]);
    else tasks.push(backend);
  }
  for (const tasks of services.values()) tasks.sort((one, other) => (one.id < other.id ? -1 : 1));
  return services;
}

function addressesOn(tasks: readonly BackendItem[], networkId: string): readonly string[] {
  return tasks.flatMap((task) =>
    task.attachments.filter((attachment) => attachment.networkId === networkId).map(({ address }) => address),
  );
}

function addVips(elements: Elements, balancer: BalancerItem, tasks: readonly BackendItem[]): void {
  if (balancer.mode !== 'vip') return;
  for (const vip of balancer.vips) {
    const addresses = addressesOn(tasks, vip.networkId);
    if (addresses.length === 0) {
      elements.idle_vips.set(vip.address, '');
      continue;
    }
    const size = tableSize(addresses.length);
    elements.vips.set(vip.address, `goto vip_${size}`);
    for (let place = 0; place < size; place++) {
      elements.vip_backends.set(`${vip.address} . ${place}`, addresses[place % addresses.length] ?? '');
    }
  }
}

function addPorts(
  elements: Elements,
  balancer: BalancerItem,
  tasks: readonly BackendItem[],
  { ingress, nodeId }: { readonly ingress: string | null; readonly nodeId: string },
): void {
  if (ingress === null) return;
  const everywhere = addressesOn(tasks, ingress);
  const here = addressesOn(
    tasks.filter((task) => task.nodeId === nodeId),
    ingress,
  );
  for (const port of balancer.ports) {
    if (port.publishedPort === 0) continue;
    // A port in host mode is open only where a task is, and leads to that task alone.
    const addresses = port.publishMode === 'host' ? here : everywhere;
    const published = `${PROTOCOL_NUMBERS[port.protocol]} . ${port.publishedPort}`;
    if (addresses.length === 0) {
      if (port.publishMode === 'ingress') elements.idle_ports.set(published, '');
      continue;
    }
    const size = tableSize(addresses.length);
    elements.ports.set(published, `goto port_${size}`);
    for (let place = 0; place < size; place++) {
      const address = addresses[place % addresses.length] ?? '';
      elements.port_backends.set(`${published} . ${place}`, `${address} . ${port.targetPort}`);
    }
  }
}

/** A container that meets itself through its own port would not take the packet, as a task would not. */
function addLocalPorts(elements: Elements, ports: readonly LocalPort[]): void {
  for (const { protocol, hostAddress, hostPort, address, containerPort } of ports) {
    const published = `${PROTOCOL_NUMBERS[protocol]} . ${hostPort}`;
    const target = `${address} . ${containerPort}`;
    if (hostAddress === '') elements.local_ports.set(published, target);
    else elements.local_ports_at.set(`${hostAddress} . ${published}`, target);
    elements.hairpin.set(`${address} . ${address}`, '');
  }
}
