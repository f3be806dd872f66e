import type { Service, ServiceSpec } from '../../lib/domain/service.ts';
import type { StoreObject } from '../../lib/domain/store-object.ts';
import { SkepError } from '../../lib/errors.ts';
import { validateServiceSpec } from '../../lib/validation/service-spec.ts';
import type { ServiceResponse, UpdateServiceRequest } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';
import { genericWarnings } from './generic-warnings.ts';
import { pinContainer } from './image-pinning.ts';
import { findService, requireVersion } from './references.ts';
import type { Outcome, RuleContext } from './rule.ts';
import {
  constraintWarnings,
  requireFreePorts,
  requireFreeServiceName,
  requirePossibleReservation,
  resolveNetworks,
} from './service-checks.ts';
import { completeServiceSpec } from './service-completion.ts';
import { structurallyEqual } from './structural-equality.ts';

function put<T>(object: StoreObject, result: T): Outcome<T> {
  return { changes: [{ kind: 'put', object }], result };
}

/** Checks a specification against the rest of the cluster; returns it as it is stored. */
function settle(
  view: StoreView,
  sent: ServiceSpec,
  before?: Service,
): { readonly spec: ServiceSpec; readonly warnings: readonly string[] } {
  const completed = completeServiceSpec(sent);
  validateServiceSpec(completed);
  if (before !== undefined) requireSameIdentity(before, completed);
  else requireFreeServiceName(view, completed.name);
  const networks = resolveNetworks(view, completed);
  requireFreePorts(view, completed, before?.id);
  const pinned = pinContainer(view, completed.task.container, before?.spec.task.container);
  const spec = { ...completed, task: { ...completed.task, container: pinned.container, networks } };
  requirePossibleReservation(view, spec);
  return {
    spec,
    warnings: [...pinned.warnings, ...constraintWarnings(view, spec), ...genericWarnings(view, spec)],
  };
}

function requireSameIdentity(service: Service, spec: ServiceSpec): void {
  const { name, mode } = service.spec;
  if (spec.name !== name) {
    throw new SkepError('INVALID_ARGUMENT', `service "${name}": it cannot be renamed to "${spec.name}"`, {
      help: 'create a service with the new name and remove this one',
    });
  }
  if (spec.mode.kind !== mode.kind) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `service "${name}": its mode cannot be changed from ${mode.kind} to ${spec.mode.kind}`,
      { help: 'create another service with that mode and remove this one' },
    );
  }
}

/** Stores a new service. Throws when the specification is wrong or does not fit the cluster. */
export function createServiceRule(
  view: StoreView,
  context: RuleContext,
  sent: ServiceSpec,
): Outcome<ServiceResponse> {
  const { spec, warnings } = settle(view, sent);
  const service: Service = {
    kind: 'service',
    id: context.newId(),
    version: 0,
    createdAtMs: context.nowMs,
    updatedAtMs: context.nowMs,
    spec,
    specVersion: 1,
  };
  return put(service, { service, warnings });
}

/** The service with another specification: what it had becomes `previousSpec`, and any update starts afresh. */
function replaceSpec(service: Service, spec: ServiceSpec): Service {
  const { updateStatus: _ended, ...rest } = service;
  const isTaskChanged = !structurallyEqual(service.spec.task, spec.task);
  return {
    ...rest,
    spec,
    specVersion: isTaskChanged ? service.specVersion + 1 : service.specVersion,
    previousSpec: service.spec,
  };
}

function rollBack(view: StoreView, context: RuleContext, service: Service): Outcome<ServiceResponse> {
  const { previousSpec } = service;
  const { name } = service.spec;
  if (previousSpec === undefined) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `service "${name}" has no previous specification to go back to`,
      {
        help: 'a service has one after its first update, until an automatic rollback has used it',
      },
    );
  }
  validateServiceSpec(previousSpec);
  resolveNetworks(view, previousSpec);
  requireFreePorts(view, previousSpec, service.id);
  requirePossibleReservation(view, previousSpec);
  const next: Service = {
    ...replaceSpec(service, previousSpec),
    updateStatus: {
      state: 'rollback_started',
      startedAtMs: context.nowMs,
      message: 'rollback asked for by the user',
    },
  };
  return put(next, { service: next, warnings: constraintWarnings(view, previousSpec) });
}

/** Stores a changed service, or goes back to its previous specification. Throws as {@link createServiceRule}. */
export function updateServiceRule(
  view: StoreView,
  context: RuleContext,
  request: UpdateServiceRequest,
): Outcome<ServiceResponse> {
  const service = findService(view, request.reference);
  const { name } = service.spec;
  requireVersion(`service "${name}"`, request.version, service.version);
  if (request.rollback) {
    if (request.spec !== undefined) {
      throw new SkepError('INVALID_ARGUMENT', `service "${name}": a rollback takes no specification`);
    }
    return rollBack(view, context, service);
  }
  if (request.spec === undefined) {
    throw new SkepError('INVALID_ARGUMENT', `service "${name}": the new specification is missing`);
  }
  const { spec, warnings } = settle(view, request.spec, service);
  if (structurallyEqual(spec, service.spec)) {
    // Nothing to go back from, but an update that was paused may go on.
    if (service.updateStatus === undefined) return { changes: [], result: { service, warnings } };
    const { updateStatus: _ended, ...next } = service;
    return put(next, { service: next, warnings });
  }
  const next = replaceSpec(service, spec);
  return put(next, { service: next, warnings });
}

/** Removes a service; its tasks are ended and removed by the orchestrator. */
export function removeServiceRule(view: StoreView, reference: string): Outcome<Service> {
  const service = findService(view, reference);
  return { changes: [{ kind: 'remove', objectKind: 'service', id: service.id }], result: service };
}
