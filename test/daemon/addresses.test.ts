import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';

import { advertiseAddress, splitHostPort } from '../../daemon/addresses.ts';

function ipv4(address: string, internal = false): NetworkInterfaceInfo {
  return { address, netmask: '255.255.255.0', family: 'IPv4', mac: '', internal, cidr: null };
}

const ONE = { lo: [ipv4('127.0.0.1', true)], eth0: [ipv4('192.0.2.10')] };
const TWO = { ...ONE, eth1: [ipv4('198.51.100.7')] };
const ANY = '0.0.0.0:2377';

describe('the address that a node advertises', () => {
  it('is the machine’s only one', () => {
    assert.deepEqual(advertiseAddress('', ANY, ONE), { host: '192.0.2.10', port: 2377 });
  });

  it('is none of the overlay’s own', () => {
    const interfaces = { ...ONE, skep0: [ipv4('10.255.0.4')] };
    assert.deepEqual(advertiseAddress('', ANY, interfaces), { host: '192.0.2.10', port: 2377 });
  });

  it('must be given when there are several, and all are named', () => {
    assert.throws(
      () => advertiseAddress('', ANY, TWO),
      /this machine has 2 \(192\.0\.2\.10 on eth0, 198\.51\.100\.7 on eth1\)/,
    );
  });

  it('must be given when there is none', () => {
    assert.throws(() => advertiseAddress('', ANY, { lo: ONE.lo }), /none but loopback/);
  });

  it('can be given as an interface, with a port of its own', () => {
    assert.deepEqual(advertiseAddress('eth1:4000', ANY, TWO), { host: '198.51.100.7', port: 4000 });
  });

  it('follows from a listen address that is not every address', () => {
    assert.deepEqual(advertiseAddress('', '198.51.100.7:2400', TWO), { host: '198.51.100.7', port: 2400 });
  });

  it('is refused when it is neither an address nor an interface', () => {
    assert.throws(() => advertiseAddress('eth9', ANY, ONE), /neither an IP address nor an interface/);
    for (const bad of ['', '1.2.3.4:0', '1.2.3.4:70000', '1.2.3.4:x'])
      assert.throws(() => splitHostPort(bad, 1), bad);
  });
});
