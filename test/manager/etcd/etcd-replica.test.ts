import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change } from '../../../lib/domain/store-object.ts';
import { SkepError } from '../../../lib/errors.ts';
import { createKeyLayout, DEFAULT_PREFIX } from '../../../manager/etcd/key-layout.ts';
import { decodeHead, encodeEntry, encodeHead } from '../../../manager/etcd/records.ts';
import { contentOf, sampleTask } from '../store/store-samples.ts';
import { type TestReplica, type TestReplicas, withReplicas } from './etcd-replicas.ts';
import { type EtcdServer, eventually, SKIP_REASON, withEtcd } from './etcd-server.ts';

const KEYS = createKeyLayout(DEFAULT_PREFIX);

function put(id: string): Change {
  return { kind: 'put', object: sampleTask(id, 's1', 'n1') };
}

function write({ replica }: TestReplica, id: string): Promise<number> {
  return replica.store.update(() => [put(id)]);
}

async function writeMany(leader: TestReplica, prefix: string, count: number): Promise<void> {
  for (let place = 0; place < count; place++) await write(leader, `${prefix}${place}`);
}

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error instanceof SkepError ? error.code : String(error)));
}

/** It takes itself for the leader for ever, renews nothing and hears nothing. */
function fallAsleep(replica: TestReplica): void {
  replica.stopClock();
  replica.setAwake(false);
  replica.deafen();
}

async function valueUnder({ client }: EtcdServer, key: string): Promise<Uint8Array | undefined> {
  const { found } = await client.transact({ conditions: [], steps: [{ kind: 'get', key }] });
  return found[0]?.value;
}

/** Every replica shows the same, and these tasks. */
async function assertAlike(replicas: TestReplicas, taskIds: readonly string[]): Promise<void> {
  const all = replicas.all();
  await Promise.all(all.map(({ replica }) => replica.readBarrier()));
  for (const { replica, nodeId } of all) {
    assert.deepEqual(
      [...replica.store.view().tasks.keys()].sort(),
      [...taskIds].sort(),
      `tasks of ${nodeId}`,
    );
    assert.deepEqual(
      contentOf(replica.store.view()),
      contentOf(all[0]?.replica.store.view() ?? replica.store.view()),
    );
  }
}

function other(replicas: TestReplicas, than: TestReplica): TestReplica {
  const found = replicas.all().find((one) => one !== than);
  assert.ok(found !== undefined);
  return found;
}

function scenario(title: string, body: (server: EtcdServer, replicas: TestReplicas) => Promise<void>): void {
  it(title, () => withEtcd((server) => withReplicas(server, (replicas) => body(server, replicas))));
}

async function putKey(server: EtcdServer, key: string, value: Uint8Array): Promise<void> {
  await server.client.transact({ conditions: [], steps: [{ kind: 'put', key, value }] });
}

async function removeKeys(server: EtcdServer, key: string, end?: string): Promise<void> {
  const step = { kind: 'delete', key, ...(end === undefined ? {} : { end }) } as const;
  await server.client.transact({ conditions: [], steps: [step] });
}

async function countKeys(server: EtcdServer, range: { key: string; end: string }): Promise<number> {
  return (await server.client.range({ ...range, limit: 10_000 })).keys.length;
}

describe('replicas over etcd', { skip: SKIP_REASON }, () => {
  scenario('have one leader, whose changes all of them show', async (_server, replicas) => {
    for (const nodeId of ['a', 'b', 'c']) await replicas.start(nodeId);
    const leader = await replicas.leader();
    assert.deepEqual(await Promise.all([write(leader, 't1'), write(leader, 't2')]), [1, 1]);
    await assertAlike(replicas, ['t1', 't2']);
    const leaders = replicas.all().filter(({ replica }) => replica.leadership().isLeader);
    assert.deepEqual(leaders, [leader]);
    for (const { replica } of replicas.all()) assert.equal(replica.leadership().leaderId, leader.nodeId);
    const follower = other(replicas, leader);
    assert.equal(await outcome(write(follower, 't3')), 'NOT_LEADER');
  });

  scenario('hand over at once when the leader closes, and count terms upwards', async (_server, replicas) => {
    await replicas.start('a', { leaseSeconds: 600 });
    const first = await replicas.leader();
    const second = await replicas.start('b');
    const seen: boolean[] = [];
    first.replica.onLeadership(({ isLeader }) => seen.push(isLeader));
    const { term } = first.replica.leadership();
    await write(first, 't1');
    await replicas.close(first);
    assert.deepEqual(seen, [false]);
    // Not by the end of the lease, which is ten minutes off.
    assert.equal(await replicas.leader(), second);
    assert.ok(second.replica.leadership().term > term);
    await write(second, 't2');
    await assertAlike(replicas, ['t1', 't2']);
  });

  scenario('fence off a leader that slept past its lease and does not know it', async (_server, replicas) => {
    await replicas.start('a', { leaseSeconds: 2 });
    const sleeper = await replicas.leader();
    const heir = await replicas.start('b');
    await write(sleeper, 't1');
    fallAsleep(sleeper);
    await eventually('the other leads', () => heir.replica.leadership().isLeader || undefined);
    await write(heir, 't2');
    assert.equal(sleeper.replica.leadership().isLeader, true);
    assert.equal(await outcome(write(sleeper, 'lost')), 'NOT_LEADER');
    assert.equal(sleeper.replica.leadership().isLeader, false);
    await write(heir, 't3');
    assert.deepEqual([...heir.replica.store.view().tasks.keys()], ['t1', 't2', 't3']);
  });

  scenario('fence it off even when nobody has taken the lead meanwhile', async (server, replicas) => {
    await replicas.start('a', { leaseSeconds: 2 });
    const sleeper = await replicas.leader();
    await write(sleeper, 't1');
    fallAsleep(sleeper);
    await eventually(
      'etcd ended the lease',
      async () => (await valueUnder(server, KEYS.leader)) === undefined || undefined,
    );
    assert.equal(sleeper.replica.leadership().isLeader, true);
    assert.equal(await outcome(write(sleeper, 'lost')), 'NOT_LEADER');
    assert.equal(await countKeys(server, KEYS.log), 1);
  });

  scenario('stop leading by their own clock before etcd ends the lease', async (server, replicas) => {
    const leader = await replicas.start('a', { leaseSeconds: 2 });
    await replicas.leader();
    leader.setAwake(false);
    await eventually('it does not lead', () => !leader.replica.leadership().isLeader || undefined);
    assert.notEqual(await valueUnder(server, KEYS.leader), undefined);
    assert.equal(await outcome(write(leader, 't1')), 'NOT_LEADER');
  });

  scenario('go on after etcd was killed and started again', async (server, replicas) => {
    for (const nodeId of ['a', 'b']) await replicas.start(nodeId, { leaseSeconds: 2 });
    await writeMany(await replicas.leader(), 't', 5);
    await server.kill();
    await eventually('nobody leads', () =>
      replicas.all().every(({ replica }) => !replica.leadership().isLeader) ? true : undefined,
    );
    await server.start();
    await write(await replicas.leader(), 't5');
    await assertAlike(replicas, ['t0', 't1', 't2', 't3', 't4', 't5']);
  });

  scenario('learn that a write was made although its answer was lost', async (server, replicas) => {
    const leader = await replicas.start('a');
    await replicas.leader();
    leader.loseNextAnswer();
    assert.equal(await outcome(write(leader, 't1')), 1);
    assert.equal(await write(leader, 't2'), 2);
    assert.equal(await countKeys(server, KEYS.log), 2);
    assert.equal(leader.replica.leadership().isLeader, true);
  });

  scenario('try a write again that etcd did not answer', async (server, replicas) => {
    await replicas.start('a');
    const leader = await replicas.leader();
    await write(leader, 't0');
    server.freeze();
    const writes = ['t1', 't2', 't3'].map((id) => outcome(write(leader, id)));
    // Longer than the deadline of a call, so that the same write is tried again.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    server.thaw();
    assert.deepEqual(await Promise.all(writes), [2, 2, 2]);
    await write(leader, 't4');
    await assertAlike(replicas, ['t0', 't1', 't2', 't3', 't4']);
    assert.equal(await countKeys(server, KEYS.log), 3);
  });

  scenario(
    'refuse what was not sent when the lease ends, and still learn of what was',
    async (server, replicas) => {
      await replicas.start('a', { leaseSeconds: 2 });
      const leader = await replicas.leader();
      await write(leader, 't0');
      server.freeze();
      const sent = outcome(write(leader, 't1'));
      await new Promise((resolve) => setTimeout(resolve, 100));
      const waiting = outcome(write(leader, 't2'));
      assert.equal(await waiting, 'NOT_LEADER');
      server.thaw();
      const isWritten = (await sent) === 2;
      if (!isWritten) assert.equal(await sent, 'NOT_LEADER');
      await replicas.leader();
      await assertAlike(replicas, isWritten ? ['t0', 't1'] : ['t0']);
    },
  );

  scenario('find another member of etcd when one is gone', async (server, replicas) => {
    const endpoints = ['127.0.0.1:1', server.endpoint];
    await replicas.start('a', { endpoints });
    await write(await replicas.leader(), 't1');
    await assertAlike(replicas, ['t1']);
  });

  scenario('forget the history that nobody needs, if they are to', async (server, replicas) => {
    await replicas.start('a', { compactEveryMs: 300 });
    const { revision } = await server.client.range({ ...KEYS.log, limit: 1 });
    const leader = await replicas.leader();
    await eventually('an old revision is gone', async () => {
      await write(leader, 't1');
      return server.client.range({ ...KEYS.log, limit: 1, revision }).then(
        () => undefined,
        () => true,
      );
    });
  });

  scenario('say UNAVAILABLE in the end when etcd does not come back', async (server, replicas) => {
    let speed = 1;
    const start = performance.now();
    const leader = await replicas.start('a', {
      monotonicMs: () => start + (performance.now() - start) * speed,
    });
    await replicas.leader();
    await server.kill();
    const results = [outcome(write(leader, 't1')), outcome(leader.replica.readBarrier())];
    // What takes 15 s is over after one.
    speed = 15;
    assert.deepEqual(await Promise.all(results), ['UNAVAILABLE', 'UNAVAILABLE']);
    assert.equal(leader.replica.store.view().tasks.size, 0);
  });

  scenario('keep their leader as long as it renews its lease', async (_server, replicas) => {
    for (const nodeId of ['a', 'b']) await replicas.start(nodeId, { leaseSeconds: 2 });
    const leader = await replicas.leader();
    const { term } = leader.replica.leadership();
    // Nearly twice the lease.
    await new Promise((resolve) => setTimeout(resolve, 3_800));
    assert.deepEqual(leader.replica.leadership(), { isLeader: true, leaderId: leader.nodeId, term });
  });

  scenario('lead only once they have read what was written before', async (_server, replicas) => {
    await replicas.start('a');
    const first = await replicas.leader();
    const heir = await replicas.start('b');
    heir.deafen();
    await writeMany(first, 't', 3);
    let seen = -1;
    heir.replica.onLeadership(({ isLeader }) => {
      if (isLeader) seen = heir.replica.store.view().tasks.size;
    });
    await replicas.close(first);
    await replicas.leader();
    assert.equal(seen, 3);
    assert.equal(await write(heir, 't3'), 4);
  });

  scenario('open a watch anew that brings nothing', async (_server, replicas) => {
    await replicas.start('a');
    const leader = await replicas.leader();
    const follower = await replicas.start('b');
    follower.deafen();
    await write(leader, 't1');
    await follower.replica.readBarrier();
    assert.equal(follower.replica.store.view().tasks.size, 1);
  });

  scenario('start from a snapshot and the log behind it', async (server, replicas) => {
    await replicas.start('a', { snapshotEveryEntries: 10 });
    const leader = await replicas.leader();
    await writeMany(leader, 't', 25);
    await eventually('the log is short', async () => (await countKeys(server, KEYS.log)) < 10 || undefined);
    assert.equal(await countKeys(server, KEYS.snapshots), 1);
    await replicas.start('b');
    await assertAlike(
      replicas,
      Array.from({ length: 25 }, (_, place) => `t${place}`),
    );
  });

  scenario('read everything anew after the history they missed was compacted', async (server, replicas) => {
    await replicas.start('a', { snapshotEveryEntries: 10 });
    const leader = await replicas.leader();
    const follower = await replicas.start('b');
    await write(leader, 'early');
    await follower.replica.readBarrier();
    await server.kill();
    // Its retries wait, so that the watch stays broken while the others go on.
    follower.setAwake(false);
    await server.start();
    await eventually('a write goes through', () => write(leader, 't0').catch(() => undefined));
    await writeMany(leader, 't', 25);
    await eventually('the log is short', async () => (await countKeys(server, KEYS.log)) < 10 || undefined);
    const { revision } = await server.client.range({ ...KEYS.log, limit: 1 });
    await server.client.compact(revision);
    assert.equal(follower.replica.store.view().tasks.size, 1);
    follower.setAwake(true);
    await assertAlike(replicas, ['early', ...Array.from({ length: 25 }, (_, place) => `t${place}`)]);
    assert.ok(follower.lines.some(({ message }) => message.includes('forgotten')));
  });

  scenario('store what is close to the largest transaction', async (_server, replicas) => {
    for (const nodeId of ['a', 'b']) await replicas.start(nodeId);
    const leader = await replicas.leader();
    const many = Array.from({ length: 2_000 }, (_, place) => put(`many${place}`));
    const large: Change = {
      kind: 'put',
      object: { ...sampleTask('large', 's1', ''), serviceName: 'x'.repeat(1_040_000) },
    };
    await Promise.all([leader.replica.store.update(() => many), leader.replica.store.update(() => [large])]);
    await assertAlike(replicas, [
      'large',
      ...many.map((change) => (change.kind === 'put' ? change.object.id : '')),
    ]);
  });
});

describe('replicas over an etcd that somebody else writes to', { skip: SKIP_REASON }, () => {
  const meddle = (
    title: string,
    body: (server: EtcdServer, leader: TestReplica, replicas: TestReplicas) => Promise<void>,
  ): void => {
    scenario(title, async (server, replicas) => {
      for (const nodeId of ['a', 'b']) await replicas.start(nodeId, { auditEveryMs: 1_000 });
      const leader = await replicas.leader();
      await writeMany(leader, 't', 5);
      await assertAlike(replicas, ['t0', 't1', 't2', 't3', 't4']);
      await body(server, leader, replicas);
      // Whoever starts now finds everything, and all go on.
      await replicas.start('c');
      await eventually('a write goes through', async () =>
        outcome(write(await replicas.leader(), 't5')).then(
          (result) => typeof result === 'number' || undefined,
        ),
      );
      await assertAlike(replicas, ['t0', 't1', 't2', 't3', 't4', 't5']);
    });
  };
  const reported = (leader: TestReplica, what: RegExp): Promise<unknown> =>
    eventually(`${what} is reported`, () =>
      leader.lines.find(({ level, fields }) => level === 'error' && what.test(String(fields.first))),
    );
  const mended = (leader: TestReplica): Promise<unknown> =>
    eventually('a snapshot was written', () =>
      leader.lines.find(({ message }) => /snapshot .* written/.test(message)),
    );

  meddle('find a deleted entry, and mend the log by a snapshot', async (server, leader) => {
    await removeKeys(server, KEYS.entry(3));
    await reported(leader, /entry-missing 3/);
    await mended(leader);
  });

  meddle('find an edited entry, whatever it holds now', async (server, leader) => {
    const foreign = encodeEntry({
      index: 2,
      term: leader.replica.leadership().term,
      payload: new Uint8Array(),
    });
    await putKey(server, KEYS.entry(2), foreign);
    await reported(leader, /entry-changed 2/);
    await mended(leader);
  });

  meddle('do not apply what is no entry, and remove it', async (server, leader) => {
    await putKey(server, KEYS.entry(6), Buffer.from('rubbish'));
    await reported(leader, /foreign-key 6/);
    await eventually(
      'it is gone',
      async () => (await countKeys(server, KEYS.entries(6, 6))) === 0 || undefined,
    );
  });

  meddle('write the head anew after it was edited', async (server, leader) => {
    await putKey(server, KEYS.head, encodeHead({ index: 1, term: 1 }));
    await reported(leader, /head-damaged/);
    await eventually('the head is whole', async () => {
      const head = await valueUnder(server, KEYS.head);
      return (head !== undefined && decodeHead(head).index === 5) || undefined;
    });
  });

  meddle('write the name of the snapshot anew after it was edited', async (server, leader) => {
    await removeKeys(server, KEYS.entry(1));
    await mended(leader);
    await putKey(server, KEYS.latest, Buffer.from('rubbish'));
    await reported(leader, /snapshot-damaged/);
    await eventually('it can be read', async () => {
      const name = await valueUnder(server, KEYS.latest);
      return (name !== undefined && String(name) !== 'rubbish') || undefined;
    });
  });

  meddle('refuse a write behind an edited head rather than guess', async (server, leader, replicas) => {
    await putKey(server, KEYS.head, Buffer.from('rubbish'));
    assert.equal(await outcome(write(leader, 'lost')), 'NOT_LEADER');
    await replicas.leader();
  });

  meddle('write everything back after all keys were deleted', async (server) => {
    await removeKeys(server, KEYS.head, KEYS.snapshots.end);
    await eventually(
      'there is a snapshot',
      async () => (await countKeys(server, KEYS.snapshots)) > 0 || undefined,
    );
  });

  meddle('write a snapshot anew that lost a piece', async (server, leader) => {
    await removeKeys(server, KEYS.entry(1));
    await mended(leader);
    await removeKeys(server, KEYS.snapshots.key, KEYS.snapshots.end);
    await reported(leader, /snapshot-damaged/);
    await eventually(
      'it is there again',
      async () => (await countKeys(server, KEYS.snapshots)) > 0 || undefined,
    );
  });

  scenario(
    'do not start on an etcd that was emptied, nor where another cluster is',
    async (server, replicas) => {
      const only = await replicas.start('a');
      await writeMany(await replicas.leader(), 't', 2);
      const newCluster = { code: 'ALREADY_EXISTS' };
      await assert.rejects(replicas.start('b', { isFirst: true }), newCluster);
      await replicas.start('c', { isFirst: true, prefix: '/skep/other' });
      await replicas.close(only);
      await removeKeys(server, KEYS.head, KEYS.snapshots.end);
      // Time flies, for it waits for a manager that writes the state back.
      const monotonicMs = (): number => performance.now() * 30;
      await assert.rejects(replicas.start('d', { monotonicMs }), { code: 'DATA_LOSS' });
      assert.equal(await valueUnder(server, KEYS.head), undefined);
    },
  );

  scenario('do not start on a log with a hole', async (server, replicas) => {
    const only = await replicas.start('a');
    await writeMany(await replicas.leader(), 't', 5);
    await replicas.close(only);
    await removeKeys(server, KEYS.entry(3));
    await assert.rejects(replicas.start('b'), { code: 'DATA_LOSS', message: /log entry 3 is missing/ });
  });
});
