import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Change } from '../../../lib/domain/store-object.ts';
import { SkepError } from '../../../lib/errors.ts';
import { createLateProposer } from '../../../manager/store/late-proposer.ts';
import { createStore, type ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { MAX_CHANGES_PER_ENTRY, MAX_ENTRY_BYTES } from '../../../manager/store/pending-entry.ts';
import type { Proposer } from '../../../manager/store/store.ts';
import { transactionCodec } from '../../../proto/messages.ts';
import { anyTransaction, contentOf, sampleTask } from './store-samples.ts';

interface Step {
  readonly entry: Uint8Array;
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
}

/** Consensus by hand: entries wait here until the test commits or refuses the first of them. */
function createManualConsensus() {
  const steps: Step[] = [];
  const lines: string[] = [];
  let index = 0;
  let isLeader = true;
  const proposer: Proposer = {
    propose: (entry) => new Promise((resolve, reject) => steps.push({ entry, resolve, reject })),
    version: () => index,
    isLeader: () => isLeader,
  };
  const store: ReplicatedStore = createStore({
    proposer,
    nowMs: () => 1_000 + index,
    log: (_level, message) => lines.push(message),
  });
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    store,
    lines,
    steps,
    nextTurn,
    setLeader(value: boolean) {
      isLeader = value;
    },
    async commitNext() {
      const step = steps.shift();
      assert.ok(step !== undefined, 'an entry was proposed');
      index++;
      store.apply(step.entry, index);
      step.resolve(index);
      await nextTurn();
    },
    async refuseNext() {
      steps.shift()?.reject(new SkepError('UNAVAILABLE', 'no quorum'));
      await nextTurn();
    },
  };
}

function put(id: string, serviceId = 's1'): Change {
  return { kind: 'put', object: sampleTask(id, serviceId, '') };
}

/** The result of a promise as a value, so that a rejection is never unhandled. */
function outcome(promise: Promise<number>): Promise<number | string> {
  return promise.catch((error: unknown) => (error instanceof SkepError ? error.code : String(error)));
}

describe('the store', () => {
  it('shows a change only once it was committed, and answers with its index', async () => {
    const consensus = createManualConsensus();
    const result = outcome(consensus.store.update(() => [put('a')]));
    await consensus.nextTurn();
    assert.equal(consensus.store.view().tasks.size, 0);
    await consensus.commitNext();
    assert.equal(await result, 1);
    assert.equal(consensus.store.view().tasks.get('a')?.version, 1);
  });

  it('lets updates of one turn share one log entry', async () => {
    const consensus = createManualConsensus();
    const results = ['a', 'b', 'c'].map((id) => outcome(consensus.store.update(() => [put(id)])));
    await consensus.nextTurn();
    assert.equal(consensus.steps.length, 1);
    await consensus.commitNext();
    assert.deepEqual(await Promise.all(results), [1, 1, 1]);
    assert.deepEqual([...consensus.store.view().tasks.keys()], ['a', 'b', 'c']);
  });

  it('decides on what is on its way too, with several entries in flight', async () => {
    const consensus = createManualConsensus();
    const first = outcome(consensus.store.update(() => [put('a')]));
    await consensus.nextTurn();
    const seen: unknown[] = [];
    const second = outcome(
      consensus.store.update((view) => {
        seen.push([...view.tasks.keys()], view.tasksOfService('s1').length, view.index);
        return [{ kind: 'remove', objectKind: 'task', id: 'a' }, put('b')];
      }),
    );
    await consensus.nextTurn();
    assert.deepEqual(seen, [['a'], 1, 1]);
    assert.equal(consensus.steps.length, 2);
    await consensus.commitNext();
    const third = outcome(
      consensus.store.update((view) => {
        seen.push([...view.tasks.keys()], view.index);
        return [];
      }),
    );
    assert.deepEqual(seen.slice(3), [['b'], 2]);
    await consensus.commitNext();
    assert.deepEqual(await Promise.all([first, second, third]), [1, 2, 2]);
  });

  it('answers an update without changes at once when nothing is on its way', async () => {
    const { store } = createManualConsensus();
    assert.equal(await store.update(() => []), 0);
  });

  it('changes nothing when a decision throws', async () => {
    const consensus = createManualConsensus();
    const result = outcome(
      consensus.store.update(() => {
        throw new SkepError('NOT_FOUND', 'no such service');
      }),
    );
    assert.equal(await result, 'NOT_FOUND');
    await consensus.nextTurn();
    assert.equal(consensus.steps.length, 0);
  });

  it('rejects every update that was built on a refused entry, and starts over from the committed state', async () => {
    const consensus = createManualConsensus();
    const first = outcome(consensus.store.update(() => [put('a')]));
    await consensus.nextTurn();
    const second = outcome(consensus.store.update(() => [put('b')]));
    await consensus.nextTurn();
    const third = outcome(consensus.store.update(() => [put('c')]));
    await consensus.refuseNext();
    assert.deepEqual(await Promise.all([first, second, third]), [
      'UNAVAILABLE',
      'UNAVAILABLE',
      'UNAVAILABLE',
    ]);
    let seen = -1;
    const fourth = outcome(
      consensus.store.update((view) => {
        seen = view.tasks.size;
        return [put('d')];
      }),
    );
    assert.equal(seen, 0);
    await consensus.nextTurn();
    // The second entry was on its way already; consensus that lost the first loses it too.
    await consensus.refuseNext();
    await consensus.commitNext();
    assert.equal(await fourth, 1);
    assert.deepEqual([...consensus.store.view().tasks.keys()], ['d']);
  });

  it('never splits one decision, and starts another entry when one is full', async () => {
    const consensus = createManualConsensus();
    const many = (prefix: string): Change[] =>
      Array.from({ length: MAX_CHANGES_PER_ENTRY - 500 }, (_, place) => put(`${prefix}${place}`));
    const results = [
      outcome(consensus.store.update(() => many('a'))),
      outcome(consensus.store.update(() => many('b'))),
    ];
    await consensus.nextTurn();
    assert.equal(consensus.steps.length, 2);
    for (const { entry } of consensus.steps) {
      assert.ok(entry.byteLength <= MAX_ENTRY_BYTES);
      assert.equal(transactionCodec.decode(entry).changes.length, MAX_CHANGES_PER_ENTRY - 500);
    }
    await consensus.commitNext();
    await consensus.commitNext();
    assert.deepEqual(await Promise.all(results), [1, 2]);
  });

  it('refuses a decision that no entry could hold, with the counts', async () => {
    const { store } = createManualConsensus();
    const tooMany = Array.from({ length: MAX_CHANGES_PER_ENTRY + 1 }, (_, place) => put(`t${place}`));
    await assert.rejects(
      store.update(() => tooMany),
      (error) =>
        error instanceof SkepError && error.code === 'RESOURCE_EXHAUSTED' && /2001/.test(error.message),
    );
    const tooLarge = put('x'.repeat(MAX_ENTRY_BYTES));
    await assert.rejects(
      store.update(() => [tooLarge]),
      (error) => error instanceof SkepError && error.code === 'RESOURCE_EXHAUSTED',
    );
  });

  it('keeps at most some entries in flight and sends the rest as those return', async () => {
    const consensus = createManualConsensus();
    const results: Promise<number | string>[] = [];
    for (let place = 0; place < 20; place++) {
      results.push(outcome(consensus.store.update(() => [put(`t${place}`)])));
      await consensus.nextTurn();
    }
    assert.equal(consensus.steps.length, 8);
    while (consensus.steps.length > 0) await consensus.commitNext();
    const indexes = await Promise.all(results);
    assert.deepEqual(indexes.slice(0, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.ok(indexes.slice(8).every((index) => index === 9));
    assert.equal(consensus.store.view().tasks.size, 20);
  });

  it('calls its watchers after each entry with the objects as stored, whatever one of them throws', async () => {
    const consensus = createManualConsensus();
    const seen: unknown[] = [];
    consensus.store.watch(() => {
      throw new Error('broken listener');
    });
    const stop = consensus.store.watch((changes, index) => {
      seen.push([index, changes.length, consensus.store.view().tasks.size]);
    });
    void outcome(consensus.store.update(() => [put('a'), put('b')]));
    await consensus.nextTurn();
    await consensus.commitNext();
    stop();
    void outcome(consensus.store.update(() => [put('c')]));
    await consensus.nextTurn();
    await consensus.commitNext();
    assert.deepEqual(seen, [[1, 2, 2]]);
    assert.equal(consensus.lines.filter((line) => line.includes('listener')).length, 2);
  });

  it('refuses changes while it is not the leader, and after it was closed', async () => {
    const consensus = createManualConsensus();
    consensus.setLeader(false);
    assert.equal(await outcome(consensus.store.update(() => [put('a')])), 'NOT_LEADER');
    consensus.setLeader(true);
    const waiting = outcome(consensus.store.update(() => [put('a')]));
    consensus.store.close();
    assert.equal(await waiting, 'UNAVAILABLE');
    assert.equal(await outcome(consensus.store.update(() => [put('a')])), 'UNAVAILABLE');
  });

  it('holds one cluster and no second', async () => {
    const consensus = createManualConsensus();
    const cluster = { kind: 'cluster', id: 'one' } as unknown as Extract<Change, { kind: 'put' }>['object'];
    void outcome(consensus.store.update(() => [{ kind: 'put', object: cluster }]));
    const second = consensus.store.update(() => [{ kind: 'put', object: { ...cluster, id: 'two' } }]);
    assert.equal(await outcome(second), 'CONFLICT');
  });

  it('gives back every object, versions and times included, from a snapshot', () => {
    fc.assert(
      fc.property(fc.array(anyTransaction, { maxLength: 10 }), (transactions) => {
        const { store } = createManualConsensus();
        for (const [place, transaction] of transactions.entries()) {
          store.apply(transactionCodec.encode(transaction), place + 1);
        }
        const again = createManualConsensus().store;
        const restoration = again.restore(transactions.length);
        for (const part of store.snapshot()) restoration.add(part);
        restoration.finish();
        assert.deepEqual(contentOf(again.view()), contentOf(store.view()));
      }),
      { numRuns: 50 },
    );
  });

  it('gives a snapshot of the moment it was asked for, in parts of bounded size, however late they are read', () => {
    const { store } = createManualConsensus();
    const tasks = Array.from({ length: 1_500 }, (_, place) => sampleTask(`t${place}`, 's1', 'n1'));
    store.apply(
      transactionCodec.encode({ changes: tasks.map((object) => ({ kind: 'put', object })), proposedAtMs: 1 }),
      1,
    );
    const before = contentOf(store.view());
    const parts = store.snapshot();
    store.apply(transactionCodec.encode({ changes: [put('t1'), put('later')], proposedAtMs: 2 }), 2);
    const again = createManualConsensus().store;
    const restoration = again.restore(1);
    let count = 0;
    for (const part of parts) {
      count++;
      assert.ok(part.byteLength < 300 * 1024, `a part has ${part.byteLength} bytes`);
      assert.equal(part.byteLength, part.buffer.byteLength, 'it can change hands');
      restoration.add(part);
      assert.equal(again.view().tasks.size, 0, 'the old state holds until the new one is whole');
    }
    assert.ok(count > 1);
    restoration.finish();
    assert.deepEqual(contentOf(again.view()), before);
  });

  it('says DATA_LOSS for an entry that is no transaction', () => {
    const { store } = createManualConsensus();
    assert.throws(
      () => store.apply(new Uint8Array([0xff, 0xff, 0xff]), 1),
      (error) => error instanceof SkepError && error.code === 'DATA_LOSS',
    );
  });
});

describe('a late proposer', () => {
  it('is no leader until consensus runs', async () => {
    const late = createLateProposer();
    assert.equal(late.isLeader(), false);
    assert.equal(await outcome(late.propose(new Uint8Array())), 'NOT_LEADER');
    late.connect({ propose: async () => 5, version: () => 4, isLeader: () => true });
    assert.deepEqual([late.isLeader(), late.version(), await late.propose(new Uint8Array())], [true, 4, 5]);
  });
});
