import type { Service, UpdatePolicy } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import type { DirtyCheck } from './dirty.ts';
import { endedByItself, endedWithin, mayRestart } from './restart-policy.ts';
import { groupSlots, isRunning, isWanted, type Slot, slotPhase } from './slots.ts';

/**
 * Where one slot stands in an update. clean: nothing (more) to do. dirty: still to be changed. changing: its
 * new task is not up yet, or the delay after it is not over; it takes one place of the parallelism. retrying:
 * its new task failed and is tried again beside the old one. stuck: its new task failed for good beside the
 * old one.
 */
export type SlotStanding = 'clean' | 'dirty' | 'changing' | 'retrying' | 'stuck';

export interface SlotProgress {
  readonly slot: Slot;
  readonly standing: SlotStanding;
  /** True when the update has to do with this slot at all, or had. */
  readonly isPart: boolean;
  /** When the update's task for this slot came up, or failed to. */
  readonly settledAtMs?: number;
  /** The update's task for this slot, when it failed before it was up or within the monitor time after that. */
  readonly failed?: Task;
}

/** The policy that governs an update in this state. */
export function policyInForce(service: Service): UpdatePolicy {
  return service.updateStatus?.state === 'rollback_started' ? service.spec.rollback : service.spec.update;
}

/** True while the update is moving: neither finished nor paused. */
export function isUpdating(service: Service): boolean {
  const state = service.updateStatus?.state;
  return state === 'updating' || state === 'rollback_started';
}

/** How long a new task is watched: longer than the delay in any case (swarmkit `updater.go`). */
export function monitorMs(policy: UpdatePolicy): number {
  return policy.delayMs >= policy.monitorMs ? policy.delayMs + 1_000 : policy.monitorMs;
}

/** The standing of every slot of a service whose update is under way. Slots in `skip` take no part. */
export function measureProgress(
  service: Service,
  tasks: readonly Task[],
  isDirty: DirtyCheck,
  nowMs: number,
  skip: (slot: Slot) => boolean,
): readonly SlotProgress[] {
  const policy = policyInForce(service);
  const progress: SlotProgress[] = [];
  for (const slot of groupSlots(tasks).values()) {
    if (slot.tasks.length > 0 && !skip(slot))
      progress.push(measureSlot(service, policy, slot, isDirty, nowMs));
  }
  return progress;
}

function measureSlot(
  service: Service,
  policy: UpdatePolicy,
  slot: Slot,
  isDirty: DirtyCheck,
  nowMs: number,
): SlotProgress {
  const attempts = attemptsInSlot(service, slot);
  const isChanged = attempts.length > 0 && predecessorInSlot(service, slot) !== undefined;
  const decisive = decisiveAttempt(attempts);
  const settledAtMs =
    decisive === undefined ? undefined : (decisive.runningSinceMs ?? decisive.statusAppliedAtMs);
  const standing = standingOf(slot, isDirty, {
    isChanged,
    isComing: isComing(service, slot),
    isSettled: settledAtMs !== undefined,
    isOver: settledAtMs !== undefined && nowMs >= settledAtMs + policy.delayMs,
    lastAttempt: attempts.at(-1),
  });
  const isFailure = isChanged && decisive !== undefined && endedWithin(decisive, monitorMs(policy));
  return {
    slot,
    standing,
    isPart: isChanged || standing !== 'clean',
    ...(isChanged && settledAtMs !== undefined ? { settledAtMs } : {}),
    ...(isFailure ? { failed: decisive } : {}),
  };
}

interface SlotFacts {
  readonly isChanged: boolean;
  readonly isComing: boolean;
  readonly isSettled: boolean;
  /** Settled, and the delay after it is over. */
  readonly isOver: boolean;
  readonly lastAttempt: Task | undefined;
}

function standingOf(slot: Slot, isDirty: DirtyCheck, facts: SlotFacts): SlotStanding {
  // A slot without a wanted task is judged by its last one: it may have ended for good under the old version.
  const current = slot.wanted.length > 0 ? slot.wanted : slot.tasks.slice(-1);
  const hasDirty = current.some(isDirty);
  const hasClean = current.some((task) => !isDirty(task));
  if (hasClean && (facts.isComing || (facts.isChanged && !facts.isSettled))) return 'changing';
  if (hasDirty && hasClean) return facts.isChanged ? 'retrying' : 'changing';
  if (!hasDirty) return facts.isChanged && !facts.isOver ? 'changing' : 'clean';
  const { lastAttempt } = facts;
  const isSpent = facts.isChanged && lastAttempt !== undefined && !mayRestart(lastAttempt);
  if (isSpent) return 'stuck';
  return slotPhase(slot) === 'vacant' ? 'clean' : 'dirty';
}

/**
 * True while a first task of the new version comes up in the slot, whenever it was made: a user who scales the
 * service begins its update anew, and what is under way must still count.
 */
function isComing(service: Service, slot: Slot): boolean {
  if (predecessorInSlot(service, slot) === undefined) return false;
  return slot.wanted.some(
    (task) =>
      task.specVersion === service.specVersion &&
      task.runningSinceMs === undefined &&
      task.restarts === undefined &&
      !isTerminal(task.status.state),
  );
}

/** The tasks of the new version that were made in this slot since the update began, oldest first. */
function attemptsInSlot(service: Service, slot: Slot): readonly Task[] {
  const startedAtMs = service.updateStatus?.startedAtMs ?? 0;
  return slot.tasks.filter(
    (task) => task.specVersion === service.specVersion && task.createdAtMs >= startedAtMs,
  );
}

/** The newest task of another version: what tells a slot that the update changed from one that was added. */
function predecessorInSlot(service: Service, slot: Slot): Task | undefined {
  return slot.tasks.findLast((task) => task.specVersion !== service.specVersion);
}

/**
 * The attempt by which the update judges the slot: the first that ran, or ended by itself. Its restarts do not
 * count, and neither does one that was stopped or lost with its node before it ran.
 */
function decisiveAttempt(attempts: readonly Task[]): Task | undefined {
  return attempts.find((task) => task.runningSinceMs !== undefined || endedByItself(task));
}

/** The ended tasks of a slot that a moving update is still judged by; the reaper leaves them alone. */
export function updateEvidence(service: Service, slot: Slot): readonly (Task | undefined)[] {
  if (!isUpdating(service)) return [];
  return [decisiveAttempt(attemptsInSlot(service, slot)), predecessorInSlot(service, slot)];
}

/** Why the update does not get on, in words for its user; undefined when nothing is in its way. */
export function obstacle(progress: readonly SlotProgress[], isDirty: DirtyCheck): string | undefined {
  for (const { slot, standing } of progress) {
    if (standing !== 'changing' && standing !== 'retrying') continue;
    const coming = slot.wanted.findLast((task) => !isDirty(task) && !isRunning(task));
    if (coming === undefined) continue;
    const reason = waitingReason(coming);
    if (reason !== undefined) return `waiting for task ${coming.id}: ${reason}`;
    if (standing === 'retrying') {
      const failed = slot.tasks.findLast((task) => !isDirty(task) && endedByItself(task));
      if (failed !== undefined) return `trying again after task ${failed.id} failed: ${describeEnd(failed)}`;
    }
  }
  return undefined;
}

/** A task that no node takes, or that cannot be given its addresses, says so in its status. */
function waitingReason(task: Task): string | undefined {
  if (hasReached(task.status.state, 'ASSIGNED') || !isWanted(task)) return undefined;
  if (task.status.error !== undefined && task.status.error !== '') return task.status.error;
  return task.status.message.startsWith('no suitable node') ? task.status.message : undefined;
}

/** How a task ended, in a few words. */
export function describeEnd(task: Task): string {
  const { state, error, message } = task.status;
  return isTerminal(state) ? error || message || state.toLowerCase() : state.toLowerCase();
}
