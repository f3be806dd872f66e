import type { Cluster } from '../../lib/domain/cluster.ts';
import type { StoreObject } from '../../lib/domain/store-object.ts';
import type { Task } from '../../lib/domain/task.ts';
import { unreachable } from '../../lib/errors.ts';
import type { Transaction } from '../../proto/messages.ts';
import { findObject, type MemoryState, stampObject, viewOfState } from './memory-state.ts';
import { createOverlayMap } from './overlay-map.ts';
import type { StoreView } from './store.ts';
import { readIndex, type TaskIndex } from './task-index.ts';

/** A state plus transactions that are still on their way to the log. The state itself is not touched. */
export interface Draft {
  /** Grows with each transaction added. Valid until the state under it changes. */
  readonly view: StoreView;
  /**
   * Adds one transaction as though it were applied at `index`. A guess at the index that comes later is good
   * enough, as long as it is above every index that was applied.
   */
  add(transaction: Transaction, index: number): void;
}

/** A draft over `base` without transactions. */
export function createDraft(base: MemoryState): Draft {
  const baseView = viewOfState(base);
  let index = base.index;
  let cluster: Cluster | undefined = base.cluster;
  const nodes = createOverlayMap(base.nodes);
  const services = createOverlayMap(base.services);
  const tasks = createOverlayMap(base.tasks);
  const networks = createOverlayMap(base.networks);
  const touchedByService = new Map<string, Set<string>>();
  const touchedByNode = new Map<string, Set<string>>();

  const basePositionOf = (taskId: string): number => base.taskPositions.get(taskId) ?? 0;
  const positionOf = (taskId: string): number => {
    const added = tasks.addedPosition(taskId);
    return added === undefined ? basePositionOf(taskId) : base.nextTaskPosition + added;
  };

  const tasksUnder = (
    baseIndex: TaskIndex,
    touched: ReadonlyMap<string, ReadonlySet<string>>,
    key: string,
  ): readonly Task[] => {
    const baseTasks = readIndex(baseIndex, key, basePositionOf);
    const touchedIds = touched.get(key);
    if (touchedIds === undefined) return baseTasks;
    const found = baseTasks.filter((task) => !touchedIds.has(task.id));
    for (const taskId of touchedIds) {
      const task = tasks.get(taskId);
      if (task !== undefined && baseIndex.keyOf(task) === key) found.push(task);
    }
    return found.sort((left, right) => positionOf(left.id) - positionOf(right.id));
  };

  const view: StoreView = {
    get index() {
      return index;
    },
    get cluster() {
      return cluster;
    },
    nodes,
    services,
    tasks,
    networks,
    tasksOfService: (serviceId) => tasksUnder(base.tasksByService, touchedByService, serviceId),
    tasksOfNode: (nodeId) => tasksUnder(base.tasksByNode, touchedByNode, nodeId),
  };

  const touchTask = (task: Task | undefined): void => {
    if (task === undefined) return;
    touch(touchedByService, task.serviceId, task.id);
    touch(touchedByNode, task.nodeId, task.id);
  };

  const put = (object: StoreObject): void => {
    switch (object.kind) {
      case 'cluster':
        cluster = object;
        return;
      case 'node':
        nodes.put(object.id, object);
        return;
      case 'service':
        services.put(object.id, object);
        return;
      case 'network':
        networks.put(object.id, object);
        return;
      case 'task':
        touchTask(tasks.get(object.id));
        tasks.put(object.id, object);
        touchTask(object);
        return;
      default:
        unreachable(object);
    }
  };

  const remove = (kind: StoreObject['kind'], id: string): void => {
    switch (kind) {
      case 'cluster':
        if (cluster?.id === id) cluster = undefined;
        return;
      case 'node':
        nodes.remove(id);
        return;
      case 'service':
        services.remove(id);
        return;
      case 'network':
        networks.remove(id);
        return;
      case 'task':
        touchTask(tasks.get(id));
        tasks.remove(id);
        return;
      default:
        unreachable(kind);
    }
  };

  return {
    // Nothing on its way: readers get the plain maps, which are faster.
    get view() {
      return index === base.index ? baseView : view;
    },
    add(transaction, newIndex) {
      for (const change of transaction.changes) {
        if (change.kind === 'remove') {
          remove(change.objectKind, change.id);
          continue;
        }
        const previous = findObject(view, change.object.kind, change.object.id);
        put(stampObject(change.object, previous, newIndex, transaction.proposedAtMs));
      }
      index = newIndex;
    },
  };
}

function touch(touched: Map<string, Set<string>>, key: string, taskId: string): void {
  if (key === '') return;
  const ids = touched.get(key);
  if (ids === undefined) touched.set(key, new Set([taskId]));
  else ids.add(taskId);
}
