import { type CgroupLayout, encodeDeviceRule } from '../agent/executor/cgroup-plan.ts';
import type { Step } from '../agent/executor/protocol.ts';
import { SkepError } from '../lib/errors.ts';
import type { BundleResources, DeviceRule, DeviceValue } from './bundle.ts';
import { unsupported } from './json-reader.ts';

/** Control groups of a container that is described by a bundle. */

/** A limit: the file, its text, and whether a kernel without the file is fine. */
export interface LimitWrite {
  readonly path: string;
  readonly text: string;
  readonly optional: boolean;
}

export interface GroupsPlan {
  /** Absolute, one for each hierarchy; the container's own. */
  readonly folders: readonly string[];
  readonly keeperSteps: readonly Step[];
  readonly birthFolder: string | null;
  readonly joinPaths: readonly string[];
}

/** The controllers of version 1 whose groups a container is put in where they are mounted. */
export const BUNDLE_CONTROLLERS = [
  'cpu',
  'cpuacct',
  'cpuset',
  'memory',
  'pids',
  'devices',
  'freezer',
  'blkio',
  'hugetlb',
  'net_cls',
  'net_prio',
  'perf_event',
];

const VERSION_2_CONTROLLERS: readonly string[] = ['cpu', 'cpuset', 'memory', 'pids', 'io', 'hugetlb'];

const WRITE_OPTIONAL = 2n;
const DEFAULT_PERIOD_US = 100_000;

/** What every container may use whatever its rules say (runc, specconv): nodes may be made, and the harmless ones used. */
const ALWAYS_ALLOWED: readonly DeviceRule[] = [
  ['c', null, null, 'm'],
  ['b', null, null, 'm'],
  ['c', 1, 3, 'rwm'],
  ['c', 1, 5, 'rwm'],
  ['c', 1, 7, 'rwm'],
  ['c', 1, 8, 'rwm'],
  ['c', 1, 9, 'rwm'],
  ['c', 5, 0, 'rwm'],
  ['c', 5, 2, 'rwm'],
  ['c', 136, null, 'rwm'],
].map(([type, major, minor, access]) => ({
  allow: true,
  type: String(type),
  major: typeof major === 'number' ? major : null,
  minor: typeof minor === 'number' ? minor : null,
  access: String(access),
}));

/** `/docker/abc`; the id alone when the bundle names none. INVALID_ARGUMENT for a path with `..`, UNIMPLEMENTED for systemd's form. */
export function groupsPath(cgroupsPath: string, id: string): string {
  if (/^[^/]*:[^/]*:[^/]*$/.test(cgroupsPath))
    throw unsupported(`linux.cgroupsPath ${cgroupsPath}`, 'it is for systemd');
  const names = (cgroupsPath === '' ? id : cgroupsPath).split('/').filter((name) => name !== '');
  if (names.length === 0 || names.some((name) => name === '.' || name === '..'))
    throw new SkepError('INVALID_ARGUMENT', `linux.cgroupsPath ${cgroupsPath} names no group`);
  return `/${names.join('/')}`;
}

function limit(folder: string, file: string, value: number | string | null, optional = false): LimitWrite[] {
  if (value === null || value === '') return [];
  return [{ path: `${folder}/${file}`, text: String(value), optional }];
}

function deviceLimits(folder: string, file: string, values: readonly DeviceValue[]): LimitWrite[] {
  return values.flatMap(({ device, value }) => limit(folder, file, `${device} ${value}`));
}

function ruleText({ type, major, minor, access }: DeviceRule): string {
  return type === 'a' ? 'a' : `${type} ${major ?? '*'}:${minor ?? '*'} ${access}`;
}

function limitsOfController(folder: string, controller: string, resources: BundleResources): LimitWrite[] {
  const { memory, cpu, blockIo } = resources;
  switch (controller) {
    case 'memory':
      return [
        ...limit(folder, 'memory.limit_in_bytes', memory.limitBytes),
        // -1 stands for no limit at all, and then a kernel that does not account swap does what is asked.
        ...limit(folder, 'memory.memsw.limit_in_bytes', memory.swapBytes, memory.swapBytes === -1),
        ...limit(folder, 'memory.soft_limit_in_bytes', memory.reservationBytes),
        ...limit(folder, 'memory.swappiness', memory.swappiness),
        ...(memory.disableOomKiller ? limit(folder, 'memory.oom_control', '1') : []),
      ];
    case 'cpu':
      return [
        ...limit(folder, 'cpu.shares', cpu.shares),
        ...limit(folder, 'cpu.cfs_period_us', cpu.periodUs),
        ...limit(folder, 'cpu.cfs_quota_us', cpu.quotaUs),
        ...limit(folder, 'cpu.cfs_burst_us', cpu.burstUs),
        ...limit(folder, 'cpu.rt_period_us', cpu.realtimePeriodUs),
        ...limit(folder, 'cpu.rt_runtime_us', cpu.realtimeRuntimeUs),
      ];
    case 'cpuset':
      return [...limit(folder, 'cpuset.cpus', cpu.cpus), ...limit(folder, 'cpuset.mems', cpu.mems)];
    case 'pids':
      return limit(folder, 'pids.max', resources.pids === -1 ? 'max' : resources.pids);
    case 'blkio':
      return [
        ...limit(folder, 'blkio.weight', blockIo.weight),
        ...deviceLimits(folder, 'blkio.weight_device', blockIo.weightDevices),
        ...deviceLimits(folder, 'blkio.throttle.read_bps_device', blockIo.readBps),
        ...deviceLimits(folder, 'blkio.throttle.write_bps_device', blockIo.writeBps),
        ...deviceLimits(folder, 'blkio.throttle.read_iops_device', blockIo.readIops),
        ...deviceLimits(folder, 'blkio.throttle.write_iops_device', blockIo.writeIops),
      ];
    case 'hugetlb':
      return resources.hugepages.flatMap(({ size, limitBytes }) =>
        limit(folder, `hugetlb.${size}.limit_in_bytes`, limitBytes),
      );
    default:
      return [];
  }
}

/** Swap alone, as version 2 counts it, of memory and swap together. */
function swapOnly(memory: BundleResources['memory']): string | null {
  if (memory.swapBytes === null) return null;
  if (memory.swapBytes === -1) return 'max';
  if (memory.limitBytes === null || memory.swapBytes < memory.limitBytes)
    throw new SkepError(
      'INVALID_ARGUMENT',
      'linux.resources.memory.swap needs a memory limit that is not larger',
    );
  return String(memory.swapBytes - memory.limitBytes);
}

function ioMax(folder: string, blockIo: BundleResources['blockIo']): LimitWrite[] {
  const rates: readonly (readonly [string, readonly DeviceValue[]])[] = [
    ['rbps', blockIo.readBps],
    ['wbps', blockIo.writeBps],
    ['riops', blockIo.readIops],
    ['wiops', blockIo.writeIops],
  ];
  return rates.flatMap(([word, values]) =>
    values.flatMap(({ device, value }) => limit(folder, 'io.max', `${device} ${word}=${value}`)),
  );
}

function version2Limits(folder: string, resources: BundleResources): LimitWrite[] {
  const { memory, cpu, blockIo } = resources;
  const unlimited = (value: number | null): number | string | null => (value === -1 ? 'max' : value);
  if (cpu.realtimePeriodUs !== null || cpu.realtimeRuntimeUs !== null)
    throw unsupported('linux.resources.cpu.realtimeRuntime', 'cgroup v2 has no such thing');
  if (memory.swappiness !== null)
    throw unsupported('linux.resources.memory.swappiness', 'cgroup v2 has no such thing');
  if (memory.disableOomKiller)
    throw unsupported('linux.resources.memory.disableOOMKiller', 'cgroup v2 has no such thing');
  // systemd's and runc's scale: shares 2 to 262144 become weight 1 to 10000.
  const weight = cpu.shares === null ? null : 1 + Math.floor(((cpu.shares - 2) * 9_999) / 262_142);
  const quota = cpu.quotaUs === null ? null : cpu.quotaUs > 0 ? cpu.quotaUs : 'max';
  const cpuMax =
    quota === null && cpu.periodUs === null ? null : `${quota ?? 'max'} ${cpu.periodUs ?? DEFAULT_PERIOD_US}`;
  return [
    ...limit(folder, 'memory.max', unlimited(memory.limitBytes)),
    ...limit(folder, 'memory.swap.max', swapOnly(memory), memory.swapBytes === -1),
    ...limit(folder, 'memory.low', unlimited(memory.reservationBytes)),
    ...limit(folder, 'cpu.weight', weight),
    ...limit(folder, 'cpu.max', cpuMax),
    ...limit(folder, 'cpu.max.burst', cpu.burstUs),
    ...limit(folder, 'cpuset.cpus', cpu.cpus),
    ...limit(folder, 'cpuset.mems', cpu.mems),
    ...limit(folder, 'pids.max', unlimited(resources.pids)),
    ...limit(folder, 'io.weight', blockIo.weight === null ? null : `default ${blockIo.weight}`),
    ...deviceLimits(folder, 'io.weight', blockIo.weightDevices),
    ...ioMax(folder, blockIo),
    ...resources.hugepages.flatMap(({ size, limitBytes }) =>
      limit(folder, `hugetlb.${size}.max`, limitBytes),
    ),
    ...Object.entries(resources.unified).flatMap(([file, text]) => {
      if (file.includes('/'))
        throw new SkepError('INVALID_ARGUMENT', `linux.resources.unified: ${file} is no file name`);
      return limit(folder, file, text);
    }),
  ];
}

/** The groups' folders, one for each hierarchy. */
export function groupFolders(layout: CgroupLayout, path: string): readonly string[] {
  if (layout.version === 2) return [`${layout.mountPoint}${path}`];
  return layout.hierarchies.map(({ mountPoint }) => `${mountPoint}${path}`);
}

/** The limits as files to write, in order. UNIMPLEMENTED for what this version of control groups does not have. */
export function planLimits(
  layout: CgroupLayout,
  path: string,
  resources: BundleResources,
): readonly LimitWrite[] {
  if (layout.version === 2) return version2Limits(`${layout.mountPoint}${path}`, resources);
  if (Object.keys(resources.unified).length > 0)
    throw unsupported('linux.resources.unified', 'the node has cgroup v1');
  const present = layout.hierarchies.flatMap(({ controllers }) => controllers);
  const missing = resources.hugepages.length > 0 && !present.includes('hugetlb');
  if (missing) throw unsupported('linux.resources.hugepageLimits', 'hugetlb is not mounted');
  return layout.hierarchies.flatMap(({ mountPoint, controllers }) =>
    controllers.flatMap((controller) => limitsOfController(`${mountPoint}${path}`, controller, resources)),
  );
}

function asStep({ path, text, optional }: LimitWrite): Step {
  const name = `set ${path.slice(path.lastIndexOf('/') + 1)} to ${text}`;
  const step: Step = { kind: 'hostWrite', name, path, bytes: new TextEncoder().encode(text) };
  return optional ? { ...step, flags: WRITE_OPTIONAL } : step;
}

function version1Devices(folder: string, rules: readonly DeviceRule[]): Step[] {
  const writes = [
    ...limit(folder, 'devices.deny', 'a'),
    ...rules.flatMap((rule) => limit(folder, rule.allow ? 'devices.allow' : 'devices.deny', ruleText(rule))),
  ];
  return writes.map(asStep);
}

/** An eBPF filter knows only what is allowed, so the rules are followed to their end first. Null = everything. */
function allowedDevices(rules: readonly DeviceRule[]): readonly DeviceRule[] | null {
  let all = false;
  let allowed: DeviceRule[] = [];
  for (const rule of rules) {
    if (rule.type === 'a') {
      all = rule.allow;
      allowed = [];
    } else if (rule.allow) {
      if (!all) allowed.push(rule);
    } else {
      const text = ruleText(rule);
      if (all) throw unsupported('linux.resources.devices', `cgroup v2 and all devices but ${text}`);
      allowed = allowed.filter((known) => ruleText(known) !== text);
    }
  }
  return all ? null : allowed;
}

function version2Devices(folder: string, rules: readonly DeviceRule[]): Step[] {
  const allowed = allowedDevices(rules);
  if (allowed === null) return [];
  const numbers = allowed.flatMap((rule) => encodeDeviceRule(ruleText(rule)));
  const bytes = new DataView(new ArrayBuffer(numbers.length * 4));
  numbers.forEach((number, index) => {
    bytes.setUint32(index * 4, number, true);
  });
  const name = `limit the devices of ${folder}`;
  return [{ kind: 'filterDevices', name, path: folder, bytes: new Uint8Array(bytes.buffer) }];
}

/** A new group of cpuset has neither processors nor memory: until it gets those of the one above, nothing can join it. */
function cpusetStart(folder: string, above: CpusetValues): Step[] {
  return [...limit(folder, 'cpuset.cpus', above.cpus), ...limit(folder, 'cpuset.mems', above.mems)].map(
    asStep,
  );
}

/** Controllers are handed down one level at a time (cgroup-v2, top-down constraint); a limit whose file is missing then says so. */
function delegateControllers(mountPoint: string, parent: string): Step[] {
  const names = parent.split('/').slice(1);
  const folders = names.map((_, depth) => [mountPoint, ...names.slice(0, depth + 1)].join('/'));
  const make: Step = {
    kind: 'hostFolder',
    name: `make ${parent}`,
    path: `${mountPoint}${parent}`,
    mode: 0o755n,
  };
  const writes = [mountPoint, ...folders].flatMap((folder) =>
    VERSION_2_CONTROLLERS.flatMap((controller) =>
      limit(folder, 'cgroup.subtree_control', `+${controller}`, true),
    ),
  );
  return [...(parent === '' ? [] : [make]), ...writes.map(asStep)];
}

/** Of the group above the container's. */
export interface CpusetValues {
  readonly cpus: string;
  readonly mems: string;
}

/** Groups, limits and device rules. `above`: of cgroup v1's cpuset, read by the caller. */
export function planGroups(
  layout: CgroupLayout,
  path: string,
  resources: BundleResources,
  above: CpusetValues,
): GroupsPlan {
  const folders = groupFolders(layout, path);
  const rules = [...resources.devices, ...ALWAYS_ALLOWED];
  const make = folders.map(
    (folder): Step => ({ kind: 'cgroup', name: `make the control group ${folder}`, path: folder }),
  );
  const limits = planLimits(layout, path, resources).map(asStep);
  if (layout.version === 2) {
    const folder = `${layout.mountPoint}${path}`;
    const parent = path.slice(0, path.lastIndexOf('/'));
    const steps = [
      ...delegateControllers(layout.mountPoint, parent),
      ...make,
      ...version2Devices(folder, rules),
      ...limits,
    ];
    return { folders, keeperSteps: steps, birthFolder: folder, joinPaths: [`${folder}/cgroup.procs`] };
  }
  const start = layout.hierarchies.flatMap(({ mountPoint, controllers }) => [
    ...(controllers.includes('cpuset') ? cpusetStart(`${mountPoint}${path}`, above) : []),
    ...(controllers.includes('devices') ? version1Devices(`${mountPoint}${path}`, rules) : []),
  ]);
  return {
    folders,
    keeperSteps: [...make, ...start, ...limits],
    birthFolder: null,
    joinPaths: folders.map((folder) => `${folder}/tasks`),
  };
}
