import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { Node } from '../../../lib/domain/node.ts';
import type { Service } from '../../../lib/domain/service.ts';
import type { Change, StoreObject } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { decideConstraints } from '../../../manager/orchestrator/constraint-enforcer.ts';
import { decideGlobal } from '../../../manager/orchestrator/global.ts';
import { decideOrphans } from '../../../manager/orchestrator/orphans.ts';
import { decideReaper } from '../../../manager/orchestrator/reaper.ts';
import { decideReplicated } from '../../../manager/orchestrator/replicated.ts';
import { decideRestart } from '../../../manager/orchestrator/restart.ts';
import { decideUpdate } from '../../../manager/orchestrator/update.ts';
import type { Decide, StoreView } from '../../../manager/store/store.ts';

/** The order of manager/orchestrator/README.md. */
export const CONTROLLERS: readonly Decide[] = [
  decideOrphans,
  decideConstraints,
  decideUpdate,
  decideRestart,
  decideReplicated,
  decideGlobal,
  decideReaper,
];

/** More rounds than this without rest means that two controllers fight. */
const MAX_ROUNDS = 200;

/** A store without a log: enough to see what controllers make of a state. */
export interface ModelStore {
  readonly view: StoreView;
  nowMs: number;
  /** Earliest wish of the last settle. */
  wakeAtMs: number | undefined;
}

export function modelStore(objects: readonly StoreObject[], nowMs = 0): ModelStore {
  const nodes = new Map<string, Node>();
  const services = new Map<string, Service>();
  const tasks = new Map<string, Task>();
  let cluster: Cluster | undefined;
  for (const object of objects) if (object.kind === 'cluster') cluster = object;
  const store: ModelStore = {
    nowMs,
    wakeAtMs: undefined,
    view: {
      index: 0,
      cluster,
      nodes,
      services,
      tasks,
      networks: new Map(),
      tasksOfService: (id) => [...tasks.values()].filter((task) => task.serviceId === id),
      tasksOfNode: (id) => [...tasks.values()].filter((task) => task.nodeId === id),
    },
  };
  for (const object of objects) setObject(store, object);
  return store;
}

/** Writes an object as it is, as a test's own hand. */
export function setObject(store: ModelStore, object: StoreObject): void {
  const { nodes, services, tasks } = store.view;
  if (object.kind === 'node') (nodes as Map<string, Node>).set(object.id, object);
  else if (object.kind === 'service') (services as Map<string, Service>).set(object.id, object);
  else if (object.kind === 'task') (tasks as Map<string, Task>).set(object.id, object);
}

export function removeObject(store: ModelStore, kind: 'node' | 'service' | 'task', id: string): void {
  const table = { node: store.view.nodes, service: store.view.services, task: store.view.tasks }[kind];
  (table as Map<string, unknown>).delete(id);
}

export function apply(store: ModelStore, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === 'put') setObject(store, change.object);
    else if (change.objectKind === 'task') removeObject(store, 'task', change.id);
  }
}

let lastId = 0;
/** Ids are unique over a test file; nothing depends on their values. */
export function newId(): string {
  lastId++;
  return `task${lastId}`;
}

/** Asks one controller once, applies its answer, and returns the changes. */
export function step(store: ModelStore, decide: Decide): readonly Change[] {
  const decision = decide(store.view, { nowMs: store.nowMs, newId });
  apply(store, decision.changes);
  if (decision.wakeAtMs !== undefined && decision.wakeAtMs < (store.wakeAtMs ?? Number.POSITIVE_INFINITY)) {
    store.wakeAtMs = decision.wakeAtMs;
  }
  return decision.changes;
}

/** Runs the controllers in their order until a whole round changes nothing; `watch` sees the state after each. */
export function settle(
  store: ModelStore,
  watch: () => void = () => {},
  controllers: readonly Decide[] = CONTROLLERS,
): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    store.wakeAtMs = undefined;
    let changed = 0;
    for (const decide of controllers) {
      changed += step(store, decide).length;
      watch();
    }
    if (changed === 0) return;
  }
  throw new Error('the controllers do not come to rest');
}

export function tasksOf(store: ModelStore, serviceId = 'web'): readonly Task[] {
  return store.view.tasksOfService(serviceId);
}
