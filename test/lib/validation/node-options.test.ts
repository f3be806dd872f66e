import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ControlGroupSettings } from '../../../lib/domain/container-spec.ts';
import type { Resources } from '../../../lib/domain/service.ts';
import { isNumberSet, validateControlGroup } from '../../../lib/validation/control-group.ts';
import { validateDevices } from '../../../lib/validation/devices.ts';
import { validateGenericReservation } from '../../../lib/validation/generic-resources.ts';

const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const mapping = (pathInContainer: string, pathOnHost = '/dev/x', permissions = 'rwm') => ({
  pathOnHost,
  pathInContainer,
  permissions,
});

function control(settings: Partial<ControlGroupSettings>, limits: Resources = {}): void {
  const whole = {
    readBytesPerSecond: [],
    writeBytesPerSecond: [],
    readOperationsPerSecond: [],
    writeOperationsPerSecond: [],
    ...settings,
  };
  validateControlGroup('it', whole, limits);
}

describe('devices of a container', () => {
  const check = (mappings: ReturnType<typeof mapping>[], rules: string[] = []) =>
    validateDevices('it', { mappings, rules });

  it('are bounded in number', () => {
    check(
      many(128, (index) => mapping(`/dev/${index}`)),
      many(100, (index) => `c 1:${index} r`),
    );
    assert.throws(
      () => check(many(129, (index) => mapping(`/dev/${index}`))),
      /129 devices, more than the 128/,
    );
    assert.throws(
      () =>
        check(
          [],
          many(101, () => 'c 1:1 r'),
        ),
      /101 device rules, more than the 100/,
    );
  });

  it('have each a place of its own, inside the root', () => {
    assert.throws(
      () => check([mapping('/dev/a'), mapping('/dev/a', '/dev/y')]),
      /two devices are to be at "\/dev\/a"/,
    );
    for (const path of ['', 'dev/a', '/', '/./', '/dev/../a', '/a\0b']) {
      assert.throws(() => check([mapping(path)]), /it: /, path);
      assert.throws(() => check([mapping('/dev/a', path)]), /it: /, path);
    }
    for (const permissions of ['', 'x', 'rr', 'rwmr']) {
      assert.throws(
        () => check([mapping('/dev/a', '/dev/x', permissions)]),
        /are no permissions/,
        permissions,
      );
    }
  });
});

describe('the control group of a container', () => {
  it('takes numbers from the least to the most of the kernel', () => {
    control({ cpuShares: 2, cpuQuotaUs: 1_000, cpuPeriodUs: 1_000, memorySwappiness: 0, blockWeight: 10 });
    control({
      cpuShares: 262_144,
      cpuQuotaUs: -1,
      cpuPeriodUs: 1_000_000,
      memorySwappiness: 100,
      blockWeight: 1_000,
    });
    const beyond: readonly Partial<ControlGroupSettings>[] = [
      { cpuShares: 262_145 },
      { cpuQuotaUs: 999 },
      { cpuQuotaUs: -2 },
      { cpuPeriodUs: 999 },
      { cpuPeriodUs: 1_000_001 },
      { memorySwappiness: -1 },
      { blockWeight: 1_001 },
      { cpuShares: 2.5 },
      { memorySwapBytes: 0 },
    ];
    for (const settings of beyond) assert.throws(() => control(settings, { memoryBytes: 1 }), /must be/);
  });

  it('counts swap and memory together', () => {
    control({ memorySwapBytes: -1 });
    control({ memorySwapBytes: 5 }, { memoryBytes: 5 });
    assert.throws(() => control({ memorySwapBytes: 4 }, { memoryBytes: 5 }), /below the memory limit/);
    assert.throws(() => control({ memorySwapBytes: 4 }), /needs a memory limit/);
  });

  it('limits each device once, and not too many', () => {
    const rates = (count: number) => many(count, (index) => ({ path: `/dev/sd${index}`, rate: 1 }));
    control({ readBytesPerSecond: rates(32) });
    assert.throws(() => control({ writeBytesPerSecond: rates(33) }), /33 devices, more than the 32/);
    const twice = [...rates(1), ...rates(1)];
    assert.throws(() => control({ readOperationsPerSecond: twice }), /device-read-iops is given twice/);
    assert.throws(
      () => control({ writeOperationsPerSecond: [{ path: 'sda', rate: 1 }] }),
      /not an absolute path/,
    );
    assert.throws(
      () => control({ writeOperationsPerSecond: [{ path: '/a', rate: 0 }] }),
      /must be between 1/,
    );
  });

  it('takes sets of numbers as the kernel prints them', () => {
    for (const text of ['0', '0-3', '1,3-5,7', '8191']) assert.ok(isNumberSet(text), text);
    for (const text of ['', ',', '0,', '3-1', '-1', 'a', '0 1', '8192', '1-'])
      assert.ok(!isNumberSet(text), text);
    const part = fc
      .tuple(fc.nat(8_191), fc.nat(8_191))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    fc.assert(fc.property(fc.array(part, { minLength: 1 }), (parts) => isNumberSet(parts.join(','))));
  });
});

describe('a reservation of generic resources', () => {
  const check = (...items: { kind: string; name?: string; count: number }[]) =>
    validateGenericReservation('it', { items });

  it('says how many of each kind, once', () => {
    check({ kind: 'GPU', count: 1 }, { kind: 'NVIDIA-GPU', count: 1_000_000_000 });
    assert.throws(() => check({ kind: 'GPU', count: 1 }, { kind: 'GPU', count: 2 }), /given twice/);
    assert.throws(() => check({ kind: 'GPU', name: 'A', count: 1 }), /how many, not which/);
    assert.throws(() => check({ kind: 'G U', count: 1 }), /no proper name/);
    for (const count of [0, -1, 1.5, 1e10]) assert.throws(() => check({ kind: 'GPU', count }), /must be/);
    const kinds = many(257, (index) => ({ kind: `K${index}`, count: 1 }));
    assert.throws(() => check(...kinds), /257 generic resources/);
  });
});
