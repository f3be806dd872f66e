import { SkepError } from '../../lib/errors.ts';

/** Every capability by its number in linux/capability.h: the index is the bit. */
export const CAPABILITY_NAMES: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
];

/** The 14 of Docker (moby, daemon/pkg/oci/caps/defaults.go). */
export const DEFAULT_CAPABILITIES: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

const ALL = 'ALL';

/** `net_admin` → `CAP_NET_ADMIN`; `all` → `ALL`. INVALID_ARGUMENT for a name that the kernel does not know. */
export function normalizeCapability(name: string): string {
  const upper = name.trim().toUpperCase();
  if (upper === ALL || upper === 'CAP_ALL') return ALL;
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (!CAPABILITY_NAMES.includes(full)) {
    throw new SkepError('INVALID_ARGUMENT', `unknown capability: ${name}`, {
      help: 'names are those of capabilities(7), for example CAP_NET_ADMIN, or ALL',
    });
  }
  return full;
}

/**
 * The capabilities of a container: the defaults with `add` and `drop` applied as Docker does. `ALL` in `add` gives all
 * but those dropped by name; `ALL` in `drop` takes all but those added by name.
 */
export function applyCapabilities(add: readonly string[], drop: readonly string[]): string[] {
  const added = add.map(normalizeCapability);
  const dropped = drop.map(normalizeCapability);
  const wanted = (name: string): boolean => {
    if (added.includes(ALL))
      return !dropped.includes(name) && !(dropped.includes(ALL) && !added.includes(name));
    if (dropped.includes(ALL)) return added.includes(name);
    return (DEFAULT_CAPABILITIES.includes(name) || added.includes(name)) && !dropped.includes(name);
  };
  return CAPABILITY_NAMES.filter(wanted);
}

/** The bits of the kernel's capability sets. INVALID_ARGUMENT for an unknown name. */
export function capabilityMask(names: readonly string[]): bigint {
  let mask = 0n;
  for (const name of names) {
    const normal = normalizeCapability(name);
    const bit = CAPABILITY_NAMES.indexOf(normal);
    mask |= normal === ALL ? (1n << BigInt(CAPABILITY_NAMES.length)) - 1n : 1n << BigInt(bit);
  }
  return mask;
}
