import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  batchOutcome,
  batchRequest,
  batchSize,
  type EntryBatch,
  MAX_BATCH_BYTES,
  MAX_BATCH_ENTRIES,
} from '../../../manager/etcd/entry-batch.ts';
import type { KeyValue } from '../../../manager/etcd/etcd-request.ts';
import { createKeyLayout } from '../../../manager/etcd/key-layout.ts';
import { encodeEntry, encodeReference } from '../../../manager/etcd/records.ts';

const KEYS = createKeyLayout('/skep/v1');
const BATCH: EntryBatch = {
  first: 8,
  payloads: [Buffer.from('a'), Buffer.from('b')],
  term: 30,
  headRevision: 41,
};

function key(value: Uint8Array, revisions: { create?: number; mod?: number } = {}): KeyValue {
  const { create = 1, mod = 1 } = revisions;
  return { key: '', value, createRevision: create, modRevision: mod, version: 1, lease: '0' };
}

const LEADER = key(Buffer.from('node'), { create: 30 });
const HEAD = key(Buffer.from('head'), { mod: 41 });
const entryOf = (term: number): KeyValue =>
  key(encodeEntry({ index: 8, term, payload: new Uint8Array() }), { mod: 50 });
const latestAt = (index: number): KeyValue =>
  key(encodeReference({ index, id: 'a', chunks: 0, bytes: 0, sha256: '' }));

describe('a batch of entries', () => {
  it('takes as many as fit into one transaction of etcd, and at least one', () => {
    const sizes = (...bytes: number[]): Uint8Array[] => bytes.map((length) => new Uint8Array(length));
    assert.equal(batchSize(sizes(MAX_BATCH_BYTES * 2, 1)), 1);
    assert.equal(batchSize(sizes(MAX_BATCH_BYTES / 2, MAX_BATCH_BYTES / 4, MAX_BATCH_BYTES / 4)), 2);
    assert.equal(batchSize(sizes(...Array.from({ length: 1_000 }, () => 1))), MAX_BATCH_ENTRIES);
    assert.equal(batchSize(sizes(1, 2, 3)), 3);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1 }), (bytes) => {
        const count = batchSize(sizes(...bytes));
        const total = bytes.slice(0, count).reduce((sum, length) => sum + length, 0);
        assert.ok(count >= 1 && (count === 1 || total <= MAX_BATCH_BYTES));
      }),
    );
  });

  it('is bound to the key of its leader and to the head that it follows', () => {
    const { conditions, steps } = batchRequest(KEYS, BATCH);
    assert.deepEqual(conditions, [
      { what: 'created', key: KEYS.leader, revision: 30 },
      { what: 'modified', key: KEYS.head, revision: 41 },
    ]);
    assert.deepEqual(
      steps.map((step) => [step.kind, step.key]),
      [
        ['put', KEYS.entry(8)],
        ['put', KEYS.entry(9)],
        ['put', KEYS.head],
      ],
    );
  });

  it('was written when an entry of its term stands at its place, whoever leads now', () => {
    const written = { kind: 'written', revision: 50 };
    assert.deepEqual(batchOutcome([LEADER, HEAD, entryOf(30), undefined], BATCH), written);
    assert.deepEqual(batchOutcome([undefined, undefined, entryOf(30), undefined], BATCH), written);
  });

  it('was not written, for certain, when the leader or the head is another and the place is not its own', () => {
    const other = key(Buffer.from('node'), { create: 31 });
    for (const leader of [undefined, other]) {
      for (const entry of [undefined, entryOf(31), key(Buffer.from('rubbish'))]) {
        const outcome = batchOutcome([leader, HEAD, entry, undefined], BATCH);
        assert.deepEqual(outcome, { kind: 'not-written', because: 'deposed' });
      }
    }
    for (const head of [undefined, key(Buffer.from('head'), { mod: 42 })]) {
      const outcome = batchOutcome([LEADER, head, undefined, latestAt(7)], BATCH);
      assert.deepEqual(outcome, { kind: 'not-written', because: 'head-moved' });
    }
  });

  it('may still come while leader and head are as it wants them', () => {
    assert.deepEqual(batchOutcome([LEADER, HEAD, undefined, undefined], BATCH), { kind: 'open' });
    const first = { ...BATCH, headRevision: 0 };
    assert.deepEqual(batchOutcome([LEADER, undefined, undefined, undefined], first), { kind: 'open' });
  });

  it('cannot be known any more when a snapshot has taken its place', () => {
    for (const latest of [latestAt(8), latestAt(20), key(Buffer.from('rubbish'))]) {
      assert.deepEqual(batchOutcome([undefined, HEAD, undefined, latest], BATCH), { kind: 'unknowable' });
    }
  });
});
