import type { ControlGroupSettings, DeviceRate } from '../domain/container-spec.ts';
import type { Resources } from '../domain/service.ts';
import { invalid, quote, requireInteger, requireText } from './rule.ts';

/** Most devices whose rate of one kind a container limits. */
export const MAX_DEVICE_RATES = 32;
/** -1: no bound. */
const UNLIMITED = -1;
const SHARES = { least: 2, most: 262_144 };
const PERIOD_US = { least: 1_000, most: 1_000_000 };
/** The kernel's smallest quota (sched-bwc). */
const MIN_QUOTA_US = 1_000;
const SWAPPINESS = { least: 0, most: 100 };
const BLOCK_WEIGHT = { least: 10, most: 1_000 };
/** The kernel is built for no more processors or memory nodes than this. */
const MOST_SET_NUMBER = 8_191;

/** True for a list of numbers and ranges, `0-2,4`. */
export function isNumberSet(text: string): boolean {
  return text.split(',').every((part) => {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    return first !== undefined && Number(first) <= Number(last) && Number(last) <= MOST_SET_NUMBER;
  });
}

function validateProcessors(subject: string, settings: ControlGroupSettings): void {
  const { cpuShares, cpuQuotaUs, cpuPeriodUs } = settings;
  if (cpuShares !== undefined) requireInteger(subject, 'cpu-shares', cpuShares, SHARES);
  if (cpuPeriodUs !== undefined) requireInteger(subject, 'cpu-period (µs)', cpuPeriodUs, PERIOD_US);
  if (cpuQuotaUs !== undefined && cpuQuotaUs !== UNLIMITED) {
    const bounds = { least: MIN_QUOTA_US, most: Number.MAX_SAFE_INTEGER };
    requireInteger(subject, 'cpu-quota (µs)', cpuQuotaUs, bounds);
  }
  for (const [name, set] of [
    ['cpuset-cpus', settings.cpusetCpus],
    ['cpuset-mems', settings.cpusetMems],
  ] as const) {
    if (set !== undefined && !isNumberSet(set)) {
      throw invalid(subject, `${name} ${quote(set)} is no list of numbers and ranges`, 'for example: 0-2,4');
    }
  }
}

function validateRates(subject: string, name: string, rates: readonly DeviceRate[]): void {
  if (rates.length > MAX_DEVICE_RATES) {
    throw invalid(subject, `${name} has ${rates.length} devices, more than the ${MAX_DEVICE_RATES} allowed`);
  }
  const paths = new Set<string>();
  for (const { path, rate } of rates) {
    requireText(subject, name, path);
    if (!path.startsWith('/')) throw invalid(subject, `${name}: ${quote(path)} is not an absolute path`);
    if (paths.has(path)) throw invalid(subject, `${name} is given twice for ${quote(path)}`);
    paths.add(path);
    requireInteger(subject, `${name} of ${quote(path)}`, rate, { least: 1, most: Number.MAX_SAFE_INTEGER });
  }
}

function validateMemory(subject: string, settings: ControlGroupSettings, limits: Resources): void {
  const { memorySwapBytes, memorySwappiness } = settings;
  if (memorySwappiness !== undefined)
    requireInteger(subject, 'memory-swappiness', memorySwappiness, SWAPPINESS);
  if (memorySwapBytes === undefined) return;
  if (memorySwapBytes !== UNLIMITED) {
    requireInteger(subject, 'memory-swap', memorySwapBytes, { least: 1, most: Number.MAX_SAFE_INTEGER });
  }
  const { memoryBytes } = limits;
  if (memoryBytes === undefined) {
    if (memorySwapBytes === UNLIMITED) return;
    throw invalid(subject, 'memory-swap needs a memory limit: it is memory and swap together');
  }
  if (memorySwapBytes !== UNLIMITED && memorySwapBytes < memoryBytes) {
    throw invalid(
      subject,
      'memory-swap is below the memory limit: it is memory and swap together',
      'the same as the memory limit means no swap',
    );
  }
}

/**
 * Checks the settings of a control group, with the `limits` that stand beside them, by Docker's rules. Throws
 * INVALID_ARGUMENT with one line that starts with `subject`.
 */
export function validateControlGroup(
  subject: string,
  settings: ControlGroupSettings,
  limits: Resources,
): void {
  validateProcessors(subject, settings);
  const { cpuQuotaUs, cpuPeriodUs, blockWeight } = settings;
  if (limits.nanoCpus !== undefined && (cpuQuotaUs !== undefined || cpuPeriodUs !== undefined)) {
    throw invalid(subject, 'a limit of CPUs and cpu-quota or cpu-period say the same thing twice: give one');
  }
  validateMemory(subject, settings, limits);
  if (blockWeight !== undefined) requireInteger(subject, 'blkio-weight', blockWeight, BLOCK_WEIGHT);
  validateRates(subject, 'device-read-bps', settings.readBytesPerSecond);
  validateRates(subject, 'device-write-bps', settings.writeBytesPerSecond);
  validateRates(subject, 'device-read-iops', settings.readOperationsPerSecond);
  validateRates(subject, 'device-write-iops', settings.writeOperationsPerSecond);
}
