import type { Service, TaskSpec } from '../../lib/domain/service.ts';
import type { RestartHistory, Task } from '../../lib/domain/task.ts';
import type { DecisionContext } from '../store/store.ts';

/** What is particular to a new task. */
export interface NewTask {
  readonly service: Service;
  /** 0 for a global service. */
  readonly slot: number;
  /** Empty unless the service is global. */
  readonly nodeId: string;
  /** READY holds the task back until it is promoted. */
  readonly desiredState: 'READY' | 'RUNNING';
  /** Why it was made. */
  readonly message: string;
  readonly startNotBeforeMs?: number;
  readonly restarts?: RestartHistory;
  /** The specification of the task that it replaces, when that is to be kept; else the service's. */
  readonly like?: { readonly spec: TaskSpec; readonly specVersion: number };
}

/** A task in state NEW: the allocator gives it addresses, the scheduler a node. */
export function createTask(wish: NewTask, context: DecisionContext): Task {
  const { service } = wish;
  const source = wish.like ?? { spec: service.spec.task, specVersion: service.specVersion };
  return {
    kind: 'task',
    id: context.newId(),
    version: 0,
    createdAtMs: context.nowMs,
    updatedAtMs: context.nowMs,
    serviceId: service.id,
    serviceName: service.spec.name,
    slot: wish.slot,
    nodeId: wish.nodeId,
    spec: source.spec,
    specVersion: source.specVersion,
    desiredState: wish.desiredState,
    status: { state: 'NEW', timestampMs: context.nowMs, message: wish.message },
    statusAppliedAtMs: context.nowMs,
    attachments: [],
    ports: [],
    ...(wish.startNotBeforeMs === undefined ? {} : { startNotBeforeMs: wish.startNotBeforeMs }),
    ...(wish.restarts === undefined ? {} : { restarts: wish.restarts }),
  };
}
