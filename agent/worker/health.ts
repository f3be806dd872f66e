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
  /** In [0, 1): where in its interval the container is probed, so that those that start together are not for ever. */
  readonly phase: number;
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

/** A phase that belongs to an id: the same after every restart, and evenly spread over many ids. */
export function phaseOf(id: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 16_777_619);
  // The last characters reach the high bits of FNV-1a only by another round.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return ((hash ^ (hash >>> 12)) >>> 0) / 2 ** 32;
}

/** The state of a container that has just started. */
export function initialHealth(check: HealthCheck | undefined, nowMs: number, phase = 0): Health {
  return {
    status: isProbing(check) ? 'starting' : 'none',
    failingStreak: 0,
    startedAtMs: nowMs,
    nextProbeAtMs: nowMs + FIRST_PROBE_DELAY_MS,
    quickDelayMs: FIRST_PROBE_DELAY_MS,
    lastCountedAtMs: nowMs,
    phase,
    output: '',
  };
}

/** The state of a container that an earlier agent saw healthy: its next probe is somewhere within one interval. */
export function adoptedHealth(check: HealthCheck, nowMs: number, phase: number): Health {
  return {
    ...initialHealth(check, nowMs, phase),
    status: 'healthy',
    nextProbeAtMs: nowMs + Math.floor(check.intervalMs * phase),
  };
}

/**
 * The state after one more probe. Until a container is first healthy it is probed quickly, with pauses that
 * double up to the interval, or to the start interval within the start period: it can take traffic as soon as it is
 * able to. Only failures one interval apart
 * count towards `retries`, and none within the start period.
 */
export function afterProbe(health: Health, check: HealthCheck, probe: ProbeResult, nowMs: number): Health {
  if (probe.healthy) {
    // The first pause alone is shorter: it brings the container to its own place in the interval.
    const share = health.status === 'starting' ? 1 - health.phase / 2 : 1;
    return {
      ...health,
      status: 'healthy',
      failingStreak: 0,
      nextProbeAtMs: nowMs + Math.ceil(check.intervalMs * share),
      lastCountedAtMs: nowMs,
      output: '',
    };
  }
  const inStartPeriod = health.status === 'starting' && nowMs - health.startedAtMs < check.startPeriodMs;
  const counts =
    !inStartPeriod && (health.status !== 'starting' || nowMs - health.lastCountedAtMs >= check.intervalMs);
  const failingStreak = health.failingStreak + (counts ? 1 : 0);
  const longestMs =
    inStartPeriod && check.startIntervalMs > 0
      ? Math.min(check.startIntervalMs, check.intervalMs)
      : check.intervalMs;
  const quickDelayMs = Math.min(health.quickDelayMs * QUICK_DELAY_FACTOR, longestMs);
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
