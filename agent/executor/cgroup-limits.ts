import type { ControlGroupSettings, DeviceRate } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Step } from './protocol.ts';

/** What a container's control group is asked to hold. */
export interface CgroupLimits {
  readonly nanoCpus: number | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
  /** What the kernel leaves the container when the node's memory gets short. */
  readonly memoryReservationBytes?: number | null;
  readonly controlGroup?: ControlGroupSettings;
}

/** `major:minor` of the block devices whose rates are limited, by their path on the node. */
export type BlockNumbers = ReadonlyMap<string, string>;

const WRITE_OPTIONAL = 2n;
const CFS_PERIOD_US = 100_000;
/** The kernel's smallest quota (sched-bwc). */
const MIN_QUOTA_US = 1_000;
/** The word of -1 for swap: as much as there is. */
const UNLIMITED = -1;
/** Range of version 1's shares and weights, and of version 2's, as runc converts them (cgroups/utils.go). */
const MIN_SHARES = 2;
const SHARES_SPAN = 262_142;
const MIN_BLOCK_WEIGHT = 10;
const BLOCK_WEIGHT_SPAN = 990;
const WEIGHT_SPAN = 9_999;

const NO_SETTINGS: ControlGroupSettings = {
  readBytesPerSecond: [],
  writeBytesPerSecond: [],
  readOperationsPerSecond: [],
  writeOperationsPerSecond: [],
};

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Writes a file of a control group; `optional`: a failure does not matter. */
export function writeLimit(folder: string, file: string, value: string, optional = false): Step {
  const step: Step = {
    kind: 'hostWrite',
    name: `set ${file} to ${value}`,
    path: `${folder}/${file}`,
    bytes: encode(value),
  };
  return optional ? { ...step, flags: WRITE_OPTIONAL } : step;
}

/** A limit that the user asked for by `option`: where the kernel has no such file, the start says so. */
function holdLimit(
  option: string,
  folder: string,
  file: string,
  value: string,
  otherwise?: { readonly file: string; readonly value: string },
): Step {
  return {
    kind: 'limit',
    name: `set ${option} to ${value}`,
    path: `${folder}/${file}`,
    bytes: encode(value),
    ...(otherwise === undefined ? {} : { other: `${folder}/${otherwise.file}`, text: otherwise.value }),
  };
}

function cannotHold(option: string, why: string): SkepError {
  return new SkepError('FAILED_PRECONDITION', `the node cannot hold ${option}: ${why}`, {
    help: 'leave it out, or run the container on another node',
  });
}

/** Microseconds of processor time per period. */
function quotaUs(nanoCpus: number): number {
  return Math.max(MIN_QUOTA_US, Math.floor((nanoCpus * CFS_PERIOD_US) / 1e9));
}

/** Version 2's cpu.weight (1 to 10,000) for version 1's shares. */
export function weightOfShares(shares: number): number {
  return 1 + Math.floor(((shares - MIN_SHARES) * WEIGHT_SPAN) / SHARES_SPAN);
}

/** Version 2's io.weight (1 to 10,000) for version 1's weight of block devices. */
export function weightOfBlockWeight(weight: number): number {
  return 1 + Math.floor(((weight - MIN_BLOCK_WEIGHT) * WEIGHT_SPAN) / BLOCK_WEIGHT_SPAN);
}

interface RateFiles {
  readonly option: string;
  readonly rates: readonly DeviceRate[];
  /** Version 1's file, and version 2's key in io.max. */
  readonly file: string;
  readonly key: string;
}

function rateFiles(settings: ControlGroupSettings): readonly RateFiles[] {
  const file = (name: string): string => `blkio.throttle.${name}_device`;
  return [
    {
      option: '--device-read-bps',
      rates: settings.readBytesPerSecond,
      file: file('read_bps'),
      key: 'rbps',
    },
    {
      option: '--device-write-bps',
      rates: settings.writeBytesPerSecond,
      file: file('write_bps'),
      key: 'wbps',
    },
    {
      option: '--device-read-iops',
      rates: settings.readOperationsPerSecond,
      file: file('read_iops'),
      key: 'riops',
    },
    {
      option: '--device-write-iops',
      rates: settings.writeOperationsPerSecond,
      file: file('write_iops'),
      key: 'wiops',
    },
  ];
}

function numberOf(numbers: BlockNumbers, option: string, { path }: DeviceRate): string {
  const number = numbers.get(path);
  if (number === undefined) throw cannotHold(`${option} ${path}`, 'it is no block device there');
  return number;
}

/** Every device whose rate is limited, each once. */
export function limitedDevices(settings: ControlGroupSettings = NO_SETTINGS): readonly string[] {
  return [...new Set(rateFiles(settings).flatMap(({ rates }) => rates.map(({ path }) => path)))];
}

/** Controllers beyond those of every container, in version 1's names, with the option that needs each. */
export function furtherControllers(
  settings: ControlGroupSettings = NO_SETTINGS,
): ReadonlyMap<'cpuset' | 'blkio', string> {
  const needed = new Map<'cpuset' | 'blkio', string>();
  if (settings.cpusetMems !== undefined) needed.set('cpuset', '--cpuset-mems');
  if (settings.cpusetCpus !== undefined) needed.set('cpuset', '--cpuset-cpus');
  for (const { option, rates } of rateFiles(settings)) if (rates.length > 0) needed.set('blkio', option);
  if (settings.blockWeight !== undefined) needed.set('blkio', '--blkio-weight');
  return needed;
}

/** FAILED_PRECONDITION for a setting whose controller the node's version 1 has not mounted. */
export function requireControllers(present: readonly string[], settings?: ControlGroupSettings): void {
  for (const [controller, option] of furtherControllers(settings)) {
    if (!present.includes(controller)) {
      throw cannotHold(option, `its control groups have no ${controller} controller`);
    }
  }
}

function processorLimits(folder: string, limits: CgroupLimits, settings: ControlGroupSettings): Step[] {
  const { cpuShares, cpuPeriodUs, cpuQuotaUs } = settings;
  const steps: Step[] = [];
  if (cpuShares !== undefined) steps.push(holdLimit('--cpu-shares', folder, 'cpu.shares', String(cpuShares)));
  if (limits.nanoCpus !== null) {
    steps.push(writeLimit(folder, 'cpu.cfs_period_us', String(CFS_PERIOD_US)));
    steps.push(writeLimit(folder, 'cpu.cfs_quota_us', String(quotaUs(limits.nanoCpus))));
    return steps;
  }
  if (cpuPeriodUs !== undefined)
    steps.push(holdLimit('--cpu-period', folder, 'cpu.cfs_period_us', String(cpuPeriodUs)));
  if (cpuQuotaUs !== undefined)
    steps.push(holdLimit('--cpu-quota', folder, 'cpu.cfs_quota_us', String(cpuQuotaUs)));
  return steps;
}

function memoryLimits(folder: string, limits: CgroupLimits, settings: ControlGroupSettings): Step[] {
  const { memorySwapBytes, memorySwappiness, oomKillDisable } = settings;
  const steps: Step[] = [];
  const hold = (option: string, file: string, value: number): void => {
    steps.push(holdLimit(option, folder, file, String(value)));
  };
  if (limits.memoryBytes !== null) {
    steps.push(writeLimit(folder, 'memory.limit_in_bytes', String(limits.memoryBytes)));
    // As much swap again as memory, like Docker; the file is missing where swap is not accounted.
    if (memorySwapBytes === undefined)
      steps.push(writeLimit(folder, 'memory.memsw.limit_in_bytes', String(limits.memoryBytes * 2), true));
  }
  if (memorySwapBytes !== undefined) hold('--memory-swap', 'memory.memsw.limit_in_bytes', memorySwapBytes);
  const reservation = limits.memoryReservationBytes ?? null;
  if (reservation !== null) hold('the memory reservation', 'memory.soft_limit_in_bytes', reservation);
  if (memorySwappiness !== undefined) hold('--memory-swappiness', 'memory.swappiness', memorySwappiness);
  if (oomKillDisable === true) hold('--oom-kill-disable', 'memory.oom_control', 1);
  return steps;
}

function processorSets(folder: string, { cpusetCpus, cpusetMems }: ControlGroupSettings): Step[] {
  const steps: Step[] = [];
  if (cpusetCpus !== undefined) steps.push(holdLimit('--cpuset-cpus', folder, 'cpuset.cpus', cpusetCpus));
  if (cpusetMems !== undefined) steps.push(holdLimit('--cpuset-mems', folder, 'cpuset.mems', cpusetMems));
  return steps;
}

function blockLimits(folder: string, settings: ControlGroupSettings, numbers: BlockNumbers): Step[] {
  const steps: Step[] = [];
  if (settings.blockWeight !== undefined) {
    const value = String(settings.blockWeight);
    // The file's name depends on the scheduler of block devices that the kernel was built with.
    steps.push(
      holdLimit('--blkio-weight', folder, 'blkio.weight', value, { file: 'blkio.bfq.weight', value }),
    );
  }
  for (const { option, rates, file } of rateFiles(settings)) {
    for (const rate of rates)
      steps.push(holdLimit(option, folder, file, `${numberOf(numbers, option, rate)} ${rate.rate}`));
  }
  return steps;
}

/** The limits of one controller of version 1 in the container's group below `mountPoint`. */
export function version1Limits(
  controller: string,
  mountPoint: string,
  folder: string,
  limits: CgroupLimits,
  numbers: BlockNumbers,
): Step[] {
  const settings = limits.controlGroup ?? NO_SETTINGS;
  switch (controller) {
    case 'cpu':
      return processorLimits(folder, limits, settings);
    case 'memory':
      return memoryLimits(folder, limits, settings);
    case 'pids':
      return limits.pids === null ? [] : [writeLimit(folder, 'pids.max', String(limits.pids))];
    case 'cpuset':
      // A new group has no processors at all, and nothing can run in it.
      return [
        { kind: 'cpuset', name: `give ${folder} processors`, path: folder, other: mountPoint },
        ...processorSets(folder, settings),
      ];
    case 'blkio':
      return blockLimits(folder, settings, numbers);
    default:
      return [];
  }
}

function version2Memory(folder: string, limits: CgroupLimits, settings: ControlGroupSettings): Step[] {
  const { memorySwapBytes, memorySwappiness, oomKillDisable } = settings;
  const steps: Step[] = [];
  if (memorySwappiness !== undefined)
    throw cannotHold('--memory-swappiness', 'control groups of version 2 do not know it');
  if (oomKillDisable === true)
    throw cannotHold('--oom-kill-disable', 'control groups of version 2 do not know it');
  if (limits.memoryBytes !== null) steps.push(writeLimit(folder, 'memory.max', String(limits.memoryBytes)));
  if (memorySwapBytes === undefined && limits.memoryBytes !== null) {
    steps.push(writeLimit(folder, 'memory.swap.max', String(limits.memoryBytes), true));
  }
  if (memorySwapBytes !== undefined) {
    // Version 2 counts swap by itself; users count it together with memory.
    const swap =
      memorySwapBytes === UNLIMITED
        ? 'max'
        : String(Math.max(0, memorySwapBytes - (limits.memoryBytes ?? 0)));
    steps.push(holdLimit('--memory-swap', folder, 'memory.swap.max', swap));
  }
  const reservation = limits.memoryReservationBytes ?? null;
  if (reservation !== null)
    steps.push(holdLimit('the memory reservation', folder, 'memory.low', String(reservation)));
  return steps;
}

function version2Processors(folder: string, limits: CgroupLimits, settings: ControlGroupSettings): Step[] {
  const { cpuShares, cpuPeriodUs, cpuQuotaUs } = settings;
  const steps: Step[] = [];
  if (cpuShares !== undefined)
    steps.push(holdLimit('--cpu-shares', folder, 'cpu.weight', String(weightOfShares(cpuShares))));
  if (limits.nanoCpus !== null) {
    steps.push(writeLimit(folder, 'cpu.max', `${quotaUs(limits.nanoCpus)} ${CFS_PERIOD_US}`));
  } else if (cpuQuotaUs !== undefined || cpuPeriodUs !== undefined) {
    const quota = cpuQuotaUs === undefined || cpuQuotaUs === UNLIMITED ? 'max' : String(cpuQuotaUs);
    const option = cpuQuotaUs === undefined ? '--cpu-period' : '--cpu-quota';
    steps.push(holdLimit(option, folder, 'cpu.max', `${quota} ${cpuPeriodUs ?? CFS_PERIOD_US}`));
  }
  return steps;
}

function version2Block(folder: string, settings: ControlGroupSettings, numbers: BlockNumbers): Step[] {
  const steps: Step[] = [];
  if (settings.blockWeight !== undefined) {
    const otherwise = { file: 'io.weight', value: String(weightOfBlockWeight(settings.blockWeight)) };
    steps.push(holdLimit('--blkio-weight', folder, 'io.bfq.weight', String(settings.blockWeight), otherwise));
  }
  for (const { option, rates, key } of rateFiles(settings)) {
    for (const rate of rates) {
      const line = `${numberOf(numbers, option, rate)} ${key}=${rate.rate}`;
      steps.push(holdLimit(option, folder, 'io.max', line));
    }
  }
  return steps;
}

/** All limits of a version 2 group. FAILED_PRECONDITION for what version 2 does not have. */
export function version2Limits(folder: string, limits: CgroupLimits, numbers: BlockNumbers): Step[] {
  const settings = limits.controlGroup ?? NO_SETTINGS;
  return [
    ...version2Processors(folder, limits, settings),
    ...processorSets(folder, settings),
    ...version2Memory(folder, limits, settings),
    ...(limits.pids === null ? [] : [writeLimit(folder, 'pids.max', String(limits.pids))]),
    ...version2Block(folder, settings, numbers),
  ];
}
