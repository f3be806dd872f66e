import { parseDevice } from '../../../lib/device.ts';
import type {
  ContainerSpec,
  ControlGroupSettings,
  DeviceAccess,
  DeviceMapping,
  DeviceRate,
} from '../../../lib/domain/container-spec.ts';
import type { GenericResources } from '../../../lib/domain/service.ts';
import { parseGenericResource } from '../../../lib/generic-resource.ts';
import { parseByteCount } from '../../../lib/units.ts';
import { UsageError } from '../../usage.ts';
import {
  byteFlag,
  countFlag,
  type Flags,
  integerFlag,
  listFlag,
  switchFlag,
  textFlag,
} from './flag-values.ts';
import { mergeList } from './merge.ts';

/** `text`: a value; `list`: may be repeated; `onOff`: may be followed by true or false. */
type ResourceOptionKind = 'text' | 'list' | 'onOff';

/** Flags of a container's rights and control group with the names of `docker run`, for services and single containers. */
export const RESOURCE_OPTIONS: readonly (readonly [
  flags: string,
  kind: ResourceOptionKind,
  description: string,
])[] = [
  ['--privileged', 'onOff', "Give the container every right of the node's root but the namespaces"],
  [
    '--cpu-shares <shares>',
    'text',
    'Share of the processors when they are short, 2 to 262144 (default 1024)',
  ],
  ['--cpu-period <microseconds>', 'text', 'Period in which --cpu-quota counts (default 100000)'],
  ['--cpu-quota <microseconds>', 'text', 'Processor time in each period (-1 = no limit)'],
  ['--cpuset-cpus <list>', 'text', 'Processors that may be used (0-2,4)'],
  ['--cpuset-mems <list>', 'text', 'Memory nodes that may be used (0-2,4)'],
  ['--memory-swap <bytes>', 'text', 'Memory and swap together (-1 = no limit; default twice the memory)'],
  ['--memory-swappiness <percent>', 'text', 'How readily memory is swapped out, 0 to 100'],
  ['--oom-kill-disable', 'onOff', 'Let processes wait instead of killing one when memory ends'],
  ['--blkio-weight <weight>', 'text', 'Share of block devices when they are busy, 10 to 1000'],
];

/** Lists of the same kind: plain for `run` and `create`, with `-add` and `-rm` for `update`. */
export const RESOURCE_LISTS: readonly {
  readonly name: string;
  readonly value: string;
  readonly what: string;
}[] = [
  { name: 'device', value: '/dev/x[:/dev/y[:rwm]]', what: 'device of the node, or a folder of them' },
  { name: 'device-cgroup-rule', value: 'rule', what: 'rule for devices (c 10:200 rwm)' },
  { name: 'device-read-bps', value: '/dev/x:bytes', what: 'limit of bytes read from a device in a second' },
  { name: 'device-write-bps', value: '/dev/x:bytes', what: 'limit of bytes written to a device in a second' },
  { name: 'device-read-iops', value: '/dev/x:count', what: 'limit of reads from a device in a second' },
  { name: 'device-write-iops', value: '/dev/x:count', what: 'limit of writes to a device in a second' },
];

/** The flag that Skep refuses with an answer of its own; declare it with {@link refuseGpus} as its parser. */
export const GPUS_OPTION = '--gpus [value]';

/** Throws: GPUs that a vendor's runtime hands out are no part of Skep. */
export function refuseGpus(): never {
  throw new UsageError(
    '--gpus needs a runtime of the vendor, which Skep has not',
    'give the devices with --device /dev/nvidia0, or let nodes offer them: skepd --node-generic-resource GPU=UUID1 --generic-device GPU=UUID1:/dev/nvidia0, and --generic-resource GPU=1 for the service',
  );
}

/** Values of a list that `run` names plainly and `update` with -add. */
function added(flags: Flags, key: string): readonly string[] {
  return [...listFlag(flags, key), ...listFlag(flags, `${key}Add`)];
}

function readDevice(text: string): DeviceMapping {
  const mapping = parseDevice(text);
  if (mapping === undefined) {
    throw new UsageError(`invalid device "${text}"`, 'use /dev/x[:/dev/y[:rwm]], for example /dev/net/tun');
  }
  return mapping;
}

/** Devices and rules after the flags; undefined when none are left. A device is taken away by its path in the container. */
export function readDevices(flags: Flags, existing?: DeviceAccess): DeviceAccess | undefined {
  const removed = listFlag(flags, 'deviceRm');
  const kept = (existing?.mappings ?? []).filter(({ pathInContainer }) => !removed.includes(pathInContainer));
  const all = [...kept, ...added(flags, 'device').map(readDevice)];
  const mappings = [...new Map(all.map((mapping) => [mapping.pathInContainer, mapping])).values()];
  const rules = mergeList(
    existing?.rules ?? [],
    added(flags, 'deviceCgroupRule'),
    listFlag(flags, 'deviceCgroupRuleRm'),
  );
  return mappings.length + rules.length === 0 ? undefined : { mappings, rules };
}

function readRate(flag: string, text: string, parse: (value: string) => number | undefined): DeviceRate {
  const colon = text.lastIndexOf(':');
  const rate = colon <= 0 ? undefined : parse(text.slice(colon + 1));
  if (rate === undefined || rate === 0) {
    throw new UsageError(
      `invalid value "${text}" for ${flag}`,
      'use a device and a number, for example /dev/sda:1mb',
    );
  }
  return { path: text.slice(0, colon), rate };
}

function parseCount(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function ratesOf(
  flags: Flags,
  key: string,
  flag: string,
  existing: readonly DeviceRate[] | undefined,
  parse: (value: string) => number | undefined,
): readonly DeviceRate[] {
  const removed = listFlag(flags, `${key}Rm`);
  const kept = (existing ?? []).filter(({ path }) => !removed.includes(path));
  const all = [...kept, ...added(flags, key).map((text) => readRate(flag, text, parse))];
  return [...new Map(all.map((rate) => [rate.path, rate])).values()];
}

/** A number after its flag: zero, or -1 where that is Docker's word for it, asks for the default. */
function numberOf(
  given: number | undefined,
  existing: number | undefined,
  unset: number = 0,
): number | undefined {
  const value = given ?? existing;
  return value === unset ? undefined : value;
}

function setOf(flags: Flags, key: string, existing: string | undefined): string | undefined {
  return (textFlag(flags, key) ?? existing) || undefined;
}

/** Bytes, or -1 for no bound. */
function swapFlag(flags: Flags): number | undefined {
  return textFlag(flags, 'memorySwap') === '-1' ? -1 : byteFlag(flags, 'memorySwap');
}

function withoutAbsent<T extends object>(fields: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The settings of the control group after the flags; undefined when all are the kernel's defaults. Throws UsageError. */
export function readControlGroup(
  flags: Flags,
  existing?: ControlGroupSettings,
): ControlGroupSettings | undefined {
  const settings = withoutAbsent<ControlGroupSettings>({
    cpuShares: numberOf(countFlag(flags, 'cpuShares'), existing?.cpuShares),
    cpuQuotaUs: numberOf(integerFlag(flags, 'cpuQuota'), existing?.cpuQuotaUs),
    cpuPeriodUs: numberOf(countFlag(flags, 'cpuPeriod'), existing?.cpuPeriodUs),
    cpusetCpus: setOf(flags, 'cpusetCpus', existing?.cpusetCpus),
    cpusetMems: setOf(flags, 'cpusetMems', existing?.cpusetMems),
    memorySwapBytes: numberOf(swapFlag(flags), existing?.memorySwapBytes),
    memorySwappiness: numberOf(integerFlag(flags, 'memorySwappiness'), existing?.memorySwappiness, -1),
    oomKillDisable: (switchFlag(flags, 'oomKillDisable') ?? existing?.oomKillDisable) || undefined,
    blockWeight: numberOf(countFlag(flags, 'blkioWeight'), existing?.blockWeight),
    readBytesPerSecond: ratesOf(
      flags,
      'deviceReadBps',
      '--device-read-bps',
      existing?.readBytesPerSecond,
      parseByteCount,
    ),
    writeBytesPerSecond: ratesOf(
      flags,
      'deviceWriteBps',
      '--device-write-bps',
      existing?.writeBytesPerSecond,
      parseByteCount,
    ),
    readOperationsPerSecond: ratesOf(
      flags,
      'deviceReadIops',
      '--device-read-iops',
      existing?.readOperationsPerSecond,
      parseCount,
    ),
    writeOperationsPerSecond: ratesOf(
      flags,
      'deviceWriteIops',
      '--device-write-iops',
      existing?.writeOperationsPerSecond,
      parseCount,
    ),
  });
  const isDefault = Object.values(settings).every((value) => Array.isArray(value) && value.length === 0);
  return isDefault ? undefined : settings;
}

/** Rights, devices and control group of a container after the flags. Throws UsageError. */
export function resourceOptionsOf(
  existing: Pick<ContainerSpec, 'privileged' | 'devices' | 'controlGroup'>,
  flags: Flags,
): Pick<ContainerSpec, 'privileged' | 'devices' | 'controlGroup'> {
  return withoutAbsent<Pick<ContainerSpec, 'privileged' | 'devices' | 'controlGroup'>>({
    privileged: (switchFlag(flags, 'privileged') ?? existing.privileged) || undefined,
    devices: readDevices(flags, existing.devices),
    controlGroup: readControlGroup(flags, existing.controlGroup),
  });
}

/** What a service reserves of generic resources after the flags; undefined when nothing is left. Throws UsageError. */
export function readGenericResources(
  flags: Flags,
  existing?: GenericResources,
): GenericResources | undefined {
  const removed = listFlag(flags, 'genericResourceRm').map((text) => text.split('=', 1)[0]);
  const kept = (existing?.items ?? []).filter(({ kind }) => !removed.includes(kind));
  const all = [
    ...kept,
    ...added(flags, 'genericResource')
      .flatMap((text) => text.split(','))
      .map(parseGenericResource),
  ];
  const items = [...new Map(all.map((item) => [`${item.kind}=${item.name ?? ''}`, item])).values()];
  return items.length === 0 ? undefined : { items };
}
