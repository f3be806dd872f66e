import type { ContainerState } from '../executor/executor.ts';
import { SIGNAL_KILL } from '../worker/signals.ts';
import type { StoredContainer } from './container-record.ts';

/** How a container is being stopped. */
export interface ContainerStop {
  readonly signal: number;
  /** Null = no bound. */
  readonly graceMs: number | null;
  readonly signalledAtMs: number | null;
  readonly killedAtMs: number | null;
}

/** All that is known of one container at one moment. */
export interface ContainerObservation {
  readonly stored: StoredContainer;
  /** As the keeper has it; undefined when it has none of that id. */
  readonly container: ContainerState | undefined;
  readonly stop: ContainerStop | null;
  /** Of the keeper that runs now. */
  readonly keeperInstance: string;
  readonly nowMs: number;
}

/** The one thing to do next for a container. */
export type ContainerStep =
  | { readonly kind: 'start' }
  | { readonly kind: 'beginStop' }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'kill' }
  /** The run has ended: what comes of it is decided and written. */
  | { readonly kind: 'noteExit' }
  /** The run was with a keeper that is gone. */
  | { readonly kind: 'noteLoss' }
  | { readonly kind: 'noteNoStart' }
  /** The end was noted: the keeper may forget it. */
  | { readonly kind: 'clear' }
  | { readonly kind: 'forget' }
  | { readonly kind: 'wait'; readonly untilMs: number | null };

const WAIT: ContainerStep = { kind: 'wait', untilMs: null };
/** A kill that did not end the container is repeated this often; processes can hang in the kernel for a while. */
export const KILL_AGAIN_AFTER_MS = 5_000;

function stepKill({ stop, nowMs }: ContainerObservation): ContainerStep {
  const againAtMs = stop?.killedAtMs === null || stop === null ? 0 : stop.killedAtMs + KILL_AGAIN_AFTER_MS;
  return nowMs < againAtMs ? { kind: 'wait', untilMs: againAtMs } : { kind: 'kill' };
}

function stepStopping(observation: ContainerObservation): ContainerStep {
  const { stop, nowMs } = observation;
  if (stop === null) return { kind: 'beginStop' };
  if (stop.killedAtMs !== null || stop.signal === SIGNAL_KILL) return stepKill(observation);
  if (stop.signalledAtMs === null) return { kind: 'signal', signal: stop.signal };
  if (stop.graceMs === null) return WAIT;
  const killAtMs = stop.signalledAtMs + stop.graceMs;
  return nowMs < killAtMs ? { kind: 'wait', untilMs: killAtMs } : { kind: 'kill' };
}

function stepRunning(observation: ContainerObservation): ContainerStep {
  switch (observation.stored.goal) {
    case 'running':
    case 'created':
      return WAIT;
    case 'stopped':
    case 'cycled':
      return stepStopping(observation);
    case 'removed':
      return observation.stop === null ? { kind: 'beginStop' } : stepKill(observation);
  }
}

/** When a container that is wanted running may be started. A clock that was set back holds nobody up. */
function startAtMs({ restartDelayMs, finishedAtMs }: StoredContainer, nowMs: number): number {
  return finishedAtMs === null || finishedAtMs > nowMs ? nowMs : finishedAtMs + restartDelayMs;
}

/** One step of a container's life. Called again after each step and each observation until it says wait. */
export function nextStep(observation: ContainerObservation): ContainerStep {
  const { stored, container, keeperInstance, nowMs } = observation;
  if (container !== undefined) {
    if (container.exit === null) return stepRunning(observation);
    if (stored.runBy !== '') return { kind: 'noteExit' };
    return stored.goal === 'removed' ? { kind: 'forget' } : { kind: 'clear' };
  }
  if (stored.runBy !== '') {
    return stored.runBy === keeperInstance ? { kind: 'noteNoStart' } : { kind: 'noteLoss' };
  }
  switch (stored.goal) {
    case 'removed':
      return { kind: 'forget' };
    case 'running': {
      const dueMs = startAtMs(stored, nowMs);
      return nowMs < dueMs ? { kind: 'wait', untilMs: dueMs } : { kind: 'start' };
    }
    case 'cycled':
      return { kind: 'start' };
    case 'created':
    case 'stopped':
      return WAIT;
  }
}
