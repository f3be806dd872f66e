import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SkepError } from '../../../lib/errors.ts';
import {
  MAX_PROFILE_CONDITIONS,
  MAX_PROFILE_LENGTH,
  MAX_PROFILE_NAMES,
  parseSeccompProfile,
} from '../../../lib/seccomp/parse-profile.ts';

const ALLOW = 'SCMP_ACT_ALLOW';
const ERRNO = 'SCMP_ACT_ERRNO';
const equalTo = { index: 0, op: 'SCMP_CMP_EQ', value: 1 };

function text(syscalls: unknown, more: object = {}): string {
  return JSON.stringify({ defaultAction: ERRNO, syscalls, ...more });
}

function refusal(profile: string): string {
  let message = 'accepted';
  assert.throws(
    () => parseSeccompProfile(profile),
    (error: unknown) => {
      assert.ok(error instanceof SkepError);
      assert.equal(error.code, 'INVALID_ARGUMENT');
      message = error.message;
      return true;
    },
  );
  return message;
}

describe('a seccomp profile', () => {
  it("is read in Docker's form", () => {
    const profile = parseSeccompProfile(
      text(
        [
          {
            names: ['read', 'write'],
            action: ALLOW,
            args: null,
            comment: 'free text',
            includes: { caps: ['CAP_SYS_ADMIN'], minKernel: '4.8' },
            excludes: { arches: ['s390x'] },
          },
          {
            name: 'clone',
            action: ERRNO,
            errnoRet: 38,
            args: [{ index: 1, op: 'SCMP_CMP_MASKED_EQ', value: 2114060288, valueTwo: 0 }],
          },
          {
            names: ['kill'],
            action: 'SCMP_ACT_KILL',
            args: [{ op: 'SCMP_CMP_GT', value: '0xffffffffffffffff' }],
          },
        ],
        { defaultErrnoRet: 13, archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: null }] },
      ),
    );
    const nowhere = { capabilities: [], architectures: [] };
    assert.deepEqual(profile, {
      defaultAction: { kind: 'errno', errno: 13 },
      rules: [
        {
          names: ['read', 'write'],
          action: { kind: 'allow' },
          conditions: [],
          includes: {
            capabilities: ['CAP_SYS_ADMIN'],
            architectures: [],
            minimumKernel: { major: 4, minor: 8 },
          },
          excludes: { capabilities: [], architectures: ['s390x'] },
        },
        {
          names: ['clone'],
          action: { kind: 'errno', errno: 38 },
          conditions: [{ index: 1, operator: 'masked-eq', value: 0x7e02_0000n, valueTwo: 0n }],
          includes: nowhere,
          excludes: nowhere,
        },
        {
          names: ['kill'],
          action: { kind: 'kill-thread' },
          conditions: [{ index: 0, operator: 'gt', value: 2n ** 64n - 1n, valueTwo: 0n }],
          includes: nowhere,
          excludes: nowhere,
        },
      ],
    });
  });

  it('knows six actions, and EPERM as the errno of one that names none', () => {
    const kinds = ['ALLOW', 'LOG', 'ERRNO', 'TRAP', 'KILL', 'KILL_THREAD', 'KILL_PROCESS'].map((action) => {
      const { defaultAction } = parseSeccompProfile(JSON.stringify({ defaultAction: `SCMP_ACT_${action}` }));
      return defaultAction.kind === 'errno' ? `errno ${defaultAction.errno}` : defaultAction.kind;
    });
    assert.deepEqual(kinds, [
      'allow',
      'log',
      'errno 1',
      'trap',
      'kill-thread',
      'kill-thread',
      'kill-process',
    ]);
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{', /it is not JSON/],
    ['a list', '[]', /it must be an object, not \[\]/],
    ['no default', '{}', /defaultAction nothing is not an action/],
    [
      'an unknown action',
      text([{ names: ['read'], action: 'ALLOW' }]),
      /syscalls\[0\]\.action "ALLOW" is not an action/,
    ],
    ['a tracer', text([{ names: ['read'], action: 'SCMP_ACT_TRACE' }]), /"SCMP_ACT_TRACE" needs a tracer/],
    [
      'a listener',
      text([{ names: ['read'], action: 'SCMP_ACT_NOTIFY' }]),
      /"SCMP_ACT_NOTIFY" needs a program/,
    ],
    ['a listener’s path', text([], { listenerPath: '/run/x' }), /listenerPath asks for notifications/],
    ['a rule without names', text([{ names: [], action: ALLOW }]), /syscalls\[0\] names no system call/],
    [
      'a name that is none',
      text([{ names: [7], action: ALLOW }]),
      /syscalls\[0\]\.names holds 7, which is no name/,
    ],
    ['rules that are no list', text({ read: ALLOW }), /syscalls must be a list/],
    [
      'an unknown comparison',
      text([{ names: ['read'], action: ALLOW, args: [{ ...equalTo, op: 'EQ' }] }]),
      /syscalls\[0\]\.args\[0\]\.op "EQ" is not a comparison/,
    ],
    [
      'a seventh argument',
      text([{ names: ['read'], action: ALLOW, args: [{ ...equalTo, index: 6 }] }]),
      /args\[0\]\.index must be between 0 and 5, not 6/,
    ],
    [
      'a value that JSON cannot hold',
      text([{ names: ['read'], action: ALLOW, args: [{ ...equalTo, value: 2 ** 60 }] }]),
      /args\[0\]\.value must be a whole number of at most 64 bits/,
    ],
    [
      'a negative value',
      text([{ names: ['read'], action: ALLOW, args: [{ ...equalTo, value: -1 }] }]),
      /value must be a whole number/,
    ],
    [
      'an errno out of range',
      text([{ names: ['read'], action: ERRNO, errnoRet: 4096 }]),
      /errnoRet must be between 0/,
    ],
    [
      'a kernel that is none',
      text([{ names: ['read'], action: ALLOW, includes: { minKernel: 'new' } }]),
      /includes\.minKernel must be of the form 4\.8/,
    ],
    [
      'too many names',
      text([{ names: Array.from({ length: MAX_PROFILE_NAMES + 1 }, () => 'read'), action: ALLOW }]),
      /names, 4000 are allowed/,
    ],
    [
      'too many comparisons, counted once a name',
      text([
        {
          names: Array.from({ length: MAX_PROFILE_CONDITIONS + 1 }, () => 'read'),
          action: ALLOW,
          args: [equalTo],
        },
      ]),
      /comparisons of arguments, 300 are allowed/,
    ],
    ['too long a text', ' '.repeat(MAX_PROFILE_LENGTH + 1), /characters, 131072 are allowed/],
  ];
  for (const [what, profile, expected] of faults) {
    it(`with ${what} is refused`, () => {
      assert.match(refusal(profile), expected);
    });
  }

  it('never fails in another way, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.anything().map((value) => text(value === undefined ? null : ([value].flat()[0] ?? null))),
        ),
        (given) => {
          try {
            parseSeccompProfile(given);
          } catch (error) {
            assert.ok(error instanceof SkepError, String(error));
          }
        },
      ),
    );
  });
});
