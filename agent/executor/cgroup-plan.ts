import { SkepError } from '../../lib/errors.ts';
import {
  type BlockNumbers,
  type CgroupLimits,
  furtherControllers,
  requireControllers,
  version1Limits,
  version2Limits,
  writeLimit,
} from './cgroup-limits.ts';
import { USUAL_RULES } from './device-plan.ts';
import type { Step } from './protocol.ts';

/** The control group file systems of a node. */
export type CgroupLayout =
  | {
      readonly version: 1;
      readonly hierarchies: readonly CgroupHierarchy[];
      /** Entered only by containers that ask for what they limit; absent = none. */
      readonly further?: readonly CgroupHierarchy[];
    }
  | { readonly version: 2; readonly mountPoint: string };

export interface CgroupHierarchy {
  readonly mountPoint: string;
  /** `cpu`, `cpuacct`: several when they are mounted together. */
  readonly controllers: readonly string[];
}

/** What the group of a container is told of devices. */
export interface GroupDevices {
  /** As in version 1's devices.allow; null = every device is allowed. */
  readonly rules: readonly string[] | null;
  readonly blockNumbers: BlockNumbers;
  /** True: the container may change its own groups. */
  readonly writableGroups: boolean;
}

export interface CgroupPlan {
  /** Done by the keeper before the clone: groups and limits. */
  readonly keeperSteps: readonly Step[];
  /** The folder of a v2 group that the first process is born in; null where it joins by itself. */
  readonly birthFolder: string | null;
  /** Files to which a process that enters writes `0`, first of all. */
  readonly joinPaths: readonly string[];
  /** The container's own read-only view in /sys/fs/cgroup. */
  readonly mountSteps: readonly Step[];
  /** The file whose `oom_kill` line counts. */
  readonly oomPath: string | null;
}

/** Without these no limit can be kept; cpuacct, devices and freezer are used where they exist. */
const REQUIRED_CONTROLLERS = ['cpu', 'memory', 'pids'] as const;
const USED_CONTROLLERS: readonly string[] = ['cpu', 'cpuacct', 'memory', 'pids', 'devices', 'freezer'];
/** Of hierarchies of their own that most containers never enter: each group more makes every start slower. */
const FURTHER_CONTROLLERS: readonly string[] = ['cpuset', 'blkio'];
/** Version 2's names of controllers that have another one there. */
const VERSION_2_NAMES: Readonly<Record<string, string>> = { cpuset: 'cpuset', blkio: 'io' };

/** A container that asks for no device. */
const USUAL_DEVICES: GroupDevices = { rules: USUAL_RULES, blockNumbers: new Map(), writableGroups: false };
/** BPF_DEVCG_DEV_* and BPF_DEVCG_ACC_* of linux/bpf.h. */
const DEVICE_TYPES: Readonly<Record<string, number>> = { b: 1, c: 2 };
const DEVICE_ACCESS: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };
const ANY_DEVICE_NUMBER = 0xffff_ffff;

/** MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC, and the same without RDONLY. */
const SEALED_MOUNT = 0xfn;
const WRITABLE_MOUNT = 0xen;
const MAKE_TARGET = 1n << 32n;
const MOUNT_OPTIONAL = 1n << 34n;

function unescapeMountPath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/**
 * Finds the control group hierarchies in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). Version 1 when cpu,
 * memory and pids are mounted as version 1, hybrid hosts included; version 2 otherwise. FAILED_PRECONDITION when
 * neither is there. `used`: the controllers of version 1 that every container is in; absent = those of Skep, and the further
 * ones apart.
 */
export function readCgroupLayout(mountinfo: string, used?: readonly string[]): CgroupLayout {
  const wanted = used ?? [...USED_CONTROLLERS, ...FURTHER_CONTROLLERS];
  const byMountPoint = new Map<string, CgroupHierarchy>();
  let unified: string | null = null;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const mountPoint = unescapeMountPath(before?.split(' ')[4] ?? '');
    const [type, , options] = after?.split(' ') ?? [];
    if (type === 'cgroup2') unified ??= mountPoint;
    if (type !== 'cgroup') continue;
    const controllers = (options ?? '').split(',').filter((option) => wanted.includes(option));
    const seen = [...byMountPoint.values()].some((known) => known.controllers[0] === controllers[0]);
    if (controllers.length > 0 && !seen) byMountPoint.set(mountPoint, { mountPoint, controllers });
  }
  const all = [...byMountPoint.values()];
  const isFurther = ({ controllers }: CgroupHierarchy): boolean =>
    used === undefined && controllers.every((controller) => FURTHER_CONTROLLERS.includes(controller));
  const hierarchies = all.filter((hierarchy) => !isFurther(hierarchy));
  const present = hierarchies.flatMap((hierarchy) => hierarchy.controllers);
  const missing = REQUIRED_CONTROLLERS.filter((controller) => !present.includes(controller));
  if (missing.length === 0) return { version: 1, hierarchies, further: all.filter(isFurther) };
  if (unified !== null && hierarchies.length === 0) return { version: 2, mountPoint: unified };
  throw new SkepError('FAILED_PRECONDITION', `control groups are not mounted: ${missing.join(', ')}`, {
    help: 'mount cgroup2 on /sys/fs/cgroup, or every cgroup v1 controller below it',
  });
}

/** `skep/a` and `/skep/a/` → `/skep/a`. INVALID_ARGUMENT for a path with `..` or without a name. */
export function normalizeCgroupParent(parent: string): string {
  const names = parent.split('/').filter((name) => name !== '');
  if (names.length === 0 || names.some((name) => name === '.' || name === '..')) {
    throw new SkepError('INVALID_ARGUMENT', `invalid cgroup parent: ${parent}`, {
      help: 'for example /skep',
    });
  }
  return `/${names.join('/')}`;
}

/** The folders that hold the groups of every container, one per hierarchy. */
export function cgroupParentFolders(layout: CgroupLayout, parent: string): string[] {
  const path = normalizeCgroupParent(parent);
  if (layout.version === 2) return [`${layout.mountPoint}${path}`];
  return layout.hierarchies.map((hierarchy) => `${hierarchy.mountPoint}${path}`);
}

/** The folders that may hold groups besides: they exist once a container asked for what they limit. */
export function furtherParentFolders(layout: CgroupLayout, parent: string): string[] {
  if (layout.version === 2) return [];
  const path = normalizeCgroupParent(parent);
  return (layout.further ?? []).map((hierarchy) => `${hierarchy.mountPoint}${path}`);
}

function limitsOfController(
  controller: string,
  { mountPoint }: CgroupHierarchy,
  folder: string,
  limits: CgroupLimits,
  devices: GroupDevices,
): Step[] {
  if (controller !== 'devices')
    return version1Limits(controller, mountPoint, folder, limits, devices.blockNumbers);
  if (devices.rules === null) return [writeLimit(folder, 'devices.allow', 'a')];
  return [
    writeLimit(folder, 'devices.deny', 'a'),
    ...devices.rules.map((rule) => writeLimit(folder, 'devices.allow', rule)),
  ];
}

/** The hierarchies that a container enters. FAILED_PRECONDITION when what it asks for is not mounted. */
function hierarchiesFor(
  layout: Extract<CgroupLayout, { version: 1 }>,
  limits: CgroupLimits,
): readonly CgroupHierarchy[] {
  const further = layout.further ?? [];
  const present = [...layout.hierarchies, ...further].flatMap(({ controllers }) => controllers);
  requireControllers(present, limits.controlGroup);
  const needed = furtherControllers(limits.controlGroup);
  const isNeeded = ({ controllers }: CgroupHierarchy): boolean =>
    [...needed.keys()].some((controller) => controllers.includes(controller));
  return [...layout.hierarchies, ...further.filter(isNeeded)];
}

function planVersion1(
  hierarchies: readonly CgroupHierarchy[],
  path: string,
  limits: CgroupLimits,
  devices: GroupDevices,
): CgroupPlan {
  const keeperSteps: Step[] = [];
  const joinPaths: string[] = [];
  const mountSteps: Step[] = [
    {
      kind: 'mount',
      name: 'mount tmpfs on /sys/fs/cgroup',
      path: '/sys/fs/cgroup',
      other: 'tmpfs',
      text: 'mode=755',
      flags: 0xen,
    },
  ];
  for (const hierarchy of hierarchies) {
    const { mountPoint, controllers } = hierarchy;
    const folder = `${mountPoint}${path}`;
    keeperSteps.push({ kind: 'cgroup', name: `make the control group ${folder}`, path: folder });
    for (const controller of controllers) {
      keeperSteps.push(...limitsOfController(controller, hierarchy, folder, limits, devices));
    }
    // A process that moves only itself, by `tasks`, spares the kernel its lock over all processes.
    joinPaths.push(`${folder}/tasks`);
    const target = `/sys/fs/cgroup/${controllers.join(',')}`;
    mountSteps.push({
      kind: 'mount',
      name: `mount cgroup on ${target}`,
      path: target,
      other: 'cgroup',
      text: controllers.join(','),
      flags: (devices.writableGroups ? WRITABLE_MOUNT : SEALED_MOUNT) | MAKE_TARGET | MOUNT_OPTIONAL,
    });
  }
  if (!devices.writableGroups) {
    mountSteps.push({ kind: 'rootReadOnly', name: 'make /sys/fs/cgroup read-only', path: '/sys/fs/cgroup' });
  }
  const memory = hierarchies.find((hierarchy) => hierarchy.controllers.includes('memory'));
  const oomPath = memory === undefined ? null : `${memory.mountPoint}${path}/memory.oom_control`;
  return { keeperSteps, birthFolder: null, joinPaths, mountSteps, oomPath };
}

/** Controllers are handed down one level at a time (Documentation/admin-guide/cgroup-v2, top-down constraint). */
function delegateControllers(mountPoint: string, parent: string, limits: CgroupLimits): Step[] {
  const further = [...furtherControllers(limits.controlGroup).keys()];
  const controllers = [...REQUIRED_CONTROLLERS, ...further.map((name) => VERSION_2_NAMES[name] ?? name)];
  const steps: Step[] = [
    { kind: 'hostFolder', name: `make ${parent}`, path: `${mountPoint}${parent}`, mode: 0o755n },
  ];
  const names = parent.split('/').slice(1);
  for (let depth = 0; depth <= names.length; depth++) {
    const folder = [mountPoint, ...names.slice(0, depth)].join('/');
    for (const controller of controllers) {
      steps.push(writeLimit(folder, 'cgroup.subtree_control', `+${controller}`, true));
    }
  }
  return steps;
}

/** A rule of cgroup v1's devices.allow (`c 136:* rwm`) as the keeper reads it: type, access, major, minor. */
export function encodeDeviceRule(rule: string): readonly number[] {
  const [type = '', numbers = '', access = ''] = rule.split(' ');
  const bits = [...access].reduce((sum, letter) => sum | (DEVICE_ACCESS[letter] ?? 0), 0);
  const ids = numbers.split(':').map((id) => (id === '*' ? ANY_DEVICE_NUMBER : Number(id)));
  return [DEVICE_TYPES[type] ?? 0, bits, ...ids];
}

/** Version 2 has no devices controller: a program in the kernel decides (cgroup-v2, device controller). */
function filterDevices(folder: string, rules: readonly string[]): Step {
  const numbers = rules.flatMap(encodeDeviceRule);
  const bytes = new DataView(new ArrayBuffer(numbers.length * 4));
  numbers.forEach((number, index) => {
    bytes.setUint32(index * 4, number, true);
  });
  return {
    kind: 'filterDevices',
    name: `limit the devices of ${folder}`,
    path: folder,
    bytes: new Uint8Array(bytes.buffer),
  };
}

function planVersion2(
  mountPoint: string,
  parent: string,
  id: string,
  limits: CgroupLimits,
  devices: GroupDevices,
): CgroupPlan {
  const folder = `${mountPoint}${parent}/${id}`;
  const keeperSteps: Step[] = [
    ...delegateControllers(mountPoint, parent, limits),
    { kind: 'cgroup', name: `make the control group ${folder}`, path: folder },
    ...(devices.rules === null ? [] : [filterDevices(folder, devices.rules)]),
    ...version2Limits(folder, limits, devices.blockNumbers),
  ];
  return {
    keeperSteps,
    birthFolder: folder,
    joinPaths: [`${folder}/cgroup.procs`],
    mountSteps: [
      {
        kind: 'mount',
        name: 'mount cgroup2 on /sys/fs/cgroup',
        path: '/sys/fs/cgroup',
        other: 'cgroup2',
        flags: (devices.writableGroups ? WRITABLE_MOUNT : SEALED_MOUNT) | MOUNT_OPTIONAL,
      },
    ],
    oomPath: `${folder}/memory.events`,
  };
}

/** The groups of one container: `<parent>/<id>` in each hierarchy, with its limits and device rules. */
export function planCgroups(
  layout: CgroupLayout,
  parent: string,
  id: string,
  limits: CgroupLimits,
  devices: GroupDevices = USUAL_DEVICES,
): CgroupPlan {
  const path = normalizeCgroupParent(parent);
  if (layout.version === 2) return planVersion2(layout.mountPoint, path, id, limits, devices);
  return planVersion1(hierarchiesFor(layout, limits), `${path}/${id}`, limits, devices);
}
