import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import { describeError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { ContainerState, Executor } from '../executor/executor.ts';
import type { ProgramSetting } from './container-request.ts';
import {
  adoptedHealth,
  afterProbe,
  type Health,
  initialHealth,
  isProbing,
  phaseOf,
  probeArgv,
} from './health.ts';

/** What the pump holds and changes of a container whose health it watches. */
export interface ProbedRecord {
  readonly container: ContainerState | undefined;
  health: Health | null;
  cancelProbe: () => void;
  /** A paused container cannot answer, and is not asked. */
  readonly isPaused?: boolean;
}

/** One run of a health check. */
export interface HealthProbe {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** -1 when it was cut short at its timeout, or could not be run. */
  readonly exitCode: number;
  readonly output: string;
}

export interface HealthPump<Record extends ProbedRecord> {
  /** Starts probing the record's container. `alreadyHealthy`: it was RUNNING before this agent started. */
  watch(record: Record, check: HealthCheck | undefined, alreadyHealthy: boolean): void;
}

export interface HealthPumpOptions<Record extends ProbedRecord> {
  readonly executor: Pick<Executor, 'exec'>;
  readonly clock: Clock;
  readonly settingOf: (record: Record) => ProgramSetting;
  readonly changed: (record: Record) => void;
  readonly probed?: (record: Record, probe: HealthProbe) => void;
}

/** Probes under way at a time; the others wait for their turn. The keeper runs 512 programs inside containers. */
export const MAX_PROBES = 128;

/** Lets `limit` pieces of work go on at a time; the others wait in the order in which they came. */
function turnstile(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Whoever waited takes this place over.
      if (next === undefined) inside--;
      else next();
    }
  };
}

async function runProbe(
  { executor, clock }: Pick<HealthPumpOptions<never>, 'executor' | 'clock'>,
  id: string,
  check: HealthCheck,
  setting: ProgramSetting,
): Promise<HealthProbe> {
  const startedAtMs = clock.nowMs();
  const result = await executor.exec(id, probeArgv(check), { ...setting, timeoutMs: check.timeoutMs }).then(
    ({ exitCode, timedOut, output }) =>
      timedOut
        ? { exitCode: -1, output: `health check exceeded its timeout of ${check.timeoutMs} ms` }
        : { exitCode, output },
    (thrown: unknown) => ({ exitCode: -1, output: describeError(thrown) }),
  );
  return { ...result, startedAtMs, endedAtMs: clock.nowMs() };
}

/** Runs the health checks of running containers through the keeper and hands each result to the pure rules. */
export function createHealthPump<Record extends ProbedRecord>(
  options: HealthPumpOptions<Record>,
): HealthPump<Record> {
  const { clock, settingOf, changed } = options;
  const inTurn = turnstile(MAX_PROBES);

  function schedule(record: Record, check: HealthCheck): void {
    if (record.health === null) return;
    const delayMs = Math.max(0, record.health.nextProbeAtMs - clock.nowMs());
    let isCancelled = false;
    const inItsTurn = async () => {
      if (!isCancelled) await probe(record, check);
    };
    const cancelTimer = clock.schedule(delayMs, () => void inTurn(inItsTurn));
    record.cancelProbe = () => {
      isCancelled = true;
      cancelTimer();
    };
  }

  async function probe(record: Record, check: HealthCheck): Promise<void> {
    const { container, health } = record;
    if (health === null || container === undefined || container.exit !== null) return;
    if (record.isPaused === true) {
      record.health = { ...health, nextProbeAtMs: clock.nowMs() + check.intervalMs };
      schedule(record, check);
      return;
    }
    const result = await runProbe(options, container.id, check, settingOf(record));
    const before = record.health;
    // Another run may have begun meanwhile.
    if (before === null || record.container?.exit !== null || record.container.pid !== container.pid) return;
    options.probed?.(record, result);
    const { exitCode, output } = result;
    record.health = afterProbe(before, check, { healthy: exitCode === 0, output }, clock.nowMs());
    schedule(record, check);
    if (record.health.status !== before.status) changed(record);
  }

  return {
    watch(record, check, alreadyHealthy) {
      record.cancelProbe();
      const phase = phaseOf(record.container?.id ?? '');
      const isAdopted = alreadyHealthy && isProbing(check);
      record.health = isAdopted
        ? adoptedHealth(check, clock.nowMs(), phase)
        : initialHealth(check, clock.nowMs(), phase);
      if (isProbing(check)) schedule(record, check);
    },
  };
}
