import { ALL_PERMISSIONS } from '../../lib/device.ts';
import type { DeviceMapping } from '../../lib/domain/container-spec.ts';
import type { GenericResources, TaskSpec } from '../../lib/domain/service.ts';
import type { ContainerRequest } from '../executor/executor.ts';

/** Devices of the node that a named generic resource stands for. */
export interface GenericDevices {
  readonly kind: string;
  readonly name: string;
  /** Absolute paths on the node. */
  readonly paths: readonly string[];
}

/** The part of a task that says what it takes of its node. */
export interface NodeUser {
  readonly spec: Pick<TaskSpec, 'container' | 'limits' | 'reservations'>;
  readonly assignedGeneric?: GenericResources;
}

type NodeOptionName =
  | 'privileged'
  | 'devices'
  | 'deviceRules'
  | 'controlGroup'
  | 'memoryReservationBytes'
  | 'memoryBytes'
  | 'nanoCpus'
  | 'pids';

/** Devices of the generic resources that the scheduler gave to the task. */
function genericDevicesOf(user: NodeUser, known: readonly GenericDevices[]): DeviceMapping[] {
  const given = user.assignedGeneric?.items ?? [];
  return known
    .filter((devices) => given.some(({ kind, name }) => kind === devices.kind && name === devices.name))
    .flatMap(({ paths }) =>
      paths.map((path) => ({ pathOnHost: path, pathInContainer: path, permissions: ALL_PERMISSIONS })),
    );
}

/** What a task takes of its node: limits, rights, and devices, those of its generic resources included. */
export function nodeOptions(
  user: NodeUser,
  genericDevices: readonly GenericDevices[] = [],
): Pick<ContainerRequest, NodeOptionName> {
  const { limits, reservations, container } = user.spec;
  const devices = [...genericDevicesOf(user, genericDevices), ...(container.devices?.mappings ?? [])];
  return {
    nanoCpus: limits.nanoCpus ?? null,
    memoryBytes: limits.memoryBytes ?? null,
    pids: limits.pids ?? null,
    memoryReservationBytes: reservations.memoryBytes ?? null,
    ...(container.controlGroup === undefined ? {} : { controlGroup: container.controlGroup }),
    ...(container.privileged === true ? { privileged: true } : {}),
    ...(devices.length === 0 ? {} : { devices }),
    ...(container.devices === undefined ? {} : { deviceRules: container.devices.rules }),
  };
}
