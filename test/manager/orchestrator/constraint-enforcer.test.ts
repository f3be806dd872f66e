import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Task } from '../../../lib/domain/task.ts';
import { decideConstraints } from '../../../manager/orchestrator/constraint-enforcer.ts';
import { modelStore, step, tasksOf } from './model-store.ts';
import { changed, node, service, task } from './objects.ts';

const WEB = service();

describe('the constraint enforcer', () => {
  const pinned = service({ constraints: ['node.labels.disk==ssd'] });

  function enforced(objects: Parameters<typeof modelStore>[0]): readonly Task[] {
    const store = modelStore(objects);
    step(store, decideConstraints);
    assert.deepEqual(step(store, decideConstraints), [], 'a second pass changes nothing');
    return tasksOf(store);
  }

  it('stops a task whose node no longer fits, and says why', () => {
    const [stopped] = enforced([pinned, node('n1', { labels: { disk: 'hdd' } }), task('a', pinned)]);
    assert.equal(stopped?.desiredState, 'SHUTDOWN');
    assert.match(stopped?.status.message ?? '', /no longer satisfies the constraint node\.labels\.disk==ssd/);
    assert.equal(stopped?.status.state, 'RUNNING');
  });

  it('leaves tasks alone on nodes that fit, or are not active', () => {
    for (const wish of [{ labels: { disk: 'ssd' } }, { availability: 'pause' }, { state: 'down' }] as const) {
      const [running] = enforced([pinned, node('n1', wish), task('a', pinned)]);
      assert.equal(running?.desiredState, 'RUNNING');
    }
  });

  it('leaves it to the update to enforce constraints that the user has just added', () => {
    const [running] = enforced([
      changed(WEB, { constraints: ['node.labels.disk==ssd'] }),
      node('n1'),
      task('a', WEB),
    ]);
    assert.equal(running?.desiredState, 'RUNNING');
  });

  it('does not insist on constraints that the user has dropped', () => {
    const [running] = enforced([changed(pinned, {}), node('n1'), task('a', pinned)]);
    assert.equal(running?.desiredState, 'RUNNING');
  });

  it('stops the last of the tasks whose reservations no longer fit the node', () => {
    const greedy = service({ reservations: { memoryBytes: 3e9 } });
    const tasks = [1, 2, 3].map((slot) => task(`t${slot}`, greedy, { slot }));
    const states = enforced([greedy, node('n1', { memoryBytes: 7e9 }), ...tasks]).map(
      (entry) => entry.desiredState,
    );
    assert.deepEqual(states, ['RUNNING', 'RUNNING', 'SHUTDOWN']);
  });
});
