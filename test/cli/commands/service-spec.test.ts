import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { specOfCreate } from '../../../cli/commands/service/create-spec.ts';
import type { Flags } from '../../../cli/commands/service/flag-values.ts';
import { applyUpdateFlags } from '../../../cli/commands/service/spec-flags.ts';
import { UsageError } from '../../../cli/usage.ts';
import type { ServiceSpec } from '../../../lib/domain/service.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';

const NOTHING = { environment: {}, files: {} };

function create(flags: Flags, args: readonly string[] = []): ServiceSpec {
  return specOfCreate('web:1', args, flags, NOTHING, 'calm_bee');
}

function update(spec: ServiceSpec, flags: Flags): ServiceSpec {
  return applyUpdateFlags(spec, flags, NOTHING, { back: 'id-of-back' });
}

describe('service create', () => {
  it('asks for what the defaults of swarm say when no flag is given', () => {
    const spec = create({}, ['echo', '-n']);
    validateServiceSpec(spec);
    assert.equal(spec.name, 'calm_bee');
    assert.deepEqual(spec.mode, { kind: 'replicated', replicas: 1 });
    assert.deepEqual(spec.task.container.args, ['echo', '-n']);
    assert.deepEqual(spec.task.restart, { condition: 'any', delayMs: 5_000, maxAttempts: 0, windowMs: 0 });
    assert.deepEqual(spec.update, {
      parallelism: 1,
      delayMs: 0,
      failureAction: 'pause',
      monitorMs: 5_000,
      maxFailureRatio: 0,
      order: 'stop-first',
    });
    assert.deepEqual(spec.endpoint, { mode: 'vip', ports: [] });
    assert.equal(spec.task.container.stopGracePeriodMs, 10_000);
  });

  const rows: readonly (readonly [flags: Flags, read: (spec: ServiceSpec) => unknown, expected: unknown])[] =
    [
      [
        { name: 'web', replicas: '3' },
        ({ name, mode }) => [name, mode],
        ['web', { kind: 'replicated', replicas: 3 }],
      ],
      [{ mode: 'global' }, ({ mode }) => mode, { kind: 'global' }],
      [
        { limitCpu: '0.5', limitMemory: '64m', limitPids: '20' },
        ({ task }) => task.limits,
        { nanoCpus: 500_000_000, memoryBytes: 67_108_864, pids: 20 },
      ],
      [{ limitPids: '0' }, ({ task }) => task.limits, {}],
      [
        { reserveCpu: '1', reserveMemory: '1g' },
        ({ task }) => task.reservations,
        { nanoCpus: 1e9, memoryBytes: 1_073_741_824 },
      ],
      [
        { restartCondition: 'on-failure', restartDelay: '1s', restartMaxAttempts: '3', restartWindow: '1m' },
        ({ task }) => task.restart,
        { condition: 'on-failure', delayMs: 1_000, maxAttempts: 3, windowMs: 60_000 },
      ],
      [
        {
          updateOrder: 'start-first',
          updateParallelism: '0',
          updateFailureAction: 'rollback',
          updateMaxFailureRatio: '.2',
        },
        ({ update }) => update,
        {
          parallelism: 0,
          delayMs: 0,
          failureAction: 'rollback',
          monitorMs: 5_000,
          maxFailureRatio: 0.2,
          order: 'start-first',
        },
      ],
      [{ env: ['A=1', 'B=2', 'A=3'] }, ({ task }) => task.container.env, ['A=3', 'B=2']],
      [
        { publish: ['8080:80', 'target=53,protocol=udp,mode=host'] },
        ({ endpoint }) => endpoint.ports.length,
        2,
      ],
      [
        { constraint: ['node.role==worker'] },
        ({ task }) => task.placement.constraints,
        ['node.role==worker'],
      ],
      [{ network: ['back'] }, ({ task }) => task.networks, [{ target: 'back', aliases: [] }]],
      [
        { host: ['db:10.0.0.7', 'six:fd00::1'] },
        ({ task }) => task.container.hosts,
        ['10.0.0.7 db', 'fd00::1 six'],
      ],
      [
        { capAdd: ['net_admin'], capDrop: ['ALL'] },
        ({ task }) => [task.container.capabilityAdd, task.container.capabilityDrop],
        [['CAP_NET_ADMIN'], ['ALL']],
      ],
      [{ entrypoint: 'sh -c "a b"' }, ({ task }) => task.container.command, ['sh', '-c', 'a b']],
      [
        { healthCmd: 'true', healthInterval: '1s', healthRetries: '0' },
        ({ task }) => task.container.health,
        {
          test: ['CMD-SHELL', 'true'],
          intervalMs: 1_000,
          timeoutMs: 30_000,
          retries: 3,
          startPeriodMs: 0,
          startIntervalMs: 5_000,
        },
      ],
      [{ healthcheck: false }, ({ task }) => task.container.health?.test, ['NONE']],
      // Commander sets this when --no-healthcheck is absent.
      [{ healthcheck: true }, ({ task }) => task.container.health, undefined],
      [
        { drain: '500ms', stopGracePeriod: '1m' },
        ({ task }) => [task.drainMs, task.container.stopGracePeriodMs],
        [500, 60_000],
      ],
      [
        { user: '1000:1000', workdir: '/w', hostname: 'n', stopSignal: 'SIGINT' },
        ({ task: { container } }) => [
          container.user,
          container.workdir,
          container.hostname,
          container.stopSignal,
        ],
        ['1000:1000', '/w', 'n', 'SIGINT'],
      ],
      [
        { readOnly: true, init: true, tty: true },
        ({ task: { container } }) => [container.readOnlyRoot, container.init, container.tty],
        [true, true, true],
      ],
      [
        { label: ['a=b'], containerLabel: ['c=d'] },
        ({ labels, task }) => [labels, task.container.labels],
        [{ a: 'b' }, { c: 'd' }],
      ],
      [
        { dns: ['1.1.1.1'], dnsSearch: ['x.y'], dnsOption: ['ndots:1'] },
        ({ task: { container } }) => [container.dns, container.dnsSearch, container.dnsOptions],
        [['1.1.1.1'], ['x.y'], ['ndots:1']],
      ],
    ];
  for (const [flags, read, expected] of rows) {
    it(`understands ${JSON.stringify(flags)}`, () => {
      const spec = create(flags);
      validateServiceSpec(spec);
      assert.deepEqual(read(spec), expected);
    });
  }

  const refused: readonly (readonly [flags: Flags, pattern: RegExp])[] = [
    [{ replicas: 'many' }, /--replicas/],
    [{ replicas: '-1' }, /--replicas/],
    [{ mode: 'global', replicas: '2' }, /--replicas can only/],
    [{ mode: 'global', replicasMaxPerNode: '2' }, /--replicas-max-per-node can only/],
    [{ mode: 'replicated-job' }, /replicated-job" is not supported/],
    [{ limitMemory: 'lots' }, /--limit-memory/],
    [{ updateOrder: 'sideways' }, /start-first/],
    [{ rollbackFailureAction: 'rollback' }, /--rollback-failure-action/],
    [{ updateMaxFailureRatio: '2' }, /0 to 1/],
    [{ healthInterval: '1s' }, /--health-cmd|command to run/],
    [{ healthcheck: false, healthCmd: 'true' }, /conflicts/],
    [{ stopGracePeriod: '10' }, /--stop-grace-period/],
    [{ host: ['nocolon'] }, /NAME|invalid host/],
  ];
  for (const [flags, pattern] of refused) {
    it(`refuses ${JSON.stringify(flags)}`, () => {
      assert.throws(
        () => create(flags),
        (thrown) => thrown instanceof UsageError && pattern.test(thrown.message),
      );
    });
  }
});

describe('service update', () => {
  const base = create({
    name: 'web',
    replicas: '3',
    env: ['A=1', 'B=2'],
    label: ['x=1', 'y=2'],
    publish: ['8080:80', '53:53/udp'],
    mount: ['type=tmpfs,target=/t'],
    constraint: ['node.role==worker'],
    host: ['db:10.0.0.7'],
    capAdd: ['NET_ADMIN'],
    limitMemory: '64m',
    healthCmd: 'true',
    hostname: 'n',
  });

  it('changes nothing when no flag is given', () => {
    assert.deepEqual(update(base, {}), base);
  });

  it('differs after --force alone', () => {
    assert.equal(update(base, { force: true }).task.forceUpdate, base.task.forceUpdate + 1);
  });

  it('forgets the pinned image id when an image is given, even the same one', () => {
    const { container } = base.task;
    const pinned = { ...base, task: { ...base.task, container: { ...container, imageId: 'sha256:1' } } };
    assert.equal(update(pinned, {}).task.container.imageId, 'sha256:1');
    assert.equal(update(pinned, { image: 'web:1' }).task.container.imageId, undefined);
    assert.equal(update(pinned, { image: 'web:2' }).task.container.image, 'web:2');
  });

  const rows: readonly (readonly [flags: Flags, read: (spec: ServiceSpec) => unknown, expected: unknown])[] =
    [
      [{ envAdd: ['B=3', 'C=4'], envRm: ['A'] }, ({ task }) => task.container.env, ['B=3', 'C=4']],
      [{ labelAdd: ['z=3'], labelRm: ['x'] }, ({ labels }) => labels, { y: '2', z: '3' }],
      [{ publishRm: ['80'] }, ({ endpoint }) => endpoint.ports.map((port) => port.targetPort), [53]],
      [{ publishAdd: ['8080:80'] }, ({ endpoint }) => endpoint.ports.length, 2],
      [
        { publishAdd: ['9090:80'] },
        ({ endpoint }) => endpoint.ports.map((port) => port.publishedPort),
        [8080, 53, 9090],
      ],
      [
        { mountAdd: ['type=tmpfs,target=/t,readonly'] },
        ({ task }) => task.container.mounts,
        [{ kind: 'tmpfs', target: '/t', readOnly: true }],
      ],
      [{ mountRm: ['/t'] }, ({ task }) => task.container.mounts, []],
      [
        { constraintAdd: ['node.id!=x'], constraintRm: ['node.role==worker'] },
        ({ task }) => task.placement.constraints,
        ['node.id!=x'],
      ],
      [{ hostRm: ['db'] }, ({ task }) => task.container.hosts, []],
      [{ hostRm: ['db:10.0.0.8'] }, ({ task }) => task.container.hosts, ['10.0.0.7 db']],
      [
        { capDrop: ['NET_ADMIN'] },
        ({ task: { container } }) => [container.capabilityAdd, container.capabilityDrop],
        [[], ['CAP_NET_ADMIN']],
      ],
      [{ limitMemory: '0' }, ({ task }) => task.limits, {}],
      [{ limitCpu: '1' }, ({ task }) => task.limits, { nanoCpus: 1e9, memoryBytes: 67_108_864 }],
      [{ healthInterval: '1s' }, ({ task }) => task.container.health?.intervalMs, 1_000],
      [{ healthcheck: false }, ({ task }) => task.container.health?.test, ['NONE']],
      [{ hostname: '' }, ({ task }) => task.container.hostname, undefined],
      [{ args: 'a "b c"' }, ({ task }) => task.container.args, ['a', 'b c']],
      [{ replicas: '5' }, ({ mode }) => mode, { kind: 'replicated', replicas: 5 }],
      [{ updateParallelism: '4' }, ({ update: policy }) => policy.parallelism, 4],
    ];
  for (const [flags, read, expected] of rows) {
    it(`understands ${JSON.stringify(flags)}`, () => {
      const spec = update(base, flags);
      validateServiceSpec(spec);
      assert.deepEqual(read(spec), expected);
    });
  }

  it('finds networks by name although the service holds their ids', () => {
    const attached = { ...base, task: { ...base.task, networks: [{ target: 'id-of-back', aliases: [] }] } };
    assert.deepEqual(update(attached, { networkRm: ['back'] }).task.networks, []);
    const replaced = update(attached, { networkAdd: ['name=back,alias=a'] }).task.networks;
    assert.deepEqual(replaced, [{ target: 'back', aliases: ['a'] }]);
  });

  it('refuses replicas for a global service', () => {
    assert.throws(() => update({ ...base, mode: { kind: 'global' } }, { replicas: '2' }), UsageError);
  });
});
