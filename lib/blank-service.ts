import {
  DEFAULT_DRAIN_MS,
  DEFAULT_RESTART_POLICY,
  DEFAULT_STOP_GRACE_PERIOD_MS,
  DEFAULT_UPDATE_POLICY,
} from './defaults.ts';
import type { ContainerSpec } from './domain/container-spec.ts';
import type { ServiceMode, ServiceSpec, TaskSpec } from './domain/service.ts';

function blankContainerSpec(image: string): ContainerSpec {
  return {
    image,
    command: [],
    args: [],
    env: [],
    labels: {},
    mounts: [],
    hosts: [],
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    stopGracePeriodMs: DEFAULT_STOP_GRACE_PERIOD_MS,
    readOnlyRoot: false,
    init: false,
    tty: false,
    capabilityAdd: [],
    capabilityDrop: [],
    groups: [],
    ulimits: [],
    sysctls: {},
  };
}

/** A task that asks for nothing but its image. */
export function blankTaskSpec(image: string): TaskSpec {
  return {
    container: blankContainerSpec(image),
    limits: {},
    reservations: {},
    restart: DEFAULT_RESTART_POLICY,
    placement: { constraints: [], maxReplicasPerNode: 0 },
    networks: [],
    drainMs: DEFAULT_DRAIN_MS,
    forceUpdate: 0,
  };
}

/** A service that asks for nothing but its image, with the defaults that a Docker user expects. */
export function blankServiceSpec(name: string, mode: ServiceMode, image: string): ServiceSpec {
  return {
    name,
    labels: {},
    mode,
    task: blankTaskSpec(image),
    update: DEFAULT_UPDATE_POLICY,
    rollback: DEFAULT_UPDATE_POLICY,
    endpoint: { mode: 'vip', ports: [] },
  };
}
