import { SkepError } from '../../lib/errors.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { StopContainerRequest } from '../../proto/container-messages.ts';
import type { ContainerState } from '../executor/executor.ts';
import { parseSignal, SIGNAL_KILL } from '../worker/signals.ts';
import type { TaskContainer } from '../worker/worker.ts';
import { ignoreGone } from '../worker/worker-context.ts';
import type { LocalContext } from './local-context.ts';

/** A kill of a task's container is repeated by its worker; a caller waits no longer than this for it. */
const KILL_TIMEOUT_MS = 10_000;

/** The refusal of what only a service may do with the containers of its tasks. */
export function belongsToService({ task }: TaskContainer, verb: string): SkepError {
  return new SkepError(
    'FAILED_PRECONDITION',
    `container ${taskName(task)} belongs to service ${task.serviceName}, and cannot be ${verb} by itself`,
    { help: `skep service update or skep service rm ${task.serviceName} act on it` },
  );
}

/** Throws FAILED_PRECONDITION unless the task's container runs. */
export function requireTaskRunning({ task, container }: TaskContainer): void {
  if (container.exit === null) return;
  throw new SkepError('FAILED_PRECONDITION', `container ${taskName(task)} is not running`);
}

/** Resolves true when the container ended within the time; null = no bound. */
export function endedWithin(
  { executor, clock }: Pick<LocalContext, 'executor' | 'clock'>,
  isRunning: () => boolean,
  id: string,
  limitMs: number | null,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!isRunning()) return Promise.resolve(true);
  return new Promise((resolve) => {
    let cancel: () => void = () => undefined;
    const giveUp = () => settle(false);
    const settle = (ended: boolean) => {
      cancel();
      unsubscribe();
      signal?.removeEventListener('abort', giveUp);
      resolve(ended);
    };
    const unsubscribe = executor.onExit((state: ContainerState) => {
      if (state.id === id) settle(true);
    });
    signal?.addEventListener('abort', giveUp);
    if (limitMs !== null) cancel = clock.schedule(limitMs, () => settle(false));
  });
}

/** Stops a task's container; what becomes of the task is its service's to decide. */
export async function stopTask(
  context: LocalContext,
  entry: TaskContainer,
  { signal, graceMs }: StopContainerRequest,
): Promise<void> {
  const { task, container, stopSignal } = entry;
  if (container.exit !== null) return;
  const { executor } = context;
  const isRunning = () =>
    context.tasks().some((other) => other.task.id === task.id && other.container.exit === null);
  const ownMs = task.spec.container.stopGracePeriodMs;
  const limitMs = graceMs === undefined ? ownMs : graceMs < 0 ? null : graceMs;
  const number = signal === '' ? stopSignal : parseSignal(signal);
  if (number !== SIGNAL_KILL) {
    const ended = endedWithin(context, isRunning, task.id, limitMs);
    await executor.signal(task.id, number).catch(ignoreGone);
    if (container.paused === true) await executor.unpause(task.id).catch(ignoreGone);
    if (await ended) return;
  }
  const killed = endedWithin(context, isRunning, task.id, KILL_TIMEOUT_MS);
  await executor.kill(task.id).catch(ignoreGone);
  await killed;
}

/** Sends a signal to a task's container. */
export async function killTask(
  { executor }: LocalContext,
  entry: TaskContainer,
  signal: string,
): Promise<void> {
  requireTaskRunning(entry);
  const number = signal === '' ? SIGNAL_KILL : parseSignal(signal);
  if (number === SIGNAL_KILL) await executor.kill(entry.task.id);
  else await executor.signal(entry.task.id, number);
}
