import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import { UNCONFINED } from '../../../lib/seccomp/profile.ts';
import { UsageError } from '../../usage.ts';
import { type Flags, listFlag } from './flag-values.ts';

type SecurityFields = Pick<ContainerSpec, 'seccompProfile' | 'noNewPrivileges'>;

type SecurityOption =
  | { readonly kind: 'no-new-privileges'; readonly value: boolean }
  | { readonly kind: 'seccomp'; readonly value: string };

/** The default profile by Docker's name for it. */
const BUILTIN = 'builtin';
const HELP = 'use no-new-privileges, seccomp=FILE, seccomp=unconfined or seccomp=builtin';

/** Docker also takes a colon in the place of the equals sign. */
function parseSecurityOption(text: string): SecurityOption {
  const match = /^([^=:]*)(?:[=:](.*))?$/s.exec(text);
  const [, key = '', value] = match ?? [];
  if (key === 'no-new-privileges') {
    if (value === undefined || value === 'true') return { kind: key, value: true };
    if (value === 'false') return { kind: key, value: false };
    throw new UsageError(`invalid value "${text}" for --security-opt: expected true or false`);
  }
  if (key === 'seccomp' && value !== undefined && value !== '') return { kind: key, value };
  throw new UsageError(`security option "${text}" is not supported`, HELP);
}

/** Names of the files that `--security-opt seccomp=FILE` refers to. Throws UsageError on an option that is none. */
export function securityFiles(flags: Flags): readonly string[] {
  return listFlag(flags, 'securityOpt')
    .map(parseSecurityOption)
    .flatMap((option) => (option.kind === 'seccomp' ? [option.value] : []))
    .filter((value) => value !== UNCONFINED && value !== BUILTIN);
}

/** Without the blanks of JSON, as every manager keeps it; a text that is no JSON is left for the manager to refuse. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * What `--security-opt` makes of a container's security fields, the later option winning. `files` holds the contents of
 * {@link securityFiles} by name. Throws UsageError.
 */
export function applySecurityOptions(
  existing: SecurityFields,
  flags: Flags,
  files: Readonly<Record<string, string>>,
): SecurityFields {
  let { seccompProfile, noNewPrivileges } = existing;
  for (const option of listFlag(flags, 'securityOpt').map(parseSecurityOption)) {
    if (option.kind === 'no-new-privileges') noNewPrivileges = option.value;
    else if (option.value === BUILTIN) seccompProfile = undefined;
    else if (option.value === UNCONFINED) seccompProfile = UNCONFINED;
    else seccompProfile = compact(files[option.value] ?? '');
  }
  return {
    ...(seccompProfile === undefined ? {} : { seccompProfile }),
    ...(noNewPrivileges === undefined ? {} : { noNewPrivileges }),
  };
}
