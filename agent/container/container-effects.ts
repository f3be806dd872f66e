import { describeError, SkepError, unreachable } from '../../lib/errors.ts';
import type { ContainerRequest, ContainerState, Executor } from '../executor/executor.ts';
import { startFailureExitCode } from '../executor/keeper-errors.ts';
import { SIGNAL_KILL } from '../worker/signals.ts';
import { ignoreGone } from '../worker/worker-context.ts';
import {
  afterExit,
  afterFailedStart,
  afterLostRun,
  afterNoStart,
  type StoredContainer,
} from './container-record.ts';
import type { ContainerStep } from './container-step.ts';
import { healthCheckOf, type LocalContext, type LocalRecord, notify, stopSignalOf } from './local-context.ts';
import { isOnBridge, localPorts, prepareRun } from './run-preparation.ts';

/** What counts when the container itself, not its program, cannot be started (docker-run(1), exit status). */
const EXIT_CODE_NOT_STARTED = 125;

/** What a user waits for at a start has come about, or not. */
function settleStart(record: LocalRecord, failure: unknown): void {
  const waiters = record.startWaiters;
  record.startWaiters = [];
  for (const { resolve, reject } of waiters) {
    if (failure === null) resolve();
    else reject(failure);
  }
}

/** Starts a container. When the keeper's answer got lost, the container may be there all the same. */
async function startOrFind(executor: Executor, request: ContainerRequest): Promise<ContainerState> {
  try {
    return await executor.start(request);
  } catch (thrown) {
    const mayRun = thrown instanceof SkepError && ['UNAVAILABLE', 'ALREADY_EXISTS'].includes(thrown.code);
    const found = mayRun ? (await executor.list()).find(({ id }) => id === request.id) : undefined;
    if (found === undefined) throw thrown;
    return found;
  }
}

/** Frees what the run held, writes what comes of its end, and tells those who wait. */
async function finishRun(context: LocalContext, record: LocalRecord, next: StoredContainer): Promise<void> {
  const { ports } = record.stored;
  record.stored = next;
  record.stop = null;
  record.isPaused = false;
  record.cancelProbe();
  record.health = null;
  if (isOnBridge(next.spec)) context.network.letGo(next.id);
  if (next.goal !== 'running') record.rests++;
  notify(record);
  await Promise.all([
    // One that goes is removed at once; until then the keeper's word of its end leads there again.
    next.goal === 'removed' ? undefined : context.files.save(next),
    ports.length === 0 ? undefined : closePorts(context),
  ]);
}

/** A kernel that does not take it now is given the newest ports again and again. */
async function closePorts({ network, records, log }: LocalContext): Promise<void> {
  try {
    await network.publish(localPorts(records.values()));
  } catch (thrown) {
    log('warn', 'Ports of a container that ended are not closed yet.', { error: describeError(thrown) });
  }
}

async function failStart(context: LocalContext, record: LocalRecord, thrown: unknown): Promise<void> {
  const byUser = record.startWaiters.length > 0;
  const exitCode = startFailureExitCode(thrown) ?? EXIT_CODE_NOT_STARTED;
  const error = describeError(thrown);
  context.log('info', 'A container could not be started.', { containerId: record.stored.id, error });
  const failure = { exitCode, error, byUser, nowMs: context.clock.nowMs() };
  record.container = undefined;
  await finishRun(context, record, afterFailedStart(record.stored, failure));
  settleStart(record, thrown);
}

async function start(context: LocalContext, record: LocalRecord): Promise<void> {
  let request: ContainerRequest;
  try {
    request = await prepareRun(context, record);
  } catch (thrown) {
    const isPassing = thrown instanceof SkepError && thrown.code === 'UNAVAILABLE';
    if (isPassing && record.startWaiters.length === 0) {
      record.stored = afterNoStart(record.stored);
      throw thrown;
    }
    return failStart(context, record, thrown);
  }
  try {
    record.container = await startOrFind(context.executor, request);
  } catch (thrown) {
    if (!(thrown instanceof SkepError && thrown.code === 'UNAVAILABLE'))
      return failStart(context, record, thrown);
    // The keeper is out of reach: nothing is known, so nothing is decided.
    settleStart(record, thrown);
    throw thrown;
  }
  record.streams = null;
  record.stored = { ...record.stored, startedAtMs: record.container.startedAtMs };
  record.healthLog = [];
  context.healthPump.watch(record, healthCheckOf(context, record.stored), false);
  settleStart(record, null);
  notify(record);
}

async function noteExit(context: LocalContext, record: LocalRecord): Promise<void> {
  const { container } = record;
  if (container === undefined || container.exit === null) return;
  const { exitCode, oomKilled, finishedAtMs } = container.exit;
  const run = { startedAtMs: container.startedAtMs, finishedAtMs, exitCode, oomKilled };
  await finishRun(context, record, afterExit(record.stored, run));
}

/** A paused process takes no signal. */
async function thaw({ executor }: LocalContext, record: LocalRecord): Promise<void> {
  if (!record.isPaused) return;
  record.isPaused = false;
  await executor.unpause(record.stored.id).catch(ignoreGone);
}

async function forget(context: LocalContext, record: LocalRecord): Promise<void> {
  const { id, removesVolumes } = record.stored;
  if (removesVolumes) await context.volumes.release(id);
  else context.volumes.letGo(id);
  // From here on nobody knows it any more; a keeper's container without a record is cleared away.
  await context.files.takeAway(id);
  if (record.container !== undefined) await context.executor.remove(id);
  context.records.delete(id);
  record.isGone = true;
  settleStart(record, new SkepError('NOT_FOUND', `container ${record.stored.spec.name} was removed`));
  notify(record);
}

/** A step that is something to do. */
export type PerformedStep = Exclude<ContainerStep, { kind: 'wait' }>;

/** Carries out one step of a container. Rejects when it could not be done and should be tried again. */
export async function perform(
  context: LocalContext,
  record: LocalRecord,
  step: PerformedStep,
): Promise<void> {
  const { id, spec, goal } = record.stored;
  switch (step.kind) {
    case 'start':
      return start(context, record);
    case 'beginStop': {
      const signal = goal === 'removed' ? SIGNAL_KILL : stopSignalOf(context, record.stored);
      const graceMs = spec.container.stopGracePeriodMs;
      record.stop = { signal, graceMs, signalledAtMs: null, killedAtMs: null };
      return;
    }
    case 'signal':
      if (record.stop !== null) record.stop = { ...record.stop, signalledAtMs: context.clock.nowMs() };
      await context.executor.signal(id, step.signal).catch(ignoreGone);
      return thaw(context, record);
    case 'kill':
      if (record.stop !== null) record.stop = { ...record.stop, killedAtMs: context.clock.nowMs() };
      await thaw(context, record);
      return context.executor.kill(id).catch(ignoreGone);
    case 'noteExit':
      return noteExit(context, record);
    case 'noteLoss':
      return finishRun(context, record, afterLostRun(record.stored, context.clock.nowMs()));
    case 'noteNoStart':
      record.stored = afterNoStart(record.stored);
      return;
    case 'clear':
      await context.executor.remove(id);
      record.container = undefined;
      return;
    case 'forget':
      return forget(context, record);
    default:
      return unreachable(step);
  }
}
