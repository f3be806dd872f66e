import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_CAPABILITIES } from '../../../../agent/executor/capabilities.ts';
import { compileFilter, MAX_FILTER_INSTRUCTIONS } from '../../../../agent/executor/seccomp/compile.ts';
import { DEFAULT_PROFILE } from '../../../../agent/executor/seccomp/default-profile.ts';
import { createFilterSource, parseKernelRelease } from '../../../../agent/executor/seccomp/filter-source.ts';
import { resolveProfile } from '../../../../agent/executor/seccomp/resolve.ts';
import { SYSCALL_NUMBERS } from '../../../../agent/executor/seccomp/syscalls.ts';
import type {
  ArgumentCondition,
  SeccompAction,
  SeccompProfile,
  SeccompRule,
} from '../../../../lib/seccomp/profile.ts';
import { runFilter } from './bpf-machine.ts';

const X86_64 = 0xc000003e;
const I386 = 0x40000003;
const EPERM = 0x0005_0001;
const ENOSYS = 0x0005_0026;
const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const kernel = { major: 6, minor: 1 };
const nowhere = { capabilities: [], architectures: [] };
const surroundings = { capabilities: [], kernel };

function returnedFor(action: SeccompAction): number {
  const values = {
    allow: ALLOW,
    log: 0x7ffc_0000,
    trap: 0x0003_0000,
    'kill-thread': 0,
    'kill-process': KILL_PROCESS,
  };
  return action.kind === 'errno' ? 0x0005_0000 + action.errno : values[action.kind];
}

function holds({ index, operator, value, valueTwo }: ArgumentCondition, args: readonly bigint[]): boolean {
  const argument = args[index] ?? 0n;
  switch (operator) {
    case 'eq':
      return argument === value;
    case 'ne':
      return argument !== value;
    case 'lt':
      return argument < value;
    case 'le':
      return argument <= value;
    case 'gt':
      return argument > value;
    case 'ge':
      return argument >= value;
    case 'masked-eq':
      return (argument & value) === valueTwo;
  }
}

/** The profile read straight from its rules, without any of the compiler's steps. */
function evaluate(profile: SeccompProfile, name: string, args: readonly bigint[]): number {
  const rules = profile.rules.filter(
    (rule) => rule.names.includes(name) && returnedFor(rule.action) !== returnedFor(profile.defaultAction),
  );
  const plain = rules.find((rule) => rule.conditions.length === 0);
  if (plain !== undefined) return returnedFor(plain.action);
  const fits = ({ conditions }: SeccompRule): boolean => {
    const indexes = conditions.map((condition) => condition.index);
    return new Set(indexes).size === indexes.length
      ? conditions.every((condition) => holds(condition, args))
      : conditions.some((condition) => holds(condition, args));
  };
  return returnedFor(rules.find(fits)?.action ?? profile.defaultAction);
}

const names = [...SYSCALL_NUMBERS.keys()];
const numberOf = (name: string): number => SYSCALL_NUMBERS.get(name) ?? -1;
/** Few values, at the edges of the halves, so that conditions and arguments meet. */
const word = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 0xffff_fffen, 0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0001n, 2n ** 64n - 1n),
  fc.bigInt(0n, 2n ** 64n - 1n),
);
const action: fc.Arbitrary<SeccompAction> = fc.oneof(
  fc.constantFrom<SeccompAction>(
    { kind: 'allow' },
    { kind: 'log' },
    { kind: 'trap' },
    { kind: 'kill-thread' },
    { kind: 'kill-process' },
  ),
  fc.integer({ min: 0, max: 4095 }).map((errno) => ({ kind: 'errno' as const, errno })),
);
const condition: fc.Arbitrary<ArgumentCondition> = fc.record({
  index: fc.nat(5),
  operator: fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge', 'masked-eq'),
  value: word,
  valueTwo: word,
});
const someNames = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 12 });
const rule: fc.Arbitrary<SeccompRule> = fc.record({
  names: someNames,
  action,
  conditions: fc.array(condition, { maxLength: 4 }),
  includes: fc.constant(nowhere),
  excludes: fc.constant(nowhere),
});
const profile: fc.Arbitrary<SeccompProfile> = fc.record({
  defaultAction: action,
  rules: fc.array(rule, { minLength: 1, maxLength: 40 }),
});
const args = fc.array(word, { minLength: 6, maxLength: 6 });

function defaultFilter(
  capabilities: readonly string[],
  version = kernel,
): (name: string, ...args: bigint[]) => number {
  const filter = compileFilter(resolveProfile(DEFAULT_PROFILE, { capabilities, kernel: version }));
  return (name, ...given) => runFilter(filter, { number: numberOf(name), architecture: X86_64, args: given });
}

describe('a compiled filter', () => {
  it('decides every call as the profile itself says', () => {
    fc.assert(
      fc.property(
        profile,
        fc.array(fc.tuple(fc.nat(), args), { minLength: 8, maxLength: 8 }),
        (given, calls) => {
          const filter = compileFilter(resolveProfile(given, { capabilities: [], kernel }));
          const named = [...new Set(given.rules.flatMap((one) => one.names))];
          const last = Math.max(...named.map(numberOf));
          for (const [pick, values] of calls) {
            for (const list of [named, names]) {
              const name = list[pick % list.length] ?? 'read';
              if (numberOf(name) > last) continue;
              const data = { number: numberOf(name), architecture: X86_64, args: values };
              assert.equal(runFilter(filter, data), evaluate(given, name, values), name);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers ENOSYS to calls younger than the profile, unless that allows by default', () => {
    const reading: SeccompRule = {
      names: ['read', 'openat'],
      action: { kind: 'allow' },
      conditions: [],
      includes: nowhere,
      excludes: nowhere,
    };
    const young = { number: numberOf('openat') + 1, architecture: X86_64, args: [] };
    const strict = compileFilter(
      resolveProfile(
        { defaultAction: { kind: 'kill-process' }, rules: [reading] },
        { capabilities: [], kernel },
      ),
    );
    assert.equal(runFilter(strict, young), ENOSYS);
    assert.equal(runFilter(strict, { ...young, number: numberOf('openat') - 1 }), KILL_PROCESS);
    const lax = compileFilter(
      resolveProfile({ defaultAction: { kind: 'allow' }, rules: [reading] }, { capabilities: [], kernel }),
    );
    assert.equal(runFilter(lax, young), ALLOW);
  });

  it('kills programs of another architecture and knows no call of the x32 ABI', () => {
    const filter = compileFilter(resolveProfile(DEFAULT_PROFILE, { capabilities: [], kernel }));
    assert.equal(runFilter(filter, { number: 3, architecture: I386, args: [] }), KILL_PROCESS);
    assert.equal(runFilter(filter, { number: 0x4000_0000, architecture: X86_64, args: [] }), ENOSYS);
    assert.equal(runFilter(filter, { number: 0xffff_ffff, architecture: X86_64, args: [] }), ENOSYS);
  });

  it('knows no call of the x32 ABI under a profile that allows by default either', () => {
    const lax = compileFilter(resolveProfile({ defaultAction: { kind: 'allow' }, rules: [] }, surroundings));
    assert.equal(runFilter(lax, { number: 0x4000_0000, architecture: X86_64, args: [] }), ENOSYS);
    assert.equal(runFilter(lax, { number: 0, architecture: X86_64, args: [] }), ALLOW);
  });

  it('passes over rules that only repeat the default action', () => {
    const refuse: SeccompAction = { kind: 'errno', errno: 1 };
    const one: ArgumentCondition = { index: 0, operator: 'eq', value: 1n, valueTwo: 0n };
    const scopes = { includes: nowhere, excludes: nowhere };
    const rules: readonly SeccompRule[] = [
      { names: ['read'], action: refuse, conditions: [], ...scopes },
      { names: ['read'], action: { kind: 'allow' }, conditions: [one], ...scopes },
    ];
    const filter = compileFilter(resolveProfile({ defaultAction: refuse, rules }, surroundings));
    assert.equal(runFilter(filter, { number: 0, architecture: X86_64, args: [1n] }), ALLOW);
    assert.equal(runFilter(filter, { number: 0, architecture: X86_64, args: [2n] }), EPERM);
  });

  it('of the largest profile that is accepted fits the kernel', () => {
    const conditions = names
      .filter((_name, index) => index % 2 === 0)
      .map((name): SeccompRule => {
        const compared: ArgumentCondition = { index: 0, operator: 'masked-eq', value: 7n, valueTwo: 5n };
        const both = [compared, { ...compared, index: 1 }];
        return {
          names: [name],
          action: { kind: 'allow' },
          conditions: both,
          includes: nowhere,
          excludes: nowhere,
        };
      })
      .slice(0, 150);
    const rules = [
      ...conditions,
      ...names.slice(300).map((name, index): SeccompRule => {
        const errno = (index % 2) + 2;
        return {
          names: [name],
          action: { kind: 'errno', errno },
          conditions: [],
          includes: nowhere,
          excludes: nowhere,
        };
      }),
    ];
    const filter = compileFilter(
      resolveProfile({ defaultAction: { kind: 'trap' }, rules }, { capabilities: [], kernel }),
    );
    assert.ok(filter.length / 8 <= MAX_FILTER_INSTRUCTIONS, `${filter.length / 8} instructions`);
  });

  it('that would be too long is refused', () => {
    const compared: ArgumentCondition = { index: 0, operator: 'eq', value: 7n, valueTwo: 0n };
    const rules = Array.from({ length: 900 }, (_unused, index): SeccompRule => {
      const conditions = [{ ...compared, value: BigInt(index) }];
      return {
        names: ['ioctl'],
        action: { kind: 'allow' },
        conditions,
        includes: nowhere,
        excludes: nowhere,
      };
    });
    const resolved = resolveProfile({ defaultAction: { kind: 'trap' }, rules }, { capabilities: [], kernel });
    assert.throws(() => compileFilter(resolved), /makes a filter of \d+ instructions, the kernel takes 4096/);
  });
});

describe('the default profile', () => {
  const decide = defaultFilter(DEFAULT_CAPABILITIES);

  it('knows every system call that it names', () => {
    const unknown = DEFAULT_PROFILE.rules
      .flatMap((one) => one.names)
      .filter((name) => !SYSCALL_NUMBERS.has(name));
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      [
        numberOf('read'),
        numberOf('rseq'),
        numberOf('pidfd_send_signal'),
        numberOf('futex_waitv'),
        numberOf('mseal'),
      ],
      [0, 334, 424, 449, 462],
    );
  });

  it('never allows what Docker never allows, and nothing else is never allowed', () => {
    const everything = defaultFilter(['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', ...ALL_OTHERS]);
    const never = names.filter((name) => name !== 'clone3' && everything(name) === EPERM);
    const refused =
      'uselib ustat sysfs pivot_root _sysctl swapon swapoff create_module get_kernel_syms query_module nfsservctl ' +
      'getpmsg putpmsg afs_syscall tuxcall security vserver kexec_load add_key request_key keyctl migrate_pages ' +
      'move_pages kexec_file_load userfaultfd io_uring_setup io_uring_enter io_uring_register';
    assert.deepEqual(never.sort(), refused.split(' ').sort());
  });

  it('allows 305 calls of x86_64 without looking further', () => {
    const unconditional = names.filter(
      (name) => decide(name) === ALLOW && !['socket', 'personality', 'clone', 'chroot'].includes(name),
    );
    assert.equal(unconditional.length, 305);
  });

  it('keeps calls that make namespaces and mounts for CAP_SYS_ADMIN', () => {
    const administrator = defaultFilter([...DEFAULT_CAPABILITIES, 'CAP_SYS_ADMIN']);
    for (const name of [
      'unshare',
      'mount',
      'setns',
      'umount2',
      'bpf',
      'fsopen',
      'open_tree',
      'sethostname',
    ]) {
      assert.equal(decide(name), EPERM, name);
      assert.equal(administrator(name), ALLOW, name);
    }
    assert.equal(decide('clone', 0x11n), ALLOW);
    for (const bit of [
      0x2_0000n,
      0x200_0000n,
      0x400_0000n,
      0x800_0000n,
      0x1000_0000n,
      0x2000_0000n,
      0x4000_0000n,
    ]) {
      assert.equal(decide('clone', bit | 0x11n), EPERM);
      assert.equal(administrator('clone', bit), ALLOW);
    }
    assert.equal(decide('clone3'), ENOSYS);
    assert.equal(administrator('clone3'), ALLOW);
  });

  it('refuses the sockets of AF_ALG and AF_VSOCK, also with higher bits that the kernel would not see', () => {
    for (const family of [1n, 2n, 10n, 16n, 17n, 39n, 44n]) assert.equal(decide('socket', family), ALLOW);
    for (const family of [12n, 38n, 40n, 46n, 0x1_0000_0026n, 0x1_0000_0028n]) {
      assert.equal(decide('socket', family), EPERM, String(family));
    }
  });

  it('allows five personalities', () => {
    for (const persona of [0x0n, 0x8n, 0x2_0000n, 0x2_0008n, 0xffff_ffffn]) {
      assert.equal(decide('personality', persona), ALLOW);
    }
    for (const persona of [0x4_0000n, 0x9n, 0x40_0000n]) assert.equal(decide('personality', persona), EPERM);
  });

  it('allows ptrace from kernel 4.8, or with CAP_SYS_PTRACE', () => {
    assert.equal(decide('ptrace'), ALLOW);
    const old = { major: 4, minor: 7 };
    assert.equal(defaultFilter(DEFAULT_CAPABILITIES, old)('ptrace'), EPERM);
    assert.equal(defaultFilter(['CAP_SYS_PTRACE'], old)('ptrace'), ALLOW);
    assert.equal(defaultFilter([], { major: 5, minor: 0 })('ptrace'), ALLOW);
  });
});

const ALL_OTHERS = [
  'CAP_DAC_READ_SEARCH',
  'CAP_SYS_BOOT',
  'CAP_SYS_CHROOT',
  'CAP_SYS_MODULE',
  'CAP_SYS_PACCT',
  'CAP_SYS_RAWIO',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_SYS_NICE',
];

describe('a source of filters', () => {
  const source = createFilterSource({ version: kernel, architecture: 'x64' });

  it('makes each filter once', () => {
    const first = source(undefined, DEFAULT_CAPABILITIES);
    assert.equal(source(undefined, [...DEFAULT_CAPABILITIES].reverse()), first);
    assert.notEqual(source(undefined, []), first);
  });

  it('makes none for unconfined, and says so where it knows no numbers', () => {
    const other = createFilterSource({ version: kernel, architecture: 'arm64' });
    assert.equal(other('unconfined', []), null);
    assert.throws(() => other(undefined, []), /architecture arm64/);
  });

  it('reads the version of the kernel', () => {
    assert.deepEqual(parseKernelRelease('6.1.0-28-amd64'), { major: 6, minor: 1 });
    assert.throws(() => parseKernelRelease('six'), /cannot read/);
  });
});
