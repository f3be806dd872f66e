import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { GenericResource } from '../../../lib/domain/service.ts';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { formatGenericResource, parseNodeResources } from '../../../lib/generic-resource.ts';
import { decideScheduling } from '../../../manager/scheduler/scheduling.ts';
import { node, service, settle, task, taskSpec } from '../api/cluster-samples.ts';

const having = (id: string, ...resources: string[]) =>
  node(id, { description: { generic: { items: parseNodeResources(resources) } } });

const asking = (...items: GenericResource[]) => ({
  spec: taskSpec({ reservations: { generic: { items } } }),
});
const gpus = (count: number) => asking({ kind: 'GPU', count });
const pending = (id: string, changes: Partial<Task>) => task(id, 'web', 'PENDING', changes);

function schedule(...objects: readonly StoreObject[]): ReadonlyMap<string, Task> {
  return settle(decideScheduling, [service('web'), ...objects]).view.tasks;
}

function given(tasks: ReadonlyMap<string, Task>, id: string): string {
  const found = tasks.get(id);
  if (found?.status.state !== 'ASSIGNED') return found?.status.message ?? 'no task';
  const items = found.assignedGeneric?.items ?? [];
  return `${found.nodeId} ${items.map(formatGenericResource).join(' ')}`;
}

describe('a task that reserves generic resources', () => {
  it('is given as many as it asked for, named ones by name', () => {
    const counted = schedule(having('n1', 'GPU=2'), pending('t1', gpus(2)));
    assert.equal(given(counted, 't1'), 'n1 GPU=2');
    const named = schedule(having('n1', 'GPU=B', 'GPU=A,GPU=C', 'SSD=5'), pending('t1', gpus(2)));
    assert.equal(given(named, 't1'), 'n1 GPU=A GPU=B');
  });

  it('waits, and says how many are free', () => {
    const missing = schedule(having('n1', 'GPU=1'), node('n2'), pending('t1', gpus(3)));
    assert.equal(
      given(missing, 't1'),
      'no suitable node (insufficient GPU: 3 asked for, 0 free on 1 node; insufficient GPU: 3 asked for, 1 free on 1 node)',
    );
    const both = asking({ kind: 'GPU', count: 1 }, { kind: 'SSD', count: 2 });
    const other = schedule(having('n1', 'GPU=1', 'SSD=X'), pending('t1', both));
    assert.match(given(other, 't1'), /insufficient SSD: 2 asked for, 1 free on 1 node/);
  });

  it('never gets what another task has, until that has ended', () => {
    const holder = (state: 'RUNNING' | 'FAILED') =>
      task('old', 'web', state, {
        nodeId: 'n1',
        assignedGeneric: { items: [{ kind: 'GPU', name: 'A', count: 1 }] },
      });
    const [first, second] = [pending('t1', gpus(1)), pending('t2', gpus(1))];
    const held = schedule(having('n1', 'GPU=A', 'GPU=B'), holder('RUNNING'), first, second);
    assert.deepEqual([given(held, 't1'), given(held, 't2')].sort(), [
      'n1 GPU=B',
      'no suitable node (insufficient GPU: 1 asked for, 0 free on 1 node)',
    ]);
    const free = schedule(having('n1', 'GPU=A', 'GPU=B'), holder('FAILED'), first, second);
    assert.deepEqual([given(free, 't1'), given(free, 't2')].sort(), ['n1 GPU=A', 'n1 GPU=B']);
  });

  it('goes where they are, though other nodes are emptier', () => {
    const tasks = schedule(
      node('n1'),
      having('n2', 'GPU=1'),
      task('busy', 'web', 'RUNNING', { nodeId: 'n2' }),
      pending('t1', gpus(1)),
    );
    assert.equal(given(tasks, 't1'), 'n2 GPU=1');
  });

  it('is checked on the node of a global service too', () => {
    const tasks = schedule(
      having('n1', 'GPU=A'),
      node('n2'),
      pending('t1', { ...gpus(1), nodeId: 'n1' }),
      pending('t2', { ...gpus(1), nodeId: 'n2' }),
    );
    assert.equal(given(tasks, 't1'), 'n1 GPU=A');
    assert.match(given(tasks, 't2'), /insufficient GPU: 1 asked for, 0 free on 1 node/);
  });

  it('is not harmed by a node that has less than it once said', () => {
    const items = [
      { kind: 'GPU', name: 'gone', count: 1 },
      { kind: 'SSD', count: 9 },
    ];
    const old = task('old', 'web', 'RUNNING', { nodeId: 'n1', assignedGeneric: { items } });
    const tasks = schedule(having('n1', 'GPU=A', 'SSD=2'), old, pending('t1', gpus(1)));
    assert.equal(given(tasks, 't1'), 'n1 GPU=A');
    const ssd = schedule(having('n1', 'SSD=2'), old, pending('t1', asking({ kind: 'SSD', count: 1 })));
    assert.match(given(ssd, 't1'), /1 asked for, 0 free/);
  });

  it('never shares one, however many are asked for', () => {
    const nodes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
    const wishes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(nodes, wishes, fc.boolean(), (counts, wanted, byName) => {
        const objects = counts.map((count, index) => {
          const names = Array.from({ length: count }, (_, number) => `GPU=U${number}`);
          return having(`n${index}`, ...(byName ? names : count > 0 ? [`GPU=${count}`] : []));
        });
        // One specification for each wish, as tasks of one version of a service all ask for the same.
        const wishing = wanted.map((count, index) =>
          task(`t${index}`, 'web', 'PENDING', { ...gpus(count), specVersion: index }),
        );
        const tasks = schedule(...objects, ...wishing);
        const placed = [...tasks.values()].filter(({ status }) => status.state === 'ASSIGNED');
        for (const [index, count] of counts.entries()) {
          const items = placed
            .filter(({ nodeId }) => nodeId === `n${index}`)
            .flatMap((each) => each.assignedGeneric?.items ?? []);
          const names = items.flatMap(({ name }) => (name === undefined ? [] : [name]));
          assert.equal(new Set(names).size, names.length);
          assert.ok(items.reduce((sum, item) => sum + item.count, 0) <= count);
        }
        for (const each of placed) {
          const sum = (each.assignedGeneric?.items ?? []).reduce((total, item) => total + item.count, 0);
          assert.equal(sum, wanted[Number(each.id.slice(1))]);
        }
      }),
    );
  });
});
