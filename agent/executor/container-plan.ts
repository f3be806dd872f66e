import type { Ulimit } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import type { NetlinkMessage } from '../network/netlink-message.ts';
import { CAPABILITY_NAMES, capabilityMask } from './capabilities.ts';
import { type CgroupLayout, planCgroups } from './cgroup-plan.ts';
import { deviceRules, type FoundDevices, NO_DEVICES } from './device-plan.ts';
import type { ContainerRequest, StreamedExec } from './executor.ts';
import { planMounts } from './mount-plan.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWNS,
  checkNamespaces,
  hostnameToSet,
  type Joins,
  joinsOf,
  type NamespaceNote,
  namespaceNote,
  namespacesOf,
  readNamespaceNote,
} from './namespace-plan.ts';
import { planOverlay } from './overlay-plan.ts';
import {
  type ProcessOptions,
  planOomScore,
  planSysctls,
  planUlimits,
  readProcessOptions,
} from './process-plan.ts';
import type { Step } from './protocol.ts';
import { planStandardInput, planTerminal } from './terminal-plan.ts';
import { mapEnteringUsers, mapUsers } from './user-namespace-plan.ts';

/** What the node contributes to every container. */
export interface HostFacts {
  readonly cgroups: CgroupLayout;
  readonly cgroupParent: string;
  /** Absolute; each container gets `<state folder>/<id>`. */
  readonly stateFolder: string;
}

/** What the keeper keeps for a later exec, by whichever agent asks for it. */
export interface ContainerNote extends ProcessOptions, NamespaceNote {
  readonly capabilities: readonly string[];
  /** Files that take `0` to join the container's control groups. */
  readonly joinPaths: readonly string[];
  /** `profile` = the one of the request, whose filter lies in {@link filterPath}. */
  readonly syscallFilter: 'none' | 'default' | 'profile';
  readonly noNewPrivileges: boolean;
}

export interface StartPlan {
  readonly namespaces: number;
  readonly joins: Joins;
  readonly steps: readonly Step[];
  readonly note: ContainerNote;
  readonly oomPath: string | null;
  /** A v2 control group to be born in. */
  readonly birthFolder: string | null;
}

const WRITE_CREATE = 1n;
const WRITE_OPTIONAL = 2n;
const EXEC_INIT = 1n;
const FILTER_WITH_KEPT_RIGHTS = 1n;
const OWNER_ONLY = 0o600n;
const NO_NAMESPACE = 0xffff_ffff_ffff_ffffn;
const NETLINK_ROUTE = 0n;
const MAX_HOSTNAME_BYTES = 64;
const CONTAINER_UMASK = 0o022n;

const ID_PATTERN = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/;

function invalid(id: string, what: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `container ${id}: ${what}`);
}

/** INVALID_ARGUMENT for an id that is not 1 to 128 letters, digits, `-`, `_`, `.` (a dot not first). */
export function checkContainerId(id: string): void {
  if (!ID_PATTERN.test(id))
    throw new SkepError('INVALID_ARGUMENT', `invalid container id: ${JSON.stringify(id)}`);
}

function checkRequest(request: ContainerRequest): void {
  checkContainerId(request.id);
  if (request.argv.length === 0 || request.argv[0] === '') throw invalid(request.id, 'no command specified');
  if (!request.logPath.startsWith('/'))
    throw invalid(request.id, `log path ${request.logPath} is not absolute`);
  if (!request.workdir.startsWith('/') && request.workdir !== '') {
    throw invalid(request.id, `the working directory ${request.workdir} must be an absolute path`);
  }
  if (new TextEncoder().encode(request.hostname).length > MAX_HOSTNAME_BYTES) {
    throw invalid(request.id, `hostname is longer than ${MAX_HOSTNAME_BYTES} bytes`);
  }
  checkNamespaces(request);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** RTM_NEWLINK that sets IFF_UP on link 1, which is `lo` in every new namespace (rtnetlink(7)). */
export function loopbackUp(): NetlinkMessage {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, 16, true);
  view.setUint16(6, 0x5, true);
  view.setInt32(20, 1, true);
  view.setUint32(24, 1, true);
  view.setUint32(28, 1, true);
  return { protocol: 0, bytes, namespaceOffset: null, tolerated: [], description: 'bring lo up' };
}

/** A netlink message as a step, sent by the keeper or inside the container. */
export function netlinkStep(kind: 'netlinkHost' | 'netlink', message: NetlinkMessage): Step {
  return {
    kind,
    name: message.description,
    bytes: message.bytes,
    number: NETLINK_ROUTE + BigInt(message.protocol),
    mode: message.namespaceOffset === null ? NO_NAMESPACE : BigInt(message.namespaceOffset),
    tolerated: message.tolerated,
  };
}

function planNetwork(request: ContainerRequest): { readonly before: Step[]; readonly after: Step[] } {
  const network = request.network;
  if (network.kind === 'host' || network.kind === 'container') return { before: [], after: [] };
  // Any user of the container may open low ports and send pings, as in Docker: both are the namespace's own.
  const sysctls: readonly (readonly [string, string])[] = [
    ['ip_unprivileged_port_start', '0'],
    ['ping_group_range', '0 2147483647'],
  ];
  const before = sysctls.map(
    ([name, value]): Step => ({
      kind: 'write',
      name: `set net.ipv4.${name}`,
      path: `/proc/sys/net/ipv4/${name}`,
      bytes: encode(value),
      flags: WRITE_OPTIONAL,
    }),
  );
  if (network.kind === 'none') return { before, after: [netlinkStep('netlink', loopbackUp())] };
  return {
    before: [...before, ...network.hostMessages.map((message) => netlinkStep('netlinkHost', message))],
    after: [
      { kind: 'awaitKeeper', name: 'wait for the network link' },
      netlinkStep('netlink', loopbackUp()),
      ...network.containerMessages.map((message) => netlinkStep('netlink', message)),
    ],
  };
}

interface Program {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string;
  readonly user: string;
  readonly capabilities: readonly string[];
  readonly groups: readonly string[];
  readonly ulimits: readonly Ulimit[];
  readonly init: boolean;
  readonly noNewPrivileges: boolean;
  /** A seccomp filter; null = none. */
  readonly filter: Uint8Array | null;
}

export interface Confinement {
  readonly beforeUser: readonly Step[];
  readonly afterUser: readonly Step[];
  readonly last: readonly Step[];
}

/**
 * A filter goes in as late as may be, as its rules hold for the keeper's own steps too: last of all under no_new_privs,
 * and without it while CAP_SYS_ADMIN is still held (seccomp(2)).
 */
export function planConfinement(filter: Uint8Array | null, noNewPrivileges: boolean): Confinement {
  const name = 'load the system call filter';
  const none: Confinement = { beforeUser: [], afterUser: [], last: [] };
  if (noNewPrivileges) {
    const last: Step[] = [{ kind: 'noNewPrivileges', name: 'refuse new privileges' }];
    return {
      ...none,
      last: filter === null ? last : [...last, { kind: 'filterSyscalls', name, bytes: filter }],
    };
  }
  if (filter === null) return none;
  return {
    ...none,
    beforeUser: [{ kind: 'keepRights', name: 'keep rights for the system call filter' }],
    afterUser: [{ kind: 'filterSyscalls', name, bytes: filter, flags: FILTER_WITH_KEPT_RIGHTS }],
  };
}

/** From a root process inside the container to the program: the order matters, each step needs what the next drops. */
function planProgram(program: Program): Step[] {
  const mask = capabilityMask(program.capabilities);
  const workdir = program.workdir === '' ? '/' : program.workdir;
  const confinement = planConfinement(program.filter, program.noNewPrivileges);
  return [
    { kind: 'workdir', name: `change to ${workdir}`, path: workdir },
    ...planUlimits(program.ulimits),
    { kind: 'bounding', name: 'drop bounding capabilities', flags: mask },
    ...confinement.beforeUser,
    {
      kind: 'user',
      name: `become user ${program.user === '' ? 'root' : program.user}`,
      text: program.user,
      ...(program.groups.length === 0 ? {} : { argv: program.groups }),
    },
    { kind: 'umask', name: 'set umask', mode: CONTAINER_UMASK },
    ...confinement.afterUser,
    { kind: 'capabilities', name: 'set capabilities', flags: mask },
    ...confinement.last,
    {
      kind: 'exec',
      name: `exec ${program.argv[0] ?? ''}`,
      argv: program.argv,
      env: program.env,
      flags: program.init ? EXEC_INIT : 0n,
    },
  ];
}

/** The first process of all joins the control groups by these files. */
export function planJoin(paths: readonly string[]): Step[] {
  return paths.map((path) => ({ kind: 'write', name: `join ${path}`, path, bytes: encode('0') }));
}

/** What a container may have; a privileged one has everything, whatever else it says (Docker, caps.TweakCapabilities). */
export function capabilitiesOf(request: ContainerRequest): readonly string[] {
  return request.privileged === true ? CAPABILITY_NAMES : request.capabilities;
}

/** Where a filter made of a request's own profile stays for later programs of the container. */
export function filterPath(stateFolder: string, id: string): string {
  return `${stateFolder}/${id}/syscall-filter`;
}

function planFilterFile(request: ContainerRequest, host: HostFacts, filter: Uint8Array | null): Step[] {
  if (request.seccompProfile === undefined || filter === null) return [];
  return [
    {
      kind: 'hostWrite',
      name: 'keep the system call filter',
      path: filterPath(host.stateFolder, request.id),
      bytes: filter,
      flags: WRITE_CREATE,
      mode: OWNER_ONLY,
    },
  ];
}

function noteOf(
  request: ContainerRequest,
  joinPaths: readonly string[],
  filter: Uint8Array | null,
): Omit<ContainerNote, keyof ProcessOptions | keyof NamespaceNote> {
  const own = request.seccompProfile === undefined ? 'default' : 'profile';
  return {
    capabilities: capabilitiesOf(request),
    joinPaths,
    syscallFilter: filter === null ? 'none' : own,
    noNewPrivileges: request.noNewPrivileges ?? false,
  };
}

/**
 * The whole start of a container as steps for the keeper, under the seccomp `filter`; null = none. `found` is what the
 * node has of the devices in the request. INVALID_ARGUMENT when
 * the request cannot be right.
 */
export function planContainer(
  request: ContainerRequest,
  host: HostFacts,
  filter: Uint8Array | null = null,
  found: FoundDevices = NO_DEVICES,
): StartPlan {
  checkRequest(request);
  const folder = `${host.stateFolder}/${request.id}`;
  const cgroups = planCgroups(host.cgroups, host.cgroupParent, request.id, request, {
    rules: deviceRules(request, found),
    blockNumbers: found.blockNumbers,
    writableGroups: request.privileged === true,
  });
  const overlay = planOverlay(
    request.layers,
    folder,
    request.writableFolder === undefined
      ? undefined
      : { path: request.writableFolder, isVolatile: request.writableIsVolatile ?? false },
  );
  const network = planNetwork(request);
  const options: ProcessOptions = {
    groups: request.groups ?? [],
    ulimits: request.ulimits ?? [],
    oomScoreAdj: request.oomScoreAdj ?? 0,
  };
  const mounts = planMounts(request, `${folder}/files`, cgroups.mountSteps, found);
  const hostname = hostnameToSet(request);
  const steps: Step[] = [
    ...overlay.folderSteps,
    ...planFilterFile(request, host, filter),
    ...mounts.fileSteps,
    ...cgroups.keeperSteps,
    ...(cgroups.birthFolder === null ? planJoin(cgroups.joinPaths) : []),
    planOomScore(options.oomScoreAdj),
    { kind: 'unshare', name: 'make a cgroup namespace', flags: BigInt(CLONE_NEWCGROUP) },
    ...network.before,
    ...mounts.openSteps,
    { kind: 'propagation', name: 'make all mounts private', path: '/', flags: mounts.rootPropagation },
    overlay.mountStep,
    ...mounts.rootSteps,
    ...(hostname === ''
      ? []
      : [{ kind: 'hostname' as const, name: `set hostname ${hostname}`, text: hostname }]),
    { kind: 'pivot', name: 'pivot into the root' },
    ...planStandardInput(request.tty === true || request.openStdin === true),
    ...network.after,
    ...planSysctls(request.sysctls ?? {}),
    ...planProgram({
      ...request,
      ...options,
      capabilities: capabilitiesOf(request),
      filter,
      noNewPrivileges: request.noNewPrivileges ?? false,
    }),
  ];
  return {
    namespaces: request.idMap === undefined ? namespacesOf(request) : CLONE_NEWNS,
    joins: joinsOf(request),
    steps:
      request.idMap === undefined ? steps : mapUsers(steps, request.idMap, namespacesOf(request), folder),
    note: {
      ...noteOf(request, cgroups.joinPaths, filter),
      ...options,
      ...namespaceNote(request, `${folder}/files`),
    },
    oomPath: cgroups.oomPath,
    birthFolder: cgroups.birthFolder,
  };
}

/** The steps of a program that enters a running container: same groups, capabilities, limits and filter. */
export function planExec(
  note: ContainerNote,
  argv: readonly string[],
  options: { readonly env: readonly string[]; readonly workdir: string; readonly user: string },
  filter: Uint8Array | null,
): readonly Step[] {
  if (argv.length === 0) throw new SkepError('INVALID_ARGUMENT', 'exec needs a command');
  const steps: Step[] = [
    ...planJoin(note.joinPaths),
    planOomScore(note.oomScoreAdj),
    { kind: 'joinNamespaces', name: 'join the namespaces' },
    { kind: 'stdinNull', name: 'open /dev/null' },
    ...planProgram({ ...options, ...note, argv, init: false, filter }),
  ];
  return note.idMap === undefined ? steps : mapEnteringUsers(steps, note.idMap);
}

/** The steps of a program that enters a running container on a stream of its own. */
export function planStreamedExec(
  note: ContainerNote,
  argv: readonly string[],
  options: StreamedExec,
  filter: Uint8Array | null,
): readonly Step[] {
  if (argv.length === 0) throw new SkepError('INVALID_ARGUMENT', 'exec needs a command');
  const rights = options.privileged ? { capabilities: CAPABILITY_NAMES, filter: null } : { filter };
  const steps: Step[] = [
    ...planJoin(note.joinPaths),
    planOomScore(note.oomScoreAdj),
    { kind: 'joinNamespaces', name: 'join the namespaces' },
    ...(options.tty ? [planTerminal(options.size, false)] : []),
    ...planStandardInput(options.tty || options.stdin),
    ...planProgram({ ...options, ...note, ...rights, argv, init: false }),
  ];
  return note.idMap === undefined ? steps : mapEnteringUsers(steps, note.idMap);
}

/** The note as bytes for the keeper. */
export function encodeNote(note: ContainerNote): Uint8Array {
  return encode(JSON.stringify(note));
}

/** DATA_LOSS when the bytes are no note. */
export function decodeNote(bytes: Uint8Array): ContainerNote {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && value !== null && 'capabilities' in value && 'joinPaths' in value) {
      const { capabilities, joinPaths } = value;
      if (Array.isArray(capabilities) && Array.isArray(joinPaths)) {
        // Containers of agents before the filter say nothing of it, and have none.
        const own = 'syscallFilter' in value ? value.syscallFilter : 'none';
        return {
          capabilities: capabilities.map(String),
          joinPaths: joinPaths.map(String),
          syscallFilter: own === 'default' || own === 'profile' ? own : 'none',
          noNewPrivileges: 'noNewPrivileges' in value && value.noNewPrivileges === true,
          ...readProcessOptions(value),
          ...readNamespaceNote(value),
        };
      }
    }
  } catch (error) {
    throw new SkepError('DATA_LOSS', 'the keeper holds an unreadable note of the container', {
      cause: error,
    });
  }
  throw new SkepError('DATA_LOSS', 'the keeper holds an incomplete note of the container');
}
