import type { Service, UpdateStatus } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal, type TaskState } from '../../lib/domain/task-state.ts';
import { sameValue } from './same-value.ts';
import { taskReason } from './task-list.ts';

/** A service counts as converged after it has been so for this long. */
export const STABILITY_MS = 1_000;

/** What the user asked for; it decides which end of an update is a success. */
export type Operation = 'create' | 'update' | 'rollback';

export interface Observation {
  readonly operation: Operation;
  readonly service: Service;
  /** Every task of the service, old ones included. */
  readonly tasks: readonly Task[];
  /** The update status that was there before the operation; it says nothing about this one. */
  readonly earlierStatus: UpdateStatus | undefined;
  /** Names of nodes by id. */
  readonly nodeNames: Readonly<Record<string, string>>;
}

/** One replica as the progress shows it. */
export interface SlotProgress {
  /** `2/6`, or the node's name for a global service. */
  readonly label: string;
  readonly state: TaskState;
  /** Why it is not running; empty when there is nothing to say. */
  readonly reason: string;
  /** True when it runs what the user asked for. */
  readonly done: boolean;
}

export interface ProgressView {
  readonly running: number;
  readonly desired: number;
  readonly slots: readonly SlotProgress[];
  /** What the whole is waiting for, besides its slots; empty when nothing. */
  readonly note: string;
}

export type Outcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'failed'; readonly message: string };

export interface Assessment {
  readonly view: ProgressView;
  readonly outcome: Outcome;
}

function isWanted(task: Task): boolean {
  return !hasReached(task.desiredState, 'COMPLETE');
}

/** True when the task is what the service's specification now asks for. */
function isUpToDate(task: Task, service: Service): boolean {
  return task.specVersion === service.specVersion || sameValue(task.spec, service.spec.task);
}

function slotKey(task: Task): string {
  return task.slot > 0 ? String(task.slot) : task.nodeId;
}

/** Groups by slot: every list is newest first. */
function groupBySlot(tasks: readonly Task[]): ReadonlyMap<string, readonly Task[]> {
  const groups = new Map<string, Task[]>();
  for (const task of [...tasks].sort((left, right) => right.createdAtMs - left.createdAtMs)) {
    const key = slotKey(task);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  return groups;
}

function reasonOf(task: Task, older: readonly Task[]): string {
  if (task.status.state === 'RUNNING') return '';
  const own = taskReason(task);
  if (own !== '') return own;
  const failed = older.find((other) => other !== task && isTerminal(other.status.state));
  const error = failed?.status.error ?? '';
  return error === '' ? '' : `the last run ended: ${error}`;
}

function slotProgress(label: string, slotTasks: readonly Task[], service: Service): SlotProgress {
  const wanted = slotTasks.filter(isWanted);
  const task = wanted.find((candidate) => isUpToDate(candidate, service)) ?? wanted[0];
  if (task === undefined) return { label, state: 'NEW', reason: '', done: false };
  const current = isUpToDate(task, service);
  return {
    label,
    state: task.status.state,
    reason: current ? reasonOf(task, slotTasks) : 'waits for its update',
    done: current && task.status.state === 'RUNNING' && task.desiredState === 'RUNNING',
  };
}

function compareSlots(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}

function slotsOf(observation: Observation): readonly SlotProgress[] {
  const { service, nodeNames } = observation;
  const groups = groupBySlot(observation.tasks);
  const live = [...groups.keys()].filter((key) => (groups.get(key) ?? []).some(isWanted)).sort(compareSlots);
  const { mode } = service.spec;
  if (mode.kind === 'global') {
    return live.map((key) => slotProgress(nodeNames[key] ?? key, groups.get(key) ?? [], service));
  }
  const count = Math.max(mode.replicas, live.length);
  return Array.from({ length: count }, (_, index) =>
    slotProgress(`${index + 1}/${mode.replicas}`, groups.get(live[index] ?? '') ?? [], service),
  );
}

const TERMINAL_STATES: readonly string[] = ['paused', 'completed', 'rollback_paused', 'rollback_completed'];

/** The status of the update that the user watches; one that had ended before it began is not it. */
function currentStatus({ service, earlierStatus }: Observation): UpdateStatus | undefined {
  const status = service.updateStatus;
  if (status === undefined || earlierStatus === undefined) return status;
  const stale =
    TERMINAL_STATES.includes(earlierStatus.state) &&
    status.state === earlierStatus.state &&
    status.startedAtMs === earlierStatus.startedAtMs;
  return stale ? undefined : status;
}

function withMessage(text: string, message: string): string {
  return message === '' ? text : `${text}: ${message}`;
}

function failureOf(operation: Operation, status: UpdateStatus | undefined): string | undefined {
  if (status?.state === 'paused') return withMessage('service update paused', status.message);
  if (status?.state === 'rollback_paused') return withMessage('service rollback paused', status.message);
  if (status?.state === 'rollback_completed' && operation !== 'rollback') {
    return withMessage('service rolled back', status.message);
  }
  return undefined;
}

function noteOf(operation: Operation, status: UpdateStatus | undefined, waitsForTasks: boolean): string {
  if (status?.state === 'rollback_started' && operation !== 'rollback') {
    return withMessage('rolling back', status.message);
  }
  return waitsForTasks ? 'waiting for new tasks' : '';
}

/** Judges a service: what to show, and whether the operation is done, under way or failed. */
export function assessProgress(observation: Observation): Assessment {
  const { operation, service } = observation;
  const slots = slotsOf(observation);
  const { mode } = service.spec;
  const desired = mode.kind === 'replicated' ? mode.replicas : slots.length;
  const running = slots.filter((slot) => slot.done).length;
  const status = currentStatus(observation);
  const waitsForTasks = mode.kind === 'global' && slots.length === 0;
  // While a service shrinks more replicas run than are wanted.
  const view = {
    running: Math.min(running, desired),
    desired,
    slots,
    note: noteOf(operation, status, waitsForTasks),
  };
  const failure = failureOf(operation, status);
  if (failure !== undefined) return { view, outcome: { kind: 'failed', message: failure } };
  const underWay = status?.state === 'updating' || status?.state === 'rollback_started';
  const complete = running === desired && slots.length === desired && !waitsForTasks;
  return { view, outcome: { kind: complete && !underWay ? 'settled' : 'waiting' } };
}

/** What has to be remembered between two looks at a service. */
export interface ProgressState {
  readonly settledSinceMs: number | undefined;
}

export type Verdict = 'waiting' | 'verifying' | 'converged' | 'failed';

/** Turns assessments over time into a verdict: converged is only what stayed settled for {@link STABILITY_MS}. */
export function stepProgress(
  state: ProgressState,
  outcome: Outcome,
  nowMs: number,
): { readonly state: ProgressState; readonly verdict: Verdict } {
  if (outcome.kind === 'failed') return { state, verdict: 'failed' };
  if (outcome.kind === 'waiting') return { state: { settledSinceMs: undefined }, verdict: 'waiting' };
  const settledSinceMs = state.settledSinceMs ?? nowMs;
  const verdict = nowMs - settledSinceMs >= STABILITY_MS ? 'converged' : 'verifying';
  return { state: { settledSinceMs }, verdict };
}
