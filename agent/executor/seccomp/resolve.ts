import type {
  ArgumentCondition,
  KernelVersion,
  RuleScope,
  SeccompAction,
  SeccompProfile,
  SeccompRule,
} from '../../../lib/seccomp/profile.ts';
import { SYSCALL_NUMBERS } from './syscalls.ts';

/** What the rules of a profile may depend on. */
export interface FilterSurroundings {
  /** `CAP_…` names of the container. */
  readonly capabilities: readonly string[];
  readonly kernel: KernelVersion;
}

/** One way in which a system call is decided: all conditions hold, and the action is this one. */
export interface CallRule {
  readonly conditions: readonly ArgumentCondition[];
  readonly action: SeccompAction;
}

/** A profile without its conditions on container and node. */
export interface ResolvedProfile {
  readonly defaultAction: SeccompAction;
  /** By number: the first rule that fits decides, the default action when none does. */
  readonly calls: ReadonlyMap<number, readonly CallRule[]>;
  /** For numbers above all that the profile names. */
  readonly beyond: SeccompAction;
}

const ARCHITECTURE = 'amd64';
const ENOSYS = 38;

function atLeast(kernel: KernelVersion, minimum: KernelVersion): boolean {
  return kernel.major > minimum.major || (kernel.major === minimum.major && kernel.minor >= minimum.minor);
}

function isIncluded(scope: RuleScope, { capabilities, kernel }: FilterSurroundings): boolean {
  if (!scope.capabilities.every((name) => capabilities.includes(name))) return false;
  if (scope.architectures.length > 0 && !scope.architectures.includes(ARCHITECTURE)) return false;
  return scope.minimumKernel === undefined || atLeast(kernel, scope.minimumKernel);
}

function isExcluded(scope: RuleScope, { capabilities, kernel }: FilterSurroundings): boolean {
  if (scope.capabilities.some((name) => capabilities.includes(name))) return true;
  if (scope.architectures.includes(ARCHITECTURE)) return true;
  return scope.minimumKernel !== undefined && atLeast(kernel, scope.minimumKernel);
}

/** True when two actions answer a program alike. */
export function isSameAction(left: SeccompAction, right: SeccompAction): boolean {
  const errnoOf = (action: SeccompAction): number => (action.kind === 'errno' ? action.errno : 0);
  return left.kind === right.kind && errnoOf(left) === errnoOf(right);
}

/** As runc reads a profile: several comparisons of the same argument are alternatives, of different ones all must hold. */
function callRules({ conditions, action }: SeccompRule): readonly CallRule[] {
  const indexes = conditions.map((condition) => condition.index);
  if (new Set(indexes).size === indexes.length) return [{ conditions, action }];
  return conditions.map((condition) => ({ conditions: [condition], action }));
}

/** As libseccomp does: a rule without conditions decides, wherever it stands. */
function simplified(rules: readonly CallRule[]): readonly CallRule[] {
  const plain = rules.find((rule) => rule.conditions.length === 0);
  return plain === undefined ? rules : [plain];
}

/**
 * The rules that hold for a container on this node, by number of the call. Rules that repeat the default action say nothing
 * and go. Calls that are younger than the profile answer ENOSYS, as under runc, so that libraries fall back on older ones;
 * not under a profile that allows by default.
 */
export function resolveProfile(profile: SeccompProfile, surroundings: FilterSurroundings): ResolvedProfile {
  const { defaultAction } = profile;
  const calls = new Map<number, CallRule[]>();
  const named: number[] = [];
  for (const rule of profile.rules) {
    if (!isIncluded(rule.includes, surroundings) || isExcluded(rule.excludes, surroundings)) continue;
    for (const name of rule.names) {
      const number = SYSCALL_NUMBERS.get(name);
      if (number === undefined) continue;
      named.push(number);
      if (isSameAction(rule.action, defaultAction)) continue;
      const known = calls.get(number) ?? [];
      calls.set(number, [...known, ...callRules(rule)]);
    }
  }
  const allows = defaultAction.kind === 'allow' || defaultAction.kind === 'log';
  const last = named.reduce((most, number) => Math.max(most, number), -1);
  // The entry above the last name starts the run of the unknown ones; without names there is nothing to be younger than.
  const beyond: SeccompAction = allows || last < 0 ? defaultAction : { kind: 'errno', errno: ENOSYS };
  const decided = new Map([...calls].map(([number, rules]) => [number, simplified(rules)] as const));
  if (last >= 0 && !decided.has(last)) decided.set(last, []);
  return { defaultAction, calls: decided, beyond };
}
