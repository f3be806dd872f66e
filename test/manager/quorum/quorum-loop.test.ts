import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, SkepError } from '../../../lib/errors.ts';
import { startQuorumLoop } from '../../../manager/quorum/quorum-loop.ts';
import { createLogRecord, createManualClock, createTestStore, put } from '../dispatcher/cluster-fixture.ts';
import { CLUSTER, createModelQuorum, demoted, managerNode } from './quorum-samples.ts';

const A = managerNode('a', 1, { leader: true });
const B = managerNode('b', 2);
const C = managerNode('c', 3);

/** Three managers that vote, and a loop on the first of them. */
async function openLoop() {
  const time = createManualClock();
  const record = createLogRecord();
  const store = createTestStore(time.clock.nowMs);
  const quorum = createModelQuorum({ raftId: 1, nodeId: 'a' });
  quorum.put(2, 'b', true);
  quorum.put(3, 'c', true);
  await put(store, CLUSTER, A, B, C);
  let looks = 0;
  const control = {
    ...quorum.control,
    members: () => {
      looks++;
      return quorum.control.members();
    },
  };
  const loop = startQuorumLoop({ store, quorum: control, nodeId: 'a', log: record.log, ...time });
  return { time, store, quorum, loop, record, looks: () => looks };
}

const failure = (code: ErrorCode) => new SkepError(code, `refused as ${code}`);

describe('the quorum loop', () => {
  it('takes one step after the other until the members are the managers', async () => {
    const { time, store, quorum, loop } = await openLoop();
    await put(store, demoted(B), managerNode('d', 4));
    quorum.put(4, 'd', false);
    await time.advance(5_000);
    assert.deepEqual(quorum.steps, ['promote 4', 'remove 2']);
    assert.equal(store.view().nodes.get('b')?.manager, undefined);
    assert.deepEqual(quorum.violations, []);
    loop.close();
  });

  it('rests when there is nothing to do, whatever else changes in the store', async () => {
    const { time, store, quorum, loop, looks } = await openLoop();
    await time.advance(1_000);
    const before = looks();
    for (let change = 0; change < 100; change++) {
      await put(store, { ...CLUSTER, routerSubnet: `10.0.${change}.0/24` });
      await time.advance(10);
    }
    assert.ok(looks() - before <= 3, `${looks() - before} looks in a second`);
    assert.deepEqual(quorum.steps, []);
    loop.close();
  });

  it('tries again what failed, later and later, and warns once when it stays so', async () => {
    const { time, store, quorum, loop, record } = await openLoop();
    quorum.refuse(...Array.from({ length: 6 }, () => failure('FAILED_PRECONDITION')));
    await put(store, demoted(B));
    await time.advance(2_000);
    assert.deepEqual(quorum.steps, []);
    await time.advance(40_000);
    assert.deepEqual(quorum.steps, ['remove 2']);
    const warnings = record.lines.filter(({ level }) => level === 'warn');
    assert.equal(warnings.length, 1);
    assert.match(JSON.stringify(warnings), /remove 2.*refused as FAILED_PRECONDITION/);
    loop.close();
  });

  it('says nothing aloud when leadership moves, or another change is under way', async () => {
    const { time, store, quorum, loop, record } = await openLoop();
    quorum.refuse(...Array.from({ length: 5 }, () => failure('UNAVAILABLE')), failure('NOT_LEADER'));
    await put(store, demoted(B));
    await time.advance(40_000);
    assert.deepEqual(quorum.steps, ['remove 2']);
    assert.ok(record.lines.every(({ level }) => level === 'debug' || level === 'info'));
    loop.close();
  });

  it('does not wait for one step that fails with another that would not', async () => {
    const { time, store, quorum, loop } = await openLoop();
    quorum.refuse(failure('FAILED_PRECONDITION'));
    quorum.put(4, 'd', false);
    await put(store, demoted(B), managerNode('d', 4));
    await time.advance(100);
    assert.deepEqual(quorum.steps, ['remove 2']);
    await time.advance(1_000);
    assert.deepEqual(quorum.steps, ['remove 2', 'promote 4']);
    loop.close();
  });

  it('does not spin on a step that comes to nothing', async () => {
    const { time, store, quorum, loop, record } = await openLoop();
    const transfers = () => record.lines.filter(({ message }) => message.includes('handed over')).length;
    await put(store, demoted(A));
    const { control } = quorum;
    await time.advance(100);
    assert.deepEqual(quorum.steps, ['transfer 2']);
    // The lead comes back each time, as though the transfer had been for nothing.
    for (let round = 0; round < 20; round++) {
      quorum.lead(1);
      await time.advance(100);
    }
    assert.equal(control.raftId, 1);
    assert.ok(transfers() <= 5, `${transfers()} transfers in two seconds`);
    loop.close();
  });

  it('says once that a member has to stay', async () => {
    const { time, store, quorum, loop, record } = await openLoop();
    const member = quorum.members.get(3);
    assert.ok(member !== undefined);
    member.isUp = false;
    await put(store, demoted(B));
    await time.advance(10_000);
    assert.deepEqual(quorum.steps, []);
    assert.equal(store.view().nodes.get('c')?.manager?.reachability, 'unreachable');
    assert.equal(record.lines.filter(({ message }) => /Member 2 of node b stays/.test(message)).length, 1);
    member.isUp = true;
    await time.advance(2_000);
    assert.deepEqual(quorum.steps, ['remove 2']);
    assert.equal(store.view().nodes.get('c')?.manager?.reachability, 'reachable');
    loop.close();
  });

  it('takes a member that is gone already for removed', async () => {
    const { time, store, quorum, loop, record } = await openLoop();
    quorum.refuse(failure('NOT_FOUND'));
    await put(store, demoted(B));
    await time.advance(3_000);
    assert.deepEqual(quorum.steps, ['remove 2']);
    assert.ok(record.lines.every(({ level }) => level !== 'warn'));
    loop.close();
  });

  it('does nothing any more once it is closed', async () => {
    const { time, store, quorum, loop, looks } = await openLoop();
    loop.close();
    const before = looks();
    await put(store, demoted(B));
    await time.advance(10_000);
    assert.equal(looks(), before);
    assert.deepEqual(quorum.steps, []);
  });
});
