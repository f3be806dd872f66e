import type { Meta } from './meta.ts';
import type { GenericResources, PortConfig, TaskSpec } from './service.ts';
import type { TaskState } from './task-state.ts';

/** What was observed of a task's container. */
export interface ContainerStatus {
  readonly containerId: string;
  readonly pid?: number;
  /** 128 + signal number when a signal ended it. */
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
}

export interface TaskStatus {
  readonly state: TaskState;
  /** When the state was observed, by the observer's clock. */
  readonly timestampMs: number;
  /** What is going on, in a few words: `starting`, `no suitable node (…)`. */
  readonly message: string;
  /** Why it failed or was refused; absent when nothing went wrong. */
  readonly error?: string;
  readonly container?: ContainerStatus;
}

export interface TaskAttachment {
  readonly networkId: string;
  /** IPv4, without prefix length. */
  readonly address: string;
  readonly aliases: readonly string[];
}

/**
 * The restarts that led to a task, under its specification. Carried from task to task of a slot, so that the
 * restart policy still counts right when old tasks are deleted or another manager leads.
 */
export interface RestartHistory {
  readonly count: number;
  /** Failures in a row, up to now, of tasks that had not run for long: what the back-off grows by. */
  readonly quickFailures: number;
  /** Moments of the last restarts, oldest first; filled only while the policy counts within a window. */
  readonly recentAtMs: readonly number[];
}

/** One run of one replica on one node. Everything but desiredState, status and nodeId is fixed at creation. */
export interface Task extends Meta {
  readonly kind: 'task';
  readonly serviceId: string;
  readonly serviceName: string;
  /** 1… for a replicated service; 0 for a global one, whose slot is its node. */
  readonly slot: number;
  /** Empty until the scheduler assigned the task. */
  readonly nodeId: string;
  readonly spec: TaskSpec;
  readonly specVersion: number;
  readonly desiredState: TaskState;
  readonly status: TaskStatus;
  /** When the managers stored `status`; the clock that restart and update windows are counted by. */
  readonly statusAppliedAtMs: number;
  /** When this task was first seen RUNNING, by the managers' clock. */
  readonly runningSinceMs?: number;
  /** A replacement task is held at READY until this moment (restart delay). */
  readonly startNotBeforeMs?: number;
  readonly attachments: readonly TaskAttachment[];
  /** The service's ports when the task was allocated. */
  readonly ports: readonly PortConfig[];
  /** What of its node's generic resources the scheduler gave it. */
  readonly assignedGeneric?: GenericResources;
  /** Absent for a task that is not the outcome of a restart. */
  readonly restarts?: RestartHistory;
}
