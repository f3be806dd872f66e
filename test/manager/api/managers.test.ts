import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ManagerStatus, Node, NodeRole } from '../../../lib/domain/node.ts';
import { assertRefused, openApi } from './api-store.ts';
import { cluster, node } from './cluster-samples.ts';

const DOWN = { status: { state: 'down', message: '', address: '' } } as const;

function manager(id: string, status: Partial<ManagerStatus> = {}, changes: Partial<Node> = {}): Node {
  return node(id, {
    spec: { role: 'manager' },
    manager: {
      raftId: 1,
      address: '',
      raftAddress: '',
      leader: false,
      reachability: 'reachable',
      ...status,
    },
    ...(changes as Pick<Node, 'status'>),
  });
}

const LEADER = manager('m1', { leader: true });
const GONE = manager('m3', { reachability: 'unreachable' }, DOWN);

function toRole(reference: string, role: NodeRole) {
  return { reference, version: 0, spec: { ...node('x').spec, role } };
}

describe('a worker', () => {
  it('is made a manager', async () => {
    const { api } = await openApi(cluster(), LEADER, node('w1'));
    assert.equal((await api.updateNode(toRole('w1', 'manager'))).spec.role, 'manager');
    assert.equal((await api.updateNode(toRole('w1', 'worker'))).spec.role, 'worker');
  });
});

describe('a manager', () => {
  it('is made a worker when the others have a quorum, the leader too', async () => {
    const { api } = await openApi(cluster(), LEADER, manager('m2'), manager('m3'));
    const changed = await api.updateNode(toRole('m1', 'worker'));
    assert.equal(changed.spec.role, 'worker');
    assert.equal(changed.manager?.leader, true, 'the quorum follows later');
  });

  it('is not made a worker when the others would have none', async () => {
    const { api, store } = await openApi(cluster(), LEADER, manager('m2'), GONE);
    await assertRefused(
      store,
      () => api.updateNode(toRole('m2', 'worker')),
      'FAILED_PRECONDITION',
      /"m2" cannot be demoted: 1 of the 2 managers that remain is reachable, 2 needed/,
    );
    await api.updateNode(toRole('m3', 'worker'));
    await api.updateNode(toRole('m2', 'worker'));
  });

  it('is made a worker whoever answers where etcd keeps the state', async () => {
    const { api } = await openApi(cluster({ storeAddress: 'etcd://e:2379' }), LEADER, manager('m2'), GONE);
    await api.updateNode(toRole('m2', 'worker'));
  });

  it('that does not answer is removed by force', async () => {
    const { api, store } = await openApi(cluster(), LEADER, manager('m2'), GONE);
    const refusal = await assertRefused(
      store,
      () => api.removeNode('m3', false),
      'FAILED_PRECONDITION',
      /"m3" is a manager and cannot be removed/,
    );
    assert.match(refusal.help, /node demote m3, or remove it with --force/);
    await api.removeNode('m3', true);
    assert.equal(store.view().nodes.has('m3'), false);
  });

  const kept: readonly (readonly [string, Node])[] = [
    ['that answers', manager('m3')],
    ['that answers although its agent is down', manager('m3', {}, DOWN)],
    ['that was not heard of yet', manager('m3', { reachability: 'unknown' })],
    ['that leads', manager('m3', { leader: true, reachability: 'unknown' }, DOWN)],
    ['that is about to join', node('m3', { spec: { role: 'manager' } })],
  ];
  for (const [title, value] of kept) {
    it(`${title} is not removed, even by force`, async () => {
      const { api, store } = await openApi(cluster(), LEADER, manager('m2'), value);
      const refusal = await assertRefused(
        store,
        () => api.removeNode('m3', true),
        'FAILED_PRECONDITION',
        /"m3" is a manager and cannot be removed/,
      );
      assert.match(refusal.help, /first: skep node demote m3/);
    });
  }

  it('is not removed, even by force, when the others would have no quorum', async () => {
    const { api, store } = await openApi(
      cluster(),
      LEADER,
      GONE,
      manager('m4', { reachability: 'unreachable' }),
    );
    await assertRefused(
      store,
      () => api.removeNode('m3', true),
      'FAILED_PRECONDITION',
      /"m3" cannot be removed: 1 of the 2 managers/,
    );
  });

  it('that was demoted is removed once it left the quorum', async () => {
    const worker = { ...LEADER.spec, role: 'worker' } as const;
    const leaving = { ...manager('m3', {}, DOWN), spec: worker };
    const { api, store } = await openApi(cluster(), LEADER, manager('m2'), leaving);
    await assertRefused(
      store,
      () => api.removeNode('m3', true),
      'FAILED_PRECONDITION',
      /cannot be removed yet/,
    );
    const { manager: _former, ...left } = leaving;
    await store.update(() => [{ kind: 'put', object: left }]);
    await api.removeNode('m3', false);
  });
});

describe('the unlock key', () => {
  const request = (autolockManagers: boolean, rotateUnlockKey = false) => ({
    version: 0,
    spec: { ...cluster().spec, autolockManagers },
    rotateWorkerToken: false,
    rotateManagerToken: false,
    rotateUnlockKey,
  });

  it('is made when managers are locked, kept, rotated, and gone when they are not', async () => {
    const { api } = await openApi(cluster());
    const key = async () => (await api.getUnlockKey()).unlockKey;
    assert.equal(await key(), '');
    await api.updateCluster(request(true));
    const first = await key();
    assert.match(first, /^SWMKEY-1-/);
    await api.updateCluster(request(true));
    assert.equal(await key(), first);
    const { spec: _none, ...rotation } = request(true, true);
    await api.updateCluster(rotation);
    assert.notEqual(await key(), first);
    assert.match(await key(), /^SWMKEY-1-/);
    await api.updateCluster(request(false));
    assert.equal(await key(), '');
  });

  it('is not rotated while managers are not locked', async () => {
    const { api, store } = await openApi(cluster());
    await assertRefused(
      store,
      () => api.updateCluster(request(false, true)),
      'FAILED_PRECONDITION',
      /no unlock key to rotate: autolock is off/,
    );
  });

  it('is not shown with the cluster', async () => {
    const { api } = await openApi(cluster());
    const shown = JSON.stringify([await api.updateCluster(request(true)), await api.getCluster()]);
    assert.ok(!shown.includes((await api.getUnlockKey()).unlockKey));
    assert.doesNotMatch(shown, /private key|SWMKEY/);
  });

  it('is asked for with a clear answer: autolock is a yes or no', async () => {
    const { api, store } = await openApi(cluster());
    await assertRefused(
      store,
      () => api.updateCluster(request('maybe' as unknown as boolean)),
      'INVALID_ARGUMENT',
      /autolock must be true or false/,
    );
  });
});
