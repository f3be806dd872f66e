import type { CgroupLayout } from '../agent/executor/cgroup-plan.ts';
import { loopbackUp, netlinkStep, planJoin } from '../agent/executor/container-plan.ts';
import { planOomScore, planSysctls } from '../agent/executor/process-plan.ts';
import type { Step } from '../agent/executor/protocol.ts';
import type { Bundle, BundleProcess, NamespaceKind } from './bundle.ts';
import { type CpusetValues, planGroups } from './groups-plan.ts';
import { planBundleMounts } from './mounts-plan.ts';
import { planBundleProgram } from './program-plan.ts';

export interface BundleHost {
  readonly layout: CgroupLayout;
  readonly cpuset: CpusetValues;
}

export interface BundleStart {
  /** CLONE_NEW… flags. */
  readonly namespaces: number;
  readonly birthFolder: string | null;
  readonly steps: readonly Step[];
  readonly groupFolders: readonly string[];
  readonly joinPaths: readonly string[];
}

/** linux/sched.h. */
const CLONE_FLAGS: Readonly<Record<NamespaceKind, number>> = {
  mount: 0x0002_0000,
  cgroup: 0x0200_0000,
  uts: 0x0400_0000,
  ipc: 0x0800_0000,
  pid: 0x2000_0000,
  network: 0x4000_0000,
};
const CONSOLE_ONLY = 0n;
/** The rest of the standard streams is the caller's to choose. */
const NULL_STREAMS: Step = { kind: 'stdinNull', name: 'open /dev/null', flags: 1n };

function isNew(bundle: Bundle, kind: NamespaceKind): boolean {
  return bundle.namespaces.some((namespace) => namespace.kind === kind && namespace.path === '');
}

function planNamespaces(bundle: Bundle): {
  readonly flags: number;
  readonly joins: Step[];
  readonly unshare: Step[];
} {
  const created = bundle.namespaces.filter(({ path }) => path === '').map(({ kind }) => kind);
  const joins = bundle.namespaces
    .filter(({ path }) => path !== '')
    .map(
      ({ kind, path }): Step => ({
        kind: 'joinPath',
        name: `join the ${kind} namespace ${path}`,
        path,
        flags: BigInt(CLONE_FLAGS[kind]),
      }),
    );
  return {
    // The cgroup namespace comes later, by unshare: its root must be the container's own groups.
    flags: created.filter((kind) => kind !== 'cgroup').reduce((sum, kind) => sum + CLONE_FLAGS[kind], 0),
    joins,
    unshare: created.includes('cgroup')
      ? [{ kind: 'unshare', name: 'make a cgroup namespace', flags: BigInt(CLONE_FLAGS.cgroup) }]
      : [],
  };
}

/**
 * The whole start of a bundle as steps for the one-shot keeper. `path`: of its control groups; `bundlePath` and
 * `rootFolder` are absolute; `gated` = the program waits for its start. INVALID_ARGUMENT, UNIMPLEMENTED.
 */
export function planBundle(
  bundle: Bundle,
  place: { readonly bundlePath: string; readonly rootFolder: string; readonly path: string },
  host: BundleHost,
  filter: Uint8Array | null,
  gated: boolean,
): BundleStart {
  const groups = planGroups(host.layout, place.path, bundle.resources, host.cpuset);
  const namespaces = planNamespaces(bundle);
  const hasNamespace = bundle.namespaces.some(({ kind }) => kind === 'cgroup');
  const view = { layout: host.layout, path: place.path, hasNamespace };
  const mounts = planBundleMounts(bundle, place.bundlePath, place.rootFolder, view);
  const { oomScoreAdj } = bundle.program;
  const steps: Step[] = [
    ...groups.keeperSteps,
    ...(groups.birthFolder === null ? planJoin(groups.joinPaths) : []),
    ...(oomScoreAdj === null ? [] : [planOomScore(oomScoreAdj)]),
    ...mounts.openSteps,
    ...namespaces.joins,
    ...namespaces.unshare,
    { kind: 'propagation', name: 'keep mounts from the node', path: '/', flags: mounts.rootPropagation },
    ...mounts.rootSteps,
    ...(bundle.hooks.create.length === 0
      ? []
      : [{ kind: 'awaitStart' as const, name: 'wait for the hooks' }]),
    ...(bundle.hostname === ''
      ? []
      : [{ kind: 'hostname' as const, name: `set hostname ${bundle.hostname}`, text: bundle.hostname }]),
    { kind: 'pivot', name: 'pivot into the root' },
    NULL_STREAMS,
    ...mounts.lastSteps,
    ...(isNew(bundle, 'network') ? [netlinkStep('netlink', loopbackUp())] : []),
    ...planSysctls(bundle.sysctls),
    ...planBundleProgram(bundle.program, filter, gated),
  ];
  return {
    namespaces: namespaces.flags,
    birthFolder: groups.birthFolder,
    steps,
    groupFolders: groups.folders,
    joinPaths: groups.joinPaths,
  };
}

/** The steps of a program that enters a running container. */
export function planBundleExec(
  program: BundleProcess,
  joinPaths: readonly string[],
  filter: Uint8Array | null,
): Step[] {
  const size = program.consoleSize;
  const terminal: Step = {
    kind: 'console',
    name: 'open the terminal',
    flags: CONSOLE_ONLY,
    ...(size === null ? {} : { number: BigInt(size.columns), mode: BigInt(size.rows) }),
  };
  return [
    ...planJoin(joinPaths),
    ...(program.oomScoreAdj === null ? [] : [planOomScore(program.oomScoreAdj)]),
    { kind: 'joinNamespaces', name: 'join the namespaces' },
    NULL_STREAMS,
    ...(program.terminal ? [terminal] : []),
    ...planBundleProgram(program, filter, false),
  ];
}
