import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Service, UpdatePolicy } from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import { isWanted } from '../../../manager/orchestrator/slots.ts';
import { type ModelStore, modelStore, setObject, settle, tasksOf } from './model-store.ts';
import { changed, node, type ServiceWish, service, task } from './objects.ts';

const START = 100_000;

/** A service of three running replicas whose user has just asked for image web:2. */
function updated(
  update: Partial<UpdatePolicy>,
  wish: ServiceWish = {},
  fields: Partial<Service> = {},
): ModelStore {
  const full: ServiceWish = {
    mode: { kind: 'replicated', replicas: 3 },
    restart: { delayMs: 0 },
    update,
    ...wish,
  };
  const before = service(full);
  const tasks = [1, 2, 3].map((slot) => task(`old${slot}`, before, { slot, nodeId: `n${slot}` }));
  const after: Service = { ...changed(before, { ...full, image: 'web:2' }), ...fields };
  const store = modelStore([after, node('n1'), node('n2'), node('n3'), ...tasks], START);
  settle(store);
  return store;
}

function web(store: ModelStore): Service {
  const found = store.view.services.get('web');
  assert(found !== undefined);
  return found;
}

function status(store: ModelStore): [string | undefined, string | undefined] {
  const { updateStatus } = web(store);
  return [updateStatus?.state, updateStatus?.message];
}

/** The newest task of a slot. */
function newest(store: ModelStore, slot: number): Task {
  const found = tasksOf(store).findLast((entry) => entry.slot === slot);
  assert(found !== undefined);
  return found;
}

/** Lets an agent report a state, then lets the controllers come to rest. */
function report(store: ModelStore, reported: Task, state: TaskState, error?: string): void {
  const { nowMs } = store;
  const current = store.view.tasks.get(reported.id) ?? reported;
  const isRunning = state === 'RUNNING';
  setObject(store, {
    ...current,
    nodeId: current.nodeId || `n${current.slot}`,
    status: { state, timestampMs: nowMs, message: '', ...(error === undefined ? {} : { error }) },
    statusAppliedAtMs: nowMs,
    ...(isRunning ? { runningSinceMs: nowMs } : {}),
  });
  settle(store);
}

function advance(store: ModelStore, byMs: number): void {
  store.nowMs += byMs;
  settle(store);
}

function replace(store: ModelStore, slot: number): void {
  const old = tasksOf(store).find((entry) => entry.id === `old${slot}`);
  if (old !== undefined && !isWanted(old)) report(store, old, 'SHUTDOWN');
  report(store, newest(store, slot), 'RUNNING');
}

function images(store: ModelStore): readonly string[] {
  return tasksOf(store)
    .filter(isWanted)
    .map((entry) => entry.spec.container.image);
}

describe('a rolling update', () => {
  it('changes as many slots at a time as its parallelism', () => {
    for (const [parallelism, expected] of [
      [1, 1],
      [2, 2],
      [0, 3],
    ] as const) {
      const store = updated({ parallelism });
      assert.equal(images(store).filter((image) => image === 'web:2').length, expected);
      assert.deepEqual(status(store), ['updating', 'update in progress']);
    }
  });

  it('goes slot by slot, watches one more monitor time, and completes', () => {
    const store = updated({ monitorMs: 5_000 });
    for (const slot of [1, 2, 3]) replace(store, slot);
    assert.deepEqual(status(store), ['updating', 'update in progress']);
    assert.equal(store.wakeAtMs, START + 5_000);
    advance(store, 5_000);
    assert.deepEqual(status(store), ['completed', 'update completed']);
    assert.equal(web(store).updateStatus?.completedAtMs, START + 5_000);
    assert.deepEqual(images(store), ['web:2', 'web:2', 'web:2']);
  });

  it('waits for its delay between two slots', () => {
    const store = updated({ delayMs: 3_000 });
    replace(store, 1);
    assert.equal(newest(store, 2).id, 'old2');
    assert.equal(store.wakeAtMs, START + 3_000);
    advance(store, 3_000);
    assert.notEqual(newest(store, 2).id, 'old2');
  });

  it('stop-first: holds the new task at READY until the old one has stopped', () => {
    const store = updated({});
    assert.equal(newest(store, 1).desiredState, 'READY');
    const old = tasksOf(store)[0];
    assert(old !== undefined);
    assert.equal(old.desiredState, 'SHUTDOWN');
    report(store, old, 'SHUTDOWN');
    assert.equal(newest(store, 1).desiredState, 'RUNNING');
  });

  it('start-first: stops the old task only when the new one is RUNNING', () => {
    const store = updated({ order: 'start-first' });
    const next = newest(store, 1);
    assert.equal(next.desiredState, 'RUNNING');
    report(store, next, 'STARTING');
    assert.equal(store.view.tasks.get('old1')?.desiredState, 'RUNNING');
    report(store, next, 'RUNNING');
    assert.equal(store.view.tasks.get('old1')?.desiredState, 'SHUTDOWN');
    assert.equal(newest(store, 2).spec.container.image, 'web:2');
  });

  it('takes slots that serve nobody first', () => {
    const store = modelStore([]);
    const before = service({ mode: { kind: 'replicated', replicas: 2 } });
    for (const object of [
      node('n1'),
      changed(before, { mode: { kind: 'replicated', replicas: 2 }, image: 'web:2' }),
      task('old1', before, { slot: 1 }),
      task('old2', before, { slot: 2, state: 'PREPARING' }),
    ]) {
      setObject(store, object);
    }
    settle(store);
    assert.equal(newest(store, 1).id, 'old1');
    assert.equal(newest(store, 2).spec.container.image, 'web:2');
  });

  it('replaces a task that had ended for good under the old version', () => {
    const before = service({ restart: { condition: 'none' } });
    const after = changed(before, { restart: { condition: 'none' }, image: 'web:2' });
    const done = task('old1', before, { state: 'COMPLETE', desired: 'SHUTDOWN' });
    const store = modelStore([after, node('n1'), done], START);
    settle(store);
    assert.equal(newest(store, 1).spec.container.image, 'web:2');
    assert.equal(newest(store, 1).desiredState, 'RUNNING');
  });

  it('is not begun by a change of replicas alone', () => {
    const before = service({ mode: { kind: 'replicated', replicas: 1 } });
    const after = changed(before, { mode: { kind: 'replicated', replicas: 2 } });
    const store = modelStore([after, node('n1'), task('old1', before)], START);
    settle(store);
    assert.equal(web(store).updateStatus, undefined);
    assert.equal(tasksOf(store).length, 2);
  });

  it('says which task it waits for when no node is suitable', () => {
    const store = updated({});
    const next = newest(store, 1);
    const message = 'no suitable node (insufficient memory on 3 nodes)';
    setObject(store, { ...next, status: { ...next.status, state: 'PENDING', message, error: message } });
    settle(store);
    assert.deepEqual(status(store), [
      'updating',
      `update in progress, waiting for task ${next.id}: ${message}`,
    ]);
    replace(store, 1);
    assert.deepEqual(status(store), ['updating', 'update in progress']);
  });

  it('still counts what is under way when its user scales the service meanwhile', () => {
    const store = updated({});
    const { updateStatus: _, ...rest } = web(store);
    store.nowMs += 1_000;
    setObject(store, { ...rest, spec: { ...rest.spec, mode: { kind: 'replicated', replicas: 4 } } });
    settle(store);
    assert.equal(status(store)[0], 'updating');
    assert.deepEqual(images(store).filter((image) => image === 'web:1').length, 2);
    assert.equal(newest(store, 4).spec.container.image, 'web:2');
  });

  it('tries a slot again whose new task was evicted before it ran', () => {
    const store = updated({ order: 'start-first' });
    const next = newest(store, 1);
    setObject(store, { ...next, desiredState: 'SHUTDOWN' });
    settle(store);
    assert.notEqual(newest(store, 1).id, next.id);
    assert.equal(newest(store, 1).spec.container.image, 'web:2');
    assert.equal(store.view.tasks.get('old1')?.desiredState, 'RUNNING');
  });

  it('begins afresh when the specification changes on the way', () => {
    const store = updated({});
    const { updateStatus: _, ...rest } = web(store);
    const spec = changed(rest, { mode: { kind: 'replicated', replicas: 3 }, image: 'web:3' });
    setObject(store, spec);
    settle(store);
    assert.equal(newest(store, 1).spec.container.image, 'web:3');
    assert.equal(images(store).filter((image) => image === 'web:1').length, 2);
  });
});

describe('a failing update', () => {
  it('pauses, naming the task', () => {
    const store = updated({});
    const next = newest(store, 1);
    report(store, next, 'REJECTED');
    assert.deepEqual(status(store), [
      'paused',
      `update paused due to failure or early termination of task ${next.id}`,
    ]);
    advance(store, 3_600_000);
    assert.equal(newest(store, 2).id, 'old2');
  });

  it('keeps the old task of a slot running when the new one fails before it is up, start-first', () => {
    const store = updated({ order: 'start-first' });
    report(store, newest(store, 1), 'FAILED');
    assert.equal(status(store)[0], 'paused');
    assert.deepEqual(images(store), ['web:1', 'web:1', 'web:1']);
  });

  it('counts a task that ends within the monitor time, and not one that ends later', () => {
    for (const [afterMs, state] of [
      [4_999, 'paused'],
      [5_000, 'updating'],
    ] as const) {
      const store = updated({ monitorMs: 5_000 });
      replace(store, 1);
      const first = newest(store, 1);
      store.nowMs += afterMs;
      report(store, first, 'FAILED');
      assert.equal(status(store)[0], state);
    }
  });

  it('bears as many failures as its ratio allows', () => {
    const store = updated({ maxFailureRatio: 0.4 });
    report(store, newest(store, 1), 'FAILED');
    assert.equal(status(store)[0], 'updating');
    report(store, newest(store, 2), 'FAILED');
    assert.equal(status(store)[0], 'paused');
  });

  it('goes on to the end when told to continue, without watching', () => {
    const store = updated({ failureAction: 'continue' });
    for (const slot of [1, 2, 3]) report(store, newest(store, slot), 'FAILED');
    assert.deepEqual(status(store), ['completed', 'update completed']);
  });

  it('rolls back: the previous specification is taken and used up', () => {
    const store = updated({ failureAction: 'rollback' });
    const next = newest(store, 1);
    report(store, next, 'FAILED');
    assert.deepEqual(status(store), [
      'rollback_started',
      `update rolled back due to failure or early termination of task ${next.id}`,
    ]);
    assert.equal(web(store).spec.task.container.image, 'web:1');
    assert.equal(web(store).previousSpec, undefined);
    assert.equal(web(store).specVersion, 3);
    assert.equal(store.view.tasks.get('old2')?.desiredState, 'RUNNING');
    const back = newest(store, 1);
    assert.equal(back.specVersion, 3);
    report(store, back, 'RUNNING');
    advance(store, 5_000);
    assert.deepEqual(status(store), ['rollback_completed', 'rollback completed']);
    assert.deepEqual(images(store), ['web:1', 'web:1', 'web:1']);
  });

  it('pauses a rollback that fails too', () => {
    const store = updated({ failureAction: 'rollback' }, { rollback: { failureAction: 'rollback' } });
    report(store, newest(store, 1), 'FAILED');
    const back = newest(store, 1);
    report(store, back, 'FAILED');
    assert.deepEqual(status(store), [
      'rollback_paused',
      `rollback paused due to failure or early termination of task ${back.id}`,
    ]);
  });

  it('pauses when there is nothing to roll back to', () => {
    const store = updated({ failureAction: 'rollback' });
    const { previousSpec: _, ...rest } = web(store);
    setObject(store, rest);
    report(store, newest(store, 1), 'FAILED');
    assert.equal(status(store)[0], 'paused');
    assert.match(status(store)[1] ?? '', /no previous specification/);
  });

  it('is not blamed on a node that goes down', () => {
    const store = updated({});
    report(store, newest(store, 1), 'PREPARING');
    setObject(store, node('n1', { state: 'down', updatedAtMs: START }));
    settle(store);
    assert.equal(status(store)[0], 'updating');
    assert.equal(newest(store, 1).status.state, 'NEW');
  });

  it('goes on after a pause once the user updates again', () => {
    const store = updated({});
    report(store, newest(store, 1), 'FAILED');
    const paused = web(store);
    setObject(store, changed(paused, { mode: { kind: 'replicated', replicas: 3 }, image: 'web:3' }));
    settle(store);
    assert.equal(status(store)[0], 'updating');
    assert.equal(newest(store, 1).spec.container.image, 'web:3');
  });
});

describe('a rollback by the user', () => {
  it('follows the rollback policy', () => {
    const status0 = {
      state: 'rollback_started',
      startedAtMs: START,
      message: 'manually requested rollback',
    } as const;
    const store = updated({}, { rollback: { parallelism: 2 } }, { updateStatus: status0 });
    assert.equal(images(store).filter((image) => image === 'web:2').length, 2);
    assert.deepEqual(status(store), ['rollback_started', 'manually requested rollback']);
  });
});
