import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import type { ServiceSpec, TaskSpec } from '../../../lib/domain/service.ts';
import { SkepError } from '../../../lib/errors.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';
import { port, serviceSpec, taskSpec } from '../../manager/api/cluster-samples.ts';

/** Refuses as a user would see it: one line, the right code, the service named. */
function assertRefused(spec: ServiceSpec, reason: RegExp): void {
  assert.throws(
    () => validateServiceSpec(spec),
    (error: unknown) => {
      assert.ok(error instanceof SkepError, String(error));
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.match(error.message, reason);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    },
  );
}

const base = taskSpec();
const withTask = (changes: Partial<TaskSpec>) => serviceSpec({ task: taskSpec(changes) });
const withContainer = (changes: Partial<ContainerSpec>) =>
  withTask({ container: { ...base.container, ...changes } });
const withUpdate = (changes: Partial<ServiceSpec['update']>) =>
  serviceSpec({ update: { ...serviceSpec().update, ...changes } });
const health = {
  test: ['CMD-SHELL', 'true'],
  intervalMs: 1_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 0,
  startIntervalMs: 5_000,
};
/** A value that the types forbid but the wire allows. */
const odd = <T>(value: unknown) => value as T;
const bind = (source: string, target: string) => ({ kind: 'bind', source, target, readOnly: false }) as const;

const REFUSED: readonly (readonly [string, ServiceSpec, RegExp])[] = [
  ['no name', serviceSpec({ name: '' }), /name is missing/],
  ['a name with a dot', serviceSpec({ name: 'a.b' }), /"a\.b" is not a DNS label/],
  ['a name that ends with a hyphen', serviceSpec({ name: 'web-' }), /not a DNS label/],
  ['a name of 64 characters', serviceSpec({ name: 'a'.repeat(64) }), /longer than 63/],
  [
    'an unknown mode',
    serviceSpec({ mode: odd({ kind: 'job' }) }),
    /mode must be replicated or global, not "job"/,
  ],
  [
    'no number of replicas',
    serviceSpec({ mode: odd({ kind: 'replicated' }) }),
    /number of replicas is missing/,
  ],
  [
    'negative replicas',
    serviceSpec({ mode: { kind: 'replicated', replicas: -1 } }),
    /replicas must be between/,
  ],
  ['part of a replica', serviceSpec({ mode: { kind: 'replicated', replicas: 1.5 } }), /whole number/],
  ['no task', serviceSpec({ task: odd(null) }), /part "task"/],
  ['no restart policy', withTask({ restart: odd(null) }), /part "restart"/],
  ['an empty label key', serviceSpec({ labels: { '': 'x' } }), /key among the labels is empty/],
  ['no image', withContainer({ image: '' }), /image is missing/],
  ['a malformed image', withContainer({ image: 'Web:1' }), /image reference/],
  ['env without =', withContainer({ env: ['A'] }), /env "A" is not of the form KEY=value/],
  ['env without key', withContainer({ env: ['=1'] }), /no key/],
  ['env with NUL', withContainer({ env: ['A=\0'] }), /NUL/],
  ['a relative workdir', withContainer({ workdir: 'srv' }), /workdir "srv" is not an absolute path/],
  ['a strange user', withContainer({ user: 'a:b:c' }), /user "a:b:c"/],
  ['a strange hostname', withContainer({ hostname: 'a b' }), /hostname "a b"/],
  [
    'a relative bind source',
    withContainer({ mounts: [bind('data', '/d')] }),
    /bind source "data" is not an absolute/,
  ],
  [
    'a relative mount target',
    withContainer({ mounts: [bind('/data', 'd')] }),
    /mount target "d" is not an absolute/,
  ],
  ['a mount over the root', withContainer({ mounts: [bind('/data', '/a/..')] }), /replace the root/],
  [
    'two mounts with one target',
    withContainer({ mounts: [bind('/a', '/d'), bind('/b', '/d/./')] }),
    /two mounts have the target "\/d"/,
  ],
  [
    'an unknown mount type',
    withContainer({ mounts: [odd({ kind: 'npipe', target: '/d', readOnly: false })] }),
    /mount type must be bind, tmpfs or volume/,
  ],
  [
    'a volume with a path for a name',
    withContainer({ mounts: [{ kind: 'volume', source: '../etc', target: '/d', readOnly: false }] }),
    /volume name "\.\.\/etc" is not allowed/,
  ],
  [
    'an unknown propagation',
    withContainer({ mounts: [{ ...bind('/a', '/d'), propagation: odd('both') }] }),
    /bind-propagation must be/,
  ],
  ['a host line without a name', withContainer({ hosts: ['10.0.0.1'] }), /host "10\.0\.0\.1"/],
  ['a dns server by name', withContainer({ dns: ['dns.example'] }), /dns server/],
  ['an unknown signal', withContainer({ stopSignal: 'SIGNOPE' }), /stop-signal "SIGNOPE" is not a signal/],
  ['a negative grace period', withContainer({ stopGracePeriodMs: -1 }), /stop-grace-period/],
  [
    'an endless grace period',
    withContainer({ stopGracePeriodMs: Number.POSITIVE_INFINITY }),
    /stop-grace-period/,
  ],
  ['a health test without a command', withContainer({ health: { ...health, test: ['CMD'] } }), /no command/],
  [
    'an unknown health test',
    withContainer({ health: { ...health, test: ['RUN', 'x'] } }),
    /NONE, CMD or CMD-SHELL/,
  ],
  ['a health interval of zero', withContainer({ health: { ...health, intervalMs: 0 } }), /health-interval/],
  [
    'a broken seccomp profile',
    withContainer({ seccompProfile: '{}' }),
    /seccomp profile: defaultAction nothing is not an action/,
  ],
  ['an unknown capability', withContainer({ capabilityAdd: ['NET_ADMIN'] }), /cap-add "NET_ADMIN"/],
  [
    'too little CPU',
    withTask({ limits: { nanoCpus: 500_000 } }),
    /limit-cpu must be at least 0\.001 CPUs, not 0\.0005/,
  ],
  [
    'too little memory',
    withTask({ reservations: { memoryBytes: 1024 } }),
    /reserve-memory must be at least 4 MiB/,
  ],
  ['reserved processes', withTask({ reservations: { pids: 3 } }), /cannot be reserved/],
  [
    'a memory limit below its reservation',
    withTask({ limits: { memoryBytes: 8 << 20 }, reservations: { memoryBytes: 16 << 20 } }),
    /limit-memory is below reserve-memory/,
  ],
  [
    'a CPU limit below its reservation',
    withTask({ limits: { nanoCpus: 1e9 }, reservations: { nanoCpus: 2e9 } }),
    /limit-cpu is below reserve-cpu/,
  ],
  [
    'an unknown restart condition',
    withTask({ restart: { ...base.restart, condition: odd('always') } }),
    /restart-condition must be/,
  ],
  [
    'a malformed constraint',
    withTask({ placement: { constraints: ['node.role=worker'], maxReplicasPerNode: 0 } }),
    /invalid constraint "node\.role=worker"/,
  ],
  [
    'a bound per node on a global service',
    serviceSpec({
      mode: { kind: 'global' },
      task: taskSpec({ placement: { constraints: [], maxReplicasPerNode: 1 } }),
    }),
    /replicas-max-per-node is only for replicated/,
  ],
  [
    'one network twice',
    withTask({
      networks: [
        { target: 'a', aliases: [] },
        { target: 'a', aliases: [] },
      ],
    }),
    /network "a" is attached twice/,
  ],
  ['a strange alias', withTask({ networks: [{ target: 'a', aliases: ['x y'] }] }), /network alias "x y"/],
  [
    'a failure ratio above 1',
    withUpdate({ maxFailureRatio: 1.1 }),
    /update-max-failure-ratio must be between 0 and 1, not 1\.1/,
  ],
  ['a failure ratio that is no number', withUpdate({ maxFailureRatio: Number.NaN }), /max-failure-ratio/],
  ['an unknown order', withUpdate({ order: odd('any') }), /update-order must be stop-first or start-first/],
  [
    'a rollback that rolls back',
    serviceSpec({ rollback: { ...serviceSpec().update, failureAction: 'rollback' } }),
    /rollback-failure-action must be pause or continue/,
  ],
  [
    'a port above 65535',
    serviceSpec({ endpoint: { mode: 'vip', ports: [port(70_000)] } }),
    /published port must be between 1 and 65535/,
  ],
  [
    'a target port of zero',
    serviceSpec({ endpoint: { mode: 'vip', ports: [port(80, { targetPort: 0 })] } }),
    /target port/,
  ],
  [
    'one port published twice',
    serviceSpec({ endpoint: { mode: 'vip', ports: [port(8080), port(8080, { targetPort: 81 })] } }),
    /port 8080\/tcp is published twice/,
  ],
  [
    'an unknown protocol',
    serviceSpec({ endpoint: { mode: 'vip', ports: [port(80, { protocol: odd('icmp') })] } }),
    /port protocol must be tcp, udp or sctp/,
  ],
  [
    'an ingress port without VIP',
    serviceSpec({ endpoint: { mode: 'dnsrr', ports: [port(80)] } }),
    /needs endpoint-mode vip/,
  ],
  [
    'more than fits the log',
    withContainer({ args: ['x'.repeat(100_000), 'y'.repeat(100_000)] }),
    /bytes, more than/,
  ],
];

describe('a service specification', () => {
  for (const [title, spec, reason] of REFUSED) {
    it(`with ${title} is refused`, () => assertRefused(spec, reason));
  }

  it('with everything that Docker users write is accepted', () => {
    validateServiceSpec(
      serviceSpec({
        name: 'stack_web-1',
        labels: { 'com.example.team': 'a=b' },
        task: taskSpec({
          container: {
            ...base.container,
            image: 'registry.example:5000/team/web:1',
            env: ['A=', 'B={{.Task.Name}}', 'C=x=y'],
            hostname: '{{.Node.Hostname}}-{{.Task.Slot}}',
            user: '1000:www-data',
            workdir: '/srv',
            stopSignal: 'SIGRTMIN+3',
            hosts: ['10.0.0.7 db db.example', 'fe80::1 six'],
            dns: ['9.9.9.9', '2620:fe::fe'],
            dnsSearch: ['example.com', '.'],
            dnsOptions: ['ndots:2', 'rotate'],
            health,
            mounts: [
              bind('/a', '/d'),
              { kind: 'tmpfs', target: '/tmp', readOnly: false, mode: 0o1777 },
              { kind: 'volume', source: '', target: '/own', readOnly: false },
              { kind: 'volume', source: 'data-{{.Task.Slot}}', target: '/data', readOnly: true },
            ],
            capabilityAdd: ['CAP_NET_ADMIN'],
            capabilityDrop: ['ALL'],
          },
          limits: { nanoCpus: 1_000_000, memoryBytes: 4 << 20, pids: 10 },
          reservations: { nanoCpus: 1_000_000, memoryBytes: 4 << 20 },
          placement: { constraints: ['node.labels.disk==ssd'], maxReplicasPerNode: 2 },
        }),
        endpoint: { mode: 'vip', ports: [port(0), port(53), port(53, { protocol: 'udp' })] },
      }),
    );
  });

  it('may publish host-mode ports without VIP', () => {
    validateServiceSpec(
      serviceSpec({ endpoint: { mode: 'dnsrr', ports: [port(80, { publishMode: 'host' })] } }),
    );
  });
});
