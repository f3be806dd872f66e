import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { specOfCreate } from '../../../cli/commands/service/create-spec.ts';
import type { Flags } from '../../../cli/commands/service/flag-values.ts';
import { parseMount } from '../../../cli/commands/service/mount-flag.ts';
import { addCreateOptions, addUpdateOptions } from '../../../cli/commands/service/options.ts';
import { readControlGroup, readDevices } from '../../../cli/commands/service/resource-flags.ts';
import { applyUpdateFlags } from '../../../cli/commands/service/spec-flags.ts';
import { formatServicePretty } from '../../../cli/format/service-pretty.ts';
import { SkepCommand, UsageError } from '../../../cli/usage.ts';
import { formatDevice, parseDevice } from '../../../lib/device.ts';
import type { ServiceSpec } from '../../../lib/domain/service.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';

const NOTHING = { environment: {}, files: {} };

/** The specification of a real command line. */
function create(...words: string[]): ServiceSpec {
  let spec: ServiceSpec | undefined;
  const command = new SkepCommand('create').argument('<image>').argument('[command...]');
  addCreateOptions(command as SkepCommand);
  command.exitOverride().configureOutput({ writeErr: () => {} });
  (command as SkepCommand).endFlagsAtOperand();
  command.action((image: string, args: string[], flags: Flags) => {
    spec = specOfCreate(image, args, flags, NOTHING, 'calm_bee');
  });
  command.parse(words, { from: 'user' });
  assert.ok(spec !== undefined);
  validateServiceSpec(spec);
  return spec;
}

function update(before: ServiceSpec, ...words: string[]): ServiceSpec {
  let spec: ServiceSpec | undefined;
  const command = new SkepCommand('update').argument('<service>');
  addUpdateOptions(command as SkepCommand);
  command.exitOverride().configureOutput({ writeErr: () => {} });
  command.action((_service: string, flags: Flags) => {
    spec = applyUpdateFlags(before, flags, NOTHING);
  });
  command.parse(words, { from: 'user' });
  assert.ok(spec !== undefined);
  validateServiceSpec(spec);
  return spec;
}

const base = create(
  '--privileged',
  ...['--device', '/dev/fuse', '--device', '/dev/sda:/dev/xvda:r', '--device-cgroup-rule', 'c 10:* rw'],
  ...['--cpu-shares', '512', '--cpuset-cpus', '0-1', '--limit-memory', '64m', '--memory-swap', '-1'],
  ...['--memory-swappiness', '0', '--oom-kill-disable', '--blkio-weight', '300'],
  ...['--device-read-bps', '/dev/sda:1mb', '--device-write-iops', '/dev/sda:20'],
  ...['--generic-resource', 'GPU=2', '--generic-resource', 'SSD=1'],
  'web:1',
  '--cpu-shares',
);

describe('rights, devices and control group of a service', () => {
  it('come from the flags of docker run', () => {
    const { container, reservations } = base.task;
    assert.equal(container.privileged, true);
    assert.deepEqual(container.args, ['--cpu-shares']);
    assert.deepEqual(container.devices, {
      mappings: [
        { pathOnHost: '/dev/fuse', pathInContainer: '/dev/fuse', permissions: 'rwm' },
        { pathOnHost: '/dev/sda', pathInContainer: '/dev/xvda', permissions: 'r' },
      ],
      rules: ['c 10:* rw'],
    });
    assert.deepEqual(container.controlGroup, {
      cpuShares: 512,
      cpusetCpus: '0-1',
      memorySwapBytes: -1,
      memorySwappiness: 0,
      oomKillDisable: true,
      blockWeight: 300,
      readBytesPerSecond: [{ path: '/dev/sda', rate: 1_048_576 }],
      writeBytesPerSecond: [],
      readOperationsPerSecond: [],
      writeOperationsPerSecond: [{ path: '/dev/sda', rate: 20 }],
    });
    assert.deepEqual(reservations.generic, {
      items: [
        { kind: 'GPU', count: 2 },
        { kind: 'SSD', count: 1 },
      ],
    });
  });

  it('take a switch for itself, whatever word comes next', () => {
    for (const words of [['--privileged'], ['--privileged=true']]) {
      const { container } = create(...words, 'web:1').task;
      assert.deepEqual([container.image, container.privileged], ['web:1', true]);
    }
    assert.equal(create('--privileged=false', 'web:1').task.container.privileged, undefined);
  });

  it('are absent when nothing is asked for', () => {
    const { container, reservations } = create('web:1').task;
    for (const key of ['privileged', 'devices', 'controlGroup']) assert.ok(!(key in container), key);
    assert.ok(!('generic' in reservations));
  });

  it('stay in an update that does not name them, and go when it says so', () => {
    assert.deepEqual(update(base, 'web').task, base.task);
    const changed = update(
      base,
      ...[
        '--privileged=false',
        '--device-rm',
        '/dev/xvda',
        '--device-add',
        '/dev/fuse:rw',
        '--cpu-shares',
        '0',
      ],
      ...['--device-read-bps-rm', '/dev/sda', '--memory-swappiness', '-1', '--cpuset-cpus', '', 'web'],
      ...['--oom-kill-disable=false', '--generic-resource-rm', 'GPU', '--generic-resource-add', 'SSD=3'],
    ).task;
    assert.equal(changed.container.privileged, undefined);
    assert.deepEqual(changed.container.devices?.mappings.map(formatDevice), ['/dev/fuse:rw']);
    assert.deepEqual(changed.container.controlGroup, {
      memorySwapBytes: -1,
      blockWeight: 300,
      readBytesPerSecond: [],
      writeBytesPerSecond: [],
      readOperationsPerSecond: [],
      writeOperationsPerSecond: [{ path: '/dev/sda', rate: 20 }],
    });
    assert.deepEqual(changed.reservations.generic, { items: [{ kind: 'SSD', count: 3 }] });
    const cleared = update(
      update(base, 'web', '--memory-swap', '0', '--blkio-weight', '0', '--memory-swappiness', '-1'),
      ...[
        'web',
        '--device-read-bps-rm',
        '/dev/sda',
        '--device-write-iops-rm',
        '/dev/sda',
        '--cpu-shares',
        '0',
      ],
      ...['--oom-kill-disable=false', '--cpuset-cpus', ''],
    );
    assert.equal(cleared.task.container.controlGroup, undefined);
  });

  it('are shown in words', () => {
    const service = { kind: 'service', id: 's1', spec: base, specVersion: 1, version: 1 } as const;
    const shown = formatServicePretty({ ...service, createdAtMs: 0, updatedAtMs: 0 });
    assert.match(
      shown,
      / Privileged:\ttrue\n Devices:\t\/dev\/fuse, \/dev\/sda:\/dev\/xvda:r\n Device rules:\tc 10/,
    );
    assert.match(
      shown,
      /ControlGroup:\n CPU shares:\t512\n CPU set:\t0-1\n Memory and swap:\tunlimited\n Swappiness:\t0/,
    );
    assert.match(shown, / OOM killer:\tdisabled\n.*\n Read rate \(B\/s\):\t\/dev\/sda:1048576\n/);
    assert.match(shown, /Reservations:\n Generic Resources:\tGPU=2, SSD=1\n/);
  });

  it('can be read from the flags of a single container', () => {
    const flags = { device: ['/dev/fuse'], cpuShares: '2', deviceReadIops: ['/dev/sda:5'] };
    assert.deepEqual(readDevices(flags)?.mappings.map(formatDevice), ['/dev/fuse']);
    const settings = readControlGroup(flags);
    assert.deepEqual(
      [settings?.cpuShares, settings?.readOperationsPerSecond],
      [2, [{ path: '/dev/sda', rate: 5 }]],
    );
    assert.equal(readControlGroup({}), undefined);
    assert.equal(readDevices({}), undefined);
  });

  for (const [words, message] of [
    [['--device', '/dev/x:/dev/y:z'], /invalid device/],
    [['--device', 'dev'], /device "dev" is not an absolute path/],
    [['--device', '/dev/a', '--device-cgroup-rule', 'd 1:1 r'], /device rule "d 1:1 r" is not one/],
    [['--device-cgroup-rule', 'c 4096:1 r'], /device rule "c 4096:1 r" is not one/],
    [['--device-cgroup-rule', 'c 1:1048576 r'], /device rule/],
    [['--device-cgroup-rule', 'c 1:1 rr'], /device rule/],
    [['--device-read-bps', '/dev/sda'], /invalid value "\/dev\/sda" for --device-read-bps/],
    [['--device-read-bps', '/dev/sda:0'], /for --device-read-bps/],
    [['--cpu-shares', '1'], /cpu-shares must be between 2 and 262144/],
    [['--cpu-quota', '10'], /cpu-quota .* between 1000/],
    [['--cpu-period', '10'], /cpu-period .* between 1000/],
    [['--cpu-quota', '5000', '--limit-cpu', '1'], /say the same thing twice/],
    [['--cpuset-cpus', '3-1'], /cpuset-cpus "3-1" is no list/],
    [['--cpuset-mems', 'a'], /cpuset-mems "a" is no list/],
    [['--memory-swap', '1g'], /memory-swap needs a memory limit/],
    [['--memory-swap', '32m', '--limit-memory', '64m'], /memory-swap is below the memory limit/],
    [['--memory-swappiness', '101'], /memory-swappiness must be between 0 and 100/],
    [['--blkio-weight', '9'], /blkio-weight must be between 10 and 1000/],
    [['--generic-resource', 'GPU=UUID1'], /a service says how many, not which/],
    [['--generic-resource', 'GPU'], /neither a count nor a name/],
    [['--gpus', 'all'], /--gpus needs a runtime of the vendor/],
  ] as const) {
    it(`refuses ${words.join(' ')}`, () => {
      assert.throws(() => create(...words, 'web:1'), message);
    });
  }

  it('tells a user of --gpus what to do instead', () => {
    assert.throws(
      () => create('--gpus', 'all', 'web:1'),
      (error) => error instanceof UsageError && /--device .*--generic-resource/.test(error.help),
    );
  });
});

describe('a device on the command line', () => {
  it('is read as it is shown', () => {
    const path = fc.stringMatching(/^\/[a-z/]{1,12}$/);
    const permissions = fc.constantFrom('r', 'w', 'm', 'rw', 'rm', 'wm', 'rwm', 'mr');
    fc.assert(
      fc.property(path, path, permissions, (pathOnHost, pathInContainer, given) => {
        const mapping = { pathOnHost, pathInContainer, permissions: given };
        assert.deepEqual(parseDevice(formatDevice(mapping)), mapping);
      }),
    );
    for (const text of ['', ':', '/a:', '/a:/b:', '/a:r:/b', '/a:/b:rr', '/a:/b:r:x'])
      assert.equal(parseDevice(text), undefined, text);
  });
});

describe('recursion of a bind', () => {
  it('is read from --mount, in Docker’s newer and older words', () => {
    const recursionOf = (more: string) => {
      const mount = parseMount(`type=bind,source=/a,target=/b${more}`);
      return mount.kind === 'bind' ? mount.recursive : 'no bind';
    };
    assert.equal(recursionOf(''), undefined);
    assert.equal(recursionOf(',bind-recursive=disabled'), 'disabled');
    assert.equal(recursionOf(',bind-nonrecursive'), 'disabled');
    assert.equal(recursionOf(',bind-nonrecursive=false'), 'enabled');
    assert.equal(recursionOf(',readonly,bind-recursive=readonly'), 'readonly');
    assert.throws(
      () => recursionOf(',bind-recursive=maybe'),
      /bind-recursive is enabled, disabled, writable, readonly/,
    );
    assert.throws(
      () => parseMount('target=/b,bind-recursive=disabled'),
      /a volume mount takes no bind-recursive/,
    );
  });

  it('says how read-only a bind is only when it is', () => {
    const mount = (more: string) => create('--mount', `type=bind,source=/a,target=/b,${more}`, 'web:1');
    assert.throws(
      () => mount('bind-recursive=writable'),
      /bind-recursive=writable is only for a bind that is readonly/,
    );
    assert.throws(() => mount('bind-recursive=readonly'), /only for a bind that is readonly/);
    mount('readonly,bind-recursive=readonly');
    assert.throws(
      () => mount('readonly,bind-recursive=readonly,bind-propagation=rslave'),
      /needs bind-propagation=rprivate/,
    );
  });
});
