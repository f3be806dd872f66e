import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { ClusterSpec } from '../../../lib/domain/cluster.ts';
import type { NetworkSpec } from '../../../lib/domain/network.ts';
import { validateClusterSpec } from '../../../lib/validation/cluster-spec.ts';
import { validateNetworkSpec } from '../../../lib/validation/network-spec.ts';
import { validateNodeSpec } from '../../../lib/validation/node-spec.ts';
import { network } from '../../manager/api/cluster-samples.ts';

describe('a network specification', () => {
  const spec = (changes: Partial<NetworkSpec>) => network('web', changes).spec;
  const refused: readonly (readonly [string, NetworkSpec, RegExp])[] = [
    ['a name that is no label', spec({ name: 'a b' }), /not a DNS label/],
    ['an unknown driver', spec({ driver: 'bridge' as 'overlay' }), /driver must be overlay or host/],
    ['a subnet that is none', spec({ subnet: '10.1.0.0' }), /"10\.1\.0\.0" is not a subnet/],
    ['a subnet with host bits', spec({ subnet: '10.1.0.5/24' }), /bits after its prefix/],
    ['a subnet that is too small', spec({ subnet: '10.1.0.0/30' }), /between \/8 and \/29/],
    ['a subnet on driver host', spec({ driver: 'host', subnet: '10.1.0.0/24' }), /has no subnet/],
    ['an attachable ingress', spec({ ingress: true, attachable: true }), /cannot be attachable/],
  ];
  for (const [title, value, reason] of refused) {
    it(`with ${title} is refused`, () => assert.throws(() => validateNetworkSpec(value), reason));
  }
  it('with a free choice of subnet, or a plain one, is accepted', () => {
    validateNetworkSpec(spec({}));
    validateNetworkSpec(spec({ subnet: '10.1.0.0/24' }));
  });
});

describe('a node specification', () => {
  it('knows three availabilities and two roles', () => {
    validateNodeSpec({ role: 'worker', availability: 'pause', labels: { a: '' } });
    const odd = { role: 'worker', availability: 'off' as 'drain', labels: {} } as const;
    assert.throws(
      () => validateNodeSpec(odd, 'node "h1"'),
      /node "h1": availability must be active, pause or drain/,
    );
    assert.throws(
      () => validateNodeSpec({ ...odd, role: 'boss' as 'worker' }),
      /role must be worker or manager/,
    );
    assert.throws(
      () => validateNodeSpec({ role: 'worker', availability: 'active', labels: { 'a=b': '' } }),
      /labels/,
    );
  });
});

describe('a cluster specification', () => {
  const spec = (changes: Partial<ClusterSpec>) => ({ ...DEFAULT_CLUSTER_SPEC, ...changes });
  const refused: readonly (readonly [string, ClusterSpec, RegExp])[] = [
    ['no heartbeat', spec({ heartbeatPeriodMs: 0 }), /dispatcher-heartbeat/],
    [
      'certificates of a minute',
      spec({ certificateExpiryMs: 60_000 }),
      /cert-expiry must be at least one hour/,
    ],
    ['no address pool', spec({ defaultAddressPools: [] }), /at least one default address pool/],
    ['a pool that is no subnet', spec({ defaultAddressPools: ['ten'] }), /"ten" is not a subnet/],
    ['pools that overlap', spec({ defaultAddressPools: ['10.0.0.0/8', '10.1.0.0/16'] }), /overlap/],
    [
      'subnets wider than the pool',
      spec({ defaultAddressPools: ['10.0.0.0/16'], defaultAddressPoolMaskLength: 12 }),
      /larger than the pool/,
    ],
    ['a data path port of 80', spec({ dataPathPort: 80 }), /data-path-port must be between 1024 and 49151/],
    ['a negative history', spec({ taskHistoryLimit: -1 }), /task-history-limit/],
  ];
  for (const [title, value, reason] of refused) {
    it(`with ${title} is refused`, () => assert.throws(() => validateClusterSpec(value), reason));
  }
  it('by default is accepted', () => validateClusterSpec(DEFAULT_CLUSTER_SPEC));
});
