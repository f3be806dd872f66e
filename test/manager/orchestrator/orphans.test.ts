import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideOrphans, NODE_DOWN_BEFORE_ORPHANS_MS } from '../../../manager/orchestrator/orphans.ts';
import { modelStore, step, tasksOf } from './model-store.ts';
import { node, service, task } from './objects.ts';

const WEB = service();

describe('the tasks of a node that is away', () => {
  it('are ORPHANED after it has been down for a day, not before', () => {
    const store = modelStore([WEB, node('n1', { state: 'down', updatedAtMs: 1_000 }), task('a', WEB)], 5_000);
    assert.deepEqual(step(store, decideOrphans), []);
    assert.equal(store.wakeAtMs, 1_000 + NODE_DOWN_BEFORE_ORPHANS_MS);
    store.nowMs = 1_000 + NODE_DOWN_BEFORE_ORPHANS_MS;
    step(store, decideOrphans);
    assert.equal(tasksOf(store)[0]?.status.state, 'ORPHANED');
    assert.equal(tasksOf(store)[0]?.statusAppliedAtMs, store.nowMs);
    assert.deepEqual(step(store, decideOrphans), []);
  });

  it('are ORPHANED at once when it was removed', () => {
    const store = modelStore([WEB, task('a', WEB), task('b', WEB, { state: 'PENDING', nodeId: '' })], 5_000);
    step(store, decideOrphans);
    assert.deepEqual(
      tasksOf(store).map((entry) => entry.status.state),
      ['ORPHANED', 'PENDING'],
    );
  });
});
