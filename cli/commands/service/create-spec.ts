import { blankServiceSpec } from '../../../lib/blank-service.ts';
import type { ServiceMode, ServiceSpec } from '../../../lib/domain/service.ts';
import { UsageError } from '../../usage.ts';
import type { Surroundings } from './environment.ts';
import { countFlag, type Flags, textFlag } from './flag-values.ts';
import { applyUpdateFlags } from './spec-flags.ts';

/** Lists that `service create` names without the `-add` of `service update`. */
const LISTS_OF_CREATE: Readonly<Record<string, string>> = {
  env: 'envAdd',
  label: 'labelAdd',
  containerLabel: 'containerLabelAdd',
  mount: 'mountAdd',
  host: 'hostAdd',
  dns: 'dnsAdd',
  dnsSearch: 'dnsSearchAdd',
  dnsOption: 'dnsOptionAdd',
  constraint: 'constraintAdd',
  network: 'networkAdd',
  publish: 'publishAdd',
  group: 'groupAdd',
  ulimit: 'ulimitAdd',
  sysctl: 'sysctlAdd',
  device: 'deviceAdd',
  deviceCgroupRule: 'deviceCgroupRuleAdd',
  deviceReadBps: 'deviceReadBpsAdd',
  deviceWriteBps: 'deviceWriteBpsAdd',
  deviceReadIops: 'deviceReadIopsAdd',
  deviceWriteIops: 'deviceWriteIopsAdd',
  genericResource: 'genericResourceAdd',
};

function modeOf(flags: Flags): ServiceMode {
  const kind = textFlag(flags, 'mode') ?? 'replicated';
  const replicas = countFlag(flags, 'replicas');
  if (kind === 'replicated') return { kind, replicas: replicas ?? 1 };
  if (kind !== 'global') {
    throw new UsageError(`mode "${kind}" is not supported`, 'use --mode replicated or --mode global');
  }
  if (replicas !== undefined) throw new UsageError('--replicas can only be used with --mode replicated');
  if (flags.replicasMaxPerNode !== undefined) {
    throw new UsageError('--replicas-max-per-node can only be used with --mode replicated');
  }
  return { kind };
}

/**
 * The specification that a `service create` line asks for. `fallbackName` names the service when `--name` is
 * absent. Throws UsageError on a flag that makes no sense.
 */
export function specOfCreate(
  image: string,
  args: readonly string[],
  flags: Flags,
  surroundings: Surroundings,
  fallbackName: string,
): ServiceSpec {
  const mode = modeOf(flags);
  const { name: _name, mode: _mode, replicas: _replicas, ...others } = flags;
  const renamed = Object.entries(others).map(([key, value]) => [LISTS_OF_CREATE[key] ?? key, value]);
  const blank = blankServiceSpec(textFlag(flags, 'name') ?? fallbackName, mode, image);
  const asked = { ...blank, task: { ...blank.task, container: { ...blank.task.container, args } } };
  return applyUpdateFlags(asked, { ...Object.fromEntries(renamed), image }, surroundings);
}
