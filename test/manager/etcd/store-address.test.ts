import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SkepError } from '../../../lib/errors.ts';
import { parseStoreAddress } from '../../../manager/etcd/store-address.ts';

describe('the address of a store', () => {
  it('names one endpoint or several, by name or by IP address', () => {
    assert.deepEqual(parseStoreAddress('etcd://10.0.0.1:2379'), ['10.0.0.1:2379']);
    assert.deepEqual(parseStoreAddress('etcd://one.example:2379,two:4001,[fd00::1]:2379'), [
      'one.example:2379',
      'two:4001',
      '[fd00::1]:2379',
    ]);
  });

  it('is refused with the part that is wrong', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['http://a:1', /begin with etcd:\/\//],
      ['a:1', /begin with etcd:\/\//],
      ['etcd://', /empty endpoint/],
      ['etcd://a:1,', /empty endpoint/],
      ['etcd://a', /"a".* port/],
      ['etcd://a:0', /port/],
      ['etcd://a:65536', /port/],
      ['etcd://a:x', /port/],
      ['etcd://:2379', /no host/],
      ['etcd://a b:2379', /"a b"/],
      ['etcd://fd00::1:2379', /brackets/],
      ['etcd://a:1/path', /path/],
      ['etcd://user:word@a:1', /user name/],
      ['etcd://a:1,b:1,a:1', /a:1 twice/],
      [`etcd://${Array.from({ length: 17 }, (_, place) => `a${place}:1`).join(',')}`, /17 endpoints/],
    ];
    for (const [address, message] of wrong) {
      assert.throws(
        () => parseStoreAddress(address),
        (error) =>
          error instanceof SkepError && error.code === 'INVALID_ARGUMENT' && message.test(error.message),
        address,
      );
    }
  });

  it('does not show a password that was put into it', () => {
    assert.throws(
      () => parseStoreAddress('etcd://user:secret@a:1'),
      (error) => !String(error).includes('secret'),
    );
  });
});
