import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { hostOfPeer } from '../../lib/peer-address.ts';

describe('the host of a peer', () => {
  it('is its address without port and brackets, IPv4 in its own form', () => {
    assert.equal(hostOfPeer('192.0.2.1:2377'), '192.0.2.1');
    assert.equal(hostOfPeer('::ffff:192.0.2.1:2377'), '192.0.2.1');
    assert.equal(hostOfPeer('[2001:db8::1]:2377'), '2001:db8::1');
    assert.equal(hostOfPeer('2001:db8::1:2377'), '2001:db8::1');
    assert.equal(hostOfPeer('h1:2377'), 'h1');
    assert.equal(hostOfPeer('unix:/run/skep/skep.sock'), 'unix:/run/skep/skep.sock');
  });
});
