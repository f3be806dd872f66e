import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_CHANGES_PER_PASS } from '../../../lib/change-budget.ts';
import type { Service } from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { decideReplicated } from '../../../manager/orchestrator/replicated.ts';
import { isWanted } from '../../../manager/orchestrator/slots.ts';
import { MAX_ENTRY_BYTES } from '../../../manager/store/pending-entry.ts';
import { transactionCodec } from '../../../proto/messages.ts';
import { type ModelStore, modelStore, step, tasksOf } from './model-store.ts';
import { changed, node, service, task } from './objects.ts';

function web(replicas: number): Service {
  return service({ mode: { kind: 'replicated', replicas } });
}

function wantedSlots(store: ModelStore): readonly number[] {
  return tasksOf(store)
    .filter(isWanted)
    .map((entry) => entry.slot)
    .sort((left, right) => left - right);
}

function decided(objects: Parameters<typeof modelStore>[0]): ModelStore {
  const store = modelStore([node('n1'), node('n2'), ...objects], 1_000);
  step(store, decideReplicated);
  assert.deepEqual(step(store, decideReplicated), [], 'a second pass changes nothing');
  return store;
}

describe('a replicated service', () => {
  it('gets a new task for each replica', () => {
    const store = decided([web(3)]);
    assert.deepEqual(wantedSlots(store), [1, 2, 3]);
    const first = tasksOf(store)[0];
    assert.equal(first?.status.state, 'NEW');
    assert.equal(first?.desiredState, 'RUNNING');
    assert.equal(first?.nodeId, '');
    assert.equal(first?.specVersion, 1);
  });

  it('scales up into the lowest free slots', () => {
    const owner = web(4);
    const store = decided([owner, task('a', owner, { slot: 2 }), task('b', owner, { slot: 5 })]);
    assert.deepEqual(wantedSlots(store), [1, 2, 3, 5]);
  });

  it('is filled in bounded steps', () => {
    const replicas = MAX_CHANGES_PER_PASS + 10;
    const store = modelStore([web(replicas)]);
    const first = step(store, decideReplicated).length;
    assert.ok(first > 0 && first <= MAX_CHANGES_PER_PASS);
    assert.equal(step(store, decideReplicated).length, replicas - first);
  });

  it('never decides more at once than one log entry holds, however large its specification', () => {
    const owner = web(100);
    const { task: spec } = owner.spec;
    const env = [`TEXT=${'x'.repeat(100 * 1_024)}`];
    const large = { ...owner.spec, task: { ...spec, container: { ...spec.container, env } } };
    const store = modelStore([{ ...owner, spec: large }]);
    for (let round = 0; wantedSlots(store).length < 100; round++) {
      assert.ok(round < 100, 'every round brings the service further');
      const changes = step(store, decideReplicated);
      const { length } = transactionCodec.encode({ changes, proposedAtMs: 0 });
      assert.ok(length > 0 && length <= MAX_ENTRY_BYTES, `${length} bytes in one entry`);
    }
  });

  it('refills a slot whose task was stopped for no fault of its own, under the same number', () => {
    const owner = web(2);
    const evicted = task('b', owner, { slot: 7, state: 'SHUTDOWN', desired: 'SHUTDOWN' });
    assert.deepEqual(wantedSlots(decided([owner, task('a', owner), evicted])), [1, 7]);
  });

  it('does not refill a slot whose task ended for good', () => {
    const owner = service({
      mode: { kind: 'replicated', replicas: 2 },
      restart: { condition: 'on-failure' },
    });
    const done = task('b', owner, { slot: 2, state: 'COMPLETE', desired: 'SHUTDOWN' });
    assert.deepEqual(wantedSlots(decided([owner, task('a', owner), done])), [1]);
  });

  it('holds a new task back while an old one of its slot is stopping', () => {
    const owner = web(1);
    const store = decided([owner, task('a', owner, { desired: 'REMOVE' })]);
    assert.equal(tasksOf(store)[1]?.desiredState, 'READY');
  });

  it('gives up a slot with all its tasks when scaled to nothing', () => {
    const owner = web(0);
    const old = task('a', owner, { state: 'FAILED', desired: 'SHUTDOWN' });
    const store = decided([owner, old, task('b', owner)]);
    assert(tasksOf(store).every((entry) => entry.desiredState === 'REMOVE'));
  });

  const scaleDowns: readonly [
    string,
    number,
    readonly [number, string, Task['status']['state']][],
    readonly number[],
  ][] = [
    [
      'the node with most replicas',
      2,
      [
        [1, 'n1', 'RUNNING'],
        [2, 'n1', 'RUNNING'],
        [3, 'n2', 'RUNNING'],
      ],
      [1, 3],
    ],
    [
      'the highest slot when nodes are even',
      1,
      [
        [1, 'n1', 'RUNNING'],
        [2, 'n2', 'RUNNING'],
      ],
      [1],
    ],
    [
      'the one that does not run when nodes are even',
      1,
      [
        [1, 'n1', 'STARTING'],
        [2, 'n2', 'RUNNING'],
      ],
      [2],
    ],
    [
      'the one that does not run on a node',
      1,
      [
        [1, 'n1', 'STARTING'],
        [2, 'n1', 'RUNNING'],
      ],
      [2],
    ],
    [
      'the one without a node',
      2,
      [
        [1, '', 'PENDING'],
        [2, 'n1', 'RUNNING'],
        [3, 'n1', 'RUNNING'],
      ],
      [2, 3],
    ],
  ];
  for (const [what, replicas, placed, kept] of scaleDowns) {
    it(`scales down by taking ${what}`, () => {
      const owner = web(replicas);
      const tasks = placed.map(([slot, nodeId, state]) => task(`t${slot}`, owner, { slot, nodeId, state }));
      assert.deepEqual(wantedSlots(decided([owner, ...tasks])), kept);
    });
  }

  it('leaves one running task in a slot after a partition has healed, of the newest version', () => {
    const before = web(1);
    const after = changed(before, { image: 'web:2' });
    const store = decided([after, task('old', before), task('new', after, { nodeId: 'n2' })]);
    assert.deepEqual(
      tasksOf(store)
        .filter(isWanted)
        .map((entry) => entry.id),
      ['new'],
    );
  });

  it('lets the coming task of a start-first update be beside the running one, but not once it is paused', () => {
    const before = web(1);
    for (const [state, kept] of [
      ['updating', ['old', 'new']],
      ['paused', ['old']],
    ] as const) {
      const after: Service = {
        ...changed(before, { image: 'web:2' }),
        updateStatus: { state, startedAtMs: 0, message: '' },
      };
      const store = decided([after, task('old', before), task('new', after, { state: 'STARTING' })]);
      assert.deepEqual(
        tasksOf(store)
          .filter(isWanted)
          .map((entry) => entry.id),
        kept,
      );
    }
  });

  it('that is removed has its tasks marked for removal', () => {
    const store = decided([task('a', web(1)), task('b', service({ mode: { kind: 'global' } }))]);
    assert(tasksOf(store).every((entry) => entry.desiredState === 'REMOVE'));
  });
});
