import type { Service } from '../../lib/domain/service.ts';
import type { RestartHistory, Task } from '../../lib/domain/task.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import type { Decide, DecisionContext, StoreView } from '../store/store.ts';
import { createDirtyCheck, type DirtyCheck, differsBeyondConstraints } from './dirty.ts';
import { createTask } from './new-task.ts';
import { createPass, isFull, type Pass, put, toDecision, wakeAt } from './pass.ts';
import { createPlacementCheck } from './placement-check.ts';
import { firstDesiredState, promotionAtMs } from './promotion.ts';
import { mayRestart, nextHistory, restartDelayMs } from './restart-policy.ts';
import { groupSlots, isWanted, type Slot, shutDown } from './slots.ts';

/**
 * Replaces tasks that ended, or whose node is down, removed or drained, as their restart policy says, and lets
 * held tasks run when their time has come. Old task and replacement are decided together, so that a slot is
 * never seen empty in between.
 */
export const decideRestart: Decide = (view, context) => {
  const pass = createPass();
  const placement = createPlacementCheck();
  for (const service of view.services.values()) {
    const tasks = view.tasksOfService(service.id);
    if (!tasks.some((task) => isHeld(task) || isLost(view, service, task))) continue;
    const isDirty = createDirtyCheck(view, service, placement);
    for (const slot of groupSlots(tasks).values()) {
      if (isFull(pass)) return toDecision(pass);
      restartSlot(pass, view, context, service, slot, isDirty);
      promote(pass, view, context, service, slot);
    }
  }
  return toDecision(pass);
};

function isHeld(task: Task): boolean {
  return task.desiredState === 'READY';
}

/** True when a wanted task will not run, or not go on running. */
function isLost(view: StoreView, service: Service, task: Task): boolean {
  if (!isWanted(task)) return false;
  if (isTerminal(task.status.state)) return true;
  // A global task belongs to its node; when that is not eligible, decideGlobal stops the task.
  if (service.spec.mode.kind === 'global' || task.nodeId === '') return false;
  const node = view.nodes.get(task.nodeId);
  return node === undefined || node.status.state === 'down' || node.spec.availability === 'drain';
}

function restartSlot(
  pass: Pass,
  view: StoreView,
  context: DecisionContext,
  service: Service,
  slot: Slot,
  isDirty: DirtyCheck,
): void {
  const lost = slot.wanted.filter((task) => isLost(view, service, task));
  if (lost.length === 0) return;
  for (const task of lost) put(pass, shutDown(task));
  const others = slot.wanted.filter((task) => !lost.includes(task));
  const ended = taskToReplace(service, lost, others, isDirty);
  if (ended === undefined || !mayRestart(ended) || !hasRoom(view, service, ended)) return;
  const neighbours = slot.all.map((task) => (lost.includes(task) ? shutDown(task) : task));
  put(pass, replacement(view, context, service, ended, neighbours));
}

/** The lost task that needs a successor; undefined when the slot's other wanted tasks make one needless. */
function taskToReplace(
  service: Service,
  lost: readonly Task[],
  others: readonly Task[],
  isDirty: DirtyCheck,
): Task | undefined {
  const newestClean = lost.findLast((task) => !isDirty(task));
  if (others.length === 0) return newestClean ?? lost.at(-1);
  if (others.some((task) => !isDirty(task))) return undefined;
  // The slot still runs the old version: the new one is tried again only while the update goes on.
  const state = service.updateStatus?.state;
  return state === 'updating' || state === 'rollback_started' ? newestClean : undefined;
}

/** A global service gets no task on a node that takes none; decideGlobal fills the slot once it does. */
function hasRoom(view: StoreView, service: Service, ended: Task): boolean {
  if (service.spec.mode.kind !== 'global') return true;
  const node = view.nodes.get(ended.nodeId);
  return node !== undefined && node.status.state !== 'down' && node.spec.availability === 'active';
}

function replacement(
  view: StoreView,
  context: DecisionContext,
  service: Service,
  ended: Task,
  neighbours: readonly Task[],
): Task {
  // An out-of-date task is replaced by its like: when to change the version is for the update to decide.
  const keepsVersion = differsBeyondConstraints(service, ended);
  const sameVersion = keepsVersion || ended.specVersion === service.specVersion;
  const wait = restartWait(ended, context.nowMs);
  const restarts = sameVersion ? wait.restarts : undefined;
  const isDelayed = wait.startNotBeforeMs !== undefined;
  return createTask(
    {
      service,
      slot: ended.slot,
      nodeId: service.spec.mode.kind === 'global' ? ended.nodeId : '',
      desiredState: isDelayed ? 'READY' : firstDesiredState(view, neighbours),
      message: wait.message,
      ...(isDelayed ? { startNotBeforeMs: wait.startNotBeforeMs } : {}),
      ...(restarts === undefined ? {} : { restarts }),
      ...(keepsVersion ? { like: { spec: ended.spec, specVersion: ended.specVersion } } : {}),
    },
    context,
  );
}

interface RestartWait {
  /** Absent = start at once. */
  readonly startNotBeforeMs?: number;
  readonly restarts?: RestartHistory;
  readonly message: string;
}

/** A program that ended waits out its delay; a task that lost its node does not, for the program did nothing. */
function restartWait(ended: Task, nowMs: number): RestartWait {
  const { state } = ended.status;
  if (!isTerminal(state) || state === 'ORPHANED') {
    const isStillDelayed = ended.startNotBeforeMs !== undefined && ended.startNotBeforeMs > nowMs;
    return {
      ...(isStillDelayed ? { startNotBeforeMs: ended.startNotBeforeMs } : {}),
      ...(ended.restarts === undefined ? {} : { restarts: ended.restarts }),
      message: `created in place of task ${ended.id}, whose node is not available`,
    };
  }
  const restarts = nextHistory(ended, nowMs);
  const delayMs = restartDelayMs(ended, restarts);
  const after = delayMs > 0 ? `; starts after ${delayMs / 1000} s` : '';
  return {
    ...(delayMs > 0 ? { startNotBeforeMs: nowMs + delayMs } : {}),
    restarts,
    message: `created in place of task ${ended.id} (${state.toLowerCase()})${after}`,
  };
}

function promote(pass: Pass, view: StoreView, context: DecisionContext, service: Service, slot: Slot): void {
  for (const held of slot.wanted.filter(isHeld)) {
    if (isLost(view, service, held)) continue;
    const atMs = promotionAtMs(view, slot, held);
    if (context.nowMs >= atMs) put(pass, { ...held, desiredState: 'RUNNING' });
    else wakeAt(pass, atMs);
  }
}
