import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, SkepError } from '../../../lib/errors.ts';
import { createManagers, LEAVE_TIMEOUT_MS } from '../../../manager/quorum/managers.ts';
import { startQuorumLoop } from '../../../manager/quorum/quorum-loop.ts';
import {
  createLogRecord,
  createManualClock,
  createTestStore,
  nodeObject,
  put,
} from '../dispatcher/cluster-fixture.ts';
import { CLUSTER, createModelQuorum, managerNode } from './quorum-samples.ts';

const { manager: _none, ...NEWCOMER } = managerNode('n', 0);
const ENDPOINTS = { address: 'n:2377', raftAddress: '[2001:db8::1]:2378' };
const busy = () => new SkepError('UNAVAILABLE', 'another change is under way, try again in a moment');

/** Managers a (which leads), b and c; `n` is a manager that has not joined, `w` a worker. */
async function open(options: { readonly etcd?: boolean } = {}) {
  const time = createManualClock();
  const store = createTestStore(time.clock.nowMs);
  const quorum = createModelQuorum({ raftId: 1, nodeId: 'a' });
  quorum.put(2, 'b', true);
  quorum.put(3, 'c', true);
  const cluster = { ...CLUSTER, unlockKey: 'SWMKEY-1-x', storeAddress: options.etcd ? 'etcd://e:2379' : '' };
  const three = ['a', 'b', 'c'].map((id, index) => managerNode(id, index + 1));
  await put(store, cluster, ...three, NEWCOMER, nodeObject('w'));
  const control = options.etcd ? null : quorum.control;
  const dependencies = { store, quorum: control, nodeId: 'a', log: createLogRecord().log, ...time };
  const managers = createManagers(dependencies);
  return { time, store, quorum, managers, dependencies };
}

function failsWith(code: ErrorCode, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}

describe('a manager that joins', () => {
  it('is given a new id and the address of every member, and is a learner', async () => {
    const { store, quorum, managers } = await open();
    const joined = await managers.join('n', ENDPOINTS);
    assert.equal(joined.raftId, 10);
    assert.equal(joined.unlockKey, 'SWMKEY-1-x');
    assert.equal(joined.storeAddress, '');
    assert.deepEqual(
      joined.peers.map(({ raftId, nodeId, raftAddress }) => `${raftId} ${nodeId} ${raftAddress}`),
      ['1 a a:2378', '2 b b:2378', '3 c c:2378', '10 n [2001:db8::1]:2378'],
    );
    assert.equal(quorum.members.get(10)?.isVoter, false);
    assert.equal(store.view().cluster?.lastRaftId, 10);
    assert.deepEqual(store.view().nodes.get('n')?.manager, {
      ...ENDPOINTS,
      raftId: 10,
      leader: false,
      reachability: 'unknown',
    });
  });

  it('gets an id above every one that is in use, whatever the cluster remembers', async () => {
    const { store, quorum, managers } = await open();
    quorum.put(20, 'z', false);
    assert.equal((await managers.join('n', ENDPOINTS)).raftId, 21);
    await put(store, managerNode('y', 40));
    assert.equal((await managers.join('n', ENDPOINTS)).raftId, 41);
  });

  it('and asks again gets another id, and its former member goes first', async () => {
    const { quorum, managers } = await open();
    await managers.join('n', ENDPOINTS);
    await managers.join('n', ENDPOINTS);
    assert.deepEqual(quorum.steps, ['add 10', 'remove 10', 'add 11']);
  });

  it('after losing its disk replaces its former self, unless too few would answer meanwhile', async () => {
    const { store, quorum, managers } = await open();
    await put(store, managerNode('d', 4));
    await managers.join('b', ENDPOINTS);
    assert.deepEqual(quorum.steps, ['remove 2', 'add 10']);
    const c = quorum.members.get(3);
    assert.ok(c !== undefined);
    quorum.put(4, 'd', true);
    c.isUp = false;
    await managers.join('d', ENDPOINTS);
    assert.deepEqual(quorum.steps.slice(2), ['add 11']);
    assert.deepEqual(quorum.violations, []);
  });

  it('waits, bounded, while another change is under way', async () => {
    const { time, quorum, managers } = await open();
    quorum.refuse(busy(), busy(), busy());
    const joined = managers.join('n', ENDPOINTS);
    await time.advance(2_000);
    assert.equal((await joined).raftId, 10);
    quorum.refuse(...Array.from({ length: 200 }, busy));
    const refused = assert.rejects(managers.join('n', ENDPOINTS), failsWith('UNAVAILABLE', /another change/));
    await time.advance(14_000);
    await refused;
  });

  it('goes on when an attempt that seemed to fail has added it', async () => {
    const { quorum, managers } = await open();
    quorum.refuse(new SkepError('ALREADY_EXISTS', 'member 10 is one already'));
    assert.equal((await managers.join('n', ENDPOINTS)).raftId, 10);
  });

  it('gives way to a later attempt of the same node', async () => {
    const { time, store, quorum, managers } = await open();
    quorum.refuse(busy());
    const first = assert.rejects(managers.join('n', ENDPOINTS), failsWith('CONFLICT', /another part/));
    await time.advance(10);
    await put(store, managerNode('n', 11));
    await time.advance(1_000);
    await first;
    assert.deepEqual(quorum.steps, []);
  });

  it('is refused when it is a worker, was removed, leads, or says no address', async () => {
    const { quorum, managers } = await open();
    await assert.rejects(managers.join('w', ENDPOINTS), failsWith('FAILED_PRECONDITION', /"w" is a worker/));
    await assert.rejects(managers.join('x', ENDPOINTS), failsWith('PERMISSION_DENIED', /was removed/));
    await assert.rejects(managers.join('a', ENDPOINTS), failsWith('FAILED_PRECONDITION', /leads/));
    for (const bad of ['', 'n', 'n:0', 'n:65536', 'n :1', ':1', 'fe80::1:1']) {
      await assert.rejects(
        managers.join('n', { ...ENDPOINTS, raftAddress: bad }),
        failsWith('INVALID_ARGUMENT', /replication address must be host:port/),
      );
    }
    assert.deepEqual(quorum.steps, []);
  });

  it('has no part in a quorum where etcd keeps the state', async () => {
    const { store, quorum, managers } = await open({ etcd: true });
    const joined = await managers.join('n', { address: 'n:2377', raftAddress: '' });
    assert.deepEqual([joined.raftId, joined.peers, joined.storeAddress], [0, [], 'etcd://e:2379']);
    assert.equal(store.view().cluster?.lastRaftId, 9);
    assert.equal(store.view().nodes.get('n')?.manager?.raftId, 0);
    assert.deepEqual(quorum.steps, []);
  });
});

describe('a manager that leaves', () => {
  it('is a worker, and gone from the quorum when it is told so', async () => {
    const { time, store, quorum, managers, dependencies } = await open();
    const loop = startQuorumLoop(dependencies);
    const left = managers.leave('b');
    await time.advance(2_000);
    await left;
    assert.deepEqual(quorum.steps, ['remove 2']);
    assert.equal(store.view().nodes.get('b')?.spec.role, 'worker');
    assert.equal(store.view().nodes.get('b')?.manager, undefined);
    await managers.leave('b');
    loop.close();
  });

  it('is told when that takes too long, and may ask again', async () => {
    const { time, managers, dependencies } = await open();
    const refused = assert.rejects(managers.leave('b'), failsWith('UNAVAILABLE', /still part of the quorum/));
    await time.advance(LEAVE_TIMEOUT_MS + 500);
    await refused;
    const loop = startQuorumLoop(dependencies);
    const left = managers.leave('b');
    await time.advance(2_000);
    await left;
    loop.close();
  });

  it('does not leave as the last one, nor when too few of the others answer', async () => {
    const { store, managers } = await open();
    await put(store, managerNode('b', 2, { reachability: 'unreachable' }));
    await assert.rejects(
      managers.leave('a'),
      failsWith('FAILED_PRECONDITION', /1 of the 2 managers that remain is reachable, 2 needed/),
    );
    await put(store, nodeObject('b'), nodeObject('c'));
    await assert.rejects(managers.leave('a'), failsWith('FAILED_PRECONDITION', /last manager/));
    assert.equal(store.view().nodes.get('a')?.spec.role, 'manager');
  });
});

describe('a manager that moved', () => {
  it('is found at its new address by all', async () => {
    const { store, quorum, managers } = await open();
    await managers.announce('b', { address: 'new:1', raftAddress: 'new:2' });
    await managers.announce('b', { address: 'new:1', raftAddress: 'new:2' });
    assert.deepEqual(quorum.steps, ['announce 2 new:2']);
    const { address, raftAddress, raftId } = store.view().nodes.get('b')?.manager ?? {};
    assert.deepEqual([address, raftAddress, raftId], ['new:1', 'new:2', 2]);
  });

  it('is refused when it never joined', async () => {
    const { managers } = await open();
    await assert.rejects(managers.announce('n', ENDPOINTS), failsWith('FAILED_PRECONDITION', /not joined/));
    await assert.rejects(managers.announce('w', ENDPOINTS), failsWith('FAILED_PRECONDITION', /a worker/));
  });
});
