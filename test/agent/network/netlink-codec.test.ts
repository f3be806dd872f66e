import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatIpv4, formatMac } from '../../../agent/network/address.ts';
import { parseMessage, readU32 } from '../../../agent/network/netlink-attributes.ts';
import type { DumpKind } from '../../../agent/network/netlink-codec.ts';
import {
  addAddress,
  addRule,
  createVeth,
  createVxlan,
  dumpMessage,
  replaceForwarding,
  replaceNeighbour,
  replaceRoute,
} from '../../../agent/network/netlink-codec.ts';
import {
  parseAddresses,
  parseForwarding,
  parseLinks,
  parseNeighbours,
  parseRoutes,
  parseRules,
} from '../../../agent/network/netlink-parser.ts';

const address = fc.integer({ min: 0, max: 0xffff_ffff }).map(formatIpv4);
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(formatMac);
const index = fc.integer({ min: 1, max: 0x7fff_ffff });
const number = fc.integer({ min: 0, max: 0xffff_ffff });

describe('the netlink codec', () => {
  it('reads back the routes that it writes', () => {
    const route = fc.record(
      {
        table: fc.integer({ min: 1, max: 0xffff_ffff }),
        destination: fc.oneof(
          fc.constant('0.0.0.0/0'),
          address.map((text) => `${text}/32`),
        ),
        metric: number,
        type: fc.constant('unicast' as const),
        gateway: fc.option(address),
        linkIndex: fc.option(index),
        onlink: fc.boolean(),
        scopeLink: fc.boolean(),
        source: fc.option(address),
        protocol: fc.integer({ min: 0, max: 255 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(route, (wanted) => assert.deepEqual(parseRoutes([replaceRoute(wanted).bytes]), [wanted])),
    );
  });

  it('reads back neighbours, forwarding entries, addresses and rules', () => {
    fc.assert(
      fc.property(index, address, mac, number, (linkIndex, ip, hardware, mark) => {
        const neighbour = { linkIndex, address: ip, mac: hardware, permanent: true };
        assert.deepEqual(parseNeighbours([replaceNeighbour(neighbour).bytes]), [neighbour]);
        const entry = { linkIndex, mac: hardware, remote: ip };
        assert.deepEqual(parseForwarding([replaceForwarding(entry).bytes]), [entry]);
        const own = { linkIndex, address: ip, prefixLength: 32 };
        assert.deepEqual(parseAddresses([addAddress(own).bytes]), [own]);
        const rule = { priority: 5_301, mark, action: { kind: 'table' as const, table: mark }, protocol: 83 };
        assert.deepEqual(parseRules([addRule(rule).bytes]), [rule]);
      }),
    );
  });

  it('reads back a VXLAN device, down as it is born', () => {
    fc.assert(
      fc.property(
        index,
        mac,
        address,
        fc.integer({ min: 1, max: 65_535 }),
        (linkIndex, hardware, local, port) => {
          const vxlan = { id: 21_323, local, port, learning: false };
          const link = { index: linkIndex, name: 'skep0', mac: hardware, mtu: 1450, vxlan };
          assert.deepEqual(parseLinks([createVxlan(link).bytes]), [{ ...link, up: false }]);
        },
      ),
    );
  });

  it('marks where the namespace descriptor goes: in the payload of an attribute of type 28', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^skt[a-z0-9]{1,12}$/), (name) => {
        const { bytes, namespaceOffset } = createVeth({
          name,
          index: 7,
          mac: '02:00:00:00:00:01',
          peerName: 'eth0',
          peerIndex: 10_001,
          peerMac: '02:00:00:00:00:02',
          mtu: 1450,
        });
        assert.ok(namespaceOffset !== null);
        assert.equal(readU32(bytes, namespaceOffset - 4), (28 << 16) | 8);
        assert.equal(readU32(bytes, 0), bytes.length);
      }),
    );
  });

  it('ends each message at a multiple of four bytes and names its length', () => {
    const kinds: readonly DumpKind[] = ['links', 'addresses', 'routes', 'neighbours', 'forwarding', 'rules'];
    for (const kind of kinds) {
      const { bytes } = dumpMessage(kind);
      assert.equal(bytes.length % 4, 0);
      assert.equal(readU32(bytes, 0), bytes.length);
    }
  });

  it('survives any bytes in place of a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parseMessage(bytes, 12);
        for (const parse of [
          parseLinks,
          parseAddresses,
          parseRoutes,
          parseNeighbours,
          parseForwarding,
          parseRules,
        ]) {
          parse([bytes]);
        }
      }),
    );
  });
});
