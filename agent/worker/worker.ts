import { join } from 'node:path';
import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import { compareTaskStates, isTerminal } from '../../lib/domain/task-state.ts';
import { describeError } from '../../lib/errors.ts';
import { isLocalContainerId } from '../container/container-id.ts';
import type { ContainerState } from '../executor/executor.ts';
import { type Driver, drive as driveRecord, type NextMove } from './drive.ts';
import type { Health } from './health.ts';
import { createHealthPump } from './health-pump.ts';
import { type PerformedStep, perform } from './task-effects.ts';
import { createTaskFiles } from './task-files.ts';
import { newRecord, observe, type TaskRecord } from './task-record.ts';
import { nextStep } from './task-step.ts';
import { volumesOf, volumeUser } from './task-volumes.ts';
import {
  effectiveHealth,
  healthSetting,
  ignoreGone,
  imageVolumesOf,
  stopSignalOf,
  taskLogPath,
  type WorkerContext,
  type WorkerDependencies,
} from './worker-context.ts';

/** How often the keeper's containers are compared with the tasks, whatever was heard in between. */
const COMPARE_PERIOD_MS = 10_000;

/** A task's container, for those who look at the containers of the node. */
export interface TaskContainer {
  readonly task: Task;
  readonly container: ContainerState;
  readonly health: Health | null;
  readonly volumeFolders: ReadonlyMap<string, string>;
  readonly stopSignal: number;
}

export interface Worker {
  /** Replaces the set of assigned tasks: new ones are begun, changed ones followed, missing ones ended. */
  assign(tasks: ReadonlyMap<string, Task>): void;
  /** The newest status of every task, for a new session. */
  statuses(): ReadonlyMap<string, TaskStatus>;
  tasks(): readonly Task[];
  logPath(taskId: string): string;
  /** False once nothing more will be written to the task's log. */
  isLive(taskId: string): boolean;
  /** Number of containers that run now. */
  runningCount(): number;
  /** The tasks' containers that the keeper has, running or ended. */
  containers(): readonly TaskContainer[];
  /** Stops watching; containers go on. */
  close(): void;
}

function nextMove(context: WorkerContext, record: TaskRecord): NextMove<PerformedStep> | null {
  if (!context.records.has(record.task.id)) return null;
  const step = nextStep(observe(record, context.clock.nowMs()));
  return step.kind === 'wait' ? step : { kind: 'step', step };
}

function driverOf(context: WorkerContext): Driver<TaskRecord, PerformedStep> {
  return {
    clock: context.clock,
    log: context.log,
    next: (record) => nextMove(context, record),
    perform: (record, step) => perform(context, record, step),
    describe: ({ task, status }) => ({
      message: 'A step of a task failed and is tried again.',
      fields: { taskId: task.id, state: status.state },
    }),
    isClosed: () => context.closed,
  };
}

/** Makes steps until the task waits. */
function drive(context: WorkerContext, record: TaskRecord): Promise<void> {
  return driveRecord(driverOf(context), record);
}

function onExit(context: WorkerContext, state: ContainerState): void {
  const record = context.records.get(state.id);
  if (record === undefined) {
    if (!isLocalContainerId(state.id)) void removeStranger(context, state);
    return;
  }
  record.container = state;
  record.cancelProbe();
  void drive(context, record);
}

/** The node's own containers are another room's. */
function isStranger({ records }: WorkerContext, { id }: ContainerState): boolean {
  return !records.has(id) && !isLocalContainerId(id);
}

/** A container of a task that no file speaks of cannot be reported on, and nobody else would ever end it. */
async function removeStranger(context: WorkerContext, state: ContainerState): Promise<void> {
  context.log('warn', 'A container without a task is removed.', { containerId: state.id });
  try {
    if (state.exit === null) await context.executor.kill(state.id).catch(ignoreGone);
    else await context.executor.remove(state.id);
  } catch (thrown) {
    context.log('warn', 'A container without a task could not be removed.', {
      containerId: state.id,
      error: describeError(thrown),
    });
  }
}

/** Compares what the keeper runs with what the tasks believe, and follows up on every difference. */
async function compare(context: WorkerContext): Promise<void> {
  const believed = [...context.records.values()].map((record) => ({ record, container: record.container }));
  const listed = new Map((await context.executor.list()).map((state) => [state.id, state]));
  for (const { record, container } of believed) {
    // What changed while the keeper was asked is newer than its answer.
    if (container === undefined || record.container !== container) continue;
    const state = listed.get(container.id);
    if (state === undefined) {
      context.log('warn', 'A container is gone without a word from the keeper.', {
        containerId: container.id,
      });
      record.container = undefined;
      void drive(context, record);
    } else if (container.exit === null && state.exit !== null) onExit(context, state);
  }
  for (const state of listed.values()) if (isStranger(context, state)) await removeStranger(context, state);
}

function compareRegularly(context: WorkerContext): () => void {
  return context.clock.schedule(COMPARE_PERIOD_MS, () => {
    compare(context)
      .catch((thrown: unknown) => {
        context.log('warn', 'The containers could not be compared.', { error: describeError(thrown) });
      })
      .finally(() => {
        if (!context.closed) context.cancelCompare = compareRegularly(context);
      });
  });
}

function follow(context: WorkerContext, task: Task): void {
  const present = context.records.get(task.id);
  if (present === undefined) {
    const record = newRecord(task, task.status, false, stopSignalOf(context, task));
    context.records.set(task.id, record);
    void drive(context, record);
    return;
  }
  present.removed = false;
  // A state that only the managers can give, such as ORPHANED, ends the task here too.
  if (compareTaskStates(task.status.state, present.status.state) > 0) present.status = task.status;
  if (present.task.version === task.version) return;
  present.task = task;
  void drive(context, present);
}

function assign(context: WorkerContext, tasks: ReadonlyMap<string, Task>): void {
  for (const task of tasks.values()) follow(context, task);
  for (const record of context.records.values()) {
    if (tasks.has(record.task.id) || record.removed) continue;
    record.removed = true;
    void drive(context, record);
  }
}

async function restore(context: WorkerContext): Promise<void> {
  const containers = new Map((await context.executor.list()).map((state) => [state.id, state]));
  for (const { task, status, startedBy } of await context.files.loadAll()) {
    const container = containers.get(task.id);
    // A keeper that runs on and has no such container never started it; a new keeper knows nothing of before.
    const startTried = startedBy !== '' && (container !== undefined || startedBy !== context.keeperInstance);
    const record = newRecord(task, status, startTried, stopSignalOf(context, task));
    record.container = container;
    context.records.set(task.id, record);
    if (container !== undefined || !isTerminal(status.state)) adoptVolumes(context, task);
    if (container?.exit === null) {
      const wasHealthy = status.state === 'RUNNING';
      context.healthPump.watch(record, effectiveHealth(context.images, task), wasHealthy);
    }
  }
  for (const state of containers.values()) {
    if (isStranger(context, state)) await removeStranger(context, state);
  }
  await context.volumes.dropStrangers((taskId) => context.records.has(taskId) || isLocalContainerId(taskId));
}

/** What an earlier agent gave to a task may be mounted: from now on it counts as used. */
function adoptVolumes({ volumes, images, facts, log }: WorkerContext, task: Task): void {
  try {
    volumes.adopt(volumeUser(task), volumesOf(task, facts.hostname, imageVolumesOf(images, task)));
  } catch (thrown) {
    // No volume was ever prepared for a task whose volumes have no names.
    log('debug', 'A stored task has volumes without a name.', {
      taskId: task.id,
      error: describeError(thrown),
    });
  }
}

function taskContainers({ records }: WorkerContext): readonly TaskContainer[] {
  return [...records.values()].flatMap(({ task, container, health, volumeFolders, stopSignal }) =>
    container === undefined
      ? []
      : [{ task, container, health, volumeFolders: volumeFolders ?? new Map(), stopSignal }],
  );
}

function isLive(record: TaskRecord | undefined): boolean {
  return record !== undefined && (record.container?.exit === null || !isTerminal(record.status.state));
}

function isRunning(record: TaskRecord): boolean {
  return record.container?.exit === null && !isTerminal(record.status.state);
}

/**
 * Runs the tasks assigned to this node: finds what an earlier agent left (files and containers), then makes
 * one pure step after another for each task.
 */
export async function createWorker(dependencies: WorkerDependencies): Promise<Worker> {
  const context: WorkerContext = {
    ...dependencies,
    files: createTaskFiles(join(dependencies.folder, 'tasks'), dependencies.log),
    records: new Map(),
    healthPump: createHealthPump({
      executor: dependencies.executor,
      clock: dependencies.clock,
      settingOf: ({ task }) => healthSetting(dependencies, task),
      changed: (record) => void drive(context, record),
    }),
    closed: false,
    cancelCompare: () => undefined,
  };
  await restore(context);
  const unsubscribe = context.executor.onExit((state) => onExit(context, state));
  // Containers that ended before somebody listened.
  for (const state of await context.executor.list()) if (state.exit !== null) onExit(context, state);
  for (const record of context.records.values()) void drive(context, record);
  context.cancelCompare = compareRegularly(context);
  return {
    assign: (tasks) => assign(context, tasks),
    statuses: () => new Map([...context.records].map(([id, record]) => [id, record.status])),
    tasks: () => [...context.records.values()].map((record) => record.task),
    logPath: (taskId) => taskLogPath(context.folder, taskId),
    isLive: (taskId) => isLive(context.records.get(taskId)),
    containers: () => taskContainers(context),
    runningCount: () => [...context.records.values()].filter(isRunning).length,
    close() {
      context.closed = true;
      context.cancelCompare();
      unsubscribe();
      for (const record of context.records.values()) {
        record.cancelTimer();
        record.cancelProbe();
      }
    },
  };
}
