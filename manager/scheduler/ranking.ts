import type { Task } from '../../lib/domain/task.ts';
import type { NodeRow } from './node-table.ts';

/** So many failures of a service on one node within the window put the node last for that service. */
export const FAILURES_BEFORE_LAST = 5;
export const FAILURE_WINDOW_MS = 5 * 60_000;

/** The nodes on which tasks of a service failed often of late, from what is stored of them. */
export function nodesWithFailures(tasksOfService: readonly Task[], nowMs: number): ReadonlySet<string> {
  const failures = new Map<string, number>();
  for (const { nodeId, status, statusAppliedAtMs } of tasksOfService) {
    if (status.state !== 'FAILED' && status.state !== 'REJECTED') continue;
    if (nodeId === '' || nowMs - statusAppliedAtMs > FAILURE_WINDOW_MS) continue;
    failures.set(nodeId, (failures.get(nodeId) ?? 0) + 1);
  }
  return new Set(
    [...failures].filter(([, count]) => count >= FAILURES_BEFORE_LAST).map(([nodeId]) => nodeId),
  );
}

/** The part of a node that is free, processors and memory together: 0…2. */
function freeShare(row: NodeRow): number {
  const cpus = row.totalNanoCpus > 0 ? row.freeNanoCpus / row.totalNanoCpus : 0;
  const memory = row.totalMemoryBytes > 0 ? row.freeMemoryBytes / row.totalMemoryBytes : 0;
  return cpus + memory;
}

/**
 * The order in which nodes are offered tasks of a service: without recent failures first, then fewest tasks of
 * this service, then fewest tasks in all, then most free resources, then id.
 */
export function compareNodes(
  serviceId: string,
  failing: ReadonlySet<string>,
): (left: NodeRow, right: NodeRow) => number {
  return (left, right) =>
    Number(failing.has(left.node.id)) - Number(failing.has(right.node.id)) ||
    (left.taskCountByService.get(serviceId) ?? 0) - (right.taskCountByService.get(serviceId) ?? 0) ||
    left.taskCount - right.taskCount ||
    freeShare(right) - freeShare(left) ||
    (left.node.id < right.node.id ? -1 : 1);
}
