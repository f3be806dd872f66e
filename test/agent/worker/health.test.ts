import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  adoptedHealth,
  afterProbe,
  type Health,
  initialHealth,
  phaseOf,
  probeArgv,
} from '../../../agent/worker/health.ts';
import type { HealthCheck } from '../../../lib/domain/container-spec.ts';

const CHECK: HealthCheck = {
  test: ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1/'],
  intervalMs: 10_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 0,
  startIntervalMs: 5_000,
};
const FAILED = { healthy: false, output: 'first\nconnection refused\n' };
const PASSED = { healthy: true, output: '' };

/** Probes at each moment that the state asks for, until `untilMs`. */
function failUntil(health: Health, check: HealthCheck, untilMs: number): Health {
  let now = health;
  while (now.nextProbeAtMs <= untilMs && now.status !== 'unhealthy')
    now = afterProbe(now, check, FAILED, now.nextProbeAtMs);
  return now;
}

describe('the health of a container', () => {
  it('is none without a check, and with the check NONE', () => {
    assert.equal(initialHealth(undefined, 0).status, 'none');
    assert.equal(initialHealth({ ...CHECK, test: ['NONE'] }, 0).status, 'none');
  });

  it('is looked at again and again within the first interval, so that a quick start is seen at once', () => {
    const first = initialHealth(CHECK, 0);
    const second = afterProbe(first, CHECK, FAILED, first.nextProbeAtMs);
    assert.ok(second.nextProbeAtMs < 100);
    assert.equal(afterProbe(second, CHECK, PASSED, second.nextProbeAtMs).status, 'healthy');
  });

  it('counts failures once an interval: quick probes do not use up the retries', () => {
    const health = failUntil(initialHealth(CHECK, 0), CHECK, 25_000);
    assert.equal(health.status, 'starting');
    assert.equal(health.failingStreak, 2);
  });

  it('is unhealthy after `retries` failures in a row, and says why', () => {
    const health = failUntil(initialHealth(CHECK, 0), CHECK, 60_000);
    assert.equal(health.status, 'unhealthy');
    assert.equal(health.output, 'connection refused');
  });

  it('forgives failures within the start period', () => {
    const slow = { ...CHECK, startPeriodMs: 50_000 };
    assert.equal(failUntil(initialHealth(slow, 0), slow, 49_000).failingStreak, 0);
    assert.equal(failUntil(initialHealth(slow, 0), slow, 200_000).status, 'unhealthy');
  });

  it('is never looked at less often than the start interval says within the start period', () => {
    const slow = { ...CHECK, startPeriodMs: 60_000, startIntervalMs: 2_000 };
    let health = initialHealth(slow, 0);
    let longestMs = 0;
    while (health.nextProbeAtMs < slow.startPeriodMs) {
      const next = afterProbe(health, slow, FAILED, health.nextProbeAtMs);
      longestMs = Math.max(longestMs, next.nextProbeAtMs - health.nextProbeAtMs);
      health = next;
    }
    assert.equal(longestMs, slow.startIntervalMs);
  });

  it('forgets earlier failures after a success', () => {
    const healthy = afterProbe(initialHealth(CHECK, 0), CHECK, PASSED, 20);
    const failing = afterProbe(afterProbe(healthy, CHECK, FAILED, 10_020), CHECK, FAILED, 20_020);
    assert.equal(failing.failingStreak, 2);
    assert.equal(afterProbe(failing, CHECK, PASSED, 30_020).failingStreak, 0);
  });

  it('is looked at at a place of its own in the interval, so that a thousand are not at once', () => {
    const moments = Array.from({ length: 1_000 }, (_, index) => {
      const phase = phaseOf(`container-${index}`);
      assert.equal(phase, phaseOf(`container-${index}`));
      const healthy = afterProbe(initialHealth(CHECK, 0, phase), CHECK, PASSED, 20);
      const next = afterProbe(healthy, CHECK, PASSED, healthy.nextProbeAtMs);
      assert.equal(next.nextProbeAtMs - healthy.nextProbeAtMs, CHECK.intervalMs);
      return [healthy.nextProbeAtMs - 20, adoptedHealth(CHECK, 0, phase).nextProbeAtMs] as const;
    });
    for (const [started, adopted] of moments) {
      assert.ok(started >= CHECK.intervalMs / 2 && started <= CHECK.intervalMs);
      assert.ok(adopted >= 0 && adopted < CHECK.intervalMs);
    }
    for (let tenth = 0; tenth < 10; tenth++) {
      const within = (at: number, from: number, width: number) => at >= from && at < from + width;
      const started = moments.filter(([at]) => within(at, 5_000 + tenth * 500, 500)).length;
      const adopted = moments.filter(([, at]) => within(at, tenth * 1_000, 1_000)).length;
      assert.ok(started > 50 && started < 200 && adopted > 50 && adopted < 200, `${started} ${adopted}`);
    }
  });

  it('runs a shell command through the shell of the image', () => {
    assert.deepEqual(probeArgv({ ...CHECK, test: ['CMD', '/probe', '-x'] }), ['/probe', '-x']);
    assert.equal(probeArgv(CHECK)[0], '/bin/sh');
  });
});
