import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specOfCreate } from '../../../cli/commands/service/create-spec.ts';
import { securityFiles } from '../../../cli/commands/service/security-flag.ts';
import { applyUpdateFlags } from '../../../cli/commands/service/spec-flags.ts';
import { UsageError } from '../../../cli/usage.ts';
import type { ServiceSpec } from '../../../lib/domain/service.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';

const profile = '{ "defaultAction": "SCMP_ACT_ALLOW" }\n';
const surroundings = {
  environment: {},
  files: { 'mine.json': profile, 'broken.json': '{', 'bad.json': '[]' },
};

function create(...securityOpt: readonly string[]): ServiceSpec {
  return specOfCreate('web:1', [], { securityOpt }, surroundings, 'calm_bee');
}

function update(spec: ServiceSpec, ...securityOpt: readonly string[]): ServiceSpec {
  return applyUpdateFlags(spec, { securityOpt }, surroundings);
}

function asked({ task: { container } }: ServiceSpec): readonly [string | undefined, boolean | undefined] {
  return [container.seccompProfile, container.noNewPrivileges];
}

describe('--security-opt', () => {
  it('leaves the default filter and set-id programs alone when it is not given', () => {
    assert.deepEqual(asked(create()), [undefined, undefined]);
  });

  it('takes no-new-privileges with and without a value', () => {
    for (const option of ['no-new-privileges', 'no-new-privileges=true', 'no-new-privileges:true']) {
      assert.deepEqual(asked(create(option)), [undefined, true], option);
    }
    assert.deepEqual(asked(create('no-new-privileges=false')), [undefined, false]);
  });

  it('takes the text of a profile without its blanks, or unconfined', () => {
    assert.deepEqual(asked(create('seccomp=mine.json')), ['{"defaultAction":"SCMP_ACT_ALLOW"}', undefined]);
    assert.deepEqual(asked(create('seccomp=unconfined')), ['unconfined', undefined]);
    for (const option of ['seccomp=mine.json', 'seccomp=unconfined']) validateServiceSpec(create(option));
  });

  it('is kept by an update that does not name it, and changed by one that does', () => {
    const both = create('seccomp=mine.json', 'no-new-privileges');
    assert.deepEqual(asked(update(both)), asked(both));
    assert.deepEqual(asked(update(both, 'no-new-privileges=false')), [
      '{"defaultAction":"SCMP_ACT_ALLOW"}',
      false,
    ]);
    assert.deepEqual(asked(update(both, 'seccomp=builtin')), [undefined, true]);
    assert.deepEqual(asked(update(both, 'seccomp=unconfined')), ['unconfined', true]);
  });

  it('names the files that have to be read', () => {
    const flags = {
      securityOpt: ['seccomp=a.json', 'no-new-privileges', 'seccomp=unconfined', 'seccomp=builtin'],
    };
    assert.deepEqual(securityFiles(flags), ['a.json']);
  });

  it('refuses what it does not know', () => {
    for (const option of [
      'apparmor=x',
      'seccomp',
      'seccomp=',
      '',
      'no-new-privileges=maybe',
      'label=disable',
    ]) {
      assert.throws(() => create(option), UsageError, option);
    }
  });

  it('with a bad profile makes a specification that is refused with the fault', () => {
    assert.throws(
      () => validateServiceSpec(create('seccomp=broken.json')),
      /seccomp profile: it is not JSON/,
    );
    assert.throws(
      () => validateServiceSpec(create('seccomp=bad.json')),
      /seccomp profile: it must be an object/,
    );
  });
});
