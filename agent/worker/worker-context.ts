import { dirname, join } from 'node:path';
import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { ContainerNetwork, Executor } from '../executor/executor.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { VolumeStore } from '../volume/volume-store.ts';
import { type NodeFacts, type ProgramSetting, programSetting } from './container-request.ts';
import type { HealthPump } from './health-pump.ts';
import { parseSignal, SIGNAL_TERM } from './signals.ts';
import type { TaskFiles } from './task-files.ts';
import type { TaskRecord } from './task-record.ts';
import type { ImageVolumes } from './task-volumes.ts';

export interface WorkerDependencies {
  readonly executor: Executor;
  /** Distinguishes the keeper that runs now from one of before a reboot. */
  readonly keeperInstance: string;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly networkFor: (task: Task) => ContainerNetwork;
  readonly facts: Omit<NodeFacts, 'logPath' | 'volumeFolders'>;
  /** Holds `tasks/` and `logs/`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A status that the managers should hear of. */
  readonly report: (taskId: string, status: TaskStatus) => void;
}

/** What the functions of one worker share. */
export interface WorkerContext extends WorkerDependencies {
  readonly files: TaskFiles;
  readonly records: Map<string, TaskRecord>;
  readonly healthPump: HealthPump<TaskRecord>;
  closed: boolean;
  cancelCompare: () => void;
}

/** The json-file log of a task's container. */
export function taskLogPath(folder: string, taskId: string): string {
  return join(folder, 'logs', taskId, `${taskId}-json.log`);
}

/** The folder that holds a task's log files. */
export function taskLogFolder(folder: string, taskId: string): string {
  return dirname(taskLogPath(folder, taskId));
}

/** The specification's health check, else the image's. */
export function effectiveHealth(images: ImageStore, task: Task): HealthCheck | undefined {
  if (task.spec.container.health !== undefined) return task.spec.container.health;
  const { imageId, image } = task.spec.container;
  try {
    return images.inspect(imageId ?? image).config.health;
  } catch {
    // The image may be gone while its container still runs; then only the specification's check counts.
    return undefined;
  }
}

/** The volumes that a task's image declares; none when the image is gone, as its containers then are. */
export function imageVolumesOf(images: ImageStore, task: Task): ImageVolumes {
  const { imageId, image } = task.spec.container;
  try {
    return images.inspect(imageId ?? image).config;
  } catch {
    return { volumes: [] };
  }
}

/** What the health checks of a task start with: the same as its own program. */
export function healthSetting(
  { images, facts }: Pick<WorkerDependencies, 'images' | 'facts'>,
  task: Task,
): ProgramSetting {
  const { imageId, image } = task.spec.container;
  try {
    return programSetting(task, images.inspect(imageId ?? image).config, facts.hostname);
  } catch {
    // The image may be gone while its container still runs.
    return programSetting(task, { env: [], workingDir: '', user: '' }, facts.hostname);
  }
}

/** The specification's stop signal, else the image's, else SIGTERM. */
export function stopSignalOf(context: Pick<WorkerContext, 'images' | 'log'>, task: Task): number {
  const { imageId, image, stopSignal } = task.spec.container;
  if (stopSignal !== undefined) return parseOrTerm(context.log, task.id, stopSignal);
  try {
    const signal = context.images.inspect(imageId ?? image).config.stopSignal;
    return signal === '' ? SIGNAL_TERM : parseOrTerm(context.log, task.id, signal);
  } catch {
    // Not on this node yet: preparing the task looks again, or refuses it.
    return SIGNAL_TERM;
  }
}

function parseOrTerm(log: Log, taskId: string, signal: string): number {
  try {
    return parseSignal(signal);
  } catch (thrown) {
    log('warn', 'The stop signal of a task is unknown; SIGTERM is used.', {
      taskId,
      error: describeError(thrown),
    });
    return SIGNAL_TERM;
  }
}

/** A container that ended between the decision and the call is no failure: its exit is on its way. */
export function ignoreGone(thrown: unknown): void {
  if (thrown instanceof SkepError && thrown.code === 'NOT_FOUND') return;
  throw thrown;
}
