import type { Ulimit } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import { ULIMIT_RESOURCES } from '../../lib/ulimit.ts';
import type { Step } from './protocol.ts';

/** What every process of a container gets, whether it is started with it or enters it later. */
export interface ProcessOptions {
  /** Further groups: names inside the image, or numbers. */
  readonly groups: readonly string[];
  readonly ulimits: readonly Ulimit[];
  /** -1000 to 1000. */
  readonly oomScoreAdj: number;
}

const RLIMIT_BYTES = 16;
const WRITE_OPTIONAL = 2n;

/** setrlimit for each limit. Before capabilities are dropped: raising a hard limit needs one. INVALID_ARGUMENT. */
export function planUlimits(ulimits: readonly Ulimit[]): Step[] {
  return ulimits.map(({ name, soft, hard }): Step => {
    const resource = ULIMIT_RESOURCES.get(name);
    if (resource === undefined) throw new SkepError('INVALID_ARGUMENT', `ulimit "${name}" is not one`);
    const bytes = new Uint8Array(RLIMIT_BYTES);
    const view = new DataView(bytes.buffer);
    // -1, which is unlimited, becomes the kernel's RLIM_INFINITY: all bits set.
    view.setBigInt64(0, BigInt(soft), true);
    view.setBigInt64(8, BigInt(hard), true);
    return { kind: 'rlimit', name: `set ulimit ${name}`, number: BigInt(resource), bytes };
  });
}

/**
 * The score by which the kernel chooses whom to kill. It stands before the first step that enters the container, so the
 * path is the node's own /proc. The default is written too, as the keeper may have been started with another score.
 */
export function planOomScore(oomScoreAdj: number): Step {
  return {
    kind: 'write',
    name: `set oom_score_adj ${oomScoreAdj}`,
    path: '/proc/self/oom_score_adj',
    bytes: new TextEncoder().encode(String(oomScoreAdj)),
    ...(oomScoreAdj === 0 ? { flags: WRITE_OPTIONAL } : {}),
  };
}

/** Kernel settings of the container's namespaces, which exist by then, the links of its network included. */
export function planSysctls(sysctls: Readonly<Record<string, string>>): Step[] {
  return Object.entries(sysctls).map(([name, value]) => ({
    kind: 'sysctl',
    name: `set sysctl ${name}`,
    path: name.replaceAll('.', '/'),
    bytes: new TextEncoder().encode(value),
  }));
}

function isUlimit(value: unknown): value is Ulimit {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'name' in value &&
    typeof value.name === 'string' &&
    'soft' in value &&
    typeof value.soft === 'number' &&
    'hard' in value &&
    typeof value.hard === 'number'
  );
}

/** The options in a note, as it was read from JSON; what an older note lacks is as if it was not asked for. */
export function readProcessOptions(note: object): ProcessOptions {
  const groups = 'groups' in note && Array.isArray(note.groups) ? note.groups.map(String) : [];
  const ulimits = 'ulimits' in note && Array.isArray(note.ulimits) ? note.ulimits.filter(isUlimit) : [];
  const score = 'oomScoreAdj' in note && typeof note.oomScoreAdj === 'number' ? note.oomScoreAdj : 0;
  return { groups, ulimits, oomScoreAdj: score };
}
