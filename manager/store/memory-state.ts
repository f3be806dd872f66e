import type { Cluster } from '../../lib/domain/cluster.ts';
import type { Network } from '../../lib/domain/network.ts';
import type { Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Change, StoreObject } from '../../lib/domain/store-object.ts';
import type { Task } from '../../lib/domain/task.ts';
import { assert, unreachable } from '../../lib/errors.ts';
import type { Transaction } from '../../proto/messages.ts';
import type { StoreView } from './store.ts';
import { createTaskIndex, moveInIndex, readIndex, type TaskIndex } from './task-index.ts';

/** The replicated objects at one log index. Only the functions of this file change it. */
export interface MemoryState {
  index: number;
  cluster: Cluster | undefined;
  readonly nodes: Map<string, Node>;
  readonly services: Map<string, Service>;
  readonly tasks: Map<string, Task>;
  readonly networks: Map<string, Network>;
  readonly tasksByService: TaskIndex;
  readonly tasksByNode: TaskIndex;
  /** The place of each task in the task table, so that a list of some tasks has the order of the whole. */
  readonly taskPositions: Map<string, number>;
  nextTaskPosition: number;
}

/** A state without objects, at index 0. */
export function createState(): MemoryState {
  return {
    index: 0,
    cluster: undefined,
    nodes: new Map(),
    services: new Map(),
    tasks: new Map(),
    networks: new Map(),
    tasksByService: createTaskIndex((task) => task.serviceId),
    tasksByNode: createTaskIndex((task) => task.nodeId),
    taskPositions: new Map(),
    nextTaskPosition: 0,
  };
}

/** The state as readers see it. Its maps are the live ones: they change with the next transaction. */
export function viewOfState(state: MemoryState): StoreView {
  const positionOf = (taskId: string): number => state.taskPositions.get(taskId) ?? 0;
  return {
    get index() {
      return state.index;
    },
    get cluster() {
      return state.cluster;
    },
    nodes: state.nodes,
    services: state.services,
    tasks: state.tasks,
    networks: state.networks,
    tasksOfService: (serviceId) => readIndex(state.tasksByService, serviceId, positionOf),
    tasksOfNode: (nodeId) => readIndex(state.tasksByNode, nodeId, positionOf),
  };
}

/**
 * Applies one committed transaction, whose log index must be above the state's. Every object put gets
 * `version` = `index` and `updatedAtMs` = the proposer's time, and `createdAtMs` likewise when it is new.
 * Returns the changes that happened, as stored; removing what is not there is no change.
 */
export function applyTransaction(
  state: MemoryState,
  transaction: Transaction,
  index: number,
): readonly Change[] {
  assert(index > state.index, `entry ${index} was applied after entry ${state.index}`);
  const happened: Change[] = [];
  for (const change of transaction.changes) {
    if (change.kind === 'put') {
      const previous = findObject(state, change.object.kind, change.object.id);
      const object = stampObject(change.object, previous, index, transaction.proposedAtMs);
      putObject(state, object);
      happened.push({ kind: 'put', object });
    } else if (removeObject(state, change)) {
      happened.push(change);
    }
  }
  state.index = index;
  return happened;
}

/** A state made of `objects` as they are, versions and times included. */
export function stateFromObjects(objects: Iterable<StoreObject>, index: number): MemoryState {
  const state = createState();
  restoreObjects(state, objects);
  state.index = index;
  return state;
}

/** Puts objects into a state as they are, versions and times included: what a snapshot holds. */
export function restoreObjects(state: MemoryState, objects: Iterable<StoreObject>): void {
  for (const object of objects) putObject(state, object);
}

/** Every object of a view. Within a kind the order is that of the view's maps. */
export function* objectsOf(view: StoreView): Generator<StoreObject, void> {
  if (view.cluster !== undefined) yield view.cluster;
  yield* view.nodes.values();
  yield* view.networks.values();
  yield* view.services.values();
  yield* view.tasks.values();
}

/** The tables that an object is looked up in; every StoreView has them. */
export type Tables = Pick<StoreView, 'cluster' | 'nodes' | 'services' | 'tasks' | 'networks'>;

/** The object of that kind and id, if the tables hold it. */
export function findObject(tables: Tables, kind: StoreObject['kind'], id: string): StoreObject | undefined {
  switch (kind) {
    case 'cluster':
      return tables.cluster?.id === id ? tables.cluster : undefined;
    case 'node':
      return tables.nodes.get(id);
    case 'service':
      return tables.services.get(id);
    case 'task':
      return tables.tasks.get(id);
    case 'network':
      return tables.networks.get(id);
    default:
      return unreachable(kind);
  }
}

/** The object as the store keeps it: written by entry `index`, proposed at `proposedAtMs`. */
export function stampObject<T extends StoreObject>(
  object: T,
  previous: StoreObject | undefined,
  index: number,
  proposedAtMs: number,
): T {
  const createdAtMs = previous === undefined ? proposedAtMs : previous.createdAtMs;
  return { ...object, version: index, createdAtMs, updatedAtMs: proposedAtMs };
}

function putObject(state: MemoryState, object: StoreObject): void {
  switch (object.kind) {
    case 'cluster':
      state.cluster = object;
      return;
    case 'node':
      state.nodes.set(object.id, object);
      return;
    case 'service':
      state.services.set(object.id, object);
      return;
    case 'network':
      state.networks.set(object.id, object);
      return;
    case 'task':
      putTask(state, object);
      return;
    default:
      unreachable(object);
  }
}

function putTask(state: MemoryState, task: Task): void {
  const previous = state.tasks.get(task.id);
  if (previous === undefined) state.taskPositions.set(task.id, state.nextTaskPosition++);
  state.tasks.set(task.id, task);
  moveInIndex(state.tasksByService, previous, task);
  moveInIndex(state.tasksByNode, previous, task);
}

function removeObject(state: MemoryState, change: Extract<Change, { kind: 'remove' }>): boolean {
  switch (change.objectKind) {
    case 'cluster': {
      const isThere = state.cluster?.id === change.id;
      if (isThere) state.cluster = undefined;
      return isThere;
    }
    case 'node':
      return state.nodes.delete(change.id);
    case 'service':
      return state.services.delete(change.id);
    case 'network':
      return state.networks.delete(change.id);
    case 'task':
      return removeTask(state, change.id);
    default:
      return unreachable(change.objectKind);
  }
}

function removeTask(state: MemoryState, taskId: string): boolean {
  const previous = state.tasks.get(taskId);
  if (previous === undefined) return false;
  state.tasks.delete(taskId);
  state.taskPositions.delete(taskId);
  moveInIndex(state.tasksByService, previous, undefined);
  moveInIndex(state.tasksByNode, previous, undefined);
  return true;
}
