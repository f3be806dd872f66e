import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import { joinedReference } from '../../../lib/validation/namespaces.ts';
import { UsageError } from '../../usage.ts';
import { type Flags, textFlag } from './flag-values.ts';

/** The flags of namespaces, with their descriptions, as `service create`, `service update` and `run` declare them. */
export const NAMESPACE_OPTIONS: readonly (readonly [flags: string, description: string])[] = [
  ['--pid <mode>', "Processes: host = the node's, private = its own (default)"],
  ['--ipc <mode>', 'Shared memory: private (default), shareable, none, host'],
  ['--uts <mode>', "Host name: host = the node's, private = its own (default)"],
  [
    '--userns <mode>',
    "Users: host = the node's own, private = mapped (default: as the node's daemon is told)",
  ],
];

type NamespaceFields = Pick<ContainerSpec, 'pidMode' | 'ipcMode' | 'utsMode' | 'usernsMode'>;

interface FlagRule {
  readonly field: keyof NamespaceFields;
  readonly words: readonly string[];
  readonly joins: boolean;
  /** Words that mean to say nothing. */
  readonly unset: readonly string[];
}

const RULES: Readonly<Record<'pid' | 'ipc' | 'uts' | 'userns', FlagRule>> = {
  pid: { field: 'pidMode', words: ['host', 'private'], joins: true, unset: ['private', ''] },
  ipc: { field: 'ipcMode', words: ['private', 'shareable', 'none', 'host'], joins: true, unset: [''] },
  uts: { field: 'utsMode', words: ['host', 'private'], joins: false, unset: ['private', ''] },
  userns: { field: 'usernsMode', words: ['host', 'private'], joins: false, unset: [''] },
};

function readMode(flag: string, rule: FlagRule, text: string, allowContainer: boolean): string | undefined {
  if (rule.unset.includes(text)) return undefined;
  if (rule.words.includes(text)) return text;
  const reference = joinedReference(text);
  if (rule.joins && reference !== undefined) {
    if (!allowContainer) {
      throw new UsageError(
        `--${flag} ${text}: a task may run on any node, and the other container is on one only`,
        'a single container can: skep run',
      );
    }
    if (reference !== '') return text;
  }
  const words = [...rule.words, ...(rule.joins && allowContainer ? ['container:NAME'] : [])];
  throw new UsageError(`invalid value "${text}" for --${flag}`, `use ${words.join(', ')}`);
}

/**
 * The namespace fields that `--pid`, `--ipc`, `--uts` and `--userns` ask for; `existing` holds what counts where a flag
 * was not given. An empty value takes a field away. `allowContainer`: `container:NAME` is a mode. Throws UsageError.
 */
export function readNamespaces(
  flags: Flags,
  { allowContainer }: { readonly allowContainer: boolean },
  existing: NamespaceFields = {},
): NamespaceFields {
  const result: { -readonly [Field in keyof NamespaceFields]: string } = {};
  for (const flag of ['pid', 'ipc', 'uts', 'userns'] as const) {
    const rule = RULES[flag];
    const text = textFlag(flags, flag);
    const mode = text === undefined ? existing[rule.field] : readMode(flag, rule, text, allowContainer);
    if (mode !== undefined) result[rule.field] = mode;
  }
  return result;
}
