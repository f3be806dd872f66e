import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import { createDraft } from '../../../manager/store/draft.ts';
import {
  applyTransaction,
  createState,
  objectsOf,
  stateFromObjects,
  viewOfState,
} from '../../../manager/store/memory-state.ts';
import type { Transaction } from '../../../proto/messages.ts';
import { anyTransaction, contentOf, sampleTask } from './store-samples.ts';

/** The plainest store that could be right: one list of objects, searched from the front. */
function naiveObjects(transactions: readonly Transaction[]): StoreObject[] {
  const objects: StoreObject[] = [];
  for (const [place, { changes, proposedAtMs }] of transactions.entries()) {
    for (const change of changes) {
      const kind = change.kind === 'put' ? change.object.kind : change.objectKind;
      const id = change.kind === 'put' ? change.object.id : change.id;
      const at = objects.findIndex((object) => object.kind === kind && object.id === id);
      const previous = objects[at];
      if (change.kind === 'remove') {
        if (at >= 0) objects.splice(at, 1);
        continue;
      }
      const createdAtMs = previous?.createdAtMs ?? proposedAtMs;
      const stored = { ...change.object, version: place + 1, createdAtMs, updatedAtMs: proposedAtMs };
      if (at >= 0) objects[at] = stored;
      else objects.push(stored);
    }
  }
  return objects;
}

function ofKind(objects: readonly StoreObject[], kind: StoreObject['kind']): StoreObject[] {
  return objects.filter((object) => object.kind === kind);
}

describe('the state of the store', () => {
  it('after any sequence of transactions equals a naive model', () => {
    fc.assert(
      fc.property(fc.array(anyTransaction, { maxLength: 12 }), (transactions) => {
        const state = createState();
        const view = viewOfState(state);
        for (const [place, transaction] of transactions.entries()) {
          applyTransaction(state, transaction, place + 1);
          // Reading in between fills the cached lists, which later changes must renew.
          contentOf(view);
        }
        const objects = naiveObjects(transactions);
        assert.deepEqual([...view.nodes.values()], ofKind(objects, 'node'));
        assert.deepEqual([...view.services.values()], ofKind(objects, 'service'));
        assert.deepEqual([...view.networks.values()], ofKind(objects, 'network'));
        assert.deepEqual([...view.tasks.values()], ofKind(objects, 'task'));
        assert.deepEqual(view.cluster === undefined ? [] : [view.cluster], ofKind(objects, 'cluster'));
        const tasks = [...view.tasks.values()];
        for (const key of ['s1', 's2', 'x', 'y', 'n1', 'n2']) {
          assert.deepEqual(
            view.tasksOfService(key),
            tasks.filter((task) => task.serviceId === key),
          );
          assert.deepEqual(
            view.tasksOfNode(key),
            tasks.filter((task) => task.nodeId === key),
          );
        }
        assert.equal(view.index, transactions.length);
      }),
    );
  });

  it('made anew from its objects answers the same', () => {
    fc.assert(
      fc.property(fc.array(anyTransaction, { maxLength: 12 }), (transactions) => {
        const state = createState();
        for (const [place, transaction] of transactions.entries()) {
          applyTransaction(state, transaction, place + 1);
        }
        const again = stateFromObjects(objectsOf(viewOfState(state)), state.index);
        assert.deepEqual(contentOf(viewOfState(again)), contentOf(viewOfState(state)));
      }),
    );
  });

  it('tells what happened, without removals of what was not there', () => {
    const state = createState();
    const task = sampleTask('t', 's1', 'n1');
    const happened = applyTransaction(
      state,
      {
        changes: [
          { kind: 'remove', objectKind: 'task', id: 't' },
          { kind: 'put', object: task },
        ],
        proposedAtMs: 7,
      },
      3,
    );
    assert.deepEqual(happened, [
      { kind: 'put', object: { ...task, version: 3, createdAtMs: 7, updatedAtMs: 7 } },
    ]);
  });

  it('keeps the creation time of an object that is written again', () => {
    const state = createState();
    const change = { kind: 'put', object: sampleTask('t', 's1', '') } as const;
    applyTransaction(state, { changes: [change], proposedAtMs: 10 }, 1);
    applyTransaction(state, { changes: [change], proposedAtMs: 20 }, 2);
    const stored = state.tasks.get('t');
    assert.deepEqual([stored?.version, stored?.createdAtMs, stored?.updatedAtMs], [2, 10, 20]);
  });

  it('refuses an entry that is not newer', () => {
    const state = createState();
    applyTransaction(state, { changes: [], proposedAtMs: 1 }, 4);
    assert.throws(() => applyTransaction(state, { changes: [], proposedAtMs: 1 }, 4), /entry 4/);
  });
});

describe('a draft', () => {
  it('answers as the state would once its transactions were applied, and leaves the state alone', () => {
    fc.assert(
      fc.property(
        fc.array(anyTransaction, { maxLength: 6 }),
        fc.array(anyTransaction, { maxLength: 6 }),
        (before, uncommitted) => {
          const state = createState();
          for (const [place, transaction] of before.entries())
            applyTransaction(state, transaction, place + 1);
          const untouched = structuredClone(contentOf(viewOfState(state)));
          const draft = createDraft(state);
          for (const [place, transaction] of uncommitted.entries()) {
            draft.add(transaction, before.length + place + 1);
            contentOf(draft.view);
          }
          const drafted = structuredClone(contentOf(draft.view));
          assert.deepEqual(contentOf(viewOfState(state)), untouched);
          for (const [place, transaction] of uncommitted.entries()) {
            applyTransaction(state, transaction, before.length + place + 1);
          }
          assert.deepEqual(drafted, contentOf(viewOfState(state)));
        },
      ),
    );
  });
});
