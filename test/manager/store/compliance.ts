import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Change } from '../../../lib/domain/store-object.ts';
import { SkepError } from '../../../lib/errors.ts';
import { applyTransaction, createState, viewOfState } from '../../../manager/store/memory-state.ts';
import { MAX_CHANGES_PER_ENTRY, MAX_ENTRY_BYTES } from '../../../manager/store/pending-entry.ts';
import type { Replica } from '../../../manager/store/replica.ts';
import type { StoreView } from '../../../manager/store/store.ts';
import { anyChange, contentOf, sampleTask } from './store-samples.ts';

/** Something that keeps the replicas of a store alike. */
export interface Backend {
  readonly name: string;
  /** Why it cannot run here; false when it can. */
  readonly skip: string | false;
  /** Runs `body` with replicas over a state of their own; nothing is left afterwards. */
  withReplicas(count: number, body: (group: ReplicaGroup) => Promise<void>): Promise<void>;
}

export interface ReplicaGroup {
  /** Those that run. */
  all(): readonly Replica[];
  leader(): Promise<Replica>;
  close(replica: Replica): Promise<void>;
  /** Closes all of them and starts them again on what they left. */
  restart(): Promise<void>;
}

function put(id: string, slot = 1): Change {
  return { kind: 'put', object: sampleTask(id, 's1', 'n1', slot) };
}

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error instanceof SkepError ? error.code : String(error)));
}

async function write(group: ReplicaGroup, ...changes: readonly Change[]): Promise<number> {
  return (await group.leader()).store.update(() => changes);
}

async function followers(group: ReplicaGroup): Promise<readonly Replica[]> {
  const leader = await group.leader();
  return group.all().filter((replica) => replica !== leader);
}

/** Fails unless all replicas show the same; returns that. */
async function commonContent(group: ReplicaGroup): Promise<unknown> {
  await Promise.all(group.all().map((replica) => replica.readBarrier()));
  const contents = group.all().map(({ store }) => contentOf(store.view()));
  for (const content of contents) assert.deepEqual(content, contents[0]);
  return contents[0];
}

/** The objects without what only the moment and the index of their writing say. */
function bareObjects(view: StoreView): unknown {
  const objects = [view.cluster, ...view.nodes.values(), ...view.services.values(), ...view.tasks.values()];
  return [...objects, ...view.networks.values()].map((object) =>
    object === undefined ? undefined : { ...object, version: 0, createdAtMs: 0, updatedAtMs: 0 },
  );
}

/** What everything above the store may rely on, whatever keeps the replicas alike. */
export function describeBackend(backend: Backend): void {
  const { skip } = backend;
  const on = (count: number, title: string, body: (group: ReplicaGroup) => Promise<void>): void => {
    it(title, () => backend.withReplicas(count, body));
  };
  describe(`a store kept by ${backend.name}`, { skip }, () => describeOne(on));
  describe(`several stores kept by ${backend.name}`, { skip }, () => describeSeveral(on));
}

type On = (count: number, title: string, body: (group: ReplicaGroup) => Promise<void>) => void;

function describeOne(on: On): void {
  on(1, 'answers with the index that holds the change, and stamps the object with it', async (group) => {
    const { store } = await group.leader();
    const first = await store.update(() => [put('a')]);
    assert.equal(store.view().index, first);
    const second = await store.update(() => [put('a', 2)]);
    assert.ok(second > first);
    const task = store.view().tasks.get('a');
    assert.deepEqual([task?.version, task?.slot], [second, 2]);
    assert.ok(task !== undefined && task.createdAtMs > 0 && task.updatedAtMs >= task.createdAtMs);
    assert.equal(await store.update(() => []), second);
  });

  on(1, 'loses no update of many that each build on the one before', async (group) => {
    const { store } = await group.leader();
    await store.update(() => [put('counter', 0)]);
    const increment = (): Promise<number> =>
      store.update((view) => [put('counter', (view.tasks.get('counter')?.slot ?? 0) + 1)]);
    const turns = Array.from({ length: 30 }, async (_, turn) => {
      for (let wait = 0; wait < turn; wait++) await new Promise((resolve) => setImmediate(resolve));
      return Promise.all(Array.from({ length: 5 }, increment));
    });
    await Promise.all(turns);
    assert.equal(store.view().tasks.get('counter')?.slot, 150);
  });

  on(1, 'changes nothing when a decision throws or holds too much', async (group) => {
    const { store } = await group.leader();
    const index = await store.update(() => [put('a')]);
    const broken = (): Change[] => {
      throw new SkepError('NOT_FOUND', 'no such service');
    };
    const tooMany = Array.from({ length: MAX_CHANGES_PER_ENTRY + 1 }, (_, place) => put(`t${place}`));
    const tooLarge = put('x'.repeat(MAX_ENTRY_BYTES));
    assert.equal(await outcome(store.update(broken)), 'NOT_FOUND');
    assert.equal(await outcome(store.update(() => tooMany)), 'RESOURCE_EXHAUSTED');
    assert.equal(await outcome(store.update(() => [tooLarge])), 'RESOURCE_EXHAUSTED');
    assert.deepEqual([store.view().index, store.view().tasks.size], [index, 1]);
  });

  on(1, 'has everything again after a start, in the same order', async (group) => {
    for (let place = 0; place < 20; place++) await write(group, put(`t${place}`, place));
    await write(group, { kind: 'remove', objectKind: 'task', id: 't7' }, put('t3', 33));
    const before = await commonContent(group);
    await group.restart();
    await group.leader();
    assert.deepEqual(tasksOf(await commonContent(group)), tasksOf(before));
    await write(group, put('later'));
  });

  on(1, 'refuses changes once it is closed', async (group) => {
    const leader = await group.leader();
    await group.close(leader);
    assert.equal(await outcome(leader.store.update(() => [put('a')])), 'UNAVAILABLE');
    assert.equal(leader.leadership().isLeader, false);
  });
}

/** The index may have grown by entries without changes. */
function tasksOf(content: unknown): unknown {
  return { ...(content as object), index: 0 };
}

function describeSeveral(on: On): void {
  on(3, 'show the same after any changes, and what a model of them shows', async (group) => {
    const transactions = fc.sample(fc.array(anyChange, { minLength: 1, maxLength: 6 }), {
      numRuns: 60,
      seed: 3,
    });
    const model = createState();
    for (const changes of transactions) {
      await write(group, ...changes);
      applyTransaction(model, { changes, proposedAtMs: 1 }, model.index + 1);
    }
    await commonContent(group);
    const view = (await group.leader()).store.view();
    assert.deepEqual(bareObjects(view), bareObjects(viewOfState(model)));
  });

  on(3, 'show after a barrier what any of them acknowledged before', async (group) => {
    const leader = await group.leader();
    for (let place = 0; place < 20; place++) {
      const index = await leader.store.update(() => [put(`t${place}`)]);
      for (const { readBarrier, store } of await followers(group)) {
        await readBarrier();
        assert.ok(store.view().index >= index);
        assert.ok(store.view().tasks.has(`t${place}`));
      }
    }
  });

  on(3, 'tell their watchers the same changes in the same order, each once', async (group) => {
    const heard = group.all().map((replica) => {
      const seen: unknown[] = [];
      replica.store.watch((changes, index) => {
        assert.equal(replica.store.view().index, index);
        if (changes.length > 0) seen.push([index, changes]);
      });
      return seen;
    });
    await Promise.all(
      Array.from({ length: 10 }, (_, place) => write(group, put(`t${place}`), put('same', place))),
    );
    await write(group, { kind: 'remove', objectKind: 'task', id: 't4' });
    await commonContent(group);
    assert.ok((heard[0]?.length ?? 0) > 1);
    for (const seen of heard) assert.deepEqual(seen, heard[0]);
  });

  on(3, 'take changes from one of them only', async (group) => {
    const leader = await group.leader();
    await write(group, put('a'));
    await commonContent(group);
    for (const follower of await followers(group)) {
      assert.equal(follower.leadership().isLeader, false);
      assert.equal(await outcome(follower.store.update(() => [put('b')])), 'NOT_LEADER');
    }
    assert.deepEqual([leader.leadership().isLeader, leader.leadership().leaderId !== null], [true, true]);
    assert.deepEqual([...leader.store.view().tasks.keys()], ['a']);
  });

  on(3, 'go on under another leader, in a later term, with all that was acknowledged', async (group) => {
    const first = await group.leader();
    const { term } = first.leadership();
    const told = group.all().map((replica) => {
      const terms: number[] = [];
      replica.onLeadership((leadership) => {
        if (leadership.isLeader) terms.push(leadership.term);
      });
      return terms;
    });
    for (let place = 0; place < 10; place++) await write(group, put(`t${place}`));
    await group.close(first);
    const second = await group.leader();
    assert.ok(second.leadership().term > term);
    assert.deepEqual(told.flat(), [second.leadership().term]);
    assert.equal(second.store.view().tasks.size, 10);
    await write(group, put('t10'));
    await commonContent(group);
  });

  on(3, 'carry the largest transactions', async (group) => {
    const many = Array.from({ length: MAX_CHANGES_PER_ENTRY }, (_, place) => put(`t${place}`));
    const large = { ...sampleTask('large', 's1', 'n1'), serviceName: 'x'.repeat(MAX_ENTRY_BYTES - 2_048) };
    await Promise.all([write(group, ...many), write(group, { kind: 'put', object: large })]);
    await commonContent(group);
    for (const { store } of group.all()) assert.equal(store.view().tasks.size, MAX_CHANGES_PER_ENTRY + 1);
  });
}
