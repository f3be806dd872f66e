import type { Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import type { Decide, StoreView } from '../store/store.ts';
import { differsBeyondConstraints } from './dirty.ts';
import { createPass, isFull, type Pass, put, toDecision } from './pass.ts';
import { createPlacementCheck, type PlacementCheck } from './placement-check.ts';
import { isWanted, shutDown } from './slots.ts';

/**
 * Stops tasks on active nodes that no longer satisfy their constraints or hold their reservations, so that they
 * are replaced elsewhere (swarmkit `constraint_enforcer.go`). A task that a coming update will replace is held
 * to its own constraints, not to the new ones: the pace of that is the update's.
 */
export const decideConstraints: Decide = (view) => {
  const pass = createPass();
  const placement = createPlacementCheck();
  for (const node of view.nodes.values()) {
    if (isFull(pass)) break;
    if (node.spec.availability !== 'active' || node.status.state === 'down') continue;
    enforceOnNode(pass, view, node, placement);
  }
  return toDecision(pass);
};

function enforceOnNode(pass: Pass, view: StoreView, node: Node, placement: PlacementCheck): void {
  // What a node did not tell cannot be too little.
  let nanoCpus = node.description?.nanoCpus || Number.POSITIVE_INFINITY;
  let memoryBytes = node.description?.memoryBytes || Number.POSITIVE_INFINITY;
  for (const task of view.tasksOfNode(node.id)) {
    const service = view.services.get(task.serviceId);
    if (service === undefined || !isPlaced(task)) continue;
    const broken = brokenConstraint(service, task, node, placement);
    if (broken !== undefined) {
      put(pass, evicted(task, `its node no longer satisfies the constraint ${broken}`));
      continue;
    }
    const { reservations } = task.spec;
    const needsCpus = reservations.nanoCpus ?? 0;
    const needsMemory = reservations.memoryBytes ?? 0;
    if (needsCpus > nanoCpus || needsMemory > memoryBytes) {
      const what = needsCpus > nanoCpus ? 'CPU' : 'memory';
      put(pass, evicted(task, `its node no longer has the ${what} that it reserves`));
      continue;
    }
    nanoCpus -= needsCpus;
    memoryBytes -= needsMemory;
  }
}

function isPlaced(task: Task): boolean {
  return isWanted(task) && hasReached(task.status.state, 'ASSIGNED') && !isTerminal(task.status.state);
}

function brokenConstraint(
  service: Service,
  task: Task,
  node: Node,
  placement: PlacementCheck,
): string | undefined {
  const broken = placement(task.spec.placement.constraints, node);
  if (broken === undefined) return undefined;
  const isForgiven =
    !differsBeyondConstraints(service, task) &&
    placement(service.spec.task.placement.constraints, node) === undefined;
  return isForgiven ? undefined : broken;
}

function evicted(task: Task, why: string): Task {
  return shutDown({ ...task, status: { ...task.status, message: `stopped by the managers: ${why}` } });
}
