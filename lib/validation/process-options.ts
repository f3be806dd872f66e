import type { ContainerSpec, Ulimit } from '../domain/container-spec.ts';
import { ULIMIT_RESOURCES, UNLIMITED } from '../ulimit.ts';
import { invalid, listOr, quote, requireInteger, requireText } from './rule.ts';

/** Most further groups of one container. */
export const MAX_FURTHER_GROUPS = 64;
/** Most kernel settings of one container. */
export const MAX_SYSCTLS = 128;
const MAX_SYSCTL_VALUE_LENGTH = 4_000;
const OOM_SCORE_BOUNDS = { least: -1_000, most: 1_000 };

const GROUP_PATTERN = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*\$?$/;
const MOST_GROUP_ID = 2 ** 32 - 2;

/** Parts of letters, digits, `_` and `-` between dots: what can name a file below /proc/sys, and no path out of it. */
const SYSCTL_PATTERN = /^[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)+$/;
/** Settings that an IPC namespace has for itself (Docker's list, `opts.ValidateSysctl`). */
const IPC_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]);

function validateGroups(subject: string, groups: readonly string[]): void {
  if (groups.length > MAX_FURTHER_GROUPS) {
    throw invalid(subject, `${groups.length} groups, more than the ${MAX_FURTHER_GROUPS} allowed`);
  }
  for (const group of groups) {
    const fits = GROUP_PATTERN.test(group) && !(/^\d+$/.test(group) && Number(group) > MOST_GROUP_ID);
    if (!fits) throw invalid(subject, `group ${quote(group)} is neither a name nor a group id`);
  }
}

function requireLimit(subject: string, name: string, value: number): void {
  requireInteger(subject, name, value, { least: UNLIMITED, most: Number.MAX_SAFE_INTEGER });
}

function shown(limit: number): string {
  return limit === UNLIMITED ? 'unlimited' : String(limit);
}

function validateUlimit(subject: string, { name, soft, hard }: Ulimit): void {
  if (!ULIMIT_RESOURCES.has(name)) {
    const help = `known are ${listOr([...ULIMIT_RESOURCES.keys()])}`;
    throw invalid(subject, `ulimit ${quote(name)} is not one`, help);
  }
  requireLimit(subject, `the soft limit of ulimit ${name}`, soft);
  requireLimit(subject, `the hard limit of ulimit ${name}`, hard);
  if (hard !== UNLIMITED && (soft === UNLIMITED || soft > hard)) {
    throw invalid(subject, `ulimit ${name}: the soft limit ${shown(soft)} is above the hard limit ${hard}`);
  }
}

function validateUlimits(subject: string, ulimits: readonly Ulimit[]): void {
  const names = new Set<string>();
  for (const limit of ulimits) {
    validateUlimit(subject, limit);
    if (names.has(limit.name)) throw invalid(subject, `ulimit ${limit.name} is given twice`);
    names.add(limit.name);
  }
}

/** True for a setting of the container's network; on the host's network it would change the node. */
export function isNetworkSysctl(name: string): boolean {
  return name.startsWith('net.');
}

function validateSysctls(subject: string, sysctls: Readonly<Record<string, string>>): void {
  const entries = Object.entries(sysctls);
  if (entries.length > MAX_SYSCTLS) {
    throw invalid(subject, `${entries.length} sysctls, more than the ${MAX_SYSCTLS} allowed`);
  }
  for (const [name, value] of entries) {
    const own = IPC_SYSCTLS.has(name) || name.startsWith('fs.mqueue.') || isNetworkSysctl(name);
    if (!own || !SYSCTL_PATTERN.test(name)) {
      throw invalid(
        subject,
        `sysctl ${quote(name)} is not a setting that a container has for itself`,
        `allowed are net.*, fs.mqueue.*, ${[...IPC_SYSCTLS].join(', ')}`,
      );
    }
    requireText(subject, `sysctl ${name}`, value);
    if (value.trim() === '') throw invalid(subject, `sysctl ${name} has no value`);
    if (value.length > MAX_SYSCTL_VALUE_LENGTH || /[\r\n]/.test(value)) {
      throw invalid(subject, `sysctl ${name}: the value is not one short line`);
    }
  }
}

/**
 * Checks groups, resource limits, kernel settings, OOM score and the size of /dev/shm. Throws INVALID_ARGUMENT with
 * one line that starts with `subject`.
 */
export function validateProcessOptions(subject: string, container: ContainerSpec): void {
  validateGroups(subject, container.groups);
  validateUlimits(subject, container.ulimits);
  validateSysctls(subject, container.sysctls);
  const { oomScoreAdj, shmSizeBytes } = container;
  if (oomScoreAdj !== undefined) requireInteger(subject, 'oom-score-adj', oomScoreAdj, OOM_SCORE_BOUNDS);
  if (shmSizeBytes !== undefined) {
    requireInteger(subject, 'shm-size', shmSizeBytes, { least: 1, most: Number.MAX_SAFE_INTEGER });
  }
}
