import type { ContainerSpec } from './container-spec.ts';
import type { Labels, Meta } from './meta.ts';

export type ServiceMode =
  | { readonly kind: 'replicated'; readonly replicas: number }
  | { readonly kind: 'global' };

/** A resource that a node counts without knowing what it is: `count` equal ones, or one by its name. */
export interface GenericResource {
  /** `GPU`. */
  readonly kind: string;
  /** Of a named one: `UUID1`; absent = `count` of a kind. */
  readonly name?: string;
  readonly count: number;
}

export interface GenericResources {
  readonly items: readonly GenericResource[];
}

/** An absent field is unlimited (a limit) or nothing (a reservation). */
export interface Resources {
  readonly nanoCpus?: number;
  readonly memoryBytes?: number;
  /** Only meaningful as a limit. */
  readonly pids?: number;
  /** Only meaningful as a reservation. */
  readonly generic?: GenericResources;
}

export type RestartCondition = 'none' | 'on-failure' | 'any';

export interface RestartPolicy {
  readonly condition: RestartCondition;
  readonly delayMs: number;
  /** 0 = no bound. */
  readonly maxAttempts: number;
  /** 0 = attempts are counted over the whole life of the slot. */
  readonly windowMs: number;
}

export interface Placement {
  /** Each `key==value` or `key!=value`; all must hold. */
  readonly constraints: readonly string[];
  /** 0 = no bound. */
  readonly maxReplicasPerNode: number;
}

export interface NetworkAttachmentSpec {
  /** Network id once the service is stored; a name or id when the user sends it. */
  readonly target: string;
  readonly aliases: readonly string[];
}

/** The part of a service that its tasks copy; a change of it makes running tasks out of date. */
export interface TaskSpec {
  readonly container: ContainerSpec;
  readonly limits: Resources;
  readonly reservations: Resources;
  readonly restart: RestartPolicy;
  readonly placement: Placement;
  readonly networks: readonly NetworkAttachmentSpec[];
  /** How long established connections may go on after the task left DNS and mesh, before its stop signal. */
  readonly drainMs: number;
  /** Raised by `update --force` so that the specification differs. */
  readonly forceUpdate: number;
}

export type UpdateOrder = 'stop-first' | 'start-first';
export type UpdateFailureAction = 'pause' | 'continue' | 'rollback';

export interface UpdatePolicy {
  /** 0 = all at once. */
  readonly parallelism: number;
  readonly delayMs: number;
  readonly failureAction: UpdateFailureAction;
  readonly monitorMs: number;
  /** 0…1. */
  readonly maxFailureRatio: number;
  readonly order: UpdateOrder;
}

export type PortProtocol = 'tcp' | 'udp' | 'sctp';
export type PublishMode = 'ingress' | 'host';

export interface PortConfig {
  readonly protocol: PortProtocol;
  readonly targetPort: number;
  /** 0 in a specification = chosen by the allocator from 30000–32767. */
  readonly publishedPort: number;
  readonly publishMode: PublishMode;
}

export type EndpointMode = 'vip' | 'dnsrr';

export interface EndpointSpec {
  readonly mode: EndpointMode;
  readonly ports: readonly PortConfig[];
}

export interface ServiceSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly mode: ServiceMode;
  readonly task: TaskSpec;
  readonly update: UpdatePolicy;
  readonly rollback: UpdatePolicy;
  readonly endpoint: EndpointSpec;
}

export interface VirtualAddress {
  readonly networkId: string;
  /** IPv4, without prefix length. */
  readonly address: string;
}

/** What the allocator gave the service. */
export interface ServiceEndpoint {
  readonly mode: EndpointMode;
  readonly ports: readonly PortConfig[];
  readonly vips: readonly VirtualAddress[];
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus {
  readonly state: UpdateState;
  readonly startedAtMs: number;
  readonly completedAtMs?: number;
  readonly message: string;
}

export interface Service extends Meta {
  readonly kind: 'service';
  readonly spec: ServiceSpec;
  /**
   * Counts the changes of `spec.task`. A task whose `specVersion` differs, and whose specification really
   * differs, is out of date.
   */
  readonly specVersion: number;
  readonly previousSpec?: ServiceSpec;
  readonly endpoint?: ServiceEndpoint;
  readonly updateStatus?: UpdateStatus;
}
