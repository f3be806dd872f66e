import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import type { ContainerState } from '../executor/executor.ts';
import type { DrivenRecord } from './drive.ts';
import type { Health } from './health.ts';
import type { StopProgress, TaskObservation } from './task-step.ts';

/** What the worker holds of one task while it runs. Only the worker's pump writes to it. */
export interface TaskRecord extends DrivenRecord {
  task: Task;
  status: TaskStatus;
  removed: boolean;
  container: ContainerState | undefined;
  startTried: boolean;
  /** Where the task's volumes are, by target, once this agent made them ready. */
  volumeFolders: ReadonlyMap<string, string> | null;
  health: Health | null;
  stop: StopProgress | null;
  stopSignal: number;
  cancelProbe: () => void;
}

/** What survives the agent on disk. */
export interface StoredTask {
  readonly task: Task;
  readonly status: TaskStatus;
  /** The keeper that was asked to start it; empty while nobody was. */
  readonly startedBy: string;
}

const nothing = () => undefined;

/** A record for a task that this agent has not seen before, or that it finds on disk. */
export function newRecord(
  task: Task,
  status: TaskStatus,
  startTried: boolean,
  stopSignal: number,
): TaskRecord {
  return {
    task,
    status,
    removed: false,
    container: undefined,
    startTried,
    volumeFolders: null,
    health: null,
    stop: null,
    stopSignal,
    busy: false,
    again: false,
    retryDelayMs: 0,
    cancelTimer: nothing,
    cancelProbe: nothing,
  };
}

/** The record as the pure step sees it. */
export function observe(record: TaskRecord, nowMs: number): TaskObservation {
  return {
    task: record.task,
    status: record.status,
    removed: record.removed,
    container: record.container,
    startTried: record.startTried,
    health: record.health?.status ?? 'none',
    healthOutput: record.health?.output ?? '',
    stop: record.stop,
    stopSignal: record.stopSignal,
    nowMs,
  };
}
