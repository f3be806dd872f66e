import type {
  EndpointSpec,
  NetworkAttachmentSpec,
  PortConfig,
  Resources,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdatePolicy,
} from '../../../lib/domain/service.ts';
import { UsageError } from '../../usage.ts';
import { applyContainerFlags } from './container-flags.ts';
import type { Surroundings } from './environment.ts';
import {
  booleanFlag,
  byteFlag,
  countFlag,
  cpuFlag,
  durationFlag,
  type Flags,
  listFlag,
  parseFields,
  parseLabels,
  ratioFlag,
  wordFlag,
} from './flag-values.ts';
import { mergeLabels, mergeList } from './merge.ts';
import { parsePublish, parsePublishRemoval } from './port-flag.ts';
import { readGenericResources } from './resource-flags.ts';

/** A limit after its flag: zero takes it away, no flag leaves it. */
function limitOf(existing: number | undefined, flag: number | undefined): number | undefined {
  const value = flag ?? existing;
  return value === 0 ? undefined : value;
}

function resourcesOf(
  existing: Resources,
  flags: {
    readonly nanoCpus?: number | undefined;
    readonly memoryBytes?: number | undefined;
    readonly pids?: number | undefined;
  },
): Resources {
  const nanoCpus = limitOf(existing.nanoCpus, flags.nanoCpus);
  const memoryBytes = limitOf(existing.memoryBytes, flags.memoryBytes);
  const pids = limitOf(existing.pids, flags.pids);
  return {
    ...(nanoCpus === undefined ? {} : { nanoCpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(pids === undefined ? {} : { pids }),
  };
}

function reservationsOf(existing: Resources, flags: Flags): Resources {
  const generic = readGenericResources(flags, existing.generic);
  return {
    ...resourcesOf(existing, {
      nanoCpus: cpuFlag(flags, 'reserveCpu'),
      memoryBytes: byteFlag(flags, 'reserveMemory'),
    }),
    ...(generic === undefined ? {} : { generic }),
  };
}

function restartOf(existing: RestartPolicy, flags: Flags): RestartPolicy {
  return {
    condition: wordFlag(flags, 'restartCondition', ['none', 'on-failure', 'any']) ?? existing.condition,
    delayMs: durationFlag(flags, 'restartDelay') ?? existing.delayMs,
    maxAttempts: countFlag(flags, 'restartMaxAttempts') ?? existing.maxAttempts,
    windowMs: durationFlag(flags, 'restartWindow') ?? existing.windowMs,
  };
}

/** `NAME`, or `name=NAME,alias=A,alias=B`. */
export function parseNetwork(text: string): NetworkAttachmentSpec {
  if (!text.includes('=')) return { target: text, aliases: [] };
  const aliases: string[] = [];
  let target = '';
  for (const { name, value = '' } of parseFields('network', text)) {
    if (name === 'name') target = value;
    else if (name === 'alias') aliases.push(value);
    else throw new UsageError(`invalid network "${text}": the field "${name}" is not supported`);
  }
  if (target === '') throw new UsageError(`invalid network "${text}": the field "name" is missing`);
  return { target, aliases };
}

/** Ids of networks by their names; a stored service names its networks by id. */
export type NetworkIds = Readonly<Record<string, string>>;

function networksOf(
  existing: readonly NetworkAttachmentSpec[],
  flags: Flags,
  ids: NetworkIds,
): readonly NetworkAttachmentSpec[] {
  const idOf = (name: string): string => ids[name] ?? name;
  const removed = listFlag(flags, 'networkRm').map(idOf);
  const added = listFlag(flags, 'networkAdd').map(parseNetwork);
  const replaced = added.map((attachment) => idOf(attachment.target));
  const kept = existing.filter(
    ({ target }) => !removed.includes(idOf(target)) && !replaced.includes(idOf(target)),
  );
  return [...kept, ...added];
}

function policyOf(existing: UpdatePolicy, flags: Flags, prefix: 'update' | 'rollback'): UpdatePolicy {
  const actions =
    prefix === 'update' ? (['pause', 'continue', 'rollback'] as const) : (['pause', 'continue'] as const);
  return {
    parallelism: countFlag(flags, `${prefix}Parallelism`) ?? existing.parallelism,
    delayMs: durationFlag(flags, `${prefix}Delay`) ?? existing.delayMs,
    failureAction: wordFlag(flags, `${prefix}FailureAction`, actions) ?? existing.failureAction,
    // Zero asks for the default, as Docker's flag of the same name does.
    monitorMs: durationFlag(flags, `${prefix}Monitor`) || existing.monitorMs,
    maxFailureRatio: ratioFlag(flags, `${prefix}MaxFailureRatio`) ?? existing.maxFailureRatio,
    order: wordFlag(flags, `${prefix}Order`, ['stop-first', 'start-first']) ?? existing.order,
  };
}

function samePort(left: PortConfig, right: PortConfig): boolean {
  return (
    left.targetPort === right.targetPort &&
    left.publishedPort === right.publishedPort &&
    left.protocol === right.protocol
  );
}

function endpointOf(existing: EndpointSpec, flags: Flags): EndpointSpec {
  const removals = listFlag(flags, 'publishRm').map(parsePublishRemoval);
  const added = listFlag(flags, 'publishAdd').flatMap(parsePublish);
  const kept = existing.ports.filter(
    (port) => !removals.some((removes) => removes(port)) && !added.some((other) => samePort(port, other)),
  );
  return {
    mode: wordFlag(flags, 'endpointMode', ['vip', 'dnsrr']) ?? existing.mode,
    ports: [...kept, ...added],
  };
}

function modeOf(existing: ServiceMode, flags: Flags): ServiceMode {
  const replicas = countFlag(flags, 'replicas');
  if (replicas === undefined) return existing;
  if (existing.kind === 'global') throw new UsageError('--replicas cannot be used with a global service');
  return { kind: 'replicated', replicas };
}

function taskOf(existing: TaskSpec, flags: Flags, surroundings: Surroundings, ids: NetworkIds): TaskSpec {
  const { constraints, maxReplicasPerNode } = existing.placement;
  return {
    container: applyContainerFlags(existing.container, flags, surroundings),
    limits: resourcesOf(existing.limits, {
      nanoCpus: cpuFlag(flags, 'limitCpu'),
      memoryBytes: byteFlag(flags, 'limitMemory'),
      pids: countFlag(flags, 'limitPids'),
    }),
    reservations: reservationsOf(existing.reservations, flags),
    restart: restartOf(existing.restart, flags),
    placement: {
      constraints: mergeList(constraints, listFlag(flags, 'constraintAdd'), listFlag(flags, 'constraintRm')),
      maxReplicasPerNode: countFlag(flags, 'replicasMaxPerNode') ?? maxReplicasPerNode,
    },
    networks: networksOf(existing.networks, flags, ids),
    drainMs: durationFlag(flags, 'drain') ?? existing.drainMs,
    forceUpdate: existing.forceUpdate + (booleanFlag(flags, 'force') === true ? 1 : 0),
  };
}

/**
 * The specification with the flags of `service update` applied. Pure: files and environment come in as
 * `surroundings`, the names of stored networks as `networkIds`. Throws UsageError on a flag that makes no sense.
 */
export function applyUpdateFlags(
  existing: ServiceSpec,
  flags: Flags,
  surroundings: Surroundings,
  networkIds: NetworkIds = {},
): ServiceSpec {
  return {
    name: existing.name,
    labels: mergeLabels(
      existing.labels,
      parseLabels('labelAdd', listFlag(flags, 'labelAdd')),
      listFlag(flags, 'labelRm'),
    ),
    mode: modeOf(existing.mode, flags),
    task: taskOf(existing.task, flags, surroundings, networkIds),
    update: policyOf(existing.update, flags, 'update'),
    rollback: policyOf(existing.rollback, flags, 'rollback'),
    endpoint: endpointOf(existing.endpoint, flags),
  };
}
