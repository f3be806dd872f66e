import {
  DEFAULT_HEALTH_INTERVAL_MS,
  DEFAULT_HEALTH_RETRIES,
  DEFAULT_HEALTH_START_INTERVAL_MS,
  DEFAULT_HEALTH_TIMEOUT_MS,
} from '../../lib/defaults.ts';
import type { ContainerSpec, HealthCheck } from '../../lib/domain/container-spec.ts';
import type { Resources, ServiceSpec } from '../../lib/domain/service.ts';
import { completeImageReference } from '../../lib/validation/image-reference.ts';

function completeHealth(health: HealthCheck): HealthCheck {
  return {
    ...health,
    intervalMs: health.intervalMs || DEFAULT_HEALTH_INTERVAL_MS,
    timeoutMs: health.timeoutMs || DEFAULT_HEALTH_TIMEOUT_MS,
    retries: health.retries || DEFAULT_HEALTH_RETRIES,
    startIntervalMs: health.startIntervalMs || DEFAULT_HEALTH_START_INTERVAL_MS,
  };
}

function completeContainer(container: ContainerSpec): ContainerSpec {
  return {
    ...container,
    image: container.image === '' ? '' : completeImageReference(container.image),
    ...(container.health === undefined ? {} : { health: completeHealth(container.health) }),
  };
}

/** Zero means "none" on the command line; a stored specification leaves the field out. */
function completeResources(resources: Resources): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([, amount]) => amount !== 0));
}

/**
 * A service specification with what its sender may leave to the managers: the tag of the image, the times of
 * a health check, resources of zero. Parts that are missing altogether are left for validation to refuse.
 * Throws INVALID_ARGUMENT when the image is no reference.
 */
export function completeServiceSpec(spec: ServiceSpec): ServiceSpec {
  const { task } = spec;
  if (!task?.container || !task.limits || !task.reservations) return spec;
  return {
    ...spec,
    task: {
      ...task,
      container: completeContainer(task.container),
      limits: completeResources(task.limits),
      reservations: completeResources(task.reservations),
    },
  };
}
