import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { numberEntry, startNumberList } from '../number-list-member.ts';
import { filesOf } from '../raft-samples.ts';
import {
  type ChildMember,
  type ChildSettings,
  eventually,
  type NumberCluster,
  type NumberState,
  SKIP_REASON,
  withCluster,
} from './number-cluster.ts';

const THREE = [1, 2, 3];

async function startAll(cluster: NumberCluster, settings: ChildSettings = {}): Promise<void> {
  await Promise.all(THREE.map((id) => cluster.start(id, settings)));
}

/** Proposes on whoever leads until it is taken. A number may get in twice when its outcome was unknown. */
async function write(cluster: NumberCluster, value: number): Promise<void> {
  await eventually(`${value} written`, async () => {
    const leader = await cluster.leader();
    return leader.ask<number>({ kind: 'propose', value }).catch(() => undefined);
  });
}

/** Asks for a change of the members, again while one is under way or no snapshot is there yet, as a caller has to. */
async function change(leader: ChildMember, request: Parameters<ChildMember['ask']>[0]): Promise<void> {
  await eventually('a change of the members', async () => {
    try {
      await leader.ask(request);
      return true;
    } catch (thrown) {
      if (thrown instanceof Error && /try again in a moment/.test(thrown.message)) return undefined;
      throw thrown;
    }
  });
}

async function writeRange(cluster: NumberCluster, first: number, last: number): Promise<void> {
  const values = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  await Promise.all(values.map((value) => write(cluster, value)));
}

async function hasAll(member: ChildMember, last: number): Promise<NumberState> {
  return eventually(`member ${member.id} has everything up to ${last}`, async () => {
    const state = await member.ask<NumberState>({ kind: 'numbers' });
    const found = new Set(state.numbers);
    const isWhole = Array.from({ length: last }, (_, place) => place + 1).every((value) => found.has(value));
    return isWhole ? state : undefined;
  });
}

describe('three members', { skip: SKIP_REASON }, () => {
  it('keep every acknowledged write when the leader is killed, and it catches up after its restart', () =>
    withCluster(THREE, async (cluster) => {
      await startAll(cluster);
      await writeRange(cluster, 1, 40);
      const old = await cluster.leader();
      await old.kill();
      await writeRange(cluster, 41, 60);
      const back = await cluster.start(old.id);
      const states = await Promise.all([...cluster.members.values()].map((member) => hasAll(member, 60)));
      assert.equal(states.length, 3);
      await write(cluster, 61);
      const { numbers } = await back.ask<NumberState>({ kind: 'read' });
      assert.ok(numbers.includes(61), 'a read sees what was acknowledged before it');
    }));

  it('read on a follower what was just written through the leader', () =>
    withCluster(THREE, async (cluster) => {
      await startAll(cluster);
      await writeRange(cluster, 1, 5);
      const follower = await cluster.follower();
      for (let value = 6; value <= 15; value++) {
        await write(cluster, value);
        const { numbers } = await follower.ask<NumberState>({ kind: 'read' });
        assert.equal(numbers.at(-1), value);
      }
    }));

  it('hand leadership over on request, and when the leader stops', () =>
    withCluster(THREE, async (cluster) => {
      await startAll(cluster);
      await write(cluster, 1);
      const first = await cluster.leader();
      const next = await cluster.follower();
      await first.ask({ kind: 'transfer', memberId: next.id });
      await eventually('the next leads', () => next.isLeader());
      await assert.rejects(first.ask({ kind: 'propose', value: 2 }), /does not lead now/);
      await next.ask({ kind: 'close' });
      await write(cluster, 3);
      await assert.rejects(
        (await cluster.leader()).ask({ kind: 'transfer', memberId: 9 }),
        /could not be handed to member 9/,
      );
    }));

  it('bring a follower that is behind the compacted log up by a snapshot', () =>
    withCluster(THREE, async (cluster) => {
      const limits = { snapshotEveryEntries: 20, retainEntries: 5 };
      await startAll(cluster, limits);
      await writeRange(cluster, 1, 10);
      const follower = await cluster.follower();
      await follower.kill();
      for (let first = 11; first < 100; first += 10) await writeRange(cluster, first, first + 9);
      const back = await cluster.start(follower.id, limits);
      const { restores } = await hasAll(back, 100);
      assert.ok(restores >= 1);
      await back.kill();
      const again = await cluster.start(follower.id, limits);
      await writeRange(cluster, 101, 110);
      await hasAll(again, 110);
    }));

  it('drop from the disk of an old leader what it never committed', () =>
    withCluster(THREE, async (cluster) => {
      await startAll(cluster);
      await writeRange(cluster, 1, 5);
      const old = await cluster.leader();
      const others = [...cluster.members.values()].filter((member) => member !== old);
      await Promise.all(others.map((member) => member.kill()));
      const lost = [901, 902, 903].map((value) =>
        assert.rejects(old.ask({ kind: 'propose', value }), 'it cannot be acknowledged'),
      );
      await eventually('the entries are in its log', async () => {
        const { lastIndex, commit } = await old.ask<{ lastIndex: number; commit: number }>({
          kind: 'status',
        });
        return lastIndex >= commit + 3;
      });
      await old.kill();
      await Promise.all(lost);
      await Promise.all(others.map(({ id }) => cluster.start(id)));
      await writeRange(cluster, 6, 10);
      const back = await cluster.start(old.id);
      await hasAll(back, 10);
      await back.kill();
      const again = await cluster.start(old.id);
      await writeRange(cluster, 11, 12);
      const expected = await hasAll(await cluster.leader(), 12);
      assert.deepEqual((await hasAll(again, 12)).numbers, expected.numbers);
      assert.equal(expected.numbers.includes(901), false);
    }));

  it('take a learner in, promote it once it has caught up, and let another go', () =>
    withCluster(
      THREE,
      async (cluster) => {
        await startAll(cluster);
        await writeRange(cluster, 1, 30);
        const leader = await cluster.leader();
        const joining = await cluster.start(4, { isFounder: false });
        await change(leader, { kind: 'add', memberId: 4, address: cluster.addressOf(4) });
        await change(leader, { kind: 'promote', memberId: 4 });
        await hasAll(joining, 30);
        const leaving = await cluster.follower();
        await change(leader, { kind: 'remove', memberId: leaving.id });
        const { confState } = await leader.ask<{ confState: { voters: number[]; learners: number[] } }>({
          kind: 'status',
        });
        assert.deepEqual(
          [confState.voters.includes(4), confState.voters.includes(leaving.id)],
          [leaving.id !== 4, false],
        );
        await assert.rejects(leader.ask({ kind: 'promote', memberId: 77 }), /member 77 is not one/);
        await assert.rejects(
          leader.ask({ kind: 'add', memberId: leader.id, address: 'x:1' }),
          /is one already/,
        );
      },
      [4],
    ));
});

describe('a member', { skip: SKIP_REASON }, () => {
  it('alone leads, keeps its entries over a kill, and cuts off a torn tail', () =>
    withCluster([1], async (cluster) => {
      const first = await cluster.start(1);
      await writeRange(cluster, 1, 20);
      await first.kill();
      const [file] = (await filesOf(first.folder, 'log-')).slice(-1);
      assert.ok(file !== undefined);
      const whole = await readFile(file);
      await writeFile(file, Buffer.concat([whole, Buffer.from('SR\u0001')]));
      const again = await cluster.start(1);
      await hasAll(again, 20);
      await write(cluster, 21);
    }));

  it('goes on with the log of a single member, and others can join it then', () =>
    withCluster(
      [1],
      async (cluster) => {
        const { member } = await startNumberList(cluster.folderOf(1));
        for (let value = 1; value <= 10; value++) await member.propose(numberEntry(value));
        await member.close();
        const first = await cluster.start(1);
        await writeRange(cluster, 11, 12);
        const joining = await cluster.start(2, { isFounder: false });
        await change(first, { kind: 'add', memberId: 2, address: cluster.addressOf(2) });
        await change(first, { kind: 'promote', memberId: 2 });
        const { numbers } = await hasAll(joining, 12);
        assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        await first.kill();
        await assert.rejects(startNumberList(cluster.folderOf(1)), /one manager among several/);
      },
      [2],
    ));

  it('with a flipped bit in its log does not start, and says where', () =>
    withCluster([1], async (cluster) => {
      const first = await cluster.start(1);
      await writeRange(cluster, 1, 5);
      await first.kill();
      const [file] = (await filesOf(first.folder, 'log-')).slice(-1);
      assert.ok(file !== undefined);
      const bytes = await readFile(file);
      const middle = Math.floor(bytes.byteLength / 2);
      bytes[middle] = (bytes[middle] ?? 0) ^ 4;
      await writeFile(file, bytes);
      await assert.rejects(cluster.start(1), /the log is damaged in .*\.segment at offset \d+/);
    }));
});
