import {
  DEFAULT_HEALTH_INTERVAL_MS,
  DEFAULT_HEALTH_RETRIES,
  DEFAULT_HEALTH_START_INTERVAL_MS,
  DEFAULT_HEALTH_TIMEOUT_MS,
} from '../../../lib/defaults.ts';
import type { ContainerSpec, HealthCheck, Mount } from '../../../lib/domain/container-spec.ts';
import { UsageError } from '../../usage.ts';
import { mergeEnvironment, readEnvironment, type Surroundings } from './environment.ts';
import {
  booleanFlag,
  countFlag,
  durationFlag,
  type Flags,
  listFlag,
  normalizeCapability,
  parseLabels,
  splitWords,
  textFlag,
} from './flag-values.ts';
import { applyLogFlags } from './log-flag.ts';
import { mergeLabels, mergeList } from './merge.ts';
import { parseMount } from './mount-flag.ts';
import { readNamespaces } from './namespace-flags.ts';
import { processOptionsOf } from './process-flags.ts';
import { resourceOptionsOf } from './resource-flags.ts';
import { applySecurityOptions } from './security-flag.ts';

function mergeMounts(existing: readonly Mount[], flags: Flags): readonly Mount[] {
  const added = listFlag(flags, 'mountAdd').map(parseMount);
  const targets = [...listFlag(flags, 'mountRm'), ...added.map((mount) => mount.target)];
  return [...existing.filter((mount) => !targets.includes(mount.target)), ...added];
}

/** `name:address` of a `--host` flag as a line of /etc/hosts. */
function hostLine(text: string): string {
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) {
    throw new UsageError(`invalid host "${text}"`, 'use NAME:ADDRESS');
  }
  return `${text.slice(colon + 1)} ${text.slice(0, colon)}`;
}

function mergeHosts(existing: readonly string[], flags: Flags): readonly string[] {
  const removed = listFlag(flags, 'hostRm');
  const kept = existing.filter((line) => {
    const [address = '', ...names] = line.split(/\s+/);
    return !removed.some((text) => {
      const [name = ''] = text.split(':', 1);
      return names.includes(name) && (!text.includes(':') || text.slice(name.length + 1) === address);
    });
  });
  return mergeList(kept, listFlag(flags, 'hostAdd').map(hostLine), []);
}

const NO_HEALTH_CHECK: HealthCheck = {
  test: ['NONE'],
  intervalMs: DEFAULT_HEALTH_INTERVAL_MS,
  timeoutMs: DEFAULT_HEALTH_TIMEOUT_MS,
  retries: DEFAULT_HEALTH_RETRIES,
  startPeriodMs: 0,
  startIntervalMs: DEFAULT_HEALTH_START_INTERVAL_MS,
};
const HEALTH_KEYS = [
  'healthCmd',
  'healthInterval',
  'healthTimeout',
  'healthRetries',
  'healthStartPeriod',
  'healthStartInterval',
] as const;

function healthOf(existing: HealthCheck | undefined, flags: Flags): HealthCheck | undefined {
  const given = HEALTH_KEYS.filter((key) => flags[key] !== undefined);
  // Commander turns `--no-healthcheck` into `healthcheck: false`.
  if (booleanFlag(flags, 'healthcheck') === false) {
    if (given.length > 0) throw new UsageError('--no-healthcheck conflicts with the --health-* flags');
    return NO_HEALTH_CHECK;
  }
  if (given.length === 0) return existing;
  const command = textFlag(flags, 'healthCmd');
  const base = existing ?? NO_HEALTH_CHECK;
  if (command === undefined && base.test[0] === 'NONE') {
    throw new UsageError('--health-* flags need a command to run', 'add --health-cmd');
  }
  // Zero asks for the default, as in an image's configuration.
  return {
    test: command === undefined ? base.test : command === '' ? ['NONE'] : ['CMD-SHELL', command],
    intervalMs: durationFlag(flags, 'healthInterval') || base.intervalMs,
    timeoutMs: durationFlag(flags, 'healthTimeout') || base.timeoutMs,
    retries: countFlag(flags, 'healthRetries') || base.retries,
    startPeriodMs: durationFlag(flags, 'healthStartPeriod') ?? base.startPeriodMs,
    startIntervalMs: durationFlag(flags, 'healthStartInterval') || base.startIntervalMs,
  };
}

function capabilitiesOf(
  existing: ContainerSpec,
  flags: Flags,
): Pick<ContainerSpec, 'capabilityAdd' | 'capabilityDrop'> {
  const added = listFlag(flags, 'capAdd').map(normalizeCapability);
  const dropped = listFlag(flags, 'capDrop').map(normalizeCapability);
  // The later word wins: what is added now is dropped no more, and the other way round.
  return {
    capabilityAdd: mergeList(existing.capabilityAdd, added, dropped).filter(
      (name) => !dropped.includes(name),
    ),
    capabilityDrop: mergeList(existing.capabilityDrop, dropped, added),
  };
}

type OptionalText = 'workdir' | 'user' | 'hostname' | 'stopSignal';

/** Optional texts of the container; an empty flag takes the text away. */
function optionalTexts(existing: ContainerSpec, flags: Flags): Pick<ContainerSpec, OptionalText> {
  const result: { [Key in OptionalText]?: string } = {};
  for (const key of ['workdir', 'user', 'hostname', 'stopSignal'] as const) {
    const value = textFlag(flags, key) ?? existing[key];
    if (value !== undefined && value !== '') result[key] = value;
  }
  return result;
}

/** The image asked for. The pin to an image id goes when the flag is given, so that it is looked up again. */
function imageOf(existing: ContainerSpec, flags: Flags): Pick<ContainerSpec, 'image' | 'imageId'> {
  const image = textFlag(flags, 'image');
  if (image !== undefined) return { image };
  return {
    image: existing.image,
    ...(existing.imageId === undefined ? {} : { imageId: existing.imageId }),
  };
}

function environmentOf(existing: ContainerSpec, flags: Flags, surroundings: Surroundings): readonly string[] {
  const removed = listFlag(flags, 'envRm');
  const kept = existing.env.filter((line) => !removed.includes(line.split('=', 1)[0] ?? ''));
  const added = readEnvironment(listFlag(flags, 'envFile'), listFlag(flags, 'envAdd'), surroundings);
  return mergeEnvironment(kept, added);
}

/** The container with the flags of an update applied; `allowContainer`: it may share namespaces of another one. */
export function applyContainerFlags(
  existing: ContainerSpec,
  flags: Flags,
  surroundings: Surroundings,
  { allowContainer }: { readonly allowContainer: boolean } = { allowContainer: false },
): ContainerSpec {
  const entrypoint = textFlag(flags, 'entrypoint');
  const args = flags.args;
  const health = healthOf(existing.health, flags);
  const logDriver = applyLogFlags(existing.logDriver, flags);
  return {
    ...imageOf(existing, flags),
    ...optionalTexts(existing, flags),
    ...capabilitiesOf(existing, flags),
    ...applySecurityOptions(existing, flags, surroundings.files),
    command: entrypoint === undefined ? existing.command : splitWords('entrypoint', entrypoint),
    args: typeof args === 'string' ? splitWords('args', args) : existing.args,
    env: environmentOf(existing, flags, surroundings),
    labels: mergeLabels(
      existing.labels,
      parseLabels('containerLabelAdd', listFlag(flags, 'containerLabelAdd')),
      listFlag(flags, 'containerLabelRm'),
    ),
    mounts: mergeMounts(existing.mounts, flags),
    hosts: mergeHosts(existing.hosts, flags),
    dns: mergeList(existing.dns, listFlag(flags, 'dnsAdd'), listFlag(flags, 'dnsRm')),
    dnsSearch: mergeList(existing.dnsSearch, listFlag(flags, 'dnsSearchAdd'), listFlag(flags, 'dnsSearchRm')),
    dnsOptions: mergeList(
      existing.dnsOptions,
      listFlag(flags, 'dnsOptionAdd'),
      listFlag(flags, 'dnsOptionRm'),
    ),
    stopGracePeriodMs: durationFlag(flags, 'stopGracePeriod') ?? existing.stopGracePeriodMs,
    ...(health === undefined ? {} : { health }),
    readOnlyRoot: booleanFlag(flags, 'readOnly') ?? existing.readOnlyRoot,
    init: booleanFlag(flags, 'init') ?? existing.init,
    tty: booleanFlag(flags, 'tty') ?? existing.tty,
    ...processOptionsOf(existing, flags),
    ...resourceOptionsOf(existing, flags),
    ...(logDriver === undefined ? {} : { logDriver }),
    ...readNamespaces(flags, { allowContainer }, existing),
  };
}
