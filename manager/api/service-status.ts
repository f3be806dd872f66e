import type { Service } from '../../lib/domain/service.ts';
import { compareTaskStates } from '../../lib/domain/task-state.ts';
import type { ListServicesResponse, ServiceStatus } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';

/**
 * How many tasks of a service run and how many should. A task counts as running only while its node is not
 * down: what was last heard of a lost node says nothing about now.
 */
export function serviceStatus(view: StoreView, service: Service): ServiceStatus {
  let running = 0;
  const wantedNodes = new Set<string>();
  for (const task of view.tasksOfService(service.id)) {
    const node = view.nodes.get(task.nodeId);
    if (task.status.state === 'RUNNING' && node !== undefined && node.status.state !== 'down') running += 1;
    if (compareTaskStates(task.desiredState, 'RUNNING') <= 0) wantedNodes.add(task.nodeId);
  }
  const { mode } = service.spec;
  return {
    serviceId: service.id,
    running,
    desired: mode.kind === 'replicated' ? mode.replicas : wantedNodes.size,
  };
}

/** Every service by name, each with its counts. */
export function listServices(view: StoreView): ListServicesResponse {
  const services = [...view.services.values()].sort((left, right) =>
    left.spec.name < right.spec.name ? -1 : 1,
  );
  return { services, statuses: services.map((service) => serviceStatus(view, service)) };
}
