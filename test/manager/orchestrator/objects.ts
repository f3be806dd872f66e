import { blankTaskSpec } from '../../../lib/blank-service.ts';
import {
  DEFAULT_CLUSTER_SPEC,
  DEFAULT_RESTART_POLICY,
  DEFAULT_UPDATE_POLICY,
} from '../../../lib/defaults.ts';
import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { Node, NodeAvailability, NodeState } from '../../../lib/domain/node.ts';
import type {
  Resources,
  RestartPolicy,
  Service,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdatePolicy,
} from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';

const META = { version: 0, createdAtMs: 0, updatedAtMs: 0 };

export interface SpecWish {
  readonly image?: string;
  readonly restart?: Partial<RestartPolicy>;
  readonly constraints?: readonly string[];
  readonly reservations?: Resources;
}

/** A task specification that asks for nothing special. */
export function taskSpec(wish: SpecWish = {}): TaskSpec {
  return {
    ...blankTaskSpec(wish.image ?? 'web:1'),
    reservations: wish.reservations ?? {},
    restart: { ...DEFAULT_RESTART_POLICY, ...wish.restart },
    placement: { constraints: wish.constraints ?? [], maxReplicasPerNode: 0 },
  };
}

export interface ServiceWish extends SpecWish {
  readonly id?: string;
  readonly mode?: ServiceMode;
  readonly update?: Partial<UpdatePolicy>;
  readonly rollback?: Partial<UpdatePolicy>;
}

export function serviceSpec(wish: ServiceWish = {}): ServiceSpec {
  return {
    name: wish.id ?? 'web',
    labels: {},
    mode: wish.mode ?? { kind: 'replicated', replicas: 1 },
    task: taskSpec(wish),
    update: { ...DEFAULT_UPDATE_POLICY, ...wish.update },
    rollback: { ...DEFAULT_UPDATE_POLICY, ...wish.rollback },
    endpoint: { mode: 'vip', ports: [] },
  };
}

export function service(wish: ServiceWish = {}, fields: Partial<Service> = {}): Service {
  const id = wish.id ?? 'web';
  return { kind: 'service', id, ...META, spec: serviceSpec(wish), specVersion: 1, ...fields };
}

/** The service after its user changed the specification: what the API writes. */
export function changed(old: Service, wish: ServiceWish): Service {
  const { updateStatus: _, ...rest } = old;
  return { ...rest, spec: serviceSpec(wish), previousSpec: old.spec, specVersion: old.specVersion + 1 };
}

export interface NodeWish {
  readonly state?: NodeState;
  readonly availability?: NodeAvailability;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nanoCpus?: number;
  readonly memoryBytes?: number;
  readonly updatedAtMs?: number;
}

export function node(id: string, wish: NodeWish = {}): Node {
  return {
    kind: 'node',
    id,
    ...META,
    updatedAtMs: wish.updatedAtMs ?? 0,
    spec: { role: 'worker', availability: wish.availability ?? 'active', labels: wish.labels ?? {} },
    description: {
      hostname: id,
      os: 'linux',
      architecture: 'x86_64',
      nanoCpus: wish.nanoCpus ?? 4e9,
      memoryBytes: wish.memoryBytes ?? 8e9,
      engineVersion: '0.1.0',
      engineLabels: {},
      images: [],
      dataPathAddress: '192.0.2.1',
    },
    status: { state: wish.state ?? 'ready', message: '', address: '192.0.2.1' },
    routerAddress: '',
    certificateExpiresAtMs: 0,
  };
}

export interface TaskWish {
  readonly state?: TaskState;
  readonly desired?: TaskState;
  readonly slot?: number;
  readonly nodeId?: string;
  readonly message?: string;
}

/** A task of `owner`, RUNNING since moment 0 on node n1 in slot 1 unless wished otherwise. */
export function task(id: string, owner: Service, wish: TaskWish = {}, fields: Partial<Task> = {}): Task {
  const isGlobal = owner.spec.mode.kind === 'global';
  const state = wish.state ?? 'RUNNING';
  return {
    kind: 'task',
    id,
    ...META,
    serviceId: owner.id,
    serviceName: owner.spec.name,
    slot: isGlobal ? 0 : (wish.slot ?? 1),
    nodeId: wish.nodeId ?? 'n1',
    spec: owner.spec.task,
    specVersion: owner.specVersion,
    desiredState: wish.desired ?? 'RUNNING',
    status: { state, timestampMs: 0, message: wish.message ?? '' },
    statusAppliedAtMs: 0,
    attachments: [],
    ports: [],
    ...(state === 'RUNNING' ? { runningSinceMs: 0 } : {}),
    ...fields,
  };
}

export function cluster(taskHistoryLimit: number): Cluster {
  return {
    kind: 'cluster',
    id: 'cluster',
    ...META,
    spec: { ...DEFAULT_CLUSTER_SPEC, taskHistoryLimit },
    rootAuthority: { certificatePem: '', keyPem: '' },
    joinTokens: { worker: '', manager: '' },
    routerSubnet: '',
    lastRaftId: 1,
    unlockKey: '',
    storeAddress: '',
  };
}
