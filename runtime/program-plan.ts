import { capabilityMask } from '../agent/executor/capabilities.ts';
import { planConfinement } from '../agent/executor/container-plan.ts';
import type { Step } from '../agent/executor/protocol.ts';
import type { BundleCapabilities, BundleProcess } from './bundle.ts';

const CONTAINER_UMASK = 0o022n;
const OUTLIVES_KEEPER = 2n;
const AT_GATE = 1n;
/** Docker lists the primary group itself. */
const EXACT_GROUPS = 1n;
const RLIMIT_BYTES = 16;
const SETS_BYTES = 24;
/** RLIMIT_NOFILE of asm-generic/resource.h. */
const OPEN_FILES = 7;

function pairOf(first: bigint, second: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(RLIMIT_BYTES));
  view.setBigUint64(0, first, true);
  view.setBigUint64(8, second, true);
  return new Uint8Array(view.buffer);
}

/** setrlimit for each. Before capabilities are dropped: raising a hard limit needs one. */
export function planRlimits({ rlimits }: BundleProcess): Step[] {
  return rlimits.map(({ type, resource, soft, hard }) => ({
    kind: 'rlimit',
    name: `set ${type}`,
    number: BigInt(resource),
    bytes: pairOf(soft, hard),
  }));
}

/** The kernel raises only what is permitted and inheritable as well (capabilities(7)); runc leaves out the rest, too. */
function ambientOf({ ambient, inheritable, permitted }: BundleCapabilities): readonly string[] {
  return ambient.filter((name) => inheritable.includes(name) && permitted.includes(name));
}

/**
 * The limit of open files as the caller of the runtime has it, unless the bundle says one: Node raised its own soft limit
 * to the hard one, which old programs that close every possible descriptor would feel. `limits`: /proc/self/limits.
 */
export function withOpenFiles(program: BundleProcess, soft: number | null, limits: string): BundleProcess {
  const [, hard] = /^Max open files\s+\d+\s+(\d+)/m.exec(limits) ?? [];
  if (soft === null || hard === undefined) return program;
  if (program.rlimits.some(({ resource }) => resource === OPEN_FILES)) return program;
  const own = { type: 'RLIMIT_NOFILE', resource: OPEN_FILES, soft: BigInt(soft), hard: BigInt(hard) };
  return { ...program, rlimits: [...program.rlimits, own] };
}

function planCapabilities(sets: BundleCapabilities): Step {
  const bytes = new DataView(new ArrayBuffer(SETS_BYTES));
  bytes.setBigUint64(0, capabilityMask(sets.effective), true);
  bytes.setBigUint64(8, capabilityMask(sets.inheritable), true);
  bytes.setBigUint64(16, capabilityMask(ambientOf(sets)), true);
  return {
    kind: 'capabilities',
    name: 'set capabilities',
    flags: capabilityMask(sets.permitted),
    bytes: new Uint8Array(bytes.buffer),
  };
}

function planUser({ userId, groupId, groups }: BundleProcess): Step {
  return {
    kind: 'user',
    name: `become user ${userId}`,
    text: `${userId}:${groupId}`,
    flags: EXACT_GROUPS,
    ...(groups.length === 0 ? {} : { argv: groups.map(String) }),
  };
}

/** A created container waits here, once it is known that its program can be run. */
function planGate(program: BundleProcess): Step {
  return {
    kind: 'awaitStart',
    name: `exec ${program.argv[0] ?? ''}`,
    flags: AT_GATE,
    argv: program.argv.slice(0, 1),
    env: program.env.filter((variable) => variable.startsWith('PATH=')),
  };
}

/**
 * Ambient capabilities must outlive the change of user, so rights are kept over it; and then a filter that needs
 * CAP_SYS_ADMIN goes in before, as runc has it always.
 */
function planAmbient(program: BundleProcess, filter: Uint8Array | null): ReturnType<typeof planConfinement> {
  const keep: Step = { kind: 'keepRights', name: 'keep rights for ambient capabilities' };
  const confinement = planConfinement(filter, program.noNewPrivileges);
  if (program.noNewPrivileges || filter === null) return { ...confinement, beforeUser: [keep] };
  const load: Step = { kind: 'filterSyscalls', name: 'load the system call filter', bytes: filter };
  return { beforeUser: [load, keep], afterUser: [], last: [] };
}

/** From a root process inside the container to the program; `gated` = it waits for its start in between. */
export function planBundleProgram(program: BundleProcess, filter: Uint8Array | null, gated: boolean): Step[] {
  const confinement =
    ambientOf(program.capabilities).length > 0
      ? planAmbient(program, filter)
      : planConfinement(filter, program.noNewPrivileges);
  return [
    { kind: 'workdir', name: `change to ${program.workdir}`, path: program.workdir },
    ...planRlimits(program),
    {
      kind: 'bounding',
      name: 'drop bounding capabilities',
      flags: capabilityMask(program.capabilities.bounding),
    },
    ...confinement.beforeUser,
    planUser(program),
    {
      kind: 'umask',
      name: 'set umask',
      mode: program.umask === null ? CONTAINER_UMASK : BigInt(program.umask),
    },
    ...confinement.afterUser,
    planCapabilities(program.capabilities),
    ...(gated ? [planGate(program)] : []),
    ...confinement.last,
    {
      kind: 'exec',
      name: `exec ${program.argv[0] ?? ''}`,
      argv: program.argv,
      env: program.env,
      flags: OUTLIVES_KEEPER,
    },
  ];
}
