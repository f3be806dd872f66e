import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RestartPolicy, Service } from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import { MAX_STOP_WAIT_MS } from '../../../manager/orchestrator/promotion.ts';
import { decideRestart } from '../../../manager/orchestrator/restart.ts';
import { mayRestart } from '../../../manager/orchestrator/restart-policy.ts';
import { modelStore, step, tasksOf } from './model-store.ts';
import { changed, type NodeWish, node, service, type TaskWish, task } from './objects.ts';

const NOW = 100_000;

function webWith(restart: Partial<RestartPolicy> = {}): Service {
  return service({ restart });
}

/** The old task and its replacement after one pass over an ended task. */
function outcome(owner: Service, wish: TaskWish, fields: Partial<Task> = {}, nodeWish: NodeWish = {}) {
  const store = modelStore([owner, node('n1', nodeWish), task('old', owner, wish, fields)], NOW);
  step(store, decideRestart);
  assert.deepEqual(step(store, decideRestart), [], 'a second pass changes nothing');
  const [old, next] = tasksOf(store);
  assert(old !== undefined);
  return { old, next, wakeAtMs: store.wakeAtMs };
}

describe('the restart policy', () => {
  const cases: readonly [RestartPolicy['condition'], TaskState, boolean][] = [
    ['any', 'COMPLETE', true],
    ['any', 'FAILED', true],
    ['any', 'REJECTED', true],
    ['any', 'SHUTDOWN', true],
    ['on-failure', 'COMPLETE', false],
    ['on-failure', 'FAILED', true],
    ['on-failure', 'REJECTED', true],
    ['none', 'COMPLETE', false],
    ['none', 'FAILED', false],
  ];
  for (const [condition, state, isReplaced] of cases) {
    it(`${condition}: a ${state} task is ${isReplaced ? '' : 'not '}replaced`, () => {
      const { old, next } = outcome(webWith({ condition }), { state });
      assert.equal(old.desiredState, 'SHUTDOWN');
      assert.equal(next !== undefined, isReplaced);
    });
  }

  it('holds the replacement at READY until the delay is over', () => {
    const owner = webWith({ delayMs: 5_000 });
    const store = modelStore([owner, node('n1'), task('old', owner, { state: 'FAILED' })], NOW);
    step(store, decideRestart);
    assert.equal(tasksOf(store)[1]?.desiredState, 'READY');
    assert.equal(tasksOf(store)[1]?.startNotBeforeMs, NOW + 5_000);
    step(store, decideRestart);
    assert.equal(store.wakeAtMs, NOW + 5_000);
    store.nowMs = NOW + 5_000;
    step(store, decideRestart);
    assert.equal(tasksOf(store)[1]?.desiredState, 'RUNNING');
  });

  it('starts the replacement at once when the policy has no delay', () => {
    const { next } = outcome(webWith({ delayMs: 0 }), { state: 'FAILED' });
    assert.equal(next?.desiredState, 'RUNNING');
    assert.equal(next?.startNotBeforeMs, undefined);
  });

  it('doubles the delay for each further quick failure, up to a minute', () => {
    const owner = webWith({ delayMs: 5_000 });
    for (const [quickFailures, delayMs] of [
      [0, 5_000],
      [1, 10_000],
      [2, 20_000],
      [3, 40_000],
      [4, 60_000],
      [40, 60_000],
    ]) {
      const restarts = { count: 9, quickFailures: quickFailures ?? 0, recentAtMs: [] };
      const { next } = outcome(owner, { state: 'FAILED' }, { restarts });
      assert.equal((next?.startNotBeforeMs ?? 0) - NOW, delayMs);
    }
  });

  it('forgets the back-off once a task has run for a while, or completed', () => {
    const restarts = { count: 9, quickFailures: 4, recentAtMs: [] };
    const ranLong = { restarts, runningSinceMs: 1_000, statusAppliedAtMs: 20_000 };
    for (const [state, fields] of [
      ['FAILED', ranLong],
      ['COMPLETE', { restarts }],
    ] as const) {
      const { next } = outcome(webWith({ delayMs: 5_000 }), { state }, fields);
      assert.equal(next?.startNotBeforeMs, NOW + 5_000);
      assert.equal(next?.restarts?.quickFailures, 0);
    }
  });

  it('stops after maxAttempts restarts', () => {
    const owner = webWith({ maxAttempts: 2 });
    const after = (count: number) =>
      outcome(owner, { state: 'FAILED' }, { restarts: { count, quickFailures: 0, recentAtMs: [] } }).next;
    assert.equal(after(1)?.restarts?.count, 2);
    assert.equal(after(2), undefined);
  });

  it('counts only the restarts within the window before the task ended', () => {
    const owner = webWith({ maxAttempts: 2, windowMs: 10_000 });
    const ended = (recentAtMs: readonly number[]) =>
      task(
        'old',
        owner,
        { state: 'FAILED' },
        {
          statusAppliedAtMs: 50_000,
          restarts: { count: 99, quickFailures: 0, recentAtMs },
        },
      );
    assert.equal(mayRestart(ended([41_000, 45_000])), false);
    assert.equal(mayRestart(ended([39_000, 45_000])), true);
  });

  it('carries the moments of the last restarts along while there is a window, and no more than count', () => {
    const owner = webWith({ maxAttempts: 2, windowMs: 10_000 });
    const restarts = { count: 2, quickFailures: 0, recentAtMs: [1, 2] };
    const { next } = outcome(owner, { state: 'FAILED' }, { restarts, statusAppliedAtMs: NOW });
    assert.deepEqual(next?.restarts?.recentAtMs, [2, NOW]);
  });
});

describe('a task that loses its node', () => {
  const cases: readonly [string, NodeWish][] = [
    ['down', { state: 'down' }],
    ['drained', { availability: 'drain' }],
  ];
  for (const [what, wish] of cases) {
    it(`is replaced without delay and without using up an attempt when the node is ${what}`, () => {
      const restarts = { count: 1, quickFailures: 1, recentAtMs: [] };
      const { old, next } = outcome(
        webWith({ condition: 'on-failure', maxAttempts: 1 }),
        {},
        { restarts },
        wish,
      );
      assert.equal(old.desiredState, 'SHUTDOWN');
      assert.equal(next?.startNotBeforeMs, undefined);
      assert.deepEqual(next?.restarts, restarts);
      assert.equal(next?.nodeId, '');
      assert.equal(next?.desiredState, what === 'down' ? 'RUNNING' : 'READY');
    });
  }

  it('is replaced when the node was removed', () => {
    const { next } = outcome(webWith(), { nodeId: 'gone' });
    assert.equal(next?.desiredState, 'RUNNING');
  });

  it('stays when the node is paused or its state is unknown', () => {
    for (const wish of [
      { availability: 'pause' },
      { state: 'unknown' },
      { state: 'disconnected' },
    ] as const) {
      const { old, next } = outcome(webWith(), {}, {}, wish);
      assert.equal(old.desiredState, 'RUNNING');
      assert.equal(next, undefined);
    }
  });

  it('keeps waiting out a delay that it had begun', () => {
    const fields = { startNotBeforeMs: NOW + 9_000, createdAtMs: NOW - 1_000 };
    const { next } = outcome(webWith(), { state: 'ASSIGNED', desired: 'READY' }, fields, { state: 'down' });
    assert.equal(next?.startNotBeforeMs, NOW + 9_000);
    assert.equal(next?.desiredState, 'READY');
  });
});

describe('a replacement', () => {
  it('waits on a drained node until the old task has stopped', () => {
    const owner = webWith();
    const old = task('old', owner);
    const store = modelStore([owner, node('n1', { availability: 'drain' }), old], NOW);
    step(store, decideRestart);
    step(store, decideRestart);
    const next = tasksOf(store)[1];
    assert.equal(next?.desiredState, 'READY');
    assert.equal(store.wakeAtMs, NOW + 10_000 + 2_000 + MAX_STOP_WAIT_MS);
    const stopped = modelStore(
      [
        owner,
        node('n1', { availability: 'drain' }),
        { ...old, desiredState: 'SHUTDOWN', status: { ...old.status, state: 'SHUTDOWN' } },
        next,
      ],
      NOW,
    );
    step(stopped, decideRestart);
    assert.equal(tasksOf(stopped)[1]?.desiredState, 'RUNNING');
  });

  it('gives up waiting for an old task that does not stop', () => {
    const owner = webWith();
    const store = modelStore([owner, node('n1', { availability: 'drain' }), task('old', owner)], NOW);
    step(store, decideRestart);
    store.nowMs = NOW + 12_000 + MAX_STOP_WAIT_MS;
    step(store, decideRestart);
    assert.equal(tasksOf(store)[1]?.desiredState, 'RUNNING');
  });

  it('of an out-of-date task keeps the old version: versions are changed by the update alone', () => {
    const before = webWith();
    const after: Service = {
      ...changed(before, { image: 'web:2' }),
      updateStatus: { state: 'paused', startedAtMs: 0, message: '' },
    };
    const store = modelStore([after, node('n1'), task('old', before, { state: 'FAILED' })], NOW);
    step(store, decideRestart);
    assert.equal(tasksOf(store)[1]?.spec.container.image, 'web:1');
    assert.equal(tasksOf(store)[1]?.specVersion, 1);
  });

  it('is not made for a new task that failed beside a running old one once the update is paused', () => {
    const before = webWith();
    const after = changed(before, { image: 'web:2' });
    for (const [state, count] of [
      ['paused', 2],
      ['updating', 3],
    ] as const) {
      const owner: Service = { ...after, updateStatus: { state, startedAtMs: 0, message: '' } };
      const tasks = [task('old', before), task('new', owner, { state: 'FAILED' })];
      const store = modelStore([owner, node('n1'), ...tasks], NOW);
      step(store, decideRestart);
      assert.equal(tasksOf(store).length, count);
      assert.equal(tasksOf(store)[0]?.desiredState, 'RUNNING');
    }
  });

  it('of a global task stays on its node', () => {
    const owner = service({ mode: { kind: 'global' } });
    const { next } = outcome(owner, { state: 'FAILED' });
    assert.equal(next?.nodeId, 'n1');
    assert.equal(next?.slot, 0);
  });
});
