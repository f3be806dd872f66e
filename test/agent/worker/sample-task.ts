import { blankTaskSpec } from '../../../lib/blank-service.ts';
import type { Task, TaskStatus } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';

/** A task as the managers would send it, with the parts that a test cares about replaced. */
export function sampleTask(changes: Partial<Task> = {}): Task {
  return {
    kind: 'task',
    id: 'task1',
    version: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
    serviceId: 'service1',
    serviceName: 'web',
    slot: 3,
    nodeId: 'node1',
    spec: blankTaskSpec('web:1'),
    specVersion: 1,
    desiredState: 'RUNNING',
    status: statusOf('ASSIGNED'),
    statusAppliedAtMs: 0,
    attachments: [],
    ports: [],
    ...changes,
  };
}

/** A status with nothing to say but its state. */
export function statusOf(state: TaskState): TaskStatus {
  return { state, timestampMs: 0, message: '' };
}
