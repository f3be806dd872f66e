import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeRecordAt,
  decodeSegmentHeader,
  encodeRecord,
  encodeSegmentHeader,
  type LogRecord,
  RECORD_HEADER_BYTES,
} from '../../../manager/raft/log-segment.ts';

/** Payloads look sealed here: random bytes, never empty. */
function payloadOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => (place * 37 + seed * 101 + 13) % 255 || 1);
}

function record(index: number, startsBatch: boolean, length = 40): LogRecord {
  return { index, term: 1, payload: payloadOf(length, index), startsBatch };
}

describe('a log record', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.record({
          index: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
          term: fc.integer({ min: 1, max: 2 ** 40 }),
          payload: fc.uint8Array({ maxLength: 2_000 }),
          startsBatch: fc.boolean(),
        }),
        (original) => {
          const bytes = Buffer.from(encodeRecord(original));
          const found = decodeRecordAt(bytes, 0);
          assert.ok(found.kind === 'record');
          assert.equal(found.nextOffset, bytes.byteLength);
          assert.deepEqual(
            { ...found.record, payload: new Uint8Array(found.record.payload) },
            { ...original },
          );
        },
      ),
    );
  });

  it('that ends early anywhere is torn', () => {
    const bytes = Buffer.from(encodeRecord(record(1, true)));
    for (let length = 1; length < bytes.byteLength; length++) {
      assert.equal(decodeRecordAt(bytes.subarray(0, length), 0).kind, 'torn', `${length} bytes`);
    }
    assert.equal(decodeRecordAt(bytes.subarray(0, 0), 0).kind, 'end');
  });

  it('with any bit flipped is corrupt, not torn: also when the bit is in its length', () => {
    const bytes = Buffer.from(encodeRecord(record(1, true, 1_500)));
    for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(decodeRecordAt(flipped, 0).kind, 'corrupt', `bit ${bit}`);
    }
  });

  it('of which a whole sector never reached the disk is torn', () => {
    const bytes = Buffer.from(encodeRecord(record(1, true, 3_000)));
    for (let sector = 0; sector * 512 < bytes.byteLength; sector++) {
      const torn = Buffer.from(bytes).fill(0, sector * 512, Math.min((sector + 1) * 512, bytes.byteLength));
      assert.equal(decodeRecordAt(torn, 0).kind, 'torn', `sector ${sector}`);
    }
    assert.equal(decodeRecordAt(Buffer.alloc(bytes.byteLength), 0).kind, 'torn');
  });

  it('with a lost sector is torn when the rest of its own batch is there, and corrupt when a later batch is', () => {
    const damaged = Buffer.from(encodeRecord(record(1, true, 3_000))).fill(0, 512, 1_024);
    const sameBatch = Buffer.concat([damaged, encodeRecord(record(2, false))]);
    assert.equal(decodeRecordAt(sameBatch, 0).kind, 'torn');
    const laterBatch = Buffer.concat([sameBatch, encodeRecord(record(3, true))]);
    assert.equal(decodeRecordAt(laterBatch, 0).kind, 'corrupt');
  });

  it('has a header of a fixed size', () => {
    assert.equal(encodeRecord(record(1, true, 40)).byteLength, RECORD_HEADER_BYTES + 40);
  });
});

describe('a segment header', () => {
  const header = { salt: payloadOf(32, 1), keyCheck: payloadOf(16, 2), firstIndex: 123_456_789 };

  it('comes back as it was written', () => {
    const found = decodeSegmentHeader(Buffer.from(encodeSegmentHeader(header)));
    assert.ok(found !== undefined);
    assert.equal(found.firstIndex, header.firstIndex);
    assert.deepEqual(new Uint8Array(found.salt), header.salt);
    assert.deepEqual(new Uint8Array(found.keyCheck), header.keyCheck);
  });

  it('with any bit flipped, or cut short, is refused', () => {
    const bytes = Buffer.from(encodeSegmentHeader(header));
    for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(decodeSegmentHeader(flipped), undefined);
    }
    assert.equal(decodeSegmentHeader(bytes.subarray(0, -1)), undefined);
  });
});
