import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import { hasReached, isTerminal, type TaskState } from '../../lib/domain/task-state.ts';
import type { ContainerState } from '../executor/executor.ts';
import { SIGNAL_KILL } from './signals.ts';

export type HealthStatus = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** How far the stopping of a task's container has come. */
export interface StopProgress {
  /** Established connections may go on until then. */
  readonly drainUntilMs: number;
  readonly signalledAtMs: number | null;
  readonly killedAtMs: number | null;
}

/** All that the agent knows of one task at one moment. */
export interface TaskObservation {
  readonly task: Task;
  /** The newest status of this agent, at least as new as `task.status`. */
  readonly status: TaskStatus;
  /** The assignment is gone: stop it, then forget it. */
  readonly removed: boolean;
  readonly container: ContainerState | undefined;
  /** A start was tried by this agent or an earlier one. */
  readonly startTried: boolean;
  readonly health: HealthStatus;
  /** Last words of the health check that failed. */
  readonly healthOutput: string;
  readonly stop: StopProgress | null;
  readonly stopSignal: number;
  readonly nowMs: number;
}

/** The one thing to do next for a task. */
export type TaskStep =
  | { readonly kind: 'report'; readonly status: TaskStatus }
  | { readonly kind: 'prepare' }
  | { readonly kind: 'start' }
  | { readonly kind: 'beginStop'; readonly drainUntilMs: number }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'kill' }
  /** The container has ended and its status was reported: free what it holds. */
  | { readonly kind: 'removeContainer' }
  | { readonly kind: 'forget' }
  | { readonly kind: 'wait'; readonly untilMs: number | null };

const WAIT: TaskStep = { kind: 'wait', untilMs: null };
/** A kill that did not end the container is repeated this often; processes can hang in the kernel for a while. */
const KILL_AGAIN_AFTER_MS = 5_000;

function report(observation: TaskObservation, state: TaskState, message: string, error?: string): TaskStep {
  const { container, nowMs } = observation;
  const status: TaskStatus = {
    state,
    timestampMs: nowMs,
    message,
    ...(error === undefined ? {} : { error }),
    ...(container === undefined
      ? observation.status.container === undefined
        ? {}
        : { container: observation.status.container }
      : {
          container: {
            containerId: container.id,
            pid: container.pid,
            ...(container.exit === null
              ? {}
              : { exitCode: container.exit.exitCode, oomKilled: container.exit.oomKilled }),
          },
        }),
  };
  return { kind: 'report', status };
}

/** What an ended container says about itself, for the ERROR column. */
export function describeExit(container: ContainerState): string {
  const exit = container.exit;
  if (exit === null) return '';
  if (exit.oomKilled) return `task: out of memory: killed at its memory limit (exit code ${exit.exitCode})`;
  return `task: non-zero exit (${exit.exitCode})`;
}

function hasEndpoint(task: Task): boolean {
  return task.attachments.length > 0;
}

function stepStop(observation: TaskObservation): TaskStep {
  const { container, stop, task, nowMs, status } = observation;
  if (container === undefined || container.exit !== null) {
    if (!isTerminal(status.state)) return report(observation, 'SHUTDOWN', 'shutdown');
    return stepEnded(observation);
  }
  if (stop === null) {
    const wasServing = status.state === 'RUNNING' && hasEndpoint(task);
    return { kind: 'beginStop', drainUntilMs: wasServing ? nowMs + task.spec.drainMs : nowMs };
  }
  if (stop.signalledAtMs === null) {
    return nowMs < stop.drainUntilMs
      ? { kind: 'wait', untilMs: stop.drainUntilMs }
      : { kind: 'signal', signal: observation.stopSignal };
  }
  const killAtMs =
    stop.killedAtMs === null
      ? stop.signalledAtMs + task.spec.container.stopGracePeriodMs
      : stop.killedAtMs + KILL_AGAIN_AFTER_MS;
  if (observation.stopSignal === SIGNAL_KILL && stop.killedAtMs === null) return { kind: 'kill' };
  return nowMs < killAtMs ? { kind: 'wait', untilMs: killAtMs } : { kind: 'kill' };
}

function stepEnded(observation: TaskObservation): TaskStep {
  const { container } = observation;
  if (container !== undefined)
    return container.exit === null ? { kind: 'kill' } : { kind: 'removeContainer' };
  return observation.removed ? { kind: 'forget' } : WAIT;
}

function stepStarting(observation: TaskObservation): TaskStep {
  const { container, health } = observation;
  if (container === undefined) {
    return observation.startTried
      ? report(
          observation,
          'FAILED',
          'failed',
          'task: its container is gone: the node restarted while it was starting',
        )
      : { kind: 'start' };
  }
  if (container.exit !== null) return stepExited(observation, container);
  switch (health) {
    case 'none':
    case 'healthy':
      return report(observation, 'RUNNING', 'started');
    case 'starting':
      return WAIT;
    case 'unhealthy':
      return stepUnhealthy(observation);
  }
}

function stepExited(observation: TaskObservation, container: ContainerState): TaskStep {
  if (container.exit?.exitCode === 0 && !container.exit.oomKilled)
    return report(observation, 'COMPLETE', 'finished');
  return report(observation, 'FAILED', 'failed', describeExit(container));
}

function stepUnhealthy(observation: TaskObservation): TaskStep {
  const output = observation.healthOutput === '' ? '' : `: ${observation.healthOutput}`;
  return report(observation, 'FAILED', 'unhealthy', `task: unhealthy container${output}`);
}

/**
 * One step of a task's life: ACCEPTED → PREPARING → READY → STARTING → RUNNING → an end, pausing where the
 * desired state pauses. Called again after each step and each observation until it says wait.
 */
export function nextStep(observation: TaskObservation): TaskStep {
  const { task, status, container, removed } = observation;
  if (isTerminal(status.state)) {
    // An unhealthy container is reported FAILED while it still runs; it gets its stop signal like any other.
    return container !== undefined && container.exit === null
      ? stepStop(observation)
      : stepEnded(observation);
  }
  if (removed || hasReached(task.desiredState, 'SHUTDOWN')) return stepStop(observation);
  switch (status.state) {
    case 'NEW':
    case 'PENDING':
    case 'ASSIGNED':
      return report(observation, 'ACCEPTED', 'accepted');
    case 'ACCEPTED':
      return report(observation, 'PREPARING', 'preparing');
    case 'PREPARING':
      return { kind: 'prepare' };
    case 'READY':
      return hasReached(task.desiredState, 'RUNNING') ? report(observation, 'STARTING', 'starting') : WAIT;
    case 'STARTING':
      return stepStarting(observation);
    case 'RUNNING':
      if (container === undefined) {
        return report(observation, 'FAILED', 'failed', 'task: its container is gone: the node restarted');
      }
      if (container.exit !== null) return stepExited(observation, container);
      return observation.health === 'unhealthy' ? stepUnhealthy(observation) : WAIT;
    default:
      return WAIT;
  }
}
