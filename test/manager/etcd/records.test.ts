import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createKeyLayout } from '../../../manager/etcd/key-layout.ts';
import {
  decodeEntry,
  decodeHead,
  decodeReference,
  encodeEntry,
  encodeHead,
  encodeReference,
} from '../../../manager/etcd/records.ts';

const LOSS = { code: 'DATA_LOSS' };
const anyCount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anyEntry = fc.record({ index: anyCount, term: anyCount, payload: fc.uint8Array({ maxLength: 40 }) });

describe('records in etcd', () => {
  it('give back what was written', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const read = decodeEntry(encodeEntry(entry), entry.index);
        assert.deepEqual({ ...read, payload: new Uint8Array(read.payload) }, { ...entry });
        assert.deepEqual(decodeHead(encodeHead({ index: entry.index, term: entry.term })), {
          index: entry.index,
          term: entry.term,
        });
      }),
    );
    const reference = { index: 5, id: '1-2', chunks: 3, bytes: 9, sha256: 'ab' };
    assert.deepEqual(decodeReference(encodeReference(reference)), reference);
  });

  it('are refused with any one bit flipped, cut short, or under another index', () => {
    fc.assert(
      fc.property(anyEntry, fc.nat(), (entry, at) => {
        const whole = encodeEntry(entry);
        const bit = at % (whole.byteLength * 8);
        const flipped = whole.map((byte, place) => (place === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        assert.throws(() => decodeEntry(flipped, entry.index), LOSS);
        assert.throws(() => decodeEntry(whole.subarray(0, at % whole.byteLength), entry.index), LOSS);
        assert.throws(() => decodeEntry(whole, entry.index + 1), LOSS);
      }),
    );
  });

  it('are refused when a hand wrote something else', () => {
    for (const text of ['', 'null', '7', '{"index":-1,"term":1}', '{"index":1}', '{"index":"1","term":1}']) {
      assert.throws(() => decodeHead(Buffer.from(text)), LOSS, text);
    }
    for (const text of ['{}', '{"index":1,"id":"a","chunks":1,"bytes":1}']) {
      assert.throws(() => decodeReference(Buffer.from(text)), LOSS, text);
    }
  });
});

describe('keys in etcd', () => {
  const keys = createKeyLayout('/skep/v1');

  it('sort as the indexes do, and tell their index', () => {
    fc.assert(
      fc.property(anyCount, anyCount, (one, other) => {
        assert.equal(keys.entry(one) < keys.entry(other), one < other);
        assert.equal(keys.indexOf(keys.entry(one)), one);
      }),
    );
    for (const key of [keys.head, `${keys.entry(1)}0`, '/skep/v1/log/1', keys.chunk('a', 1)]) {
      assert.equal(keys.indexOf(key), undefined);
    }
  });

  it('stand in the ranges that they belong to', () => {
    const isIn = (key: string, range: { key: string; end: string }): boolean =>
      range.key <= key && key < range.end;
    for (const key of [keys.head, keys.latest, keys.leader, keys.entry(0), keys.entry(10 ** 15)]) {
      assert.ok(isIn(key, keys.watched), key);
      assert.ok(!isIn(key, keys.snapshots), key);
    }
    assert.ok(isIn(keys.chunk('2-1', 0), keys.snapshots) && !isIn(keys.chunk('2-1', 0), keys.watched));
    assert.ok(
      isIn(keys.chunk('2-1', 7), keys.chunks('2-1')) && !isIn(keys.chunk('2-10', 0), keys.chunks('2-1')),
    );
    assert.ok(isIn(keys.chunk('1-9', 7), keys.snapshotsBefore('2-1')));
    assert.ok(!isIn(keys.chunk('2-1', 0), keys.snapshotsBefore('2-1')));
    assert.deepEqual(
      [2, 3, 5, 6].map((index) => isIn(keys.entry(index), keys.entries(3, 5))),
      [false, true, true, false],
    );
  });

  it('have a path for a prefix', () => {
    for (const prefix of ['', '/', 'skep', '/skep/', '/a//b', '/a b', '/a\0']) {
      assert.throws(() => createKeyLayout(prefix), { code: 'INVALID_ARGUMENT' }, prefix);
    }
  });
});
