import { mkdir, rm } from 'node:fs/promises';
import type { TaskStatus } from '../../lib/domain/task.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import { describeError, SkepError, unreachable } from '../../lib/errors.ts';
import type { ContainerRequest, ContainerState } from '../executor/executor.ts';
import type { ResolvedImage } from '../image/image-store.ts';
import { containerRequest } from './container-request.ts';
import type { TaskRecord } from './task-record.ts';
import type { TaskStep } from './task-step.ts';
import { volumesOf, volumeUser } from './task-volumes.ts';
import {
  effectiveHealth,
  ignoreGone,
  stopSignalOf,
  taskLogFolder,
  taskLogPath,
  type WorkerContext,
} from './worker-context.ts';

function save(context: WorkerContext, record: TaskRecord): Promise<void> {
  const startedBy = record.startTried ? context.keeperInstance : '';
  return context.files.save({ task: record.task, status: record.status, startedBy });
}

async function setStatus(context: WorkerContext, record: TaskRecord, status: TaskStatus): Promise<void> {
  record.status = status;
  context.log('debug', 'A task changed its state.', {
    taskId: record.task.id,
    state: status.state,
    error: status.error,
  });
  await save(context, record);
  context.report(record.task.id, status);
  // Otherwise its container goes first.
  if (isTerminal(status.state) && record.container === undefined)
    await context.volumes.release(record.task.id);
}

/** Makes the volumes of a task ready, once in the life of this agent. */
async function holdVolumes(
  context: WorkerContext,
  record: TaskRecord,
  image: ResolvedImage,
): Promise<ReadonlyMap<string, string>> {
  const { task } = record;
  const wanted = volumesOf(task, context.facts.hostname, image.image.config);
  record.volumeFolders ??= await context.volumes.hold(volumeUser(task), wanted, image.layerFolders);
  return record.volumeFolders;
}

async function prepare(context: WorkerContext, record: TaskRecord): Promise<void> {
  const { image, imageId } = record.task.spec.container;
  const timestampMs = context.clock.nowMs();
  try {
    await holdVolumes(context, record, context.images.resolve(imageId ?? image));
  } catch (thrown) {
    const error = describeError(thrown);
    return setStatus(context, record, { state: 'REJECTED', timestampMs, message: 'preparing', error });
  }
  record.stopSignal = stopSignalOf(context, record.task);
  return setStatus(context, record, { state: 'READY', timestampMs, message: 'prepared' });
}

async function start(context: WorkerContext, record: TaskRecord): Promise<void> {
  const { task } = record;
  try {
    const image = context.images.resolve(task.spec.container.imageId ?? task.spec.container.image);
    const volumeFolders = await holdVolumes(context, record, image);
    const facts = { ...context.facts, logPath: taskLogPath(context.folder, task.id), volumeFolders };
    // Before the start counts as tried: a network that is not ready yet is waited for.
    const request = containerRequest(task, image, context.networkFor(task), facts);
    record.startTried = true;
    const logFolder = taskLogFolder(context.folder, task.id);
    await Promise.all([save(context, record), mkdir(logFolder, { recursive: true, mode: 0o700 })]);
    record.container = await startOrFind(context, request);
    context.healthPump.watch(record, effectiveHealth(context.images, task), false);
  } catch (thrown) {
    // Network or keeper are out of reach: nothing is known, so nothing is decided.
    if (thrown instanceof SkepError && thrown.code === 'UNAVAILABLE') throw thrown;
    const error = `starting container failed: ${describeError(thrown)}`;
    const timestampMs = context.clock.nowMs();
    await setStatus(context, record, { state: 'FAILED', timestampMs, message: 'starting', error });
  }
}

/** Starts a container. When the keeper's answer got lost, the container may be there all the same. */
async function startOrFind(context: WorkerContext, request: ContainerRequest): Promise<ContainerState> {
  try {
    return await context.executor.start(request);
  } catch (thrown) {
    if (!(thrown instanceof SkepError) || thrown.code !== 'UNAVAILABLE') throw thrown;
    const found = (await context.executor.list()).find(({ id }) => id === request.id);
    if (found === undefined) throw thrown;
    return found;
  }
}

async function forget(context: WorkerContext, record: TaskRecord): Promise<void> {
  const { id } = record.task;
  await context.volumes.release(id);
  await rm(taskLogFolder(context.folder, id), { recursive: true, force: true });
  await context.files.remove(id);
  context.records.delete(id);
}

/** A step that is something to do. */
export type PerformedStep = Exclude<TaskStep, { kind: 'wait' }>;

/** Carries out one step of a task. Rejects when it could not be done and should be tried again. */
export async function perform(
  context: WorkerContext,
  record: TaskRecord,
  step: PerformedStep,
): Promise<void> {
  const { id } = record.task;
  switch (step.kind) {
    case 'report':
      return setStatus(context, record, step.status);
    case 'prepare':
      return prepare(context, record);
    case 'start':
      return start(context, record);
    case 'beginStop':
      record.stop = { drainUntilMs: step.drainUntilMs, signalledAtMs: null, killedAtMs: null };
      return;
    case 'signal':
      if (record.stop !== null) record.stop = { ...record.stop, signalledAtMs: context.clock.nowMs() };
      return context.executor.signal(id, step.signal).catch(ignoreGone);
    case 'kill':
      if (record.stop !== null) record.stop = { ...record.stop, killedAtMs: context.clock.nowMs() };
      return context.executor.kill(id).catch(ignoreGone);
    case 'removeContainer':
      await context.executor.remove(id);
      record.container = undefined;
      return context.volumes.release(id);
    case 'forget':
      return forget(context, record);
    default:
      return unreachable(step);
  }
}
