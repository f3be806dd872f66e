import type {
  AssignmentItem,
  BackendItem,
  BalancerItem,
  NetworkItem,
  PeerItem,
  TaskItem,
} from '../../lib/domain/assignment.ts';
import type { Network } from '../../lib/domain/network.ts';
import type { Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { StoreView } from '../store/store.ts';

/** Assignment items by `itemKey`. */
export type AssignmentSet = ReadonlyMap<string, AssignmentItem>;

/** The key under which a set holds an item. */
export function itemKey(item: { readonly kind: string; readonly id: string }): string {
  return `${item.kind}/${item.id}`;
}

/** What every agent is told alike: peers, networks, balancers and backends. */
export function networkItems(view: StoreView): AssignmentSet {
  const items = new Map<string, AssignmentItem>();
  const add = (item: AssignmentItem | undefined): void => {
    if (item !== undefined) items.set(itemKey(item), item);
  };
  for (const node of view.nodes.values()) add(peerItem(node));
  for (const network of view.networks.values()) add(networkItem(network));
  for (const service of view.services.values()) add(balancerItem(service));
  for (const task of view.tasks.values()) add(backendItem(task, view.nodes.get(task.nodeId)));
  return items;
}

/**
 * The tasks of one node, from ASSIGNED until the store drops them. One that has ended stays with its agent for as
 * long as it is kept as history, since the agent holds its logs and gives them up with the assignment.
 */
export function taskItems(view: StoreView, nodeId: string): AssignmentSet {
  const items = new Map<string, AssignmentItem>();
  for (const task of view.tasksOfNode(nodeId)) {
    if (!hasReached(task.status.state, 'ASSIGNED')) continue;
    const item: TaskItem = { kind: 'task', id: task.id, task };
    items.set(itemKey(item), item);
  }
  return items;
}

/** A node that can be reached through the overlay. */
function peerItem(node: Node): PeerItem | undefined {
  const dataPathAddress = node.description?.dataPathAddress ?? '';
  if (node.description === undefined || dataPathAddress === '' || node.routerAddress === '') return undefined;
  return {
    kind: 'peer',
    id: node.id,
    hostname: node.description.hostname,
    dataPathAddress,
    routerAddress: node.routerAddress,
  };
}

function networkItem(network: Network): NetworkItem | undefined {
  if (network.subnet === '') return undefined;
  return {
    kind: 'network',
    id: network.id,
    name: network.spec.name,
    subnet: network.subnet,
    internal: network.spec.internal,
    ingress: network.spec.ingress,
  };
}

function balancerItem(service: Service): BalancerItem | undefined {
  if (service.endpoint === undefined) return undefined;
  const { mode, vips, ports } = service.endpoint;
  return {
    kind: 'balancer',
    id: service.id,
    name: service.spec.name,
    mode,
    vips,
    ports,
  };
}

function backendItem(task: Task, node: Node | undefined): BackendItem | undefined {
  const { state } = task.status;
  if (task.attachments.length === 0 || task.nodeId === '') return undefined;
  if (!hasReached(state, 'ASSIGNED') || isTerminal(state)) return undefined;
  const nodeIsUp = node !== undefined && node.status.state !== 'down';
  return {
    kind: 'backend',
    id: task.id,
    serviceId: task.serviceId,
    nodeId: task.nodeId,
    taskName: taskName(task),
    attachments: task.attachments,
    ready: state === 'RUNNING' && task.desiredState === 'RUNNING' && nodeIsUp,
  };
}
