import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ContainerState, ExecResult } from '../../../agent/executor/executor.ts';
import { createHealthPump, MAX_PROBES, type ProbedRecord } from '../../../agent/worker/health-pump.ts';

const CHECK = {
  test: ['CMD', '/probe'],
  intervalMs: 30_000,
  timeoutMs: 30_000,
  retries: 3,
  startPeriodMs: 0,
  startIntervalMs: 5_000,
};
const CONTAINERS = 1_000;

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A pump over a clock that stands still until it is told to go on, and programs that end when they are told to. */
function world() {
  let nowMs = 0;
  const timers = new Set<Timer>();
  const underWay: { readonly id: string; readonly end: (result: ExecResult) => void }[] = [];
  const probed: string[] = [];
  let most = 0;
  const pump = createHealthPump<ProbedRecord>({
    executor: {
      exec: (id) =>
        new Promise((resolve) => {
          underWay.push({ id, end: resolve });
          most = Math.max(most, underWay.length);
        }),
    },
    clock: {
      nowMs: () => nowMs,
      schedule: (delayMs, callback) => {
        const timer = { atMs: nowMs + delayMs, callback };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    settingOf: () => ({ env: [], workdir: '/', user: '' }),
    changed: () => {},
    probed: (record) => void probed.push(record.container?.id ?? ''),
  });
  return {
    pump,
    probed,
    underWay,
    most: () => most,
    advance: (byMs: number) => {
      nowMs += byMs;
      for (const timer of [...timers]) {
        if (timer.atMs > nowMs) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
    /** Ends everything that runs, and what begins after it, until nothing does. */
    finish: async () => {
      while (underWay.length > 0) {
        for (const { end } of underWay.splice(0)) end({ exitCode: 0, timedOut: false, output: '' });
        await turn();
      }
    },
  };
}

function running(id: string, pid = 1): ContainerState {
  return { id, pid, startedAtMs: 0, exit: null, paused: false };
}

function record(id: string): ProbedRecord & { container: ContainerState | undefined } {
  return { container: running(id), health: null, cancelProbe: () => {} };
}

describe('the probes of many containers', () => {
  it('that start together run in turns, each once', async () => {
    const { pump, advance, finish, most, probed } = world();
    const records = Array.from({ length: CONTAINERS }, (_, index) => record(`c${index}`));
    for (const each of records) pump.watch(each, CHECK, false);
    advance(20);
    await turn();
    await finish();
    assert.equal(most(), MAX_PROBES);
    assert.equal(probed.length, CONTAINERS);
    assert.equal(new Set(probed).size, CONTAINERS);
    assert.ok(records.every(({ health }) => health?.status === 'healthy'));
  });

  it('that an earlier agent saw healthy are spread over one interval, and stay healthy meanwhile', async () => {
    const { pump, advance, finish, probed } = world();
    const records = Array.from({ length: CONTAINERS }, (_, index) => record(`c${index}`));
    for (const each of records) pump.watch(each, CHECK, true);
    assert.ok(records.every(({ health }) => health?.status === 'healthy'));
    for (let second = 1; second <= 30; second++) {
      const before = probed.length;
      advance(1_000);
      await turn();
      await finish();
      const count = probed.length - before;
      assert.ok(count > 0 && count < CONTAINERS / 10, `${count} in second ${second}`);
    }
    assert.equal(new Set(probed).size, CONTAINERS);
  });

  it('wait without a place for what was stopped meanwhile, and count for no later run of it', async () => {
    const { pump, advance, finish, probed, underWay } = world();
    const first = Array.from({ length: MAX_PROBES }, (_, index) => record(`c${index}`));
    for (const each of first) pump.watch(each, CHECK, false);
    const last = record('last');
    pump.watch(last, CHECK, false);
    advance(20);
    await turn();
    assert.ok(!underWay.some(({ id }) => id === 'last'), 'it waits');
    // Stopped and started again: its first probe is under way once more, not twice.
    last.container = running('last', 2);
    pump.watch(last, CHECK, false);
    await finish();
    advance(20);
    await turn();
    await finish();
    assert.equal(probed.filter((id) => id === 'last').length, 1);
  });
});
