import { SkepError } from '../../lib/errors.ts';
import type {
  KillContainerRequest,
  RemoveContainerRequest,
  StopContainerRequest,
} from '../../proto/container-messages.ts';
import { parseSignal, SIGNAL_KILL } from '../worker/signals.ts';
import { type ContainerGoal, startedByUser } from './container-record.ts';
import type { ContainerStop } from './container-step.ts';
import { untilTrue } from './container-wait.ts';
import { requireFreeName } from './create-container.ts';
import {
  type FirstStreams,
  isAlive,
  type LocalContext,
  type LocalRecord,
  notify,
  runs,
  stopSignalOf,
} from './local-context.ts';

function notRunning({ stored }: LocalRecord): SkepError {
  return new SkepError('FAILED_PRECONDITION', `container ${stored.spec.name} is not running`, {
    help: `skep start ${stored.spec.name} starts it`,
  });
}

/** Throws FAILED_PRECONDITION unless the container runs. */
export function requireRunning(record: LocalRecord): void {
  if (!runs(record)) throw notRunning(record);
}

function requirePresent({ stored, isGone }: LocalRecord): void {
  if (!isGone && stored.goal !== 'removed') return;
  throw new SkepError('FAILED_PRECONDITION', `container ${stored.spec.name} is being removed`);
}

async function setGoal(context: LocalContext, record: LocalRecord, goal: ContainerGoal): Promise<void> {
  record.stored = { ...record.stored, goal };
  await context.files.save(record.stored);
}

function started(context: LocalContext, record: LocalRecord): Promise<void> {
  return new Promise((resolve, reject) => {
    record.startWaiters = [...record.startWaiters, { resolve, reject }];
    context.drive(record);
  });
}

/** Starts a container that does not run; resolves once it does. `streams` count for this run alone. */
export async function startContainer(
  context: LocalContext,
  record: LocalRecord,
  streams: FirstStreams | null,
): Promise<void> {
  requirePresent(record);
  if (runs(record) && record.stored.goal === 'running') return;
  if (!record.busy) record.streams = streams;
  record.stored = startedByUser(record.stored, runs(record) ? 'cycled' : 'running');
  return started(context, record);
}

function stopOf(context: LocalContext, record: LocalRecord, request: StopContainerRequest): ContainerStop {
  const { signal, graceMs } = request;
  const own = record.stored.spec.container.stopGracePeriodMs;
  return {
    signal: signal === '' ? stopSignalOf(context, record.stored) : parseSignal(signal),
    graceMs: graceMs === undefined ? own : graceMs < 0 ? null : graceMs,
    signalledAtMs: null,
    killedAtMs: null,
  };
}

/** Stops a container; resolves once it has ended. One that does not run is no error, and will not by itself either. */
export async function stopContainer(
  context: LocalContext,
  record: LocalRecord,
  request: StopContainerRequest,
): Promise<void> {
  requirePresent(record);
  if (!isAlive(record) && !record.busy) return;
  record.stop = stopOf(context, record, request);
  const { rests } = record;
  await setGoal(context, record, 'stopped');
  context.drive(record);
  const rested = () => record.isGone || record.rests > rests || (!runs(record) && !record.busy);
  await untilTrue(record, rested);
}

/** Stops a container if it runs, and starts it; resolves once it runs again. */
export async function restartContainer(
  context: LocalContext,
  record: LocalRecord,
  request: StopContainerRequest,
): Promise<void> {
  if (!runs(record)) return startContainer(context, record, null);
  requirePresent(record);
  record.stop = stopOf(context, record, request);
  record.stored = startedByUser(record.stored, 'cycled');
  await context.files.save(record.stored);
  return started(context, record);
}

/** Sends a signal. One that is meant to end the container keeps its rule from starting it again, as in Docker. */
export async function killContainer(
  context: LocalContext,
  record: LocalRecord,
  { signal: text }: KillContainerRequest,
): Promise<void> {
  requireRunning(record);
  const { executor, clock } = context;
  const { id } = record.stored;
  const signal = text === '' ? SIGNAL_KILL : parseSignal(text);
  const isEnd = signal === SIGNAL_KILL || signal === stopSignalOf(context, record.stored);
  if (isEnd && record.stored.goal === 'running') {
    const nowMs = clock.nowMs();
    const killedAtMs = signal === SIGNAL_KILL ? nowMs : null;
    record.stop = { signal, graceMs: null, signalledAtMs: nowMs, killedAtMs };
    await setGoal(context, record, 'stopped');
  }
  if (signal !== SIGNAL_KILL) await executor.signal(id, signal);
  if (isEnd && record.isPaused) {
    record.isPaused = false;
    await executor.unpause(id);
  }
  if (signal === SIGNAL_KILL) await executor.kill(id);
}

/** Stops every process of the container where it is. */
export async function pauseContainer(context: LocalContext, record: LocalRecord): Promise<void> {
  requireRunning(record);
  const { id, spec } = record.stored;
  if (record.isPaused) {
    throw new SkepError('FAILED_PRECONDITION', `container ${spec.name} is already paused`);
  }
  await context.executor.pause(id);
  record.isPaused = true;
  notify(record);
}

/** Lets the processes of a paused container go on. */
export async function unpauseContainer(context: LocalContext, record: LocalRecord): Promise<void> {
  requireRunning(record);
  const { id, spec } = record.stored;
  if (!record.isPaused) throw new SkepError('FAILED_PRECONDITION', `container ${spec.name} is not paused`);
  await context.executor.unpause(id);
  record.isPaused = false;
  notify(record);
}

/** Removes a container that does not run, with `force` any; resolves once it is gone. */
export async function removeContainer(
  context: LocalContext,
  record: LocalRecord,
  { force, volumes }: RemoveContainerRequest,
): Promise<void> {
  if (isAlive(record) && !force) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `container ${record.stored.spec.name} runs, and is not removed`,
      {
        help: 'stop it first, or use --force',
      },
    );
  }
  const removesVolumes = volumes || record.stored.removesVolumes || record.stored.spec.autoRemove;
  record.stored = { ...record.stored, goal: 'removed', removesVolumes };
  // One that does not run goes at once; the removal of one that runs must outlive this daemon.
  if (runs(record) || record.busy) await context.files.save(record.stored);
  context.drive(record);
  await untilTrue(record, () => record.isGone);
}

/** Gives a container another name. */
export async function renameContainer(
  context: LocalContext,
  record: LocalRecord,
  name: string,
): Promise<void> {
  requirePresent(record);
  if (name === record.stored.spec.name) return;
  requireFreeName(context, name);
  record.stored = { ...record.stored, spec: { ...record.stored.spec, name } };
  await context.files.save(record.stored);
}
