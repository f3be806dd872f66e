import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { Node } from '../../../lib/domain/node.ts';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import {
  changesForOnlyManager,
  type OnlyManager,
  preparedForRestore,
} from '../../../manager/backup/only-manager.ts';
import { applyTransaction, stateFromObjects } from '../../../manager/store/memory-state.ts';
import { isSkepError } from '../raft/raft-samples.ts';
import { sampleObject, sampleTask } from '../store/store-samples.ts';

const SELF: OnlyManager = {
  nodeId: 'self',
  endpoints: { address: '10.0.0.9:2377', raftAddress: '10.0.0.9:2378' },
  certificateExpiresAtMs: 77,
};

function clusterWith(lastRaftId: number): Cluster {
  const sample = sampleObject('cluster', 'c1', 'production') as Cluster;
  return { ...sample, lastRaftId, unlockKey: 'SWMKEY-1-…', storeAddress: 'etcd://old:2379' };
}

/** A manager for a raft id above 0, otherwise a worker. */
function node(id: string, raftId: number): Node {
  const sample = sampleObject('node', id, `label of ${id}`) as Node;
  if (raftId === 0) return sample;
  const manager = {
    raftId,
    address: id,
    raftAddress: id,
    leader: raftId === 1,
    reachability: 'reachable',
  } as const;
  return { ...sample, spec: { ...sample.spec, role: 'manager' }, manager };
}

function nodesOf(objects: readonly StoreObject[]): Node[] {
  return objects.flatMap((object) => (object.kind === 'node' ? [object] : []));
}

function clusterOf(objects: readonly StoreObject[]): Cluster {
  const found = objects.find((object) => object.kind === 'cluster');
  assert.ok(found !== undefined);
  return found;
}

const STAMP = { version: 100, nowMs: 5_000 };
const TASKS = [sampleTask('t1', 's1', 'm1'), sampleTask('t2', 's1', 'self')];
const OBJECTS: StoreObject[] = [
  clusterWith(4),
  node('m1', 1),
  node('self', 3),
  node('w1', 0),
  sampleObject('service', 's1', 'web'),
  ...TASKS,
];

describe('the objects of a cluster that goes on with one manager', () => {
  const restored = preparedForRestore(OBJECTS, SELF, STAMP);

  it('have that manager alone, with a raft id that was never given', () => {
    const managers = nodesOf(restored).filter(({ manager, spec }) => manager ?? spec.role === 'manager');
    assert.deepEqual(
      managers.map(({ id, manager, certificateExpiresAtMs }) => ({ id, manager, certificateExpiresAtMs })),
      [
        {
          id: 'self',
          manager: { raftId: 5, ...SELF.endpoints, leader: true, reachability: 'reachable' },
          certificateExpiresAtMs: 77,
        },
      ],
    );
    assert.equal(clusterOf(restored).lastRaftId, 5);
  });

  it('have the other managers as workers with all else that they had', () => {
    const [m1] = nodesOf(restored);
    assert.equal('manager' in (m1 ?? {}), false);
    assert.deepEqual(m1?.spec, { ...node('m1', 1).spec, role: 'worker' });
  });

  it('know of no node whether it is up', () => {
    for (const { status } of nodesOf(restored)) assert.equal(status.state, 'unknown');
  });

  it('keep tokens, authority, unlock key, services and tasks', () => {
    const { joinTokens, rootAuthority, unlockKey, spec } = clusterOf(restored);
    const before = clusterWith(4);
    assert.deepEqual(
      [joinTokens, rootAuthority, unlockKey, spec],
      [before.joinTokens, before.rootAuthority, before.unlockKey, before.spec],
    );
    assert.deepEqual(restored.slice(4), OBJECTS.slice(4));
    assert.deepEqual(
      restored.map(({ id }) => id),
      OBJECTS.map(({ id }) => id),
    );
  });

  it('have a new version and time where they were changed', () => {
    for (const object of restored) {
      const isChanged = object.kind === 'node' || object.kind === 'cluster';
      assert.deepEqual([object.version, object.updatedAtMs], isChanged ? [100, 5_000] : [0, 0]);
      assert.equal(object.createdAtMs, 0);
    }
  });

  it('get a node for a manager that they do not know', () => {
    const objects = preparedForRestore(OBJECTS, { ...SELF, nodeId: 'fresh' }, STAMP);
    const fresh = objects.at(-1);
    assert.ok(fresh?.kind === 'node' && fresh.id === 'fresh' && objects.length === OBJECTS.length + 1);
    assert.deepEqual([fresh.spec.role, fresh.spec.availability], ['manager', 'active']);
    assert.deepEqual([fresh.version, fresh.createdAtMs], [100, 5_000]);
    assert.equal(nodesOf(objects).find(({ id }) => id === 'self')?.spec.role, 'worker');
  });

  it('are kept by the managers themselves, or by etcd without raft ids', () => {
    assert.equal(clusterOf(restored).storeAddress, '');
    const inEtcd = preparedForRestore(
      OBJECTS,
      { ...SELF, endpoints: { address: 'a', raftAddress: '' } },
      STAMP,
    );
    assert.equal(clusterOf(inEtcd).storeAddress, 'etcd://old:2379');
    assert.equal(clusterOf(inEtcd).lastRaftId, 4);
    assert.equal(nodesOf(inEtcd).find(({ id }) => id === 'self')?.manager?.raftId, 0);
  });

  it('are not made without a cluster', () => {
    assert.throws(() => preparedForRestore(TASKS, SELF, STAMP), isSkepError('FAILED_PRECONDITION'));
  });

  it('as changes of a store that lost its quorum come to the same, the managers first', () => {
    const state = stateFromObjects(OBJECTS, 50);
    const changes = changesForOnlyManager(state, { ...SELF, raftId: 3 });
    const order = changes.map((change) => (change.kind === 'put' ? change.object.id : ''));
    assert.deepEqual(order, ['c1', 'self', 'm1', 'w1']);
    applyTransaction(state, { changes, proposedAtMs: 9 }, 51);
    assert.equal(state.cluster?.lastRaftId, 4, 'it goes on under the raft id that it has');
    assert.equal(state.nodes.get('self')?.manager?.raftId, 3);
    assert.deepEqual([...state.tasks.values()], TASKS);
  });

  it('have exactly one manager, whatever there was, and a raft id above all others', () => {
    const anyNodes = fc.array(fc.nat(9), { maxLength: 8 });
    fc.assert(
      fc.property(anyNodes, fc.nat(20), fc.boolean(), (raftIds, lastRaftId, isKnown) => {
        const nodes = raftIds.map((raftId, place) => node(`n${place}`, raftId));
        const self = isKnown && nodes.length > 0 ? { ...SELF, nodeId: 'n0' } : SELF;
        const objects = preparedForRestore([clusterWith(lastRaftId), ...nodes], self, STAMP);
        const managers = nodesOf(objects).filter(({ manager, spec }) => manager ?? spec.role === 'manager');
        assert.equal(managers.length, 1);
        const raftId = managers[0]?.manager?.raftId ?? 0;
        assert.ok(raftId > Math.max(lastRaftId, ...raftIds) && raftId === clusterOf(objects).lastRaftId);
        assert.deepEqual(
          new Set(nodesOf(objects).map(({ id }) => id)),
          new Set([...nodes.map(({ id }) => id), self.nodeId]),
        );
      }),
    );
  });
});
