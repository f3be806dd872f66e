import { SkepError } from '../../../lib/errors.ts';
import type { ArgumentCondition, SeccompAction } from '../../../lib/seccomp/profile.ts';
import { type CallRule, isSameAction, type ResolvedProfile } from './resolve.ts';

/** Makes classic BPF of a profile: linux/filter.h, linux/seccomp.h, linux/audit.h. */

/** linux/bpf_common.h: the kernel takes no longer filter. */
export const MAX_FILTER_INSTRUCTIONS = 4_096;
const INSTRUCTION_BYTES = 8;

const LOAD = 0x20;
const AND = 0x54;
const RETURN = 0x06;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER = 0x25;
const JUMP_AT_LEAST = 0x35;
/** A conditional jump has eight bits. */
const MAX_SHORT_JUMP = 255;

/** struct seccomp_data. */
const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const ARGUMENTS_OFFSET = 16;
const ARGUMENT_BYTES = 8;

const AUDIT_ARCH_X86_64 = 0xc000003e;
/** The calls of the x32 ABI, under which every rule by number could be walked around. */
const X32_BIT = 0x4000_0000;
const ENOSYS = 38;

interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly operand: number;
}

function plain(code: number, operand: number): Instruction {
  return { code, whenTrue: 0, whenFalse: 0, operand };
}

/** SECCOMP_RET_…. */
function returnValue(action: SeccompAction): number {
  switch (action.kind) {
    case 'allow':
      return 0x7fff_0000;
    case 'log':
      return 0x7ffc_0000;
    case 'errno':
      return 0x0005_0000 + action.errno;
    case 'trap':
      return 0x0003_0000;
    case 'kill-thread':
      return 0;
    case 'kill-process':
      return 0x8000_0000;
  }
}

function finish(action: SeccompAction): Instruction {
  return plain(RETURN, returnValue(action));
}

/** Where a jump inside a condition leads: on, to the end of the condition, or past the rule. */
type Target = 'next' | 'pass' | 'fail';
type Draft =
  | Instruction
  | { readonly code: number; readonly operand: number; readonly to: readonly [Target, Target] };

function test(code: number, operand: number, whenTrue: Target, whenFalse: Target): Draft {
  return { code, operand, to: [whenTrue, whenFalse] };
}

function halves(value: bigint): readonly [high: number, low: number] {
  return [Number(value >> 32n), Number(value & 0xffff_ffffn)];
}

/** The halves of an argument come one after the other, as BPF is 32 bits wide; x86 puts the low one first. */
function draftCondition({ index, operator, value, valueTwo }: ArgumentCondition): readonly Draft[] {
  const low = plain(LOAD, ARGUMENTS_OFFSET + index * ARGUMENT_BYTES);
  const high = plain(LOAD, ARGUMENTS_OFFSET + index * ARGUMENT_BYTES + 4);
  const [valueHigh, valueLow] = halves(value);
  const compare = (code: number, pass: Target, fail: Target): readonly Draft[] => [
    high,
    test(JUMP_GREATER, valueHigh, pass, 'next'),
    test(JUMP_EQUAL, valueHigh, 'next', fail),
    low,
    test(code, valueLow, pass, fail),
  ];
  switch (operator) {
    case 'eq':
      return [
        high,
        test(JUMP_EQUAL, valueHigh, 'next', 'fail'),
        low,
        test(JUMP_EQUAL, valueLow, 'pass', 'fail'),
      ];
    case 'ne':
      return [
        high,
        test(JUMP_EQUAL, valueHigh, 'next', 'pass'),
        low,
        test(JUMP_EQUAL, valueLow, 'fail', 'pass'),
      ];
    case 'gt':
      return compare(JUMP_GREATER, 'pass', 'fail');
    case 'ge':
      return compare(JUMP_AT_LEAST, 'pass', 'fail');
    case 'lt':
      return compare(JUMP_AT_LEAST, 'fail', 'pass');
    case 'le':
      return compare(JUMP_GREATER, 'fail', 'pass');
    case 'masked-eq': {
      const [wantedHigh, wantedLow] = halves(valueTwo);
      return [
        high,
        plain(AND, valueHigh),
        test(JUMP_EQUAL, wantedHigh, 'next', 'fail'),
        low,
        plain(AND, valueLow),
        test(JUMP_EQUAL, wantedLow, 'pass', 'fail'),
      ];
    }
  }
}

/** All conditions, then the action; a condition that does not hold leads past it. At most six conditions: jumps are short. */
function compileRule(rule: CallRule): readonly Instruction[] {
  const conditions = rule.conditions.map(draftCondition);
  const ruleLength = conditions.reduce((sum, drafts) => sum + drafts.length, 0) + 1;
  const code: Instruction[] = [];
  let conditionEnd = 0;
  for (const drafts of conditions) {
    conditionEnd += drafts.length;
    for (const draft of drafts) {
      if (!('to' in draft)) {
        code.push(draft);
        continue;
      }
      const after = code.length + 1;
      const places = { next: 0, pass: conditionEnd - after, fail: ruleLength - after };
      const [whenTrue, whenFalse] = draft.to;
      code.push({
        code: draft.code,
        whenTrue: places[whenTrue],
        whenFalse: places[whenFalse],
        operand: draft.operand,
      });
    }
  }
  return [...code, finish(rule.action)];
}

/** Neighbouring numbers that are decided alike; it ends before the next one's start. */
interface Run {
  readonly start: number;
  /** Null when arguments decide. */
  readonly action: SeccompAction | null;
  readonly code: readonly Instruction[];
}

function runOf(start: number, rules: readonly CallRule[], defaultAction: SeccompAction): Run {
  const [first] = rules;
  const action = first === undefined ? defaultAction : first.conditions.length === 0 ? first.action : null;
  if (action !== null) return { start, action, code: [finish(action)] };
  return { start, action, code: [...rules.flatMap(compileRule), finish(defaultAction)] };
}

function runsOf({ calls, defaultAction, beyond }: ResolvedProfile): readonly Run[] {
  const last = Math.max(-1, ...calls.keys());
  const runs: Run[] = [];
  const add = (run: Run): void => {
    const before = runs.at(-1)?.action ?? null;
    if (before === null || run.action === null || !isSameAction(before, run.action)) runs.push(run);
  };
  for (let number = 0; number <= last; number++) add(runOf(number, calls.get(number) ?? [], defaultAction));
  add({ start: last + 1, action: beyond, code: [finish(beyond)] });
  return runs;
}

/** A binary search; the number of the call is in the accumulator. Every path ends in a return. */
function searchTree(runs: readonly Run[]): readonly Instruction[] {
  const middle = Math.floor(runs.length / 2);
  const pivot = runs[middle];
  if (pivot === undefined) return [];
  if (middle === 0) return pivot.code;
  const below = searchTree(runs.slice(0, middle));
  const above = searchTree(runs.slice(middle));
  const isFar = below.length > MAX_SHORT_JUMP;
  return [
    {
      code: JUMP_AT_LEAST,
      whenTrue: isFar ? 0 : below.length,
      whenFalse: isFar ? 1 : 0,
      operand: pivot.start,
    },
    ...(isFar ? [plain(JUMP, below.length)] : []),
    ...below,
    ...above,
  ];
}

function encode(code: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(code.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  code.forEach(({ code: operation, whenTrue, whenFalse, operand }, index) => {
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, operation, true);
    view.setUint8(at + 2, whenTrue);
    view.setUint8(at + 3, whenFalse);
    view.setUint32(at + 4, operand, true);
  });
  return bytes;
}

/**
 * The filter as an array of `struct sock_filter`, 8 bytes each. A program of another architecture is killed, as libseccomp
 * does, and a call of the x32 ABI answers ENOSYS, as from a kernel without it. FAILED_PRECONDITION when the filter is
 * longer than the kernel takes.
 */
export function compileFilter(profile: ResolvedProfile): Uint8Array {
  const code: readonly Instruction[] = [
    plain(LOAD, ARCHITECTURE_OFFSET),
    { code: JUMP_EQUAL, whenTrue: 1, whenFalse: 0, operand: AUDIT_ARCH_X86_64 },
    finish({ kind: 'kill-process' }),
    plain(LOAD, NUMBER_OFFSET),
    { code: JUMP_AT_LEAST, whenTrue: 0, whenFalse: 1, operand: X32_BIT },
    finish({ kind: 'errno', errno: ENOSYS }),
    ...searchTree(runsOf(profile)),
  ];
  if (code.length > MAX_FILTER_INSTRUCTIONS) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the seccomp profile makes a filter of ${code.length} instructions, the kernel takes ${MAX_FILTER_INSTRUCTIONS}`,
      { help: 'fewer comparisons of arguments' },
    );
  }
  return encode(code);
}
