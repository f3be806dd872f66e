import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { decideScheduling } from '../../../manager/scheduler/scheduling.ts';
import type { StoreView } from '../../../manager/store/store.ts';
import {
  counter,
  GIB,
  NOW_MS,
  node,
  port,
  service,
  settle,
  task,
  taskSpec,
  WEB_1,
  WEB_2,
} from '../api/cluster-samples.ts';

function schedule(...objects: readonly StoreObject[]): StoreView {
  return settle(decideScheduling, objects).view;
}

function taskOf(view: StoreView, id: string): Task {
  const found = view.tasks.get(id);
  assert.ok(found !== undefined);
  return found;
}

const pending = (id: string, changes: Partial<Task> = {}, serviceId = 'web') =>
  task(id, serviceId, 'PENDING', changes);
const running = (id: string, nodeId: string, changes: Partial<Task> = {}, serviceId = 'web') =>
  task(id, serviceId, 'RUNNING', { nodeId, ...changes });
const reserving = (memoryBytes: number) => ({ spec: taskSpec({ reservations: { memoryBytes } }) });
const constrained = (...constraints: string[]) => ({
  spec: taskSpec({ placement: { constraints, maxReplicasPerNode: 0 } }),
});
const withImage = (imageId: string) => ({
  spec: taskSpec({ container: { ...taskSpec().container, imageId } }),
});
const down = { status: { state: 'down', message: '', address: '' } } as const;

/** Where the one pending task t1 went, or why it waits. */
function outcome(...objects: readonly StoreObject[]): string {
  const found = taskOf(schedule(...objects), 't1');
  return found.status.state === 'ASSIGNED' ? found.nodeId : found.status.message;
}

describe('a pending task', () => {
  it('is assigned to a node that is ready and active', () => {
    const view = schedule(
      node('n1', { spec: { availability: 'pause' } }),
      node('n2', { spec: { availability: 'drain' } }),
      node('n3', down),
      node('n4', { status: { state: 'unknown', message: '', address: '' } }),
      node('n5'),
      pending('t1', { status: { state: 'PENDING', timestampMs: 0, message: 'x', error: 'x' } }),
    );
    const { nodeId, status, statusAppliedAtMs } = taskOf(view, 't1');
    assert.equal(nodeId, 'n5');
    assert.equal(status.state, 'ASSIGNED');
    assert.equal(status.error, undefined);
    assert.equal(statusAppliedAtMs, NOW_MS);
  });

  it('that is no longer wanted is left alone', () => {
    const view = schedule(node('n1'), pending('t1', { desiredState: 'SHUTDOWN' }));
    assert.equal(taskOf(view, 't1').status.state, 'PENDING');
  });

  it('says how many nodes refuse it for each reason, the most frequent first', () => {
    const small = { description: { memoryBytes: GIB } };
    assert.equal(
      outcome(node('n1', small), node('n2', down), node('n3', small), pending('t1', reserving(2 * GIB))),
      'no suitable node (insufficient memory on 2 nodes; 1 node not available for new tasks)',
    );
  });

  it('says that there are no nodes', () => {
    assert.equal(outcome(pending('t1')), 'no suitable node (the cluster has no nodes)');
  });

  it('is not written again while the reason stays the same', () => {
    const { view, passes } = settle(decideScheduling, [node('n1', down), pending('t1')]);
    assert.equal(passes, 1);
    const again = decideScheduling(view, { nowMs: NOW_MS + 60_000, newId: counter('x') });
    assert.deepEqual(again.changes, []);
    assert.equal(taskOf(view, 't1').status.error, taskOf(view, 't1').status.message);
  });
});

describe('a node', () => {
  it('takes no reservation beyond what it has left', () => {
    const objects = [node('n1'), running('r1', 'n1', reserving(6 * GIB))];
    assert.match(outcome(...objects, pending('t1', reserving(3 * GIB))), /insufficient memory on 1 node/);
    assert.equal(outcome(...objects, pending('t1', reserving(2 * GIB))), 'n1');
  });

  it('takes no more processors than it has left', () => {
    const half = { spec: taskSpec({ reservations: { nanoCpus: 2.5e9 } }) };
    assert.match(
      outcome(node('n1'), running('r1', 'n1', half), pending('t1', half)),
      /insufficient CPU on 1 node/,
    );
  });

  it('still holds what a task reserved that is ending, and no more once it ended', () => {
    const ending = { ...reserving(6 * GIB), desiredState: 'SHUTDOWN' } as const;
    const wish = pending('t1', reserving(6 * GIB));
    assert.match(outcome(node('n1'), running('r1', 'n1', ending), wish), /insufficient memory/);
    assert.equal(outcome(node('n1'), task('r1', 'web', 'SHUTDOWN', { nodeId: 'n1', ...ending }), wish), 'n1');
  });

  it('must hold the image', () => {
    const other = { description: { images: [{ imageId: WEB_2, references: ['web:2'] }] } };
    assert.equal(outcome(node('n1', other), node('n2'), pending('t1', withImage(WEB_1))), 'n2');
    assert.equal(
      outcome(node('n1'), node('n2'), pending('t1', withImage(WEB_2))),
      'no suitable node (image web:1 missing on 2 nodes)',
    );
  });

  it('must satisfy every constraint', () => {
    const nodes = [node('n1', { spec: { labels: { disk: 'ssd' } } }), node('n2')];
    assert.equal(outcome(...nodes, pending('t1', constrained('node.labels.disk==ssd'))), 'n1');
    assert.equal(
      outcome(...nodes, pending('t1', constrained('node.role==manager'))),
      'no suitable node (constraint node.role==manager not satisfied on 2 nodes)',
    );
  });

  it('gives a host-mode port to one task at a time', () => {
    const ports = [port(8080, { publishMode: 'host' })];
    const nodes = [node('n1'), node('n2'), running('r1', 'n1', { ports }, 'other')];
    assert.equal(outcome(...nodes, pending('t1', { ports })), 'n2');
    const view = schedule(...nodes, pending('t1', { ports }), pending('t2', { ports }));
    assert.match(taskOf(view, 't2').status.message, /host port 8080\/tcp in use on 2 nodes/);
  });

  it('takes no more replicas of a service than its bound', () => {
    const bounded = { spec: taskSpec({ placement: { constraints: [], maxReplicasPerNode: 1 } }) };
    const view = schedule(node('n1'), node('n2'), ...['t1', 't2', 't3'].map((id) => pending(id, bounded)));
    assert.deepEqual([taskOf(view, 't1').nodeId, taskOf(view, 't2').nodeId], ['n1', 'n2']);
    assert.equal(
      taskOf(view, 't3').status.message,
      'no suitable node (limit of 1 replica per node reached on 2 nodes)',
    );
  });
});

describe('the choice among nodes', () => {
  it('goes to the fewest tasks of the service, before the fewest in all', () => {
    const busy = ['a', 'b', 'c'].map((id) => running(id, 'n2', {}, 'other'));
    assert.equal(outcome(node('n1'), node('n2'), running('r1', 'n1'), ...busy, pending('t1')), 'n2');
  });

  it('goes to the fewest tasks in all, before free resources', () => {
    const objects = [node('n1'), node('n2'), running('r1', 'n1', {}, 'other')];
    const heavy = running('r2', 'n2', { ...reserving(GIB), desiredState: 'SHUTDOWN' }, 'other');
    assert.equal(outcome(...objects, heavy, pending('t1')), 'n2');
  });

  it('goes to the node with more left, before the id', () => {
    const large = running('r1', 'n1', reserving(4 * GIB), 'other');
    const small = running('r2', 'n2', reserving(GIB), 'other');
    assert.equal(outcome(node('n1'), node('n2'), large, small, pending('t1')), 'n2');
    assert.equal(outcome(node('n2'), node('n1'), pending('t1')), 'n1');
  });

  it('leaves a node for last on which the service failed five times in five minutes', () => {
    const failures = (statusAppliedAtMs: number) =>
      [1, 2, 3, 4, 5].map((number) =>
        task(`f${number}`, 'web', 'FAILED', { nodeId: 'n1', statusAppliedAtMs }),
      );
    const objects = [node('n1'), node('n2'), running('r1', 'n2'), pending('t1')];
    assert.equal(outcome(...objects, ...failures(NOW_MS - 299_000)), 'n2');
    assert.equal(outcome(...objects, ...failures(NOW_MS - 301_000)), 'n1');
    assert.equal(outcome(...objects, ...failures(NOW_MS).slice(1)), 'n1');
    assert.equal(outcome(node('n1'), pending('t1'), ...failures(NOW_MS)), 'n1');
  });

  it('spreads the tasks of one pass evenly', () => {
    const tasks = Array.from({ length: 9 }, (_, index) => pending(`t${index}`));
    const view = schedule(service('web'), node('n1'), node('n2'), node('n3'), ...tasks);
    assert.deepEqual(
      ['n1', 'n2', 'n3'].map((id) => view.tasksOfNode(id).length),
      [3, 3, 3],
    );
  });
});

describe('a task of a global service', () => {
  it('goes to its own node when that fits', () => {
    const view = schedule(node('n1'), node('n2'), pending('t1', { nodeId: 'n2', slot: 0 }));
    assert.equal(taskOf(view, 't1').nodeId, 'n2');
    assert.equal(taskOf(view, 't1').status.state, 'ASSIGNED');
  });

  it('waits for its own node, even when another one fits', () => {
    const small = node('n2', { description: { memoryBytes: GIB } });
    const view = schedule(node('n1'), small, pending('t1', { nodeId: 'n2', slot: 0, ...reserving(2 * GIB) }));
    assert.equal(taskOf(view, 't1').status.state, 'PENDING');
    assert.equal(taskOf(view, 't1').status.message, 'no suitable node (insufficient memory on 1 node)');
  });
});
