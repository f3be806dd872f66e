import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blankTaskSpec } from '../../../lib/blank-service.ts';
import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import { SkepError } from '../../../lib/errors.ts';
import { ULIMIT_RESOURCES } from '../../../lib/ulimit.ts';
import { validateContainerSpec } from '../../../lib/validation/container-spec.ts';
import { MAX_FURTHER_GROUPS, MAX_SYSCTLS } from '../../../lib/validation/process-options.ts';

const { container } = blankTaskSpec('web:1');
const check = (changes: Partial<ContainerSpec>): void =>
  validateContainerSpec('service "web"', { ...container, ...changes });
const nofile = (soft: number, hard: number): Partial<ContainerSpec> => ({
  ulimits: [{ name: 'nofile', soft, hard }],
});
const sysctl = (name: string, value = '1'): Partial<ContainerSpec> => ({ sysctls: { [name]: value } });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));

function isRefusal(error: unknown, reason: RegExp): boolean {
  assert.ok(error instanceof SkepError, String(error));
  assert.equal(error.code, 'INVALID_ARGUMENT');
  assert.match(error.message, /^service "web": /);
  assert.doesNotMatch(error.message, /\n/);
  assert.match(error.message, reason);
  return true;
}

const REFUSED: readonly (readonly [title: string, changes: Partial<ContainerSpec>, reason: RegExp])[] = [
  ['a group of two words', { groups: ['a b'] }, /group "a b" is neither/],
  ['an empty group', { groups: [''] }, /group "" is neither/],
  ['a group with its user', { groups: ['bee:bees'] }, /group "bee:bees"/],
  ['a group id that no kernel has', { groups: ['4294967295'] }, /group "4294967295"/],
  ['too many groups', { groups: numbered(MAX_FURTHER_GROUPS + 1) }, /65 groups, more than the 64/],
  ['an unknown ulimit', { ulimits: [{ name: 'files', soft: 1, hard: 1 }] }, /ulimit "files" is not one/],
  ['the ulimit as', { ulimits: [{ name: 'as', soft: 1, hard: 1 }] }, /ulimit "as" is not one/],
  ['a soft limit above the hard one', nofile(3, 2), /soft limit 3 is above the hard limit 2/],
  ['an unlimited soft limit', nofile(-1, 2), /soft limit unlimited is above the hard limit 2/],
  ['a limit below -1', nofile(-2, -2), /must be between -1 and/],
  ['half a file', nofile(1.5, 2), /whole number/],
  [
    'one ulimit twice',
    { ulimits: [...(nofile(1, 1).ulimits ?? []), ...(nofile(2, 2).ulimits ?? [])] },
    /ulimit nofile is given twice/,
  ],
  [
    'a setting of the whole node',
    sysctl('kernel.panic'),
    /"kernel\.panic" is not a setting that a container/,
  ],
  ['a setting of memory', sysctl('vm.swappiness'), /vm\.swappiness/],
  ['a setting of files', sysctl('fs.file-max'), /fs\.file-max/],
  ['the host name as a setting', sysctl('kernel.hostname'), /kernel\.hostname/],
  ['a setting that climbs', sysctl('net.../../vm/swappiness'), /is not a setting/],
  ['a setting with two dots', sysctl('net..core'), /is not a setting/],
  ['a setting with slashes', sysctl('net/core/somaxconn'), /is not a setting/],
  ['the folder of all settings', sysctl('net.'), /is not a setting/],
  ['a setting without a value', sysctl('net.core.somaxconn', ' '), /has no value/],
  ['a setting of two lines', sysctl('net.core.somaxconn', '1\n2'), /not one short line/],
  [
    'too many settings',
    { sysctls: Object.fromEntries(numbered(MAX_SYSCTLS + 1).map((name) => [`net.a${name}`, '1'])) },
    /129 sysctls, more than the 128/,
  ],
  ['an OOM score above 1000', { oomScoreAdj: 1_001 }, /oom-score-adj must be between -1000 and 1000/],
  ['an OOM score below -1000', { oomScoreAdj: -1_001 }, /oom-score-adj/],
  ['half an OOM score', { oomScoreAdj: 0.5 }, /oom-score-adj must be a whole number/],
  ['no room in /dev/shm', { shmSizeBytes: 0 }, /shm-size must be between 1/],
  ['less than no room in /dev/shm', { shmSizeBytes: -1 }, /shm-size/],
];

describe('what a container asks of the kernel', () => {
  for (const [title, changes, reason] of REFUSED) {
    it(`with ${title} is refused`, () => {
      assert.throws(
        () => check(changes),
        (error) => isRefusal(error, reason),
      );
    });
  }

  it('is accepted as Docker users write it', () => {
    check({
      groups: ['wheel', '1000', 'domain-users$', 'a.b'],
      ulimits: [
        { name: 'nofile', soft: 1_024, hard: 2_048 },
        { name: 'core', soft: 0, hard: -1 },
        { name: 'memlock', soft: -1, hard: -1 },
      ],
      sysctls: {
        'net.ipv4.ip_local_port_range': '1024 65000',
        'net.ipv4.conf.all.rp_filter': '2',
        'kernel.shm_rmid_forced': '1',
        'fs.mqueue.msg_max': '20',
      },
      oomScoreAdj: -1_000,
      shmSizeBytes: 1,
    });
  });

  it('accepts a ulimit exactly when its soft limit is not above its hard one', () => {
    const limit = fc.oneof(fc.constant(-1), fc.nat());
    const reach = (value: number): number => (value === -1 ? Number.POSITIVE_INFINITY : value);
    fc.assert(
      fc.property(fc.constantFrom(...ULIMIT_RESOURCES.keys()), limit, limit, (name, soft, hard) => {
        const verdict = () => check({ ulimits: [{ name, soft, hard }] });
        if (reach(soft) <= reach(hard)) verdict();
        else assert.throws(verdict, SkepError);
      }),
    );
  });

  it('never lets a setting through whose path leaves the folders of its namespaces', () => {
    const part = fc.oneof(
      fc.constantFrom('net', 'kernel', 'fs', 'mqueue', '..', '', '/', 'vm', 'sem'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('.', '/'), (parts, separator) => {
        const name = parts.join(separator);
        try {
          check(sysctl(name));
        } catch {
          return;
        }
        const path = name.replaceAll('.', '/');
        assert.match(path, /^(?:net\/|fs\/mqueue\/|kernel\/(?:msg|sem|shm))/);
        assert.doesNotMatch(path, /\/\/|\.\.|\/$|\0/);
      }),
      { numRuns: 500 },
    );
  });
});
