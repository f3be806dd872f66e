import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specOfCreate } from '../../../cli/commands/service/create-spec.ts';
import { readLogDriver } from '../../../cli/commands/service/log-flag.ts';
import { applyUpdateFlags } from '../../../cli/commands/service/spec-flags.ts';
import { UsageError } from '../../../cli/usage.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';

const surroundings = { environment: {}, files: {} };
const create = (flags: Record<string, string | readonly string[]>) =>
  specOfCreate('web:1', [], flags, surroundings, 'calm_bee');
const rotated = { name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } };

describe('--log-driver and --log-opt', () => {
  it("leave the log to the node's default when they are not given", () => {
    assert.equal(Object.hasOwn(create({}).task.container, 'logDriver'), false);
    assert.equal(readLogDriver({}), undefined);
  });

  it('name a driver with its options', () => {
    const spec = create({ logDriver: 'json-file', logOpt: ['max-size=10m', 'max-file=3'] });
    assert.deepEqual(spec.task.container.logDriver, rotated);
    validateServiceSpec(spec);
    assert.deepEqual(readLogDriver({ logDriver: 'none' }), { name: 'none', options: {} });
  });

  it('mean json-file where options come without a driver', () => {
    assert.deepEqual(readLogDriver({ logOpt: ['max-size=10m', 'max-file=3'] }), rotated);
  });

  it('keep all that stands behind the first equals sign', () => {
    assert.deepEqual(readLogDriver({ logDriver: 'tcp', logOpt: ['tag=a=b'] })?.options, { tag: 'a=b' });
  });

  it('change options of the driver that is there, or begin anew with another', () => {
    const before = create({ logDriver: 'json-file', logOpt: ['max-size=10m', 'max-file=3'] });
    const driverAfter = (flags: Record<string, string | readonly string[]>) =>
      applyUpdateFlags(before, flags, surroundings).task.container.logDriver;
    assert.deepEqual(driverAfter({}), rotated);
    assert.deepEqual(driverAfter({ logOpt: ['max-file=9'] }), {
      name: 'json-file',
      options: { 'max-size': '10m', 'max-file': '9' },
    });
    assert.deepEqual(driverAfter({ logDriver: 'none' }), { name: 'none', options: {} });
    assert.equal(driverAfter({ logDriver: '' }), undefined);
  });

  it('are refused when they make no sense', () => {
    assert.throws(() => readLogDriver({ logOpt: ['max-size'] }), UsageError);
    assert.throws(() => readLogDriver({ logOpt: ['=10m'] }), UsageError);
    assert.throws(() => readLogDriver({ logDriver: '', logOpt: ['max-size=10m'] }), UsageError);
  });
});
