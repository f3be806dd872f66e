import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createStore } from '../../../manager/store/memory-store.ts';
import { transactionCodec } from '../../../proto/messages.ts';
import { sampleTask } from './store-samples.ts';

/** A store whose log commits at once, with a clock that is set by hand, and the times of its entries. */
function openStore() {
  const clock = { nowMs: 0 };
  const timesMs: number[] = [];
  let index = 0;
  const apply = (entry: Uint8Array): void => {
    index += 1;
    timesMs.push(transactionCodec.decode(entry).proposedAtMs);
    store.apply(entry, index);
  };
  const store = createStore({
    proposer: {
      propose: async (entry) => {
        apply(entry);
        return index;
      },
      version: () => index,
      isLeader: () => true,
    },
    nowMs: () => clock.nowMs,
    log: () => undefined,
  });
  const put = (id: string) => store.update(() => [{ kind: 'put', object: sampleTask(id, 's1', '') }]);
  return { store, clock, timesMs, put, apply, indexNow: () => index };
}

describe('the time of an entry', () => {
  it('is the clock, and never before an earlier entry, whoever wrote that', async () => {
    const step = fc.record({
      kind: fc.constantFrom('own', 'other'),
      nowMs: fc.integer({ min: 1, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { clock, timesMs, put, apply } = openStore();
        for (const [place, { kind, nowMs }] of steps.entries()) {
          clock.nowMs = nowMs;
          const before = timesMs.length === 0 ? 0 : Math.max(...timesMs);
          const other = { kind: 'put', object: sampleTask(`t${place}`, 's1', '') } as const;
          if (kind === 'other') apply(transactionCodec.encode({ changes: [other], proposedAtMs: nowMs }));
          else await put(`t${place}`);
          if (kind === 'own') assert.equal(timesMs.at(-1), Math.max(before, nowMs));
        }
      }),
    );
  });

  it('does not go back while entries are on their way', async () => {
    const { clock, timesMs, put } = openStore();
    clock.nowMs = 900;
    const first = put('a');
    await Promise.resolve();
    clock.nowMs = 100;
    const second = put('b');
    await Promise.all([first, second]);
    clock.nowMs = 200;
    await put('c');
    assert.ok(timesMs.every((timeMs) => timeMs === 900));
  });

  it('is not before what a snapshot holds', async () => {
    const earlier = openStore();
    earlier.clock.nowMs = 700;
    await earlier.put('a');
    const { store, clock, put } = openStore();
    const restoration = store.restore(0);
    for (const part of earlier.store.snapshot()) restoration.add(part);
    restoration.finish();
    clock.nowMs = 300;
    await put('b');
    assert.equal(store.view().tasks.get('b')?.createdAtMs, 700);
    assert.equal(store.view().tasks.get('a')?.createdAtMs, 700);
  });
});
