import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type CgroupLimits,
  furtherControllers,
  weightOfBlockWeight,
  weightOfShares,
} from '../../../agent/executor/cgroup-limits.ts';
import { type CgroupLayout, planCgroups, readCgroupLayout } from '../../../agent/executor/cgroup-plan.ts';
import {
  deviceNumbers,
  deviceRules,
  NO_DEVICES,
  planDeviceNodes,
} from '../../../agent/executor/device-plan.ts';
import type { ContainerRequest } from '../../../agent/executor/executor.ts';
import type { Step } from '../../../agent/executor/protocol.ts';
import type { ControlGroupSettings } from '../../../lib/domain/container-spec.ts';

const V2: CgroupLayout = { version: 2, mountPoint: '/cg' };
const V1: CgroupLayout = {
  version: 1,
  hierarchies: [
    { mountPoint: '/cg/cpu', controllers: ['cpu'] },
    { mountPoint: '/cg/memory', controllers: ['memory'] },
    { mountPoint: '/cg/pids', controllers: ['pids'] },
  ],
  further: [
    { mountPoint: '/cg/cpuset', controllers: ['cpuset'] },
    { mountPoint: '/cg/blkio', controllers: ['blkio'] },
  ],
};
const MEBIBYTE = 1024 * 1024;
const numbers = new Map([['/dev/sda', '8:0']]);

function settings(some: Partial<ControlGroupSettings>): ControlGroupSettings {
  return {
    readBytesPerSecond: [],
    writeBytesPerSecond: [],
    readOperationsPerSecond: [],
    writeOperationsPerSecond: [],
    ...some,
  };
}

function plan(layout: CgroupLayout, limits: Partial<CgroupLimits>) {
  const whole = { nanoCpus: null, memoryBytes: null, pids: null, ...limits };
  const devices = { rules: null, blockNumbers: numbers, writableGroups: false };
  return planCgroups(layout, '/skep', 'c1', whole, devices);
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const shown = (step: Step): string => `${step.kind} ${step.path?.replace('/cg/', '')} ${text(step.bytes)}`;

/** Every file of the container's own group that is written, in order. */
function written(
  layout: CgroupLayout,
  some: Partial<ControlGroupSettings>,
  limits: Partial<CgroupLimits> = {},
) {
  return plan(layout, { ...limits, controlGroup: settings(some) })
    .keeperSteps.filter(({ path, kind }) => path?.includes('skep/c1') && kind !== 'cgroup')
    .map(shown);
}

const RATES = {
  readBytesPerSecond: [{ path: '/dev/sda', rate: 1 }],
  writeBytesPerSecond: [{ path: '/dev/sda', rate: 2 }],
  readOperationsPerSecond: [{ path: '/dev/sda', rate: 3 }],
  writeOperationsPerSecond: [{ path: '/dev/sda', rate: 4 }],
};

describe('the limits of a version 2 group', () => {
  it('are those of version 1 in its own files and scales', () => {
    assert.deepEqual(written(V2, { cpuShares: 1024, cpusetCpus: '0-1', cpusetMems: '0' }), [
      'limit skep/c1/cpu.weight 39',
      'limit skep/c1/cpuset.cpus 0-1',
      'limit skep/c1/cpuset.mems 0',
    ]);
    assert.deepEqual(written(V2, RATES), [
      'limit skep/c1/io.max 8:0 rbps=1',
      'limit skep/c1/io.max 8:0 wbps=2',
      'limit skep/c1/io.max 8:0 riops=3',
      'limit skep/c1/io.max 8:0 wiops=4',
    ]);
    const [weight] = plan(V2, { controlGroup: settings({ blockWeight: 500 }) }).keeperSteps.slice(-1);
    assert.deepEqual(
      [weight?.path, text(weight?.bytes), weight?.other, weight?.text],
      ['/cg/skep/c1/io.bfq.weight', '500', '/cg/skep/c1/io.weight', '4950'],
    );
  });

  it('name quota and period together', () => {
    assert.deepEqual(written(V2, { cpuQuotaUs: 50_000 }), ['limit skep/c1/cpu.max 50000 100000']);
    assert.deepEqual(written(V2, { cpuQuotaUs: -1, cpuPeriodUs: 20_000 }), [
      'limit skep/c1/cpu.max max 20000',
    ]);
    assert.deepEqual(written(V2, { cpuPeriodUs: 20_000 }), ['limit skep/c1/cpu.max max 20000']);
  });

  it('count swap by itself', () => {
    const memory = { memoryBytes: 64 * MEBIBYTE };
    const swap = (some: Partial<ControlGroupSettings>) =>
      written(V2, some, memory).at(-1)?.split('swap.max ')[1];
    assert.equal(swap({}), String(64 * MEBIBYTE));
    assert.equal(swap({ memorySwapBytes: 64 * MEBIBYTE }), '0');
    assert.equal(swap({ memorySwapBytes: 100 * MEBIBYTE }), String(36 * MEBIBYTE));
    assert.equal(swap({ memorySwapBytes: -1 }), 'max');
    const reserved = written(V2, {}, { ...memory, memoryReservationBytes: 32 * MEBIBYTE });
    assert.ok(reserved.includes(`limit skep/c1/memory.low ${32 * MEBIBYTE}`));
  });

  it('are refused where version 2 has none', () => {
    assert.throws(() => written(V2, { memorySwappiness: 0 }), /cannot hold --memory-swappiness/);
    assert.throws(() => written(V2, { oomKillDisable: true }), /cannot hold --oom-kill-disable/);
  });

  it('have their controllers handed down', () => {
    const writes = plan(V2, { controlGroup: settings({ ...RATES, cpusetCpus: '0' }) }).keeperSteps.map(shown);
    for (const folder of ['/cg/', 'skep/']) {
      const control = `hostWrite ${folder}cgroup.subtree_control`.replace('/cg/', '');
      for (const name of ['cpu', 'memory', 'pids', 'cpuset', 'io']) {
        assert.ok(
          writes.some((line) => line.replace('/cg/', '') === `${control} +${name}`),
          `${control} +${name}`,
        );
      }
    }
    assert.ok(!plan(V2, {}).keeperSteps.some((step) => text(step.bytes) === '+io'));
  });
});

describe('the limits of version 1 groups', () => {
  it('lie in one group of each hierarchy that is needed', () => {
    assert.deepEqual(written(V1, { cpuShares: 2, cpusetCpus: '1', blockWeight: 10, ...RATES }), [
      'limit cpu/skep/c1/cpu.shares 2',
      'cpuset cpuset/skep/c1 ',
      'limit cpuset/skep/c1/cpuset.cpus 1',
      'limit blkio/skep/c1/blkio.weight 10',
      'limit blkio/skep/c1/blkio.throttle.read_bps_device 8:0 1',
      'limit blkio/skep/c1/blkio.throttle.write_bps_device 8:0 2',
      'limit blkio/skep/c1/blkio.throttle.read_iops_device 8:0 3',
      'limit blkio/skep/c1/blkio.throttle.write_iops_device 8:0 4',
    ]);
    assert.equal(plan(V1, {}).joinPaths.length, 3);
    assert.equal(
      plan(V1, { controlGroup: settings({ cpusetMems: '0' }) }).joinPaths.at(-1),
      '/cg/cpuset/skep/c1/tasks',
    );
  });

  it('are refused where the controller is not mounted', () => {
    const bare: CgroupLayout = { version: 1, hierarchies: V1.hierarchies };
    assert.throws(
      () => written(bare, { cpusetCpus: '0' }),
      /cannot hold --cpuset-cpus: .* no cpuset controller/,
    );
    assert.throws(
      () => written(bare, { blockWeight: 10 }),
      /cannot hold --blkio-weight: .* no blkio controller/,
    );
  });

  it('give a cpuset that shares its hierarchy processors in any case', () => {
    const lines = ['cpu,cpuset', 'memory', 'pids'].map(
      (names, index) => `${index} 1 0:1 / /cg/${index} rw - cgroup cgroup rw,${names}`,
    );
    const layout = readCgroupLayout(lines.join('\n'));
    const kinds = plan(layout, {}).keeperSteps.map(({ kind }) => kind);
    assert.ok(kinds.includes('cpuset'));
  });

  it('set memory before memory and swap', () => {
    const lines = written(V1, { memorySwapBytes: 20 }, { memoryBytes: 10 });
    assert.deepEqual(lines, [
      'hostWrite memory/skep/c1/memory.limit_in_bytes 10',
      'limit memory/skep/c1/memory.memsw.limit_in_bytes 20',
    ]);
  });
});

describe('scales', () => {
  it('reach from end to end and never turn around', () => {
    assert.deepEqual([2, 1024, 262_144].map(weightOfShares), [1, 39, 10_000]);
    assert.deepEqual([10, 500, 1000].map(weightOfBlockWeight), [1, 4950, 10_000]);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 262_143 }), (shares) => {
        assert.ok(weightOfShares(shares) <= weightOfShares(shares + 1));
      }),
    );
  });

  it('name the option that needs a controller', () => {
    assert.deepEqual(
      [...furtherControllers(settings({ cpusetCpus: '0', cpusetMems: '0' }))],
      [['cpuset', '--cpuset-cpus']],
    );
    assert.deepEqual([...furtherControllers(settings(RATES))], [['blkio', '--device-write-iops']]);
  });
});

const NODE = {
  pathInContainer: '/dev/x',
  type: 'b',
  major: 8,
  minor: 1,
  number: 0n,
  mode: 0,
  userId: 0,
  groupId: 0,
  permissions: 'r',
} as const;

describe('device nodes', () => {
  it('are made by one step, or by one for each where users are mapped', () => {
    const node = { ...NODE, mode: 0o20600, number: 259n };
    const nodes = [node, { ...node, pathInContainer: '/dev/y' }];
    const [step, ...none] = planDeviceNodes(nodes, false);
    assert.deepEqual(
      [step?.kind, step?.argv, step?.bytes?.length, none],
      ['devices', ['/dev/x', '/dev/y'], 48, []],
    );
    assert.deepEqual(
      planDeviceNodes(nodes, true).map(({ kind, path, mode, number }) => [kind, path, mode, number]),
      [
        ['device', '/dev/x', 0o20600n, 259n],
        ['device', '/dev/y', 0o20600n, 259n],
      ],
    );
    assert.deepEqual(planDeviceNodes([], false), []);
  });
});

describe('device rules', () => {
  const request = { id: 'c1', privileged: false } as unknown as ContainerRequest;

  it('are the usual ones, those of the devices, and those asked for', () => {
    const rules = deviceRules(
      { ...request, deviceRules: ['a 10:* rw', 'c 1:3 rwm'] },
      { ...NO_DEVICES, nodes: [NODE] },
    );
    assert.deepEqual(rules?.slice(-3), ['b 8:1 r', 'b 10:* rw', 'c 10:* rw']);
    assert.equal(rules?.length, 14);
    assert.equal(deviceRules({ ...request, privileged: true }, NO_DEVICES), null);
    const many = Array.from({ length: 300 }, (_, minor) => `c 10:${minor} r`);
    assert.throws(
      () => deviceRules({ ...request, deviceRules: many }, NO_DEVICES),
      /311 device rules, 256 are allowed/,
    );
  });

  it('take the numbers apart as the C library puts them together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (major, minor) => {
          const [high, low] = [BigInt(major), BigInt(minor)];
          // makedev(3) of glibc.
          const device =
            ((high & 0xfffff000n) << 32n) |
            ((high & 0xfffn) << 8n) |
            ((low & 0xffffff00n) << 12n) |
            (low & 0xffn);
          assert.deepEqual(deviceNumbers(device), { major, minor });
        },
      ),
    );
  });
});
