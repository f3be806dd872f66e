import { SkepError } from '../lib/errors.ts';
import type { BundleResources, DeviceRule, DeviceValue } from './bundle.ts';
import {
  readFlag,
  readKnown,
  readList,
  readNumber,
  readText,
  readTextMap,
  unsupported,
} from './json-reader.ts';

const DEVICE_TYPES = ['a', 'b', 'c'];
/** `linux.resources.memory.kernel` and its like do nothing on any kernel of today; Docker writes zeros. */
const OBSOLETE_MEMORY = ['kernel', 'kernelTCP', 'useHierarchy', 'checkBeforeUpdate'];

/** Zero is "not asked for" in most of these fields, as in runc. */
function readAmount(where: string, value: unknown): number | null {
  const amount = readNumber(where, value);
  return amount === 0 ? null : amount;
}

function readDeviceNumber(where: string, value: unknown): number | null {
  const number = readNumber(where, value);
  return number === null || number < 0 ? null : number;
}

function readDeviceRule(where: string, value: unknown): DeviceRule {
  const entry = readKnown(where, value, ['allow', 'type', 'major', 'minor', 'access']);
  const type = readText(`${where}.type`, entry.type) || 'a';
  const access = readText(`${where}.access`, entry.access) || 'rwm';
  if (!DEVICE_TYPES.includes(type) || !/^[rwm]{1,3}$/.test(access))
    throw new SkepError('INVALID_ARGUMENT', `${where} is no rule for devices: ${type} ${access}`);
  return {
    allow: readFlag(`${where}.allow`, entry.allow),
    type,
    major: readDeviceNumber(`${where}.major`, entry.major),
    minor: readDeviceNumber(`${where}.minor`, entry.minor),
    access,
  };
}

function readMemory(where: string, value: unknown): BundleResources['memory'] {
  const known = ['limit', 'reservation', 'swap', 'swappiness', 'disableOOMKiller', ...OBSOLETE_MEMORY];
  const entry = readKnown(where, value, known);
  for (const name of ['kernel', 'kernelTCP']) {
    const amount = readNumber(`${where}.${name}`, entry[name]);
    if (amount !== null && amount > 0) throw unsupported(`${where}.${name}`, 'no kernel of today has it');
  }
  return {
    limitBytes: readAmount(`${where}.limit`, entry.limit),
    reservationBytes: readAmount(`${where}.reservation`, entry.reservation),
    swapBytes: readAmount(`${where}.swap`, entry.swap),
    swappiness: readNumber(`${where}.swappiness`, entry.swappiness),
    disableOomKiller: readFlag(`${where}.disableOOMKiller`, entry.disableOOMKiller),
  };
}

function readCpu(where: string, value: unknown): BundleResources['cpu'] {
  const entry = readKnown(where, value, [
    'shares',
    'quota',
    'period',
    'burst',
    'realtimeRuntime',
    'realtimePeriod',
    'cpus',
    'mems',
  ]);
  return {
    shares: readAmount(`${where}.shares`, entry.shares),
    quotaUs: readAmount(`${where}.quota`, entry.quota),
    periodUs: readAmount(`${where}.period`, entry.period),
    burstUs: readAmount(`${where}.burst`, entry.burst),
    realtimeRuntimeUs: readAmount(`${where}.realtimeRuntime`, entry.realtimeRuntime),
    realtimePeriodUs: readAmount(`${where}.realtimePeriod`, entry.realtimePeriod),
    cpus: readText(`${where}.cpus`, entry.cpus),
    mems: readText(`${where}.mems`, entry.mems),
  };
}

function readDeviceValues(where: string, value: unknown, field: string): readonly DeviceValue[] {
  return readList(where, value).map((one, index) => {
    const place = `${where}[${index}]`;
    const entry = readKnown(place, one, ['major', 'minor', field]);
    const major = readNumber(`${place}.major`, entry.major) ?? 0;
    const minor = readNumber(`${place}.minor`, entry.minor) ?? 0;
    return { device: `${major}:${minor}`, value: readNumber(`${place}.${field}`, entry[field]) ?? 0 };
  });
}

function readBlockIo(where: string, value: unknown): BundleResources['blockIo'] {
  const entry = readKnown(where, value, [
    'weight',
    'weightDevice',
    'throttleReadBpsDevice',
    'throttleWriteBpsDevice',
    'throttleReadIOPSDevice',
    'throttleWriteIOPSDevice',
  ]);
  const rates = (name: string): readonly DeviceValue[] =>
    readDeviceValues(`${where}.${name}`, entry[name], 'rate');
  return {
    weight: readAmount(`${where}.weight`, entry.weight),
    weightDevices: readDeviceValues(`${where}.weightDevice`, entry.weightDevice, 'weight'),
    readBps: rates('throttleReadBpsDevice'),
    writeBps: rates('throttleWriteBpsDevice'),
    readIops: rates('throttleReadIOPSDevice'),
    writeIops: rates('throttleWriteIOPSDevice'),
  };
}

/** `linux.resources`, or what `update` is given. INVALID_ARGUMENT and UNIMPLEMENTED name the field. */
export function readResources(where: string, value: unknown): BundleResources {
  const known = ['devices', 'memory', 'cpu', 'pids', 'blockIO', 'hugepageLimits', 'unified'];
  const entry = readKnown(where, value, known);
  const pids = readKnown(`${where}.pids`, entry.pids, ['limit']);
  return {
    devices: readList(`${where}.devices`, entry.devices).map((rule, index) =>
      readDeviceRule(`${where}.devices[${index}]`, rule),
    ),
    memory: readMemory(`${where}.memory`, entry.memory),
    cpu: readCpu(`${where}.cpu`, entry.cpu),
    pids: readAmount(`${where}.pids.limit`, pids.limit),
    blockIo: readBlockIo(`${where}.blockIO`, entry.blockIO),
    hugepages: readList(`${where}.hugepageLimits`, entry.hugepageLimits).map((limit, index) => {
      const place = `${where}.hugepageLimits[${index}]`;
      const one = readKnown(place, limit, ['pageSize', 'limit']);
      return {
        size: readText(`${place}.pageSize`, one.pageSize),
        limitBytes: readNumber(`${place}.limit`, one.limit) ?? 0,
      };
    }),
    unified: readTextMap(`${where}.unified`, entry.unified),
  };
}
