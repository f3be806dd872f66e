import type { Service, UpdateState, UpdateStatus } from '../../lib/domain/service.ts';
import type { Decide, DecisionContext, StoreView } from '../store/store.ts';
import { createDirtyCheck, type DirtyCheck } from './dirty.ts';
import { takesGlobal } from './global.ts';
import { createTask } from './new-task.ts';
import { createPass, isFull, type Pass, put, toDecision, wakeAt } from './pass.ts';
import { createPlacementCheck, type PlacementCheck } from './placement-check.ts';
import { firstDesiredState } from './promotion.ts';
import { groupSlots, isRunning, type Slot, shutDown, slotPhase } from './slots.ts';
import {
  describeEnd,
  isUpdating,
  measureProgress,
  monitorMs,
  obstacle,
  policyInForce,
  type SlotProgress,
} from './update-progress.ts';

/**
 * Rolls a changed specification out over a service's slots, watches how the new tasks fare, and pauses or rolls
 * back when too many fail (swarmkit `update/updater.go`). The whole progress is read from the stored tasks, so
 * any manager can go on where another stopped.
 */
export const decideUpdate: Decide = (view, context) => {
  const pass = createPass();
  const placement = createPlacementCheck();
  for (const service of view.services.values()) {
    if (isFull(pass)) break;
    const isDirty = createDirtyCheck(view, service, placement);
    const skip = slotFilter(view, service, placement);
    if (isUpdating(service)) advance(pass, view, context, service, isDirty, skip);
    else startIfDue(pass, view, context, service, isDirty, skip);
  }
  return toDecision(pass);
};

/** On nodes that take no new task of a global service nothing can be updated. */
function slotFilter(view: StoreView, service: Service, placement: PlacementCheck): (slot: Slot) => boolean {
  if (service.spec.mode.kind === 'replicated') return () => false;
  return (slot) => {
    const node = view.nodes.get(String(slot.key));
    return node === undefined || !takesGlobal(service, node, placement);
  };
}

function startIfDue(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  isDirty: DirtyCheck,
  skip: (slot: Slot) => boolean,
): void {
  const state = service.updateStatus?.state;
  // Paused: nothing happens until the user's next update clears the status.
  if (state === 'paused' || state === 'rollback_paused') return;
  const tasks = view.tasksOfService(service.id);
  if (!tasks.some(isDirty)) return;
  const isDue = [...groupSlots(tasks).values()].some((slot) => !skip(slot) && isSlotDirty(slot, isDirty));
  if (!isDue) return;
  const updateStatus: UpdateStatus = {
    state: 'updating',
    startedAtMs: context.nowMs,
    message: 'update in progress',
  };
  put(pass, { ...service, updateStatus });
}

function isSlotDirty(slot: Slot, isDirty: DirtyCheck): boolean {
  if (slot.wanted.length > 0) return slot.wanted.some(isDirty);
  const newest = slot.tasks.at(-1);
  return newest !== undefined && slotPhase(slot) === 'spent' && isDirty(newest);
}

function advance(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  isDirty: DirtyCheck,
  skip: (slot: Slot) => boolean,
): void {
  const progress = measureProgress(service, view.tasksOfService(service.id), isDirty, context.nowMs, skip);
  if (stopOnFailures(pass, context, service, progress)) return;
  const changing = progress.filter((entry) => entry.standing === 'changing');
  const dirty = progress.filter((entry) => entry.standing === 'dirty');
  const { parallelism, delayMs } = policyInForce(service);
  const room = parallelism === 0 ? dirty.length : Math.max(0, parallelism - changing.length);
  for (const { slot } of inOrder(dirty).slice(0, room)) {
    if (isFull(pass)) return;
    replaceSlot(pass, view, context, service, slot);
  }
  for (const { settledAtMs } of changing) {
    if (settledAtMs !== undefined) wakeAt(pass, settledAtMs + delayMs);
  }
  if (dirty.length === 0 && changing.length === 0) finish(pass, context, service, progress, isDirty);
  else explain(pass, service, obstacle(progress, isDirty));
}

/** Slots that serve nobody come first; nothing is lost by changing them. */
function inOrder(dirty: readonly SlotProgress[]): readonly SlotProgress[] {
  const rank = (entry: SlotProgress): number => (entry.slot.wanted.some(isRunning) ? 1 : 0);
  return [...dirty].sort((left, right) => rank(left) - rank(right) || compareKeys(left.slot, right.slot));
}

function compareKeys(left: Slot, right: Slot): number {
  if (typeof left.key === 'number' && typeof right.key === 'number') return left.key - right.key;
  return String(left.key) < String(right.key) ? -1 : 1;
}

/** Makes the slot's task of the new version; whether the old one stops first is for the policy to say. */
function replaceSlot(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  slot: Slot,
): void {
  const isStartFirst = policyInForce(service).order === 'start-first' && slot.wanted.some(isRunning);
  const neighbours = isStartFirst
    ? slot.all
    : slot.all.map((task) => (slot.wanted.includes(task) ? shutDown(task) : task));
  if (!isStartFirst) for (const task of slot.wanted) put(pass, shutDown(task));
  const message =
    service.updateStatus?.state === 'updating' ? 'created by an update' : 'created by a rollback';
  const newTask = createTask(
    {
      service,
      slot: typeof slot.key === 'number' ? slot.key : 0,
      nodeId: typeof slot.key === 'number' ? '' : slot.key,
      desiredState: isStartFirst ? 'RUNNING' : firstDesiredState(view, neighbours),
      message,
    },
    context,
  );
  put(pass, newTask);
}

/** Applies the failure action when too many new tasks failed. Returns true when the update went no further. */
function stopOnFailures(
  pass: Pass,
  context: DecisionContext,
  service: Service,
  progress: readonly SlotProgress[],
): boolean {
  const policy = policyInForce(service);
  const failures = progress.filter((entry) => entry.failed !== undefined);
  const taskId = failures[0]?.failed?.id;
  const total = progress.filter((entry) => entry.isPart).length;
  if (policy.failureAction === 'continue' || taskId === undefined) return false;
  if (failures.length / total <= policy.maxFailureRatio) return false;
  const cause = `due to failure or early termination of task ${taskId}`;
  const isRollback = service.updateStatus?.state === 'rollback_started';
  if (isRollback) {
    pause(pass, service, `rollback paused ${cause}`);
  } else if (policy.failureAction === 'pause') {
    pause(pass, service, `update paused ${cause}`);
  } else if (service.previousSpec === undefined) {
    pause(pass, service, `update paused ${cause}: there is no previous specification to roll back to`);
  } else {
    put(pass, rolledBack(service, context.nowMs, `update rolled back ${cause}`));
  }
  return true;
}

/** The service with its previous specification, which is used up: an automatic rollback happens once. */
function rolledBack(service: Service, nowMs: number, message: string): Service {
  const { previousSpec, ...rest } = service;
  return {
    ...rest,
    spec: previousSpec ?? service.spec,
    specVersion: service.specVersion + 1,
    updateStatus: { state: 'rollback_started', startedAtMs: nowMs, message },
  };
}

function pause(pass: Pass, service: Service, message: string): void {
  const isRollback = service.updateStatus?.state === 'rollback_started';
  setStatus(pass, service, isRollback ? 'rollback_paused' : 'paused', message);
}

/** All slots are done: watches the last of them for one more monitor time, then declares the outcome. */
function finish(
  pass: Pass,
  context: DecisionContext,
  service: Service,
  progress: readonly SlotProgress[],
  isDirty: DirtyCheck,
): void {
  const policy = policyInForce(service);
  const kind = service.updateStatus?.state === 'rollback_started' ? 'rollback' : 'update';
  if (progress.some((entry) => entry.standing === 'retrying')) {
    explain(pass, service, obstacle(progress, isDirty));
    return;
  }
  const stuck = progress.find((entry) => entry.standing === 'stuck');
  const failed = stuck?.slot.tasks.findLast((task) => !isDirty(task));
  if (failed !== undefined) {
    const why = `${kind} paused: task ${failed.id} failed (${describeEnd(failed)})`;
    pause(pass, service, `${why} and its restart policy allows no further try`);
    return;
  }
  const settled = progress.flatMap((entry) => (entry.settledAtMs === undefined ? [] : [entry.settledAtMs]));
  const watchMs = policy.failureAction === 'continue' ? 0 : monitorMs(policy);
  const doneAtMs = Math.max(0, ...settled) + watchMs;
  if (settled.length > 0 && context.nowMs < doneAtMs) {
    wakeAt(pass, doneAtMs);
    explain(pass, service, undefined);
    return;
  }
  const state = kind === 'rollback' ? 'rollback_completed' : 'completed';
  setStatus(pass, service, state, `${kind} completed`, context.nowMs);
}

/** Keeps the status's message true: what the update waits for, or that it is getting on. */
function explain(pass: Pass, service: Service, obstacle: string | undefined): void {
  const status = service.updateStatus;
  if (status === undefined) return;
  const isRollback = status.state === 'rollback_started';
  const inProgress = isRollback ? 'rollback in progress' : 'update in progress';
  if (obstacle !== undefined) setStatus(pass, service, status.state, `${inProgress}, ${obstacle}`);
  // The reason of an automatic rollback stays readable while nothing is in its way.
  else if (status.message.startsWith(`${inProgress},`)) setStatus(pass, service, status.state, inProgress);
}

function setStatus(
  pass: Pass,
  service: Service,
  state: UpdateState,
  message: string,
  completedAtMs?: number,
): void {
  const status = service.updateStatus;
  if (status === undefined || (status.state === state && status.message === message)) return;
  put(pass, {
    ...service,
    updateStatus: {
      state,
      startedAtMs: status.startedAtMs,
      message,
      ...(completedAtMs === undefined ? {} : { completedAtMs }),
    },
  });
}
