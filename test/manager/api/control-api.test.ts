import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ClusterSpec } from '../../../lib/domain/cluster.ts';
import type { NetworkSpec } from '../../../lib/domain/network.ts';
import type { NodeSpec } from '../../../lib/domain/node.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import { structurallyEqual } from '../../../manager/api/structural-equality.ts';
import { assertRefused, CLUSTER, openApi } from './api-store.ts';
import { cluster, network, node, port, service, task, taskSpec } from './cluster-samples.ts';

const NO_FILTER = { serviceReferences: [], nodeReferences: [], desiredRunning: false };
const down = { status: { state: 'down', message: '', address: '' } } as const;

describe('a reference', () => {
  it('is an id, a name, or a unique beginning of an id', async () => {
    const { api } = await openApi(
      service('abc1', { name: 'web' }),
      service('abd2', { name: 'abc1x' }),
      service('web', { name: 'third' }),
    );
    assert.equal((await api.getService('abc1')).id, 'abc1');
    assert.equal((await api.getService('abc1x')).id, 'abd2');
    assert.equal((await api.getService('abd')).id, 'abd2');
    assert.equal((await api.getService('web')).id, 'web');
  });

  it('that several ids begin with is refused with their number', async () => {
    const { api, store } = await openApi(service('abc1', { name: 'x' }), service('abc2', { name: 'y' }));
    const refusal = await assertRefused(
      store,
      () => api.getService('ab'),
      'INVALID_ARGUMENT',
      /service "ab" is ambiguous: 2 ids begin with it/,
    );
    assert.match(refusal.help, /abc1, abc2/);
  });

  it('that several nodes have as hostname is refused with their number', async () => {
    const twin = { description: { hostname: 'twin' } };
    const { api, store } = await openApi(node('n1', twin), node('n2', twin));
    await assertRefused(store, () => api.getNode('twin'), 'INVALID_ARGUMENT', /2 nodes have this name/);
  });

  it('to a task may be its name', async () => {
    const { api, store } = await openApi(task('t1', 'web', 'RUNNING', { slot: 3 }));
    assert.equal((await api.getTask('web.3.t1')).id, 't1');
    await assertRefused(store, () => api.getTask('web.4.t1'), 'NOT_FOUND', /No such task: web\.4\.t1/);
    await assertRefused(store, () => api.getTask(''), 'INVALID_ARGUMENT', /missing/);
  });
});

describe('the list of services', () => {
  it('counts a task as running only while its node is not down', async () => {
    const { api } = await openApi(
      node('n1'),
      node('n2', down),
      service('web', { mode: { kind: 'replicated', replicas: 3 } }),
      service('agent', { mode: { kind: 'global' } }),
      task('t1', 'web', 'RUNNING', { nodeId: 'n1' }),
      task('t2', 'web', 'RUNNING', { nodeId: 'n2' }),
      task('t3', 'web', 'STARTING', { nodeId: 'n1' }),
      task('t4', 'web', 'RUNNING', { nodeId: 'gone' }),
      task('g1', 'agent', 'RUNNING', { nodeId: 'n1', slot: 0 }),
      task('g2', 'agent', 'FAILED', { nodeId: 'n2', slot: 0, desiredState: 'SHUTDOWN' }),
    );
    const { services, statuses } = await api.listServices();
    assert.deepEqual(
      services.map(({ spec }) => spec.name),
      ['agent', 'web'],
    );
    assert.deepEqual(statuses, [
      { serviceId: 'agent', running: 1, desired: 1 },
      { serviceId: 'web', running: 1, desired: 3 },
    ]);
  });
});

describe('the list of tasks', () => {
  const objects = [
    node('n1'),
    node('n2'),
    service('web'),
    service('api'),
    task('old', 'web', 'FAILED', { nodeId: 'n1', slot: 2, desiredState: 'SHUTDOWN', createdAtMs: 1 }),
    task('new', 'web', 'RUNNING', { nodeId: 'n2', slot: 2, createdAtMs: 2 }),
    task('one', 'web', 'RUNNING', { nodeId: 'n1', slot: 1 }),
    task('other', 'api', 'RUNNING', { nodeId: 'n1', slot: 1 }),
  ];
  const cases: readonly (readonly [string, Partial<typeof NO_FILTER>, readonly string[]])[] = [
    ['everything by service and slot', {}, ['other', 'one', 'old', 'new']],
    ['one service', { serviceReferences: ['web'] as never[] }, ['one', 'old', 'new']],
    ['one node', { nodeReferences: ['n1'] as never[] }, ['other', 'one', 'old']],
    ['what is wanted running', { desiredRunning: true }, ['other', 'one', 'new']],
  ];
  for (const [title, filter, expected] of cases) {
    it(`shows ${title}`, async () => {
      const { api } = await openApi(...objects);
      const tasks = await api.listTasks({ ...NO_FILTER, ...filter });
      assert.deepEqual(tasks.map(({ id }) => id).sort(), [...expected].sort());
      assert.equal(tasks[0]?.id, expected[0]);
    });
  }

  it('is refused for a service that does not exist', async () => {
    const { api, store } = await openApi(...objects);
    const filter = { ...NO_FILTER, serviceReferences: ['nope'] };
    await assertRefused(store, () => api.listTasks(filter), 'NOT_FOUND', /No such service: nope/);
  });
});

describe('a node', () => {
  const spec = (changes: Partial<NodeSpec>) => ({ ...node('x').spec, ...changes });
  const request = (reference: string, changes: Partial<NodeSpec>, version = 0) => ({
    reference,
    version,
    spec: spec(changes),
  });

  it('is given an availability and labels', async () => {
    const { api } = await openApi(...CLUSTER);
    const changed = await api.updateNode(request('w1', { availability: 'drain', labels: { disk: 'ssd' } }));
    assert.equal(changed.spec.availability, 'drain');
    assert.deepEqual(await api.getNode('w1'), changed);
    assert.deepEqual(
      (await api.listNodes()).map(({ id }) => id),
      ['m1', 'w1', 'w2'],
    );
  });

  it('that is down can be removed, and a living worker by force', async () => {
    const { api, store } = await openApi(
      ...CLUSTER,
      node('w3', down),
      task('t1', 'web', 'RUNNING', { nodeId: 'w3' }),
    );
    await api.removeNode('w3', false);
    await api.removeNode('w1', true);
    assert.deepEqual([...store.view().nodes.keys()], ['m1', 'w2']);
    assert.equal(store.view().tasks.size, 1);
  });

  const refused: readonly (readonly [string, string, Partial<NodeSpec>, number, ErrorCode, RegExp])[] = [
    [
      'an unknown availability',
      'w1',
      { availability: 'off' as 'drain' },
      0,
      'INVALID_ARGUMENT',
      /availability must be/,
    ],
    ['an old version', 'w1', {}, 77, 'CONFLICT', /node "w1": update out of sequence/],
    ['the demotion of the last manager', 'm1', { role: 'worker' }, 0, 'FAILED_PRECONDITION', /last manager/],
    ['an unknown node', 'h9', {}, 0, 'NOT_FOUND', /No such node: h9/],
  ];
  for (const [title, reference, changes, version, code, reason] of refused) {
    it(`is not updated with ${title}`, async () => {
      const { api, store } = await openApi(...CLUSTER);
      await assertRefused(store, () => api.updateNode(request(reference, changes, version)), code, reason);
    });
  }

  it('that is up is not removed without force, and the last manager never', async () => {
    const { api, store } = await openApi(...CLUSTER);
    const refusal = await assertRefused(
      store,
      () => api.removeNode('w1', false),
      'FAILED_PRECONDITION',
      /node "w1" is not down but ready, and cannot be removed/,
    );
    assert.match(refusal.help, /--force/);
    await assertRefused(store, () => api.removeNode('m1', true), 'FAILED_PRECONDITION', /"m1" is a manager/);
  });
});

describe('a network', () => {
  const spec = (name: string, changes: Partial<NetworkSpec> = {}) => network(name, changes).spec;

  it('is stored without a subnet, which the allocator gives', async () => {
    const { api } = await openApi(...CLUSTER);
    const created = await api.createNetwork(spec('front', { subnet: '10.1.7.0/24' }));
    assert.equal(created.subnet, '');
    assert.deepEqual(await api.getNetwork('front'), created);
    assert.deepEqual(
      (await api.listNetworks()).map((each) => each.spec.name),
      ['front', 'host', 'ingress', 'net'],
    );
    await api.removeNetwork('front');
    assert.equal((await api.listNetworks()).length, 3);
  });

  const refused: readonly (readonly [string, NetworkSpec, ErrorCode, RegExp])[] = [
    ['a name that is taken', spec('net'), 'ALREADY_EXISTS', /network named "net" exists already/],
    ['a name that is no label', spec('a.b'), 'INVALID_ARGUMENT', /not a DNS label/],
    ['driver host', spec('mine', { driver: 'host' }), 'INVALID_ARGUMENT', /driver host cannot be created/],
    [
      'a second ingress',
      spec('in2', { ingress: true }),
      'ALREADY_EXISTS',
      /ingress network is "ingress" already/,
    ],
    [
      'a subnet of another',
      spec('b', { subnet: '10.1.0.128/25' }),
      'FAILED_PRECONDITION',
      /overlaps network "net" \(10\.1\.0\.0\/24\)/,
    ],
    [
      'the router subnet',
      spec('b', { subnet: '10.255.3.0/24' }),
      'FAILED_PRECONDITION',
      /overlaps the router addresses/,
    ],
    [
      'the address of a node',
      spec('b', { subnet: '192.168.5.0/24' }),
      'FAILED_PRECONDITION',
      /the address 192\.168\.5\.1 of node "m1"/,
    ],
  ];
  for (const [title, value, code, reason] of refused) {
    it(`is not created with ${title}`, async () => {
      const { api, store } = await openApi(...CLUSTER);
      await assertRefused(store, () => api.createNetwork(value), code, reason);
    });
  }

  it('is not removed while a service, or a task that still lives, uses it', async () => {
    const { api, store } = await openApi(
      ...CLUSTER,
      service('web', { task: taskSpec({ networks: [{ target: 'net', aliases: [] }] }) }),
      task('t1', 'gone', 'RUNNING', {
        attachments: [{ networkId: 'net', address: '10.1.0.2', aliases: [] }],
      }),
      task('t2', 'ended', 'FAILED', {
        attachments: [{ networkId: 'net', address: '10.1.0.3', aliases: [] }],
      }),
      service('front', { endpoint: { mode: 'vip', ports: [port(80)] } }),
    );
    await assertRefused(
      store,
      () => api.removeNetwork('net'),
      'FAILED_PRECONDITION',
      /network "net" is in use by service "web", service "gone"$/,
    );
    await assertRefused(store, () => api.removeNetwork('ingress'), 'FAILED_PRECONDITION', /service "front"/);
    await assertRefused(
      store,
      () => api.removeNetwork('host'),
      'FAILED_PRECONDITION',
      /part of every cluster/,
    );
  });
});

describe('the cluster', () => {
  const update = (changes: Partial<ClusterSpec>, version = 0) => ({
    version,
    spec: { ...cluster().spec, ...changes },
    rotateWorkerToken: false,
    rotateManagerToken: false,
    rotateUnlockKey: false,
  });

  it('is shown without its private key', async () => {
    const { api } = await openApi(...CLUSTER);
    const shown = await api.getCluster();
    assert.equal(shown.rootCertificatePem, 'certificate');
    assert.doesNotMatch(JSON.stringify(shown), /private key/);
  });

  it('changes its settings, and one token at a time', async () => {
    const { api, store } = await openApi(...CLUSTER);
    const shown = await api.updateCluster({ ...update({ taskHistoryLimit: 2 }), rotateWorkerToken: true });
    assert.equal(shown.spec.taskHistoryLimit, 2);
    assert.deepEqual(shown.joinTokens, {
      worker: 'SWMTKN-1-certificate-secret1',
      manager: 'SWMTKN-1-root-manager',
    });
    assert.doesNotMatch(JSON.stringify(shown), /private key/);
    const { spec: _none, ...tokenOnly } = update({});
    await api.updateCluster({ ...tokenOnly, rotateManagerToken: true });
    assert.equal(store.view().cluster?.joinTokens.manager, 'SWMTKN-1-certificate-secret2');
    assert.equal(store.view().cluster?.rootAuthority.keyPem, 'the private key');
  });

  const refused: readonly (readonly [string, ReturnType<typeof update>, ErrorCode, RegExp])[] = [
    ['an old version', update({}, 99), 'CONFLICT', /cluster: update out of sequence/],
    ['a heartbeat of zero', update({ heartbeatPeriodMs: 0 }), 'INVALID_ARGUMENT', /dispatcher-heartbeat/],
    [
      'other address pools',
      update({ defaultAddressPools: ['172.16.0.0/12'] }),
      'INVALID_ARGUMENT',
      /--default-addr-pool cannot be changed/,
    ],
    [
      'another data path port',
      update({ dataPathPort: 4790 }),
      'INVALID_ARGUMENT',
      /--data-path-port cannot be changed/,
    ],
  ];
  for (const [title, request, code, reason] of refused) {
    it(`is not updated with ${title}`, async () => {
      const { api, store } = await openApi(...CLUSTER);
      await assertRefused(store, () => api.updateCluster(request), code, reason);
    });
  }

  it('that was not made yet is said so', async () => {
    const { api, store } = await openApi();
    await assertRefused(store, () => api.getCluster(), 'FAILED_PRECONDITION', /there is no cluster here/);
  });
});

describe('structural equality', () => {
  it('holds for a copy with its keys in another order, and with undefined fields', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy: unknown = JSON.parse(JSON.stringify(value), (_key, field: unknown) =>
          typeof field === 'object' && field !== null && !Array.isArray(field)
            ? Object.fromEntries(Object.entries(field).reverse())
            : field,
        );
        return structurallyEqual(JSON.parse(JSON.stringify(value)), copy);
      }),
    );
    assert.ok(structurallyEqual({ a: 1, b: undefined }, { a: 1 }));
  });

  it('does not hold when anything differs', () => {
    assert.ok(!structurallyEqual({ a: [1, 2] }, { a: [2, 1] }));
    assert.ok(!structurallyEqual({ a: 1 }, { b: 1 }));
    assert.ok(!structurallyEqual([], {}));
    assert.ok(!structurallyEqual({ a: null }, { a: {} }));
    assert.ok(!structurallyEqual({ a: 1 }, { a: '1' }));
  });
});
