import type { Mount } from '../domain/container-spec.ts';
import { invalid, quote, requireInteger, requireOneOf, requireShortList, requireText } from './rule.ts';
import { requireVolumeName } from './volume-name.ts';

const PROPAGATIONS = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const RECURSIONS = ['enabled', 'disabled', 'writable', 'readonly'];
const MOST_MODE_BITS = 0o7777;

/** The path without empty and `.` parts and with `..` resolved, as the kernel would walk it from the root. */
function resolvePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Docker's rules: two of the words say how read-only a bind is, so it must be read-only. */
function validateRecursion(subject: string, mount: Extract<Mount, { kind: 'bind' }>): void {
  const { recursive, readOnly, propagation } = mount;
  if (recursive === undefined) return;
  requireOneOf(subject, 'bind-recursive', recursive, RECURSIONS);
  const strict = recursive === 'readonly';
  if ((strict || recursive === 'writable') && !readOnly) {
    throw invalid(subject, `bind-recursive=${recursive} is only for a bind that is readonly`);
  }
  if (strict && propagation !== undefined && propagation !== 'rprivate') {
    throw invalid(
      subject,
      'bind-recursive=readonly needs bind-propagation=rprivate: new mounts would not be read-only',
    );
  }
}

function validateMount(subject: string, mount: Mount): void {
  requireOneOf(subject, 'mount type', mount.kind, ['bind', 'tmpfs', 'volume']);
  if (!mount.target) throw invalid(subject, `a ${mount.kind} mount has no target`);
  requireText(subject, 'mount target', mount.target);
  if (!mount.target.startsWith('/')) {
    throw invalid(subject, `mount target ${quote(mount.target)} is not an absolute path`);
  }
  if (resolvePath(mount.target) === '/')
    throw invalid(subject, 'a mount cannot replace the root of the container');
  if (mount.kind === 'bind') {
    if (!mount.source) throw invalid(subject, `the bind mount at ${quote(mount.target)} has no source`);
    requireText(subject, 'mount source', mount.source);
    if (!mount.source.startsWith('/')) {
      throw invalid(subject, `bind source ${quote(mount.source)} is not an absolute path`);
    }
    if (mount.propagation !== undefined) {
      requireOneOf(subject, 'bind-propagation', mount.propagation, PROPAGATIONS);
    }
    validateRecursion(subject, mount);
    return;
  }
  if (mount.kind === 'volume') {
    requireText(subject, 'mount source', mount.source);
    // Only the node knows what a template becomes; it looks at the name again.
    if (mount.source !== '' && !mount.source.includes('{{')) requireVolumeName(subject, mount.source);
    return;
  }
  if (mount.sizeBytes !== undefined) {
    requireInteger(subject, 'tmpfs-size', mount.sizeBytes, { least: 0, most: Number.MAX_SAFE_INTEGER });
  }
  if (mount.mode !== undefined) {
    requireInteger(subject, 'tmpfs-mode', mount.mode, { least: 0, most: MOST_MODE_BITS });
  }
}

/** Checks each mount, and that no two have the same target. Throws INVALID_ARGUMENT. */
export function validateMounts(subject: string, mounts: readonly Mount[]): void {
  requireShortList(subject, 'mounts', mounts);
  const targets = new Set<string>();
  for (const mount of mounts) {
    validateMount(subject, mount);
    const target = resolvePath(mount.target);
    if (targets.has(target)) throw invalid(subject, `two mounts have the target ${quote(target)}`);
    targets.add(target);
  }
}
