import { encodedSizeBound } from '../change-budget.ts';
import { parseConstraint } from '../constraint.ts';
import type {
  EndpointSpec,
  Resources,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdatePolicy,
} from '../domain/service.ts';
import { validateContainerSpec } from './container-spec.ts';
import { validateControlGroup } from './control-group.ts';
import { validateGenericReservation } from './generic-resources.ts';
import { isHostname, requireLabels, requireName } from './name.ts';
import {
  invalid,
  quote,
  requireDuration,
  requireInteger,
  requireOneOf,
  requirePresent,
  requireShortList,
} from './rule.ts';

/** The least that can be reserved or allowed: a thousandth of a processor. */
export const MIN_NANO_CPUS = 1_000_000;
/** The least memory a container can live with: 4 MiB. */
export const MIN_MEMORY_BYTES = 4 * 1_024 * 1_024;
/** Most replicas of one service; a slip of the keyboard should not fill the store. */
export const MAX_REPLICAS = 100_000;
/** Most ports of one service, as many as an endpoint's rules are planned for. */
const MAX_PORTS = 1_000;
/** A service with its previous specification, and a pass's last task, must fit one log entry of 1 MiB. */
const MAX_SPEC_BYTES = 160 * 1_024;
const MAX_COUNT = 2 ** 32 - 1;

function validateMode(subject: string, mode: ServiceMode): void {
  requireOneOf(subject, 'mode', mode.kind, ['replicated', 'global']);
  if (mode.kind === 'replicated') {
    requirePresent(subject, 'the number of replicas', mode.replicas);
    requireInteger(subject, 'replicas', mode.replicas, { least: 0, most: MAX_REPLICAS });
  }
}

/** Checks limits or reservations. Throws INVALID_ARGUMENT. */
export function validateResources(subject: string, kind: 'limit' | 'reserve', resources: Resources): void {
  const { nanoCpus, memoryBytes, pids, generic } = resources;
  const most = Number.MAX_SAFE_INTEGER;
  if (nanoCpus !== undefined) {
    if (nanoCpus < MIN_NANO_CPUS) {
      throw invalid(subject, `${kind}-cpu must be at least 0.001 CPUs, not ${nanoCpus / 1e9}`);
    }
    requireInteger(subject, `${kind}-cpu (in billionths)`, nanoCpus, { least: MIN_NANO_CPUS, most });
  }
  if (memoryBytes !== undefined) {
    if (memoryBytes < MIN_MEMORY_BYTES) {
      throw invalid(subject, `${kind}-memory must be at least 4 MiB, not ${memoryBytes} bytes`);
    }
    requireInteger(subject, `${kind}-memory`, memoryBytes, { least: MIN_MEMORY_BYTES, most });
  }
  if (pids !== undefined) {
    if (kind === 'reserve') throw invalid(subject, 'processes cannot be reserved, only limited');
    requireInteger(subject, 'limit-pids', pids, { least: 1, most: MAX_COUNT });
  }
  if (generic !== undefined) {
    if (kind === 'limit') throw invalid(subject, 'generic resources cannot be limited, only reserved');
    validateGenericReservation(subject, generic);
  }
}

function validateLimitsHoldReservations(subject: string, limits: Resources, reservations: Resources): void {
  if ((limits.nanoCpus ?? Number.POSITIVE_INFINITY) < (reservations.nanoCpus ?? 0)) {
    throw invalid(subject, 'limit-cpu is below reserve-cpu');
  }
  if ((limits.memoryBytes ?? Number.POSITIVE_INFINITY) < (reservations.memoryBytes ?? 0)) {
    throw invalid(subject, 'limit-memory is below reserve-memory');
  }
}

function validateTask(subject: string, task: TaskSpec, mode: ServiceMode): void {
  for (const part of ['container', 'limits', 'reservations', 'restart', 'placement'] as const) {
    requirePresent(subject, `the part "${part}" of the task`, task[part]);
  }
  validateContainerSpec(subject, task.container);
  validateResources(subject, 'limit', task.limits);
  validateResources(subject, 'reserve', task.reservations);
  validateLimitsHoldReservations(subject, task.limits, task.reservations);
  if (task.container.controlGroup !== undefined) {
    validateControlGroup(subject, task.container.controlGroup, task.limits);
  }
  requireOneOf(subject, 'restart-condition', task.restart.condition, ['none', 'on-failure', 'any']);
  requireDuration(subject, 'restart-delay', task.restart.delayMs);
  requireInteger(subject, 'restart-max-attempts', task.restart.maxAttempts, { least: 0, most: MAX_COUNT });
  requireDuration(subject, 'restart-window', task.restart.windowMs);
  requireShortList(subject, 'constraints', task.placement.constraints);
  for (const constraint of task.placement.constraints) parseConstraint(constraint);
  const { maxReplicasPerNode } = task.placement;
  requireInteger(subject, 'replicas-max-per-node', maxReplicasPerNode, { least: 0, most: MAX_COUNT });
  if (mode.kind === 'global' && maxReplicasPerNode > 0) {
    throw invalid(subject, 'replicas-max-per-node is only for replicated services');
  }
  validateNetworks(subject, task);
  requireDuration(subject, 'drain', task.drainMs);
  requireInteger(subject, 'force-update', task.forceUpdate, { least: 0, most: MAX_COUNT });
}

function validateNetworks(subject: string, task: TaskSpec): void {
  requireShortList(subject, 'networks', task.networks);
  const targets = new Set<string>();
  for (const { target, aliases } of task.networks) {
    if (!target) throw invalid(subject, 'a network attachment names no network');
    if (targets.has(target)) throw invalid(subject, `the network ${quote(target)} is attached twice`);
    targets.add(target);
    requireShortList(subject, 'network aliases', aliases);
    for (const alias of aliases) {
      if (!isHostname(alias)) throw invalid(subject, `network alias ${quote(alias)} is not a DNS name`);
    }
  }
}

function validatePolicy(subject: string, name: 'update' | 'rollback', policy: UpdatePolicy): void {
  const actions = name === 'update' ? ['pause', 'continue', 'rollback'] : ['pause', 'continue'];
  requireInteger(subject, `${name}-parallelism`, policy.parallelism, { least: 0, most: MAX_COUNT });
  requireDuration(subject, `${name}-delay`, policy.delayMs);
  requireDuration(subject, `${name}-monitor`, policy.monitorMs);
  requireOneOf(subject, `${name}-failure-action`, policy.failureAction, actions);
  requireOneOf(subject, `${name}-order`, policy.order, ['stop-first', 'start-first']);
  if (!(policy.maxFailureRatio >= 0 && policy.maxFailureRatio <= 1)) {
    throw invalid(
      subject,
      `${name}-max-failure-ratio must be between 0 and 1, not ${policy.maxFailureRatio}`,
    );
  }
}

function validateEndpoint(subject: string, endpoint: EndpointSpec): void {
  requireOneOf(subject, 'endpoint-mode', endpoint.mode, ['vip', 'dnsrr']);
  if (endpoint.ports.length > MAX_PORTS) throw invalid(subject, `more than ${MAX_PORTS} ports are published`);
  const published = new Set<string>();
  const chosen = new Set<string>();
  for (const port of endpoint.ports) {
    requireOneOf(subject, 'port protocol', port.protocol, ['tcp', 'udp', 'sctp']);
    requireOneOf(subject, 'publish mode', port.publishMode, ['ingress', 'host']);
    requireInteger(subject, 'target port', port.targetPort, { least: 1, most: 65_535 });
    if (port.publishedPort !== 0) {
      requireInteger(subject, 'published port', port.publishedPort, { least: 1, most: 65_535 });
    }
    if (endpoint.mode === 'dnsrr' && port.publishMode === 'ingress') {
      const help = 'publish it with mode=host, or use endpoint-mode vip';
      throw invalid(subject, `port ${port.targetPort} in ingress mode needs endpoint-mode vip`, help);
    }
    const number =
      port.publishedPort === 0 ? `→${port.targetPort}/${port.publishMode}` : `${port.publishedPort}`;
    const seen = port.publishedPort === 0 ? chosen : published;
    if (seen.has(`${number}/${port.protocol}`)) {
      const shown = port.publishedPort === 0 ? port.targetPort : port.publishedPort;
      throw invalid(subject, `port ${shown}/${port.protocol} is published twice`);
    }
    seen.add(`${number}/${port.protocol}`);
  }
}

/**
 * Checks a service specification as the user sent it, by itself: what other objects it needs is not looked at.
 * Throws INVALID_ARGUMENT with one line that names the service and the rule.
 */
export function validateServiceSpec(spec: ServiceSpec): void {
  requireName('service', spec.name);
  const subject = `service ${quote(spec.name)}`;
  for (const part of ['mode', 'task', 'update', 'rollback', 'endpoint'] as const) {
    requirePresent(subject, `the part "${part}" of the specification`, spec[part]);
  }
  const bytes = encodedSizeBound(spec);
  if (bytes > MAX_SPEC_BYTES) {
    throw invalid(subject, `its specification has ${bytes} bytes, more than the ${MAX_SPEC_BYTES} allowed`);
  }
  requireLabels(subject, 'labels', spec.labels);
  validateMode(subject, spec.mode);
  validateTask(subject, spec.task, spec.mode);
  validatePolicy(subject, 'update', spec.update);
  validatePolicy(subject, 'rollback', spec.rollback);
  validateEndpoint(subject, spec.endpoint);
}
