import assert from 'node:assert/strict';
import type { Service } from '../../../lib/domain/service.ts';
import type { Change } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../../lib/domain/task-state.ts';
import { takesGlobal } from '../../../manager/orchestrator/global.ts';
import { createPlacementCheck } from '../../../manager/orchestrator/placement-check.ts';
import { groupSlots, type Slot } from '../../../manager/orchestrator/slots.ts';
import { policyInForce } from '../../../manager/orchestrator/update-progress.ts';
import type { StoreView } from '../../../manager/store/store.ts';

/** Watches the replicated state from above, and throws as soon as it holds what must never be. */
export interface ClusterCheck {
  /** A manager applied an entry. Every entry is looked at once, with the manager that is first. */
  noteApplied(view: StoreView, changes: readonly Change[], index: number): void;
  /** An agent starts the task's container. */
  noteStarted(taskId: string, nodeId: string): void;
  counts(): ClusterCounts;
}

/** What was there to be checked. */
export interface ClusterCounts {
  readonly entries: number;
  readonly tasks: number;
  readonly replaced: number;
  readonly containers: number;
}

const MADE_BY_UPDATE: ReadonlySet<string> = new Set(['created by an update', 'created by a rollback']);

/** A check that has seen nothing; `fail` is told of what is wrong. */
export function createClusterCheck(fail: (error: Error) => void): ClusterCheck {
  let checkedIndex = 0;
  let entries = 0;
  const seen = new Map<string, Task>();
  const madeByUpdate = new Set<string>();
  const containers = new Map<string, string>();

  const check = (view: StoreView, changes: readonly Change[]): void => {
    const updated = new Set<string>();
    for (const change of changes) {
      if (change.kind !== 'put' || change.object.kind !== 'task') continue;
      const task = change.object;
      checkTask(seen.get(task.id), task);
      if (!seen.has(task.id) && MADE_BY_UPDATE.has(task.status.message)) {
        madeByUpdate.add(task.id);
        updated.add(task.serviceId);
      }
      seen.set(task.id, task);
    }
    checkAddresses(view);
    checkPorts(view);
    for (const serviceId of updated) {
      const service = view.services.get(serviceId);
      if (service !== undefined) checkParallelism(view, service, madeByUpdate);
    }
  };
  const guarded = (step: () => void): void => {
    try {
      step();
    } catch (thrown) {
      fail(thrown as Error);
    }
  };

  return {
    noteApplied: (view, changes, index) => {
      if (index <= checkedIndex) return;
      checkedIndex = index;
      entries++;
      guarded(() => check(view, changes));
    },
    noteStarted: (taskId, nodeId) => {
      const before = containers.get(taskId);
      guarded(() => assert.ok(before === undefined || before === nodeId, `task ${taskId} on two nodes`));
      containers.set(taskId, nodeId);
    },
    counts: () => ({
      entries,
      tasks: seen.size,
      replaced: madeByUpdate.size,
      containers: containers.size,
    }),
  };
}

/** A task goes to one node once and for all, and only forward. */
function checkTask(before: Task | undefined, task: Task): void {
  if (before === undefined) return;
  const stays = before.nodeId === '' || before.nodeId === task.nodeId;
  assert.ok(stays, `task ${task.id} moved from ${before.nodeId} to ${task.nodeId}`);
  const { state } = task.status;
  assert.ok(
    hasReached(state, before.status.state),
    `task ${task.id} went from ${before.status.state} to ${state}`,
  );
  const isForward = hasReached(task.desiredState, before.desiredState);
  assert.ok(isForward, `task ${task.id} is wanted ${task.desiredState} after ${before.desiredState}`);
}

function takeOnce(taken: Map<string, string>, key: string, holder: string): void {
  const other = taken.get(key);
  assert.ok(other === undefined, `${key} belongs to ${other} and to ${holder}`);
  taken.set(key, holder);
}

function checkAddresses(view: StoreView): void {
  const taken = new Map<string, string>();
  for (const node of view.nodes.values()) {
    if (node.routerAddress !== '') takeOnce(taken, `address ${node.routerAddress}`, `node ${node.id}`);
  }
  for (const service of view.services.values()) {
    for (const { address } of service.endpoint?.vips ?? []) {
      takeOnce(taken, `address ${address}`, `service ${service.id}`);
    }
  }
  for (const task of view.tasks.values()) {
    if (isTerminal(task.status.state)) continue;
    for (const { address } of task.attachments) takeOnce(taken, `address ${address}`, `task ${task.id}`);
  }
}

function checkPorts(view: StoreView): void {
  const taken = new Map<string, string>();
  for (const service of view.services.values()) {
    for (const { publishMode, protocol, publishedPort } of service.endpoint?.ports ?? []) {
      if (publishMode !== 'ingress') continue;
      takeOnce(taken, `published port ${publishedPort}/${protocol}`, `service ${service.id}`);
    }
  }
  for (const task of view.tasks.values()) {
    if (isTerminal(task.status.state) || task.nodeId === '') continue;
    for (const { publishMode, protocol, publishedPort } of task.ports) {
      if (publishMode !== 'host') continue;
      takeOnce(taken, `port ${publishedPort}/${protocol} of node ${task.nodeId}`, `task ${task.id}`);
    }
  }
}

/** The slots that an update has taken down, or doubled, and not brought back yet. */
function checkParallelism(view: StoreView, service: Service, madeByUpdate: ReadonlySet<string>): void {
  const { parallelism } = policyInForce(service);
  if (parallelism === 0) return;
  const isComing = (task: Task): boolean =>
    madeByUpdate.has(task.id) &&
    task.specVersion === service.specVersion &&
    task.runningSinceMs === undefined &&
    !isTerminal(task.status.state);
  const placement = createPlacementCheck();
  // What happens on a node that takes no tasks of a global service is no part of its update.
  const isOpen = ({ key }: Slot): boolean => {
    const node = typeof key === 'string' ? view.nodes.get(key) : undefined;
    return typeof key === 'number' || (node !== undefined && takesGlobal(service, node, placement));
  };
  const slots = [...groupSlots(view.tasksOfService(service.id)).values()].filter(isOpen);
  const coming = slots.filter((slot) => slot.wanted.some(isComing)).length;
  assert.ok(
    coming <= parallelism,
    `the update of ${service.spec.name} changes ${coming} slots at a time, and may change ${parallelism}`,
  );
}
