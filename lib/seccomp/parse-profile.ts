import { SkepError } from '../errors.ts';
import type {
  ArgumentCondition,
  ArgumentOperator,
  KernelVersion,
  RuleScope,
  SeccompAction,
  SeccompProfile,
  SeccompRule,
} from './profile.ts';

/** Longest text of a profile; Docker's own default takes 17 KB. */
export const MAX_PROFILE_LENGTH = 128 * 1_024;
/** Most comparisons, counted once for every system call they guard: keeps the filter below the kernel's 4,096 instructions. */
export const MAX_PROFILE_CONDITIONS = 300;
/** Most names in all rules together. */
export const MAX_PROFILE_NAMES = 4_000;
/** The kernel's MAX_ERRNO. */
const MAX_ERRNO = 4_095;
const MAX_ARGUMENT_INDEX = 5;
const EPERM = 1;
const UNSIGNED_64_BITS = 2n ** 64n;
const MAX_SHOWN_LENGTH = 60;

const OPERATORS: ReadonlyMap<string, ArgumentOperator> = new Map([
  ['SCMP_CMP_EQ', 'eq'],
  ['SCMP_CMP_NE', 'ne'],
  ['SCMP_CMP_LT', 'lt'],
  ['SCMP_CMP_LE', 'le'],
  ['SCMP_CMP_GT', 'gt'],
  ['SCMP_CMP_GE', 'ge'],
  ['SCMP_CMP_MASKED_EQ', 'masked-eq'],
]);

const REFUSED_ACTIONS: Readonly<Record<string, string>> = {
  SCMP_ACT_TRACE: 'needs a tracer, and a container has none',
  SCMP_ACT_NOTIFY: 'needs a program that answers for the kernel, and a container has none',
};

type Entry = Readonly<Record<string, unknown>>;

function wrong(where: string, what: string, help = ''): SkepError {
  return new SkepError('INVALID_ARGUMENT', `seccomp profile: ${where} ${what}`, { help });
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}

function readObject(where: string, value: unknown): Entry {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(where, `must be an object, not ${show(value)}`);
  }
  return Object.fromEntries(Object.entries(value));
}

/** A list; absent and null are the empty one, as Go writes them. */
function readList(where: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(where, `must be a list, not ${show(value)}`);
  return value;
}

function readTexts(where: string, value: unknown): readonly string[] {
  return readList(where, value).map((entry) => {
    if (typeof entry !== 'string' || entry === '')
      throw wrong(where, `holds ${show(entry)}, which is no name`);
    return entry;
  });
}

function readErrno(where: string, value: unknown): number {
  if (value === undefined || value === null) return EPERM;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ERRNO) return value;
  throw wrong(where, `must be between 0 and ${MAX_ERRNO}, not ${show(value)}`);
}

function readAction(where: string, value: unknown, errnoWhere: string, errnoRet: unknown): SeccompAction {
  // Zero is a good errno to answer, "nothing happened", but a wrong one is refused whatever the action.
  const errno = readErrno(errnoWhere, errnoRet);
  switch (value) {
    case 'SCMP_ACT_ALLOW':
      return { kind: 'allow' };
    case 'SCMP_ACT_LOG':
      return { kind: 'log' };
    case 'SCMP_ACT_ERRNO':
      return { kind: 'errno', errno };
    case 'SCMP_ACT_TRAP':
      return { kind: 'trap' };
    case 'SCMP_ACT_KILL':
    case 'SCMP_ACT_KILL_THREAD':
      return { kind: 'kill-thread' };
    case 'SCMP_ACT_KILL_PROCESS':
      return { kind: 'kill-process' };
    default:
  }
  const reason = typeof value === 'string' ? REFUSED_ACTIONS[value] : undefined;
  if (reason !== undefined) throw wrong(where, `${show(value)} ${reason}`);
  throw wrong(where, `${show(value)} is not an action`, 'for example: SCMP_ACT_ALLOW or SCMP_ACT_ERRNO');
}

/** Numbers above 2^53 cannot be told apart in JSON, so texts of digits are taken as well. */
function readUnsigned(where: string, value: unknown): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === 'string' && /^(?:\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(value)) {
    const number = BigInt(value);
    if (number < UNSIGNED_64_BITS) return number;
  }
  throw wrong(
    where,
    `must be a whole number of at most 64 bits, not ${show(value)}`,
    'write one above 2^53 as a text',
  );
}

function readCondition(where: string, value: unknown): ArgumentCondition {
  const entry = readObject(where, value);
  const { index = 0, op } = entry;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > MAX_ARGUMENT_INDEX) {
    throw wrong(`${where}.index`, `must be between 0 and ${MAX_ARGUMENT_INDEX}, not ${show(index)}`);
  }
  const operator = typeof op === 'string' ? OPERATORS.get(op) : undefined;
  if (operator === undefined) {
    throw wrong(
      `${where}.op`,
      `${show(op)} is not a comparison`,
      `one of ${[...OPERATORS.keys()].join(', ')}`,
    );
  }
  return {
    index,
    operator,
    value: readUnsigned(`${where}.value`, entry.value),
    valueTwo: readUnsigned(`${where}.valueTwo`, entry.valueTwo),
  };
}

function readKernel(where: string, value: unknown): KernelVersion | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const match = typeof value === 'string' ? /^(\d{1,4})\.(\d{1,4})$/.exec(value) : null;
  if (match === null) throw wrong(where, `must be of the form 4.8, not ${show(value)}`);
  return { major: Number(match[1]), minor: Number(match[2]) };
}

function readScope(where: string, value: unknown): RuleScope {
  const entry = value === undefined || value === null ? {} : readObject(where, value);
  const minimumKernel = readKernel(`${where}.minKernel`, entry.minKernel);
  return {
    capabilities: readTexts(`${where}.caps`, entry.caps),
    architectures: readTexts(`${where}.arches`, entry.arches),
    ...(minimumKernel === undefined ? {} : { minimumKernel }),
  };
}

function readRule(where: string, value: unknown): SeccompRule {
  const entry = readObject(where, value);
  const single = entry.name === undefined || entry.name === '' ? [] : [entry.name];
  const names = readTexts(`${where}.names`, [...single, ...readList(`${where}.names`, entry.names)]);
  if (names.length === 0) throw wrong(where, 'names no system call');
  return {
    names,
    action: readAction(`${where}.action`, entry.action, `${where}.errnoRet`, entry.errnoRet),
    conditions: readList(`${where}.args`, entry.args).map((argument, index) =>
      readCondition(`${where}.args[${index}]`, argument),
    ),
    includes: readScope(`${where}.includes`, entry.includes),
    excludes: readScope(`${where}.excludes`, entry.excludes),
  };
}

function requireSize(rules: readonly SeccompRule[]): void {
  const names = rules.reduce((sum, rule) => sum + rule.names.length, 0);
  if (names > MAX_PROFILE_NAMES) {
    throw wrong('syscalls', `hold ${names} names, ${MAX_PROFILE_NAMES} are allowed`);
  }
  const conditions = rules.reduce((sum, rule) => sum + rule.names.length * rule.conditions.length, 0);
  if (conditions > MAX_PROFILE_CONDITIONS) {
    const text = `hold ${conditions} comparisons of arguments, ${MAX_PROFILE_CONDITIONS} are allowed`;
    throw wrong('syscalls', text, 'each counts once for every system call that its rule names');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SkepError('INVALID_ARGUMENT', 'seccomp profile: it is not JSON', {
      cause,
      help: "the form is that of Docker's seccomp profiles, or use the word unconfined",
    });
  }
}

/**
 * Reads a profile in the JSON form of Docker: `defaultAction`, `defaultErrnoRet`, and `syscalls` with `names`, `action`,
 * `errnoRet`, `args`, `includes` and `excludes`. Architectures (`archMap`) are not looked at: a filter is always for
 * the programs of the machine itself. INVALID_ARGUMENT with the place and the fault.
 */
export function parseSeccompProfile(text: string): SeccompProfile {
  if (text.length > MAX_PROFILE_LENGTH) {
    throw wrong('its text', `has ${text.length} characters, ${MAX_PROFILE_LENGTH} are allowed`);
  }
  const whole = readObject('it', parseJson(text));
  if (whole.listenerPath !== undefined && whole.listenerPath !== '') {
    throw wrong('listenerPath', 'asks for notifications, which a container cannot have');
  }
  const rules = readList('syscalls', whole.syscalls).map((rule, index) =>
    readRule(`syscalls[${index}]`, rule),
  );
  requireSize(rules);
  return {
    defaultAction: readAction('defaultAction', whole.defaultAction, 'defaultErrnoRet', whole.defaultErrnoRet),
    rules,
  };
}
