import type { Service } from '../../lib/domain/service.ts';
import type { Decide, DecisionContext, StoreView } from '../store/store.ts';
import { createDirtyCheck } from './dirty.ts';
import { createTask } from './new-task.ts';
import { createPass, isFull, type Pass, put, toDecision } from './pass.ts';
import { createPlacementCheck, type PlacementCheck } from './placement-check.ts';
import { firstDesiredState } from './promotion.ts';
import { slotsToGiveUp } from './scale-down.ts';
import { groupSlots, markForRemoval, type Slot, type SlotKey, shutDown, slotPhase } from './slots.ts';
import { surplusTasks } from './surplus.ts';

/**
 * Keeps as many slots of each replicated service filled as it has replicas, with one task each, and marks the
 * tasks of removed services for removal.
 */
export const decideReplicated: Decide = (view, context) => {
  const pass = createPass();
  const placement = createPlacementCheck();
  for (const service of view.services.values()) {
    const { mode } = service.spec;
    if (mode.kind !== 'replicated') continue;
    decideService(pass, view, context, service, mode.replicas, placement);
    if (isFull(pass)) return toDecision(pass);
  }
  removeStrays(pass, view);
  return toDecision(pass);
};

function decideService(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  replicas: number,
  placement: PlacementCheck,
): void {
  const slots = groupSlots(view.tasksOfService(service.id));
  const filled: Slot[] = [];
  const vacant: Slot[] = [];
  for (const slot of slots.values()) {
    if (slotPhase(slot) !== 'vacant') filled.push(slot);
    else if (slot.tasks.length > 0) vacant.push(slot);
  }
  const givenUp = new Set(slotsToGiveUp(filled, filled.length - replicas));
  const missing = Math.max(0, replicas - filled.length);
  // A slot that lost its task for no fault of its own keeps its number; only then are new numbers taken.
  vacant.sort((left, right) => Number(left.key) - Number(right.key));
  const refilled = vacant.slice(0, missing);
  for (const slot of vacant.slice(missing)) givenUp.add(slot);

  const isDirty = createDirtyCheck(view, service, placement);
  const isPaused = service.updateStatus?.state.endsWith('paused') ?? false;
  for (const slot of filled) {
    if (givenUp.has(slot)) continue;
    for (const task of surplusTasks(slot.wanted, isDirty, !isPaused)) put(pass, shutDown(task));
  }
  for (const slot of givenUp) {
    if (isFull(pass)) return;
    for (const task of slot.tasks) put(pass, markForRemoval(task));
  }
  const taken = new Set<SlotKey>([...filled, ...vacant].map((slot) => slot.key));
  const numbers = [
    ...refilled.map((slot) => Number(slot.key)),
    ...freeNumbers(taken, missing - refilled.length),
  ];
  for (const number of numbers) {
    if (isFull(pass)) return;
    fillSlot(pass, view, context, service, number, slots.get(number));
  }
}

function freeNumbers(taken: ReadonlySet<SlotKey>, count: number): readonly number[] {
  const free: number[] = [];
  for (let number = 1; free.length < count; number++) {
    if (!taken.has(number)) free.push(number);
  }
  return free;
}

function fillSlot(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  number: number,
  slot: Slot | undefined,
): void {
  const desiredState = firstDesiredState(view, slot?.all ?? []);
  put(pass, createTask({ service, slot: number, nodeId: '', desiredState, message: 'created' }, context));
}

/** Tasks whose service is gone. */
function removeStrays(pass: Pass, view: StoreView): void {
  for (const task of view.tasks.values()) {
    if (task.desiredState === 'REMOVE' || view.services.has(task.serviceId)) continue;
    if (isFull(pass)) return;
    put(pass, markForRemoval(task));
  }
}
