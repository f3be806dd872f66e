/** A seccomp profile: which system calls a program may make. The form is Docker's, already checked. */

export type SeccompAction =
  | { readonly kind: 'allow' }
  /** Allowed, and written to the kernel's audit log. */
  | { readonly kind: 'log' }
  /** The call is not made and answers this errno. */
  | { readonly kind: 'errno'; readonly errno: number }
  /** SIGSYS. */
  | { readonly kind: 'trap' }
  | { readonly kind: 'kill-thread' }
  | { readonly kind: 'kill-process' };

export type ArgumentOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'masked-eq';

/** A comparison of one argument, unsigned and 64 bits wide. */
export interface ArgumentCondition {
  /** 0 to 5. */
  readonly index: number;
  readonly operator: ArgumentOperator;
  /** What it is compared with; for `masked-eq` the mask. */
  readonly value: bigint;
  /** For `masked-eq`: what the masked argument must be. */
  readonly valueTwo: bigint;
}

/** Every list that is given must hold; an empty one says nothing. */
export interface RuleScope {
  /** `CAP_…` names. */
  readonly capabilities: readonly string[];
  /** Go's names, as Docker uses them: `amd64`. */
  readonly architectures: readonly string[];
  readonly minimumKernel?: KernelVersion;
}

export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

export interface SeccompRule {
  /** Names without a number on this machine are passed over: profiles name the calls of many architectures. */
  readonly names: readonly string[];
  readonly action: SeccompAction;
  readonly conditions: readonly ArgumentCondition[];
  /** The rule counts only where all of this holds. */
  readonly includes: RuleScope;
  /** The rule does not count where any of this holds. */
  readonly excludes: RuleScope;
}

export interface SeccompProfile {
  readonly defaultAction: SeccompAction;
  readonly rules: readonly SeccompRule[];
}

/** The word that asks for no filter in the place of a profile. */
export const UNCONFINED = 'unconfined';
