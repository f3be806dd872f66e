import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  blockContains,
  blockLast,
  blocksOverlap,
  formatAddress,
  formatBlock,
  parseAddress,
  parseBlock,
} from '../../lib/ip-address.ts';

const anyAddress = fc.nat(0xffffffff);
const anyBlock = fc
  .tuple(anyAddress, fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => parseBlock(`${formatAddress(address)}/${length}`))
  .filter((block) => block !== undefined);

describe('an IPv4 address', () => {
  it('is the same after it was written and read', () => {
    fc.assert(fc.property(anyAddress, (address) => parseAddress(formatAddress(address)) === address));
  });

  it('is refused in any other form', () => {
    for (const text of ['', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', '1.2.3.4.5', '::1', 'a.b.c.d']) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });
});

describe('a block', () => {
  it('drops the bits after its prefix', () => {
    const block = parseBlock('10.1.2.3/24');
    assert.ok(block !== undefined);
    assert.equal(formatBlock(block), '10.1.2.0/24');
    assert.equal(formatAddress(blockLast(block)), '10.1.2.255');
  });

  it('is refused without a prefix, or with one beyond 32', () => {
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '/8', '10.0.0.0/-1']) {
      assert.equal(parseBlock(text), undefined, text);
    }
  });

  it('overlaps another exactly when one holds the first address of the other', () => {
    fc.assert(
      fc.property(anyBlock, anyBlock, (left, right) => {
        const expected = blockContains(left, right.first) || blockContains(right, left.first);
        return blocksOverlap(left, right) === expected;
      }),
    );
  });
});
