import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packProposals, unpackProposals } from '../../../../manager/raft/member/committed-batch.ts';

describe('proposals as one message', () => {
  it('come out as they went in, empty ones too', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (datas) => {
        const batch = packProposals(datas, 5);
        assert.equal(batch.firstProposal, 5);
        assert.deepEqual(
          unpackProposals(batch).map((data) => [...data]),
          datas.map((data) => [...data]),
        );
      }),
    );
  });

  it('are in a buffer of their own, whatever they were cut from', () => {
    const large = new Uint8Array(1_000).fill(1);
    const { bytes } = packProposals([large.subarray(10, 20), large.subarray(30, 35)], 1);
    assert.equal(bytes.buffer.byteLength, 15);
  });
});
