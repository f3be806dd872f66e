import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import {
  formatByteSize,
  formatDuration,
  formatMemory,
  parseByteCount,
  parseDurationMs,
  parseNanoCpus,
} from '../../lib/units.ts';

describe('units', () => {
  const durations: readonly (readonly [text: string, expected: number | undefined])[] = [
    ['0', 0],
    ['0s', 0],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1_000],
    ['500ms', 500],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['2160h0m0s', 7_776_000_000],
    ['100ns', 0.0001],
    ['', undefined],
    ['10', undefined],
    ['-1s', undefined],
    ['1s ', undefined],
    ['1d', undefined],
    ['s', undefined],
    ['1m30', undefined],
  ];
  for (const [text, expected] of durations) {
    it(`reads the duration "${text}" as ${expected}`, () => assert.equal(parseDurationMs(text), expected));
  }

  it('prints durations as Go does', () => {
    const printed = [0, 0.25, 500, 10_000, 90_000, 5_400_000, 1_500].map(formatDuration);
    assert.deepEqual(printed, ['0s', '250µs', '500ms', '10s', '1m30s', '1h30m0s', '1.5s']);
  });

  it('reads back every whole number of milliseconds that it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 31_536_000_000 }), (durationMs) => {
        assert.equal(parseDurationMs(formatDuration(durationMs)), durationMs);
      }),
    );
  });

  const bytes: readonly (readonly [text: string, expected: number | undefined])[] = [
    ['0', 0],
    ['4096', 4_096],
    ['64m', 67_108_864],
    ['64M', 67_108_864],
    ['64MB', 67_108_864],
    ['64MiB', 67_108_864],
    ['1g', 1_073_741_824],
    ['1.5k', 1_536],
    ['12b', 12],
    ['', undefined],
    ['m', undefined],
    ['-1', undefined],
    ['64mm', undefined],
    ['9999999p', undefined],
  ];
  for (const [text, expected] of bytes) {
    it(`reads "${text}" as ${expected} bytes`, () => assert.equal(parseByteCount(text), expected));
  }

  const cpus: readonly (readonly [text: string, expected: number | undefined])[] = [
    ['0.5', 500_000_000],
    ['.5', 500_000_000],
    ['2', 2_000_000_000],
    ['0.000000001', 1],
    ['0.0000000001', undefined],
    ['', undefined],
    ['.', undefined],
    ['1e3', undefined],
    ['-1', undefined],
  ];
  for (const [text, expected] of cpus) {
    it(`reads "${text}" CPUs as ${expected} billionths`, () => assert.equal(parseNanoCpus(text), expected));
  }

  it('shows sizes with as many digits as a person wants', () => {
    assert.deepEqual([0, 999, 5_590_000, 1_234_567_890].map(formatByteSize), [
      '0B',
      '999B',
      '5.59MB',
      '1.23GB',
    ]);
    assert.deepEqual([0, 67_108_864, 1_610_612_736].map(formatMemory), ['0B', '64MiB', '1.5GiB']);
  });
});
