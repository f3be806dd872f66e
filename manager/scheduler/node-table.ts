import type { Node } from '../../lib/domain/node.ts';
import type { PortConfig, Resources } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { compareTaskStates, hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import type { StoreView } from '../store/store.ts';
import { type FreeGeneric, genericOf, takeGeneric } from './generic-resources.ts';

/** A node as the scheduler counts it during one pass; changed in place as the pass places tasks. */
export interface NodeRow {
  readonly node: Node;
  readonly totalNanoCpus: number;
  readonly totalMemoryBytes: number;
  /** What is left after the reservations of tasks that have not ended. */
  freeNanoCpus: number;
  freeMemoryBytes: number;
  readonly freeGeneric: FreeGeneric;
  /** Placed tasks that are wanted running. */
  taskCount: number;
  readonly taskCountByService: Map<string, number>;
  /** `8080/tcp` of each host-mode port held by a task that has not ended. */
  readonly hostPorts: Set<string>;
}

/** `8080/tcp` for each port that a task takes on its own node. */
export function hostPortKeys(ports: readonly PortConfig[]): readonly string[] {
  return ports
    .filter((port) => port.publishMode === 'host' && port.publishedPort > 0)
    .map((port) => `${port.publishedPort}/${port.protocol}`);
}

/** Counts a task that is on the node, or has just been placed there. */
export function occupy(row: NodeRow, task: Task): void {
  const reserved: Resources = task.spec.reservations;
  row.freeNanoCpus -= reserved.nanoCpus ?? 0;
  row.freeMemoryBytes -= reserved.memoryBytes ?? 0;
  takeGeneric(row.freeGeneric, task.assignedGeneric);
  for (const key of hostPortKeys(task.ports)) row.hostPorts.add(key);
  if (compareTaskStates(task.desiredState, 'RUNNING') > 0) return;
  row.taskCount += 1;
  row.taskCountByService.set(task.serviceId, (row.taskCountByService.get(task.serviceId) ?? 0) + 1);
}

function emptyRow(node: Node): NodeRow {
  const totalNanoCpus = node.description?.nanoCpus ?? 0;
  const totalMemoryBytes = node.description?.memoryBytes ?? 0;
  return {
    node,
    totalNanoCpus,
    totalMemoryBytes,
    freeNanoCpus: totalNanoCpus,
    freeMemoryBytes: totalMemoryBytes,
    freeGeneric: genericOf(node),
    taskCount: 0,
    taskCountByService: new Map(),
    hostPorts: new Set(),
  };
}

/** Every node with what its tasks take of it, by node id. */
export function nodeTable(view: StoreView): Map<string, NodeRow> {
  const table = new Map<string, NodeRow>();
  for (const node of view.nodes.values()) table.set(node.id, emptyRow(node));
  for (const task of view.tasks.values()) {
    // A preassigned task that is not yet ASSIGNED takes nothing: it may still be refused.
    if (!hasReached(task.status.state, 'ASSIGNED') || isTerminal(task.status.state)) continue;
    const row = table.get(task.nodeId);
    if (row !== undefined) occupy(row, task);
  }
  return table;
}
