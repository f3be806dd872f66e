import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerState } from '../../../agent/executor/executor.ts';
import { nextStep, type TaskObservation } from '../../../agent/worker/task-step.ts';
import { sampleTask, statusOf } from './sample-task.ts';

const NOW_MS = 100_000;
const RUNNING: ContainerState = { id: 'task1', pid: 42, startedAtMs: 1, exit: null };

function ended(exitCode: number, oomKilled = false): ContainerState {
  return { ...RUNNING, exit: { exitCode, signal: null, oomKilled, finishedAtMs: 2 } };
}

function observation(changes: Partial<TaskObservation> = {}): TaskObservation {
  return {
    task: sampleTask(),
    status: statusOf('ASSIGNED'),
    removed: false,
    container: undefined,
    startTried: false,
    health: 'none',
    healthOutput: '',
    stop: null,
    stopSignal: 15,
    nowMs: NOW_MS,
    ...changes,
  };
}

function reported(changes: Partial<TaskObservation>): string {
  const step = nextStep(observation(changes));
  return step.kind === 'report' ? step.status.state : step.kind;
}

const withAddress = { attachments: [{ networkId: 'n', address: '10.0.0.2', aliases: [] }] };

describe('a task on its way up', () => {
  it('goes one state at a time', () => {
    assert.equal(reported({}), 'ACCEPTED');
    assert.equal(reported({ status: statusOf('ACCEPTED') }), 'PREPARING');
    assert.equal(reported({ status: statusOf('PREPARING') }), 'prepare');
    assert.equal(reported({ status: statusOf('READY') }), 'STARTING');
    assert.equal(reported({ status: statusOf('STARTING') }), 'start');
    assert.equal(reported({ status: statusOf('STARTING'), startTried: true, container: RUNNING }), 'RUNNING');
  });

  it('waits at READY while it is not wanted running', () => {
    assert.equal(
      reported({ status: statusOf('READY'), task: sampleTask({ desiredState: 'READY' }) }),
      'wait',
    );
  });

  it('is not RUNNING before its health check passes', () => {
    const starting = { status: statusOf('STARTING'), startTried: true, container: RUNNING };
    assert.equal(reported({ ...starting, health: 'starting' }), 'wait');
    assert.equal(reported({ ...starting, health: 'healthy' }), 'RUNNING');
    assert.equal(reported({ ...starting, health: 'unhealthy' }), 'FAILED');
  });

  it('fails with a reason when its container vanished with the machine', () => {
    const step = nextStep(observation({ status: statusOf('RUNNING'), startTried: true }));
    assert.ok(step.kind === 'report' && step.status.state === 'FAILED');
    assert.match(step.status.error ?? '', /container is gone/);
  });

  it('keeps the container id, pid and exit code in its status', () => {
    const step = nextStep(observation({ status: statusOf('RUNNING'), container: ended(7) }));
    assert.ok(step.kind === 'report');
    assert.deepEqual(step.status.container, { containerId: 'task1', pid: 42, exitCode: 7, oomKilled: false });
  });
});

describe('the end of a task', () => {
  it('is COMPLETE after exit code 0 and FAILED after any other', () => {
    assert.equal(reported({ status: statusOf('RUNNING'), container: ended(0) }), 'COMPLETE');
    assert.equal(reported({ status: statusOf('RUNNING'), container: ended(1) }), 'FAILED');
  });

  it('tells a kill at the memory limit apart', () => {
    const step = nextStep(observation({ status: statusOf('RUNNING'), container: ended(137, true) }));
    assert.ok(step.kind === 'report');
    assert.match(step.status.error ?? '', /out of memory/);
  });

  it('frees the container once the end was reported', () => {
    assert.equal(reported({ status: statusOf('FAILED'), container: ended(1) }), 'removeContainer');
    assert.equal(reported({ status: statusOf('FAILED') }), 'wait');
  });

  it('is forgotten only when the managers have removed the task', () => {
    assert.equal(reported({ status: statusOf('SHUTDOWN'), removed: true }), 'forget');
  });
});

describe('a task that is to stop', () => {
  const stopping = {
    task: sampleTask({ desiredState: 'SHUTDOWN' }),
    status: statusOf('RUNNING'),
    container: RUNNING,
  };

  it('shuts down at once when it has no container', () => {
    assert.equal(reported({ task: stopping.task, status: statusOf('READY') }), 'SHUTDOWN');
  });

  it('drains first when others reach it over the network', () => {
    const task = sampleTask({ desiredState: 'SHUTDOWN', ...withAddress });
    const step = nextStep(observation({ ...stopping, task }));
    assert.deepEqual(step, { kind: 'beginStop', drainUntilMs: NOW_MS + 2_000 });
  });

  it('is signalled without a pause when nobody can reach it', () => {
    const step = nextStep(observation(stopping));
    assert.deepEqual(step, { kind: 'beginStop', drainUntilMs: NOW_MS });
    const stop = { drainUntilMs: NOW_MS, signalledAtMs: null, killedAtMs: null };
    assert.deepEqual(nextStep(observation({ ...stopping, stop })), { kind: 'signal', signal: 15 });
  });

  it('is killed when the grace period is over, and again when that did not help', () => {
    const signalled = { drainUntilMs: 0, signalledAtMs: NOW_MS - 9_999, killedAtMs: null };
    assert.deepEqual(nextStep(observation({ ...stopping, stop: signalled })), {
      kind: 'wait',
      untilMs: NOW_MS + 1,
    });
    const late = { ...signalled, signalledAtMs: NOW_MS - 10_000 };
    assert.deepEqual(nextStep(observation({ ...stopping, stop: late })), { kind: 'kill' });
    const killed = { ...late, killedAtMs: NOW_MS - 5_000 };
    assert.deepEqual(nextStep(observation({ ...stopping, stop: killed })), { kind: 'kill' });
  });

  it('ends as SHUTDOWN whatever its exit code was', () => {
    assert.equal(reported({ ...stopping, container: ended(143) }), 'SHUTDOWN');
  });

  it('is stopped when it is no longer assigned', () => {
    assert.equal(reported({ status: statusOf('RUNNING'), container: RUNNING, removed: true }), 'beginStop');
  });

  it('gets its stop signal when it was found unhealthy', () => {
    assert.equal(reported({ status: statusOf('FAILED'), container: RUNNING }), 'beginStop');
  });
});
