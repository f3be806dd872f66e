import type {
  ContainerSpec,
  ControlGroupSettings,
  DeviceAccess,
  DeviceMapping,
  DeviceRate,
  LogDriver,
} from '../../../lib/domain/container-spec.ts';
import { parseByteCount } from '../../../lib/units.ts';
import { UsageError } from '../../usage.ts';
import {
  booleanFlag,
  byteFlag,
  countFlag,
  type Flags,
  listFlag,
  parseLabels,
  textFlag,
} from '../service/flag-values.ts';

/** Only what is there: a specification has no fields that are undefined. */
function present<Fields extends object>(
  fields: {
    readonly [Key in keyof Fields]: Fields[Key] | undefined;
  },
): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}

/** Bytes, or -1 for no bound. */
function byteFlagOrUnlimited(flags: Flags, key: string): number | undefined {
  return textFlag(flags, key) === '-1' ? -1 : byteFlag(flags, key);
}

function parseRate(name: string, text: string, convert: (text: string) => number | undefined): DeviceRate {
  const colon = text.lastIndexOf(':');
  const rate = convert(text.slice(colon + 1));
  if (colon <= 0 || rate === undefined) {
    throw new UsageError(
      `invalid value "${text}" for --${name}`,
      'use DEVICE:RATE, for example /dev/sda:1mb',
    );
  }
  return { path: text.slice(0, colon), rate };
}

function parseCount(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What the flags ask of the control group; undefined when they ask nothing. Throws UsageError. */
export function readControlGroup(flags: Flags): ControlGroupSettings | undefined {
  const settings: ControlGroupSettings = {
    ...present<ControlGroupSettings>({
      cpuShares: countFlag(flags, 'cpuShares') || undefined,
      cpuQuotaUs: countFlag(flags, 'cpuQuota') || undefined,
      cpuPeriodUs: countFlag(flags, 'cpuPeriod') || undefined,
      cpusetCpus: textFlag(flags, 'cpusetCpus') || undefined,
      cpusetMems: textFlag(flags, 'cpusetMems') || undefined,
      memorySwapBytes: byteFlagOrUnlimited(flags, 'memorySwap') || undefined,
      memorySwappiness:
        textFlag(flags, 'memorySwappiness') === '-1' ? undefined : countFlag(flags, 'memorySwappiness'),
      oomKillDisable: booleanFlag(flags, 'oomKillDisable'),
      blockWeight: countFlag(flags, 'blkioWeight') || undefined,
    } as ControlGroupSettings),
    readBytesPerSecond: listFlag(flags, 'deviceReadBps').map((text) =>
      parseRate('device-read-bps', text, parseByteCount),
    ),
    writeBytesPerSecond: listFlag(flags, 'deviceWriteBps').map((text) =>
      parseRate('device-write-bps', text, parseByteCount),
    ),
    readOperationsPerSecond: listFlag(flags, 'deviceReadIops').map((text) =>
      parseRate('device-read-iops', text, parseCount),
    ),
    writeOperationsPerSecond: listFlag(flags, 'deviceWriteIops').map((text) =>
      parseRate('device-write-iops', text, parseCount),
    ),
  };
  const asksNothing = Object.values(settings).every((value) => Array.isArray(value) && value.length === 0);
  return asksNothing ? undefined : settings;
}

function parseDevice(text: string): DeviceMapping {
  const parts = text.split(':');
  const [pathOnHost = '', second, third] = parts;
  const isMode = (word: string | undefined) => word !== undefined && /^[rwm]{1,3}$/.test(word);
  const bad = (why: string) =>
    new UsageError(`invalid device "${text}": ${why}`, 'use PATH[:PATH_INSIDE][:rwm]');
  if (parts.length > 3) throw bad('too many colons');
  if (!pathOnHost.startsWith('/')) throw bad('the path is not absolute');
  const inside = second === undefined || (third === undefined && isMode(second)) ? pathOnHost : second;
  const permissions = third ?? (isMode(second) ? second : undefined) ?? 'rwm';
  if (!inside.startsWith('/')) throw bad(`"${inside}" is not an absolute path`);
  if (!isMode(permissions)) throw bad(`"${permissions}" is not made of r, w and m`);
  return { pathOnHost, pathInContainer: inside, permissions };
}

/** What `--device` and `--device-cgroup-rule` ask for; undefined when nothing. Throws UsageError. */
export function readDevices(flags: Flags): DeviceAccess | undefined {
  const mappings = listFlag(flags, 'device').map(parseDevice);
  const rules = listFlag(flags, 'deviceCgroupRule');
  for (const rule of rules) {
    if (!/^[acb] (?:\d+|\*):(?:\d+|\*) [rwm]{1,3}$/.test(rule)) {
      throw new UsageError(`invalid rule "${rule}" for --device-cgroup-rule`, 'for example "c 10:200 rwm"');
    }
  }
  return mappings.length + rules.length === 0 ? undefined : { mappings, rules };
}

type Namespaces = Pick<ContainerSpec, 'pidMode' | 'ipcMode' | 'utsMode' | 'usernsMode'>;

/** The word of a namespace flag; `private` of a namespace that is private anyway, and an empty word, ask nothing. */
function modeFlag(
  flags: Flags,
  key: string,
  words: readonly string[],
  takesContainer: boolean,
): string | undefined {
  const text = textFlag(flags, key);
  if (text === undefined || text === '') return undefined;
  if (words.includes(text)) return text;
  if (takesContainer && /^container:.+$/.test(text)) return text;
  const allowed = [...words, ...(takesContainer ? ['container:NAME'] : [])].join(', ');
  throw new UsageError(`invalid value "${text}" for --${key}`, `use ${allowed}`);
}

/** What `--pid`, `--ipc`, `--uts` and `--userns` ask for. Throws UsageError. */
export function readNamespaces(flags: Flags): Namespaces {
  const pid = modeFlag(flags, 'pid', ['host', 'private'], true);
  const uts = modeFlag(flags, 'uts', ['host', 'private'], false);
  return present<Namespaces>({
    pidMode: pid === 'private' ? undefined : pid,
    ipcMode: modeFlag(flags, 'ipc', ['private', 'shareable', 'none', 'host'], true),
    utsMode: uts === 'private' ? undefined : uts,
    usernsMode: modeFlag(flags, 'userns', ['host', 'private'], false),
  } as Namespaces);
}

/** What `--log-driver` and `--log-opt` ask for; undefined when nothing. Throws UsageError. */
export function readLogDriver(flags: Flags): LogDriver | undefined {
  const name = textFlag(flags, 'logDriver') ?? '';
  const options = parseLabels('logOpt', listFlag(flags, 'logOpt'));
  if (name === '' && Object.keys(options).length === 0) return undefined;
  return { name: name === '' ? 'json-file' : name, options };
}
