import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Service, ServiceSpec, TaskSpec } from '../../../lib/domain/service.ts';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import type { ControlApi } from '../../../manager/api/control-api.ts';
import { assertRefused, CLUSTER, openApi } from './api-store.ts';
import { GIB, network, node, port, service, serviceSpec, taskSpec, WEB_1, WEB_2 } from './cluster-samples.ts';

const image = (name: string): Partial<TaskSpec> => ({ container: { ...taskSpec().container, image: name } });
const withTask = (changes: Partial<TaskSpec>) => serviceSpec({ task: taskSpec(changes) });
const publishing = (publishedPort: number, name = 'web') =>
  serviceSpec({ name, endpoint: { mode: 'vip', ports: [port(publishedPort)] } });
const attached = (...targets: readonly string[]) =>
  withTask({ networks: targets.map((target) => ({ target, aliases: [] })) });
const hostSetting = (name: string) => {
  const spec = attached('host');
  return { ...spec, task: { ...spec.task, container: { ...spec.task.container, sysctls: { [name]: '1' } } } };
};

const API = service(
  'api',
  { endpoint: { mode: 'vip', ports: [port(8080)] } },
  { endpoint: { mode: 'vip', ports: [port(8080), port(30_004)], vips: [] } },
);
const EDGE = service('edge', { endpoint: { mode: 'dnsrr', ports: [port(9090, { publishMode: 'host' })] } });

describe('creating a service', () => {
  it('stores it with the image pinned and the networks by id', async () => {
    const { api, store } = await openApi(...CLUSTER, network('n7', { name: 'front' }, '10.1.9.0/24'));
    const { service: created, warnings } = await api.createService({
      ...attached('front'),
      endpoint: { mode: 'vip', ports: [port(8080)] },
    });
    assert.deepEqual(warnings, []);
    assert.equal(created.spec.task.container.imageId, WEB_1);
    assert.deepEqual(created.spec.task.networks, [{ target: 'n7', aliases: [] }]);
    assert.equal(created.specVersion, 1);
    assert.ok(created.version > 0);
    assert.deepEqual(store.view().services.get(created.id), created);
  });

  it('completes the tag and what a health check leaves open, and drops limits of zero', async () => {
    const { api } = await openApi(...CLUSTER);
    const health = {
      test: ['CMD', 'true'],
      intervalMs: 0,
      timeoutMs: 0,
      retries: 0,
      startPeriodMs: 0,
      startIntervalMs: 0,
    };
    const spec = withTask({
      container: { ...taskSpec().container, image: 'docker.io/library/web', health },
      limits: { memoryBytes: 0, pids: 0 },
    });
    const { task } = (await api.createService(spec)).service.spec;
    assert.equal(task.container.image, 'web:latest');
    assert.equal(task.container.health?.intervalMs, 30_000);
    assert.equal(task.container.health?.retries, 3);
    assert.deepEqual(task.limits, {});
  });

  it('pins the image that most nodes have under the name, and warns', async () => {
    const odd = (id: string) =>
      node(id, { description: { images: [{ imageId: WEB_2, references: ['web:1'] }] } });
    const { api } = await openApi(...CLUSTER, odd('w3'), node('w4', { description: { images: [] } }));
    const { service: created, warnings } = await api.createService(serviceSpec());
    assert.equal(created.spec.task.container.imageId, WEB_1);
    assert.match(warnings[0] ?? '', /that of 3 nodes is used, 1 node hold/);
    assert.match(warnings[1] ?? '', /web:1 is on 3 of 5 nodes/);
  });

  it('warns of a constraint that holds on no node at present, and stores the service', async () => {
    const { api, store } = await openApi(...CLUSTER);
    const spec = withTask({
      placement: { constraints: ['node.role==worker', 'node.labels.disk==ssd'], maxReplicasPerNode: 0 },
    });
    const { warnings } = await api.createService(spec);
    assert.deepEqual(warnings, [
      'no node satisfies node.labels.disk==ssd at present; the tasks wait until one does',
    ]);
    assert.equal(store.view().services.size, 1);
  });

  it('lets two services share a port in host mode', async () => {
    const { api } = await openApi(...CLUSTER, EDGE);
    await api.createService(serviceSpec({ endpoint: EDGE.spec.endpoint }));
  });

  const refused: readonly (readonly [string, ServiceSpec, ErrorCode, RegExp, RegExp?])[] = [
    [
      'a malformed specification',
      serviceSpec({ name: 'a b' }),
      'INVALID_ARGUMENT',
      /"a b" is not a DNS label/,
    ],
    [
      'a name that is taken',
      serviceSpec({ name: 'api' }),
      'ALREADY_EXISTS',
      /service named "api" exists already/,
    ],
    [
      'a published port that is taken',
      publishing(8080),
      'FAILED_PRECONDITION',
      /port 8080\/tcp is already published by service "api"/,
    ],
    [
      'a port that was given to another automatically',
      publishing(30_004),
      'FAILED_PRECONDITION',
      /30004\/tcp .* "api"/,
    ],
    [
      'a port that another takes on its nodes',
      publishing(9090),
      'FAILED_PRECONDITION',
      /9090\/tcp .* "edge"/,
    ],
    ['an unknown network', attached('nowhere'), 'NOT_FOUND', /No such network: nowhere/],
    ['the ingress network', attached('ingress'), 'INVALID_ARGUMENT', /ingress network "ingress"/],
    ['one network under name and id', attached('net', 'ne'), 'INVALID_ARGUMENT', /"net" is attached twice/],
    [
      'the host network and another',
      attached('host', 'net'),
      'INVALID_ARGUMENT',
      /"host" cannot be joined with others/,
    ],
    [
      'a published port on the host network',
      { ...attached('host'), endpoint: { mode: 'vip', ports: [port(8081)] } },
      'INVALID_ARGUMENT',
      /on the network "host" publishes no ports/,
    ],
    [
      'a setting of the node’s network',
      hostSetting('net.core.somaxconn'),
      'INVALID_ARGUMENT',
      /sysctl net\.core\.somaxconn cannot be set on the network "host"/,
    ],
    [
      'an unknown image',
      withTask(image('web:9')),
      'NOT_FOUND',
      /^No such image: web:9$/,
      /image import.*image load.*web:1, web:2/,
    ],
    [
      'an image nobody has heard of',
      withTask(image('db')),
      'NOT_FOUND',
      /^No such image: db:latest$/,
      /image load$/,
    ],
    [
      'a reservation beyond every node',
      withTask({ reservations: { memoryBytes: 64 * GIB } }),
      'FAILED_PRECONDITION',
      /65536 MiB of memory is more than any of the 3 nodes could ever hold/,
      /8192 MiB/,
    ],
    [
      'processors beyond every node',
      withTask({ reservations: { nanoCpus: 5e9 } }),
      'FAILED_PRECONDITION',
      /5 CPUs is more than/,
      /4 CPUs/,
    ],
    [
      'a malformed constraint',
      withTask({ placement: { constraints: ['node.role=worker'], maxReplicasPerNode: 0 } }),
      'INVALID_ARGUMENT',
      /invalid constraint "node\.role=worker"/,
    ],
  ];
  for (const [title, spec, code, reason, help] of refused) {
    it(`is refused with ${title}, and leaves no trace`, async () => {
      const { api, store } = await openApi(...CLUSTER, API, EDGE);
      const refusal = await assertRefused(store, () => api.createService(spec), code, reason);
      if (help !== undefined) assert.match(refusal.help, help);
    });
  }

  it('of one name twice at once succeeds once', async () => {
    const { api } = await openApi(...CLUSTER);
    const results = await Promise.allSettled([
      api.createService(serviceSpec()),
      api.createService(serviceSpec()),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });
});

async function withService(...others: readonly StoreObject[]): Promise<{
  readonly api: ControlApi;
  readonly store: Awaited<ReturnType<typeof openApi>>['store'];
  readonly web: Service;
}> {
  const { api, store } = await openApi(...CLUSTER, ...others);
  const { service: web } = await api.createService(serviceSpec());
  return { api, store, web };
}

const change = (web: Service, spec: Partial<ServiceSpec>, version = 0) => ({
  reference: web.spec.name,
  version,
  spec: { ...web.spec, ...spec },
  rollback: false,
});
const rollback = (reference: string) => ({ reference, version: 0, rollback: true });

describe('updating a service', () => {
  it('keeps what it was, and counts a change of the task', async () => {
    const { api, web } = await withService();
    const task = { ...web.spec.task, container: { ...web.spec.task.container, image: 'web:2' } };
    const { service: next } = await api.updateService(change(web, { task }, web.version));
    assert.equal(next.specVersion, 2);
    assert.equal(next.spec.task.container.imageId, WEB_2);
    assert.deepEqual(next.previousSpec, web.spec);
    assert.ok(next.version > web.version);
  });

  it('counts no change when only the number of replicas differs', async () => {
    const { api, web } = await withService();
    const { service: next } = await api.updateService(
      change(web, { mode: { kind: 'replicated', replicas: 7 } }),
    );
    assert.equal(next.specVersion, 1);
    assert.deepEqual(next.previousSpec, web.spec);
  });

  it('clears the state of the last update', async () => {
    const { api, store, web } = await withService();
    const updateStatus = { state: 'paused', startedAtMs: 1, message: '' } as const;
    await store.update(() => [{ kind: 'put', object: { ...web, updateStatus } }]);
    const { service: next } = await api.updateService(change(web, {}));
    assert.equal(next.updateStatus, undefined);
    assert.equal(next.previousSpec, undefined);
  });

  it('may keep the port that the service itself publishes', async () => {
    const { api, web } = await withService();
    const endpoint = { mode: 'vip', ports: [port(8080)] } as const;
    await api.updateService(change(web, { endpoint }));
    const { service: next } = await api.updateService(change(web, { endpoint, labels: { a: '1' } }));
    assert.deepEqual(next.spec.endpoint, endpoint);
  });

  it('that changes nothing stores nothing', async () => {
    const { api, store, web } = await withService();
    const before = store.view().index;
    await api.updateService(change(web, {}));
    assert.equal(store.view().index, before);
  });

  it('does not look a pinned image up again, so that it works while no node has it', async () => {
    const { api, store, web } = await withService();
    await store.update((view) =>
      [...view.nodes.values()].map((each) => ({
        kind: 'put',
        object: node(each.id, { description: { images: [] } }),
      })),
    );
    const task = { ...web.spec.task, forceUpdate: 1 };
    const { service: next } = await api.updateService(change(web, { task }));
    assert.equal(next.spec.task.container.imageId, WEB_1);
    assert.equal(next.specVersion, 2);
  });

  const refused: readonly (readonly [
    string,
    (web: Service) => Parameters<ControlApi['updateService']>[0],
    ErrorCode,
    RegExp,
  ])[] = [
    [
      'an old version',
      (web) => change(web, { labels: { a: '1' } }, web.version - 1),
      'CONFLICT',
      /update out of sequence: version \d+ was read, but \d+ is stored now/,
    ],
    [
      'an unknown service',
      (web) => ({ ...change(web, {}), reference: 'nope' }),
      'NOT_FOUND',
      /No such service: nope/,
    ],
    [
      'another name',
      (web) => change(web, { name: 'web2' }),
      'INVALID_ARGUMENT',
      /cannot be renamed to "web2"/,
    ],
    [
      'another mode',
      (web) => change(web, { mode: { kind: 'global' } }),
      'INVALID_ARGUMENT',
      /cannot be changed from replicated to global/,
    ],
    [
      'a port that is taken',
      (web) => change(web, { endpoint: { mode: 'vip', ports: [port(8080)] } }),
      'FAILED_PRECONDITION',
      /service "api"/,
    ],
    [
      'an unknown image',
      (web) => change(web, { task: taskSpec(image('web:9')) }),
      'NOT_FOUND',
      /No such image: web:9/,
    ],
    [
      'no specification',
      () => ({ reference: 'web', version: 0, rollback: false }),
      'INVALID_ARGUMENT',
      /specification is missing/,
    ],
    [
      'a rollback with nothing before',
      () => rollback('web'),
      'FAILED_PRECONDITION',
      /"web" has no previous specification/,
    ],
    [
      'a rollback and a specification',
      (web) => ({ ...change(web, {}), rollback: true }),
      'INVALID_ARGUMENT',
      /a rollback takes no specification/,
    ],
  ];
  for (const [title, request, code, reason] of refused) {
    it(`is refused with ${title}, and changes nothing`, async () => {
      const { api, store, web } = await withService(API);
      await assertRefused(store, () => api.updateService(request(web)), code, reason);
    });
  }
});

describe('rolling a service back', () => {
  it('swaps the two specifications, so that a second one goes forward again', async () => {
    const { api, web } = await withService();
    const task = { ...web.spec.task, container: { ...web.spec.task.container, image: 'web:2' } };
    const { service: updated } = await api.updateService(change(web, { task }));
    const { service: back } = await api.updateService(rollback('web'));
    assert.deepEqual(back.spec, web.spec);
    assert.deepEqual(back.previousSpec, updated.spec);
    assert.equal(back.specVersion, 3);
    assert.equal(back.updateStatus?.state, 'rollback_started');
    const { service: forward } = await api.updateService(rollback('web'));
    assert.deepEqual(forward.spec, updated.spec);
  });

  it('is refused when its network is gone or its port taken by now', async () => {
    const { api, store, web } = await withService();
    const endpoint = { mode: 'vip', ports: [port(8080)] } as const;
    await api.updateService(change(web, { endpoint }));
    await api.updateService(change(web, {}));
    await api.createService(publishing(8080, 'late'));
    await assertRefused(
      store,
      () => api.updateService(rollback('web')),
      'FAILED_PRECONDITION',
      /service "late"/,
    );
  });
});

describe('removing a service', () => {
  it('removes the object and nothing else', async () => {
    const { api, store, web } = await withService(API);
    await api.removeService('web');
    assert.equal(store.view().services.has(web.id), false);
    assert.equal(store.view().services.size, 1);
    await assertRefused(store, () => api.removeService('web'), 'NOT_FOUND', /No such service: web/);
  });
});
