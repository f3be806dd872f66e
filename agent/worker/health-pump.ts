import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import type { Task } from '../../lib/domain/task.ts';
import { describeError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { Executor } from '../executor/executor.ts';
import type { ProgramSetting } from './container-request.ts';
import { afterProbe, initialHealth, isProbing, probeArgv } from './health.ts';
import type { TaskRecord } from './task-record.ts';

export interface HealthPump {
  /** Starts probing the record's container. `alreadyHealthy`: it was RUNNING before this agent started. */
  watch(record: TaskRecord, check: HealthCheck | undefined, alreadyHealthy: boolean): void;
}

/** Runs the health checks of running containers through the keeper and hands each result to the pure rules. */
export function createHealthPump(
  executor: Executor,
  clock: Clock,
  settingOf: (task: Task) => ProgramSetting,
  changed: (record: TaskRecord) => void,
): HealthPump {
  function schedule(record: TaskRecord, check: HealthCheck): void {
    if (record.health === null) return;
    const delayMs = Math.max(0, record.health.nextProbeAtMs - clock.nowMs());
    record.cancelProbe = clock.schedule(delayMs, () => void probe(record, check));
  }

  async function probe(record: TaskRecord, check: HealthCheck): Promise<void> {
    if (record.health === null || record.container === undefined || record.container.exit !== null) return;
    const result = await executor
      .exec(record.task.id, probeArgv(check), { ...settingOf(record.task), timeoutMs: check.timeoutMs })
      .then(
        (ended) => ({
          healthy: ended.exitCode === 0 && !ended.timedOut,
          output: ended.timedOut
            ? `health check exceeded its timeout of ${check.timeoutMs} ms`
            : ended.output,
        }),
        (thrown: unknown) => ({ healthy: false, output: describeError(thrown) }),
      );
    const before = record.health;
    if (record.container?.exit !== null) return;
    record.health = afterProbe(before, check, result, clock.nowMs());
    schedule(record, check);
    if (record.health.status !== before.status) changed(record);
  }

  return {
    watch(record, check, alreadyHealthy) {
      record.cancelProbe();
      const health = initialHealth(check, clock.nowMs());
      record.health =
        alreadyHealthy && health.status === 'starting' ? { ...health, status: 'healthy' } : health;
      if (isProbing(check)) schedule(record, check);
    },
  };
}
