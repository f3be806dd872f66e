import { describeError } from '../../lib/errors.ts';
import type { ContainerState } from '../executor/executor.ts';
import { type Driver, drive as driveRecord, type NextMove } from '../worker/drive.ts';
import { createHealthPump, type HealthProbe } from '../worker/health-pump.ts';
import { ignoreGone } from '../worker/worker-context.ts';
import { type PerformedStep, perform } from './container-effects.ts';
import { openContainerFiles } from './container-files.ts';
import { isLocalContainerId } from './container-id.ts';
import { afterLoad } from './container-record.ts';
import {
  healthCheckOf,
  type LocalContext,
  type LocalDependencies,
  type LocalRecord,
  newRecord,
  nextStepOf,
  notify,
  runs,
  settingOf,
  volumesOf,
} from './local-context.ts';
import { isOnBridge, localPorts } from './run-preparation.ts';

/** How often the keeper's containers are compared with the records, whatever was heard in between. */
const COMPARE_PERIOD_MS = 10_000;
/** Runs of a health check that are kept for inspect, as in Docker. */
const HEALTH_LOG_LENGTH = 5;

/** The containers of this node alone. */
export interface LocalContainers {
  readonly context: LocalContext;
  /** From now on containers are started and ended; call once the node knows its network. */
  begin(): void;
  /** True for an image that a container of this node was made from. */
  usesImage(imageId: string): boolean;
  runningCount(): number;
  /** Stops watching; containers go on. */
  close(): void;
}

function nextMove(context: LocalContext, record: LocalRecord): NextMove<PerformedStep> | null {
  if (!context.hasBegun || record.isGone) return null;
  const step = nextStepOf(context, record);
  return step.kind === 'wait' ? step : { kind: 'step', step };
}

function driverOf(context: LocalContext): Driver<LocalRecord, PerformedStep> {
  return {
    clock: context.clock,
    log: context.log,
    next: (record) => nextMove(context, record),
    perform: (record, step) => perform(context, record, step),
    describe: ({ stored }) => ({
      message: 'A step of a container failed and is tried again.',
      fields: { containerId: stored.id, goal: stored.goal },
    }),
    settled: notify,
    isClosed: () => context.closed,
  };
}

/** Makes steps until the container waits. */
function drive(context: LocalContext, record: LocalRecord): Promise<void> {
  return driveRecord(driverOf(context), record);
}

/** A container that no record speaks of: its removal was cut short, or its record is lost. */
async function removeStranger(context: LocalContext, state: ContainerState): Promise<void> {
  context.log('warn', 'A container without a record is removed.', { containerId: state.id });
  try {
    if (state.exit === null) await context.executor.kill(state.id).catch(ignoreGone);
    else await context.executor.remove(state.id);
  } catch (thrown) {
    const error = describeError(thrown);
    context.log('warn', 'A container without a record could not be removed.', {
      containerId: state.id,
      error,
    });
  }
}

function onExit(context: LocalContext, state: ContainerState): void {
  if (!isLocalContainerId(state.id)) return;
  const record = context.records.get(state.id);
  if (record === undefined) {
    void removeStranger(context, state);
    return;
  }
  record.container = state;
  record.cancelProbe();
  void drive(context, record);
}

/** Compares what the keeper runs with what the records believe, and follows up on every difference. */
async function compare(context: LocalContext): Promise<void> {
  const believed = [...context.records.values()].map((record) => ({ record, container: record.container }));
  const states = (await context.executor.list()).filter(({ id }) => isLocalContainerId(id));
  const listed = new Map(states.map((state) => [state.id, state]));
  for (const { record, container } of believed) {
    // What changed while the keeper was asked is newer than its answer.
    if (container === undefined || record.container !== container || record.busy) continue;
    const state = listed.get(container.id);
    if (state === undefined) {
      context.log('warn', 'A container is gone without a word from the keeper.', {
        containerId: container.id,
      });
      record.container = undefined;
      void drive(context, record);
    } else if (container.exit === null && state.exit !== null) onExit(context, state);
  }
  // Only now: a record that was made while the keeper was asked counts.
  for (const state of states) if (!context.records.has(state.id)) await removeStranger(context, state);
}

function compareRegularly(context: LocalContext): () => void {
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

async function restore(context: LocalContext): Promise<void> {
  const states = (await context.executor.list()).filter(({ id }) => isLocalContainerId(id));
  const containers = new Map(states.map((state) => [state.id, state]));
  for (const loaded of await context.files.load()) {
    const stored = afterLoad(loaded, context.keeperInstance());
    const record = newRecord(stored, containers.get(stored.id));
    context.records.set(stored.id, record);
    context.volumes.adopt({ taskId: stored.id, name: stored.spec.name }, volumesOf(context, stored));
    if (!runs(record)) continue;
    record.isPaused = record.container?.paused === true;
    if (isOnBridge(stored.spec)) context.network.adopt(stored.id);
    await holdAgain(context, record);
  }
  for (const state of states) if (!context.records.has(state.id)) await removeStranger(context, state);
}

/** What an earlier daemon knew of a container that runs. */
async function holdAgain(context: LocalContext, record: LocalRecord): Promise<void> {
  const { stored, container } = record;
  try {
    record.volumeFolders = new Map(
      volumesOf(context, stored).map(({ name, target }) => [
        target,
        context.volumes.inspect(name).mountpoint,
      ]),
    );
    context.healthPump.watch(record, healthCheckOf(context, stored), false);
  } catch (thrown) {
    const error = describeError(thrown);
    context.log('warn', 'A running container is found without its image or a volume.', {
      containerId: stored.id,
      error,
    });
  }
  if (container !== undefined) record.stored = { ...stored, startedAtMs: container.startedAtMs };
}

function noteProbe(record: LocalRecord, probe: HealthProbe): void {
  record.healthLog = [...record.healthLog, probe].slice(-HEALTH_LOG_LENGTH);
}

function begin(context: LocalContext): void {
  context.hasBegun = true;
  context.network.publish(localPorts(context.records.values())).catch((thrown: unknown) => {
    context.log('warn', 'Ports of containers could not be opened yet.', { error: describeError(thrown) });
  });
  for (const record of context.records.values()) void drive(context, record);
  context.cancelCompare = compareRegularly(context);
}

/**
 * Finds what an earlier daemon left (records and containers); once begun, makes one pure step after another for each
 * container.
 */
export async function createLocalContainers(dependencies: LocalDependencies): Promise<LocalContainers> {
  const context: LocalContext = {
    ...dependencies,
    files: await openContainerFiles(dependencies.folder, dependencies.log),
    records: new Map(),
    reservedNames: new Set(),
    healthPump: createHealthPump<LocalRecord>({
      executor: dependencies.executor,
      clock: dependencies.clock,
      settingOf: ({ stored }) => settingOf(dependencies, stored),
      changed: notify,
      probed: noteProbe,
    }),
    drive: (record) => void drive(context, record),
    hasBegun: false,
    closed: false,
    cancelCompare: () => undefined,
  };
  await restore(context);
  const unsubscribe = context.executor.onExit((state) => onExit(context, state));
  // Containers that ended before somebody listened.
  for (const state of await context.executor.list()) if (state.exit !== null) onExit(context, state);
  return {
    context,
    begin: () => begin(context),
    usesImage: (imageId) => [...context.records.values()].some(({ stored }) => stored.imageId === imageId),
    runningCount: () => [...context.records.values()].filter(runs).length,
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
