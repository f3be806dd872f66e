import type { Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Decide, DecisionContext, StoreView } from '../store/store.ts';
import { createDirtyCheck } from './dirty.ts';
import { createTask } from './new-task.ts';
import { createPass, isFull, type Pass, put, toDecision } from './pass.ts';
import { createPlacementCheck, type PlacementCheck } from './placement-check.ts';
import { firstDesiredState } from './promotion.ts';
import { groupSlots, type Slot, shutDown, slotPhase } from './slots.ts';
import { surplusTasks } from './surplus.ts';

/** True when a node may keep the tasks of a global service: it is there, up, not drained, and fits. */
export function mayKeepGlobal(service: Service, node: Node | undefined, placement: PlacementCheck): boolean {
  return (
    node !== undefined &&
    node.status.state !== 'down' &&
    node.spec.availability !== 'drain' &&
    placement(service.spec.task.placement.constraints, node) === undefined
  );
}

/** True when a global service shall have a task on the node; a paused node keeps what it has, and gets no new. */
export function takesGlobal(service: Service, node: Node, placement: PlacementCheck): boolean {
  return node.spec.availability === 'active' && mayKeepGlobal(service, node, placement);
}

/** Keeps one task of each global service on each eligible node, and stops those on the other nodes. */
export const decideGlobal: Decide = (view, context) => {
  const pass = createPass();
  const placement = createPlacementCheck();
  for (const service of view.services.values()) {
    if (service.spec.mode.kind !== 'global') continue;
    decideService(pass, view, context, service, placement);
    if (isFull(pass)) break;
  }
  return toDecision(pass);
};

function decideService(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  placement: PlacementCheck,
): void {
  const slots = groupSlots(view.tasksOfService(service.id));
  const isDirty = createDirtyCheck(view, service, placement);
  const isPaused = service.updateStatus?.state.endsWith('paused') ?? false;
  for (const slot of slots.values()) {
    if (isFull(pass)) return;
    const keeps = mayKeepGlobal(service, view.nodes.get(String(slot.key)), placement);
    const unwanted = keeps ? surplusTasks(slot.wanted, isDirty, !isPaused) : slot.wanted;
    for (const task of unwanted) put(pass, shutDown(task));
  }
  for (const node of view.nodes.values()) {
    if (isFull(pass)) return;
    const slot = slots.get(node.id);
    if ((slot !== undefined && slotPhase(slot) !== 'vacant') || !takesGlobal(service, node, placement))
      continue;
    put(pass, taskForNode(view, context, service, node, slot));
  }
}

function taskForNode(
  view: StoreView,
  context: DecisionContext,
  service: Service,
  node: Node,
  slot: Slot | undefined,
) {
  const desiredState = firstDesiredState(view, slot?.all ?? []);
  return createTask({ service, slot: 0, nodeId: node.id, desiredState, message: 'created' }, context);
}
