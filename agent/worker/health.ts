import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import type { HealthStatus } from './task-step.ts';

/** The history of one container's health, as far as it matters. */
export interface Health {
  readonly status: HealthStatus;
  readonly failingStreak: number;
  readonly startedAtMs: number;
  readonly nextProbeAtMs: number;
  /** Pause before the next quick probe of a container that was never healthy. */
  readonly quickDelayMs: number;
  /** Failures count once an interval, so that quick probes do not use up the retries. */
  readonly lastCountedAtMs: number;
  readonly output: string;
}

export interface ProbeResult {
  readonly healthy: boolean;
  readonly output: string;
}

const FIRST_PROBE_DELAY_MS = 20;
const QUICK_DELAY_FACTOR = 2;

/** True when the check asks for a program to be run. */
export function isProbing(check: HealthCheck | undefined): check is HealthCheck {
  return check !== undefined && check.test.length > 0 && check.test[0] !== 'NONE';
}

/** The program that a check runs. */
export function probeArgv(check: HealthCheck): readonly string[] {
  const [kind, ...rest] = check.test;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : kind === 'CMD' ? rest : check.test;
}

/** The state of a container that has just started. */
export function initialHealth(check: HealthCheck | undefined, nowMs: number): Health {
  return {
    status: isProbing(check) ? 'starting' : 'none',
    failingStreak: 0,
    startedAtMs: nowMs,
    nextProbeAtMs: nowMs + FIRST_PROBE_DELAY_MS,
    quickDelayMs: FIRST_PROBE_DELAY_MS,
    lastCountedAtMs: nowMs,
    output: '',
  };
}

/**
 * The state after one more probe. Until a container is first healthy it is probed quickly, with pauses that
 * double up to the interval: it can take traffic as soon as it is able to. Only failures one interval apart
 * count towards `retries`, and none within the start period.
 */
export function afterProbe(health: Health, check: HealthCheck, probe: ProbeResult, nowMs: number): Health {
  if (probe.healthy) {
    return {
      ...health,
      status: 'healthy',
      failingStreak: 0,
      nextProbeAtMs: nowMs + check.intervalMs,
      lastCountedAtMs: nowMs,
      output: '',
    };
  }
  const inStartPeriod = health.status === 'starting' && nowMs - health.startedAtMs < check.startPeriodMs;
  const counts =
    !inStartPeriod && (health.status !== 'starting' || nowMs - health.lastCountedAtMs >= check.intervalMs);
  const failingStreak = health.failingStreak + (counts ? 1 : 0);
  const quickDelayMs = Math.min(health.quickDelayMs * QUICK_DELAY_FACTOR, check.intervalMs);
  return {
    ...health,
    status: failingStreak >= check.retries ? 'unhealthy' : health.status,
    failingStreak,
    quickDelayMs,
    nextProbeAtMs: nowMs + (health.status === 'starting' ? quickDelayMs : check.intervalMs),
    lastCountedAtMs: counts ? nowMs : health.lastCountedAtMs,
    output: probe.output.trim().split('\n').at(-1)?.slice(0, 200) ?? '',
  };
}
