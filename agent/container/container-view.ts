import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { HealthProbeMessage, LocalContainerMessage } from '../../proto/container-messages.ts';
import type { ContainerState } from '../executor/executor.ts';
import type { ImageStore } from '../image/image-store.ts';
import { argvOf, type ContainerSubject } from '../worker/container-request.ts';
import type { Health } from '../worker/health.ts';
import type { HealthProbe } from '../worker/health-pump.ts';
import type { TaskContainer } from '../worker/worker.ts';
import { shownState } from './container-record.ts';
import { type LocalDependencies, type LocalRecord, logPathOf, runs, subjectOf } from './local-context.ts';

function shownArgv(images: ImageStore, imageId: string, subject: ContainerSubject): readonly string[] {
  try {
    return argvOf(subject, { image: images.inspect(imageId) });
  } catch {
    const { command, args } = subject.spec.container;
    return [...command, ...args];
  }
}

function shownHealth(health: Health | null): string {
  return health === null || health.status === 'none' ? '' : health.status;
}

/** On the wire an exit code has no sign; Docker shows a probe without one as -1, we as the code of a failure. */
function shownProbe(probe: HealthProbe): HealthProbeMessage {
  return { ...probe, exitCode: probe.exitCode < 0 ? 1 : probe.exitCode };
}

function pidOf(container: ContainerState | undefined): number {
  return container === undefined || container.exit !== null ? 0 : container.pid;
}

/** A container of this node alone as users see it. */
export function localMessage(dependencies: LocalDependencies, record: LocalRecord): LocalContainerMessage {
  const { stored, container } = record;
  const { id, spec, imageId, createdAtMs, startedAtMs, finishedAtMs, exitCode, oomKilled } = stored;
  const isRunning = runs(record);
  return {
    id,
    name: spec.name,
    spec,
    state: shownState(stored, { runs: isRunning, isPaused: record.isPaused }),
    imageId,
    createdAtMs,
    ...(startedAtMs === null ? {} : { startedAtMs }),
    ...(finishedAtMs === null ? {} : { finishedAtMs }),
    exitCode: isRunning ? 0 : exitCode,
    pid: pidOf(container),
    oomKilled: isRunning ? false : oomKilled,
    error: stored.error,
    restartCount: stored.restartCount,
    health: shownHealth(record.health),
    address: stored.address,
    ports: stored.ports,
    argv: shownArgv(dependencies.images, imageId, subjectOf(stored)),
    logPath: logPathOf(dependencies, id),
    taskId: '',
    serviceName: '',
    volumeFolders: Object.fromEntries(record.volumeFolders ?? []),
    healthLog: record.healthLog.map(shownProbe),
  };
}

/** What a task asks of its container, in the words of a container of one node. */
function specOfTask({ task }: TaskContainer): LocalContainerSpec {
  const { container, limits, reservations } = task.spec;
  return {
    name: taskName(task),
    container,
    limits,
    reservations,
    restart: { name: 'no', maxRetries: 0 },
    network: '',
    ports: [],
    publishAll: false,
    autoRemove: false,
  };
}

/** The image that a task runs. */
export function imageOfTask({ task }: TaskContainer, images: ImageStore): string {
  const { imageId, image } = task.spec.container;
  if (imageId !== undefined) return imageId;
  try {
    return images.inspect(image).id;
  } catch {
    return '';
  }
}

/** A task's container as users see it. */
export function taskMessage(dependencies: LocalDependencies, entry: TaskContainer): LocalContainerMessage {
  const { task, container, health, volumeFolders } = entry;
  const { exit } = container;
  const spec = specOfTask(entry);
  const imageId = imageOfTask(entry, dependencies.images);
  const isPaused = exit === null && container.paused === true;
  return {
    id: task.id,
    name: spec.name,
    spec,
    state: exit === null ? (isPaused ? 'paused' : 'running') : 'exited',
    imageId,
    createdAtMs: task.createdAtMs,
    startedAtMs: container.startedAtMs,
    ...(exit === null ? {} : { finishedAtMs: exit.finishedAtMs }),
    exitCode: exit?.exitCode ?? 0,
    pid: pidOf(container),
    oomKilled: exit?.oomKilled ?? false,
    error: task.status.error ?? '',
    restartCount: task.restarts?.count ?? 0,
    health: shownHealth(health),
    address: task.attachments[0]?.address ?? '',
    ports: [],
    argv: shownArgv(dependencies.images, imageId, task),
    logPath: dependencies.taskLogPath(task.id),
    taskId: task.id,
    serviceName: task.serviceName,
    volumeFolders: Object.fromEntries(volumeFolders),
    healthLog: [],
  };
}
