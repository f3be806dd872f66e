import { blankServiceSpec, blankTaskSpec } from '../../../lib/blank-service.ts';
import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { Network, NetworkSpec } from '../../../lib/domain/network.ts';
import type { Node, NodeDescription, NodeSpec } from '../../../lib/domain/node.ts';
import type { PortConfig, Service, ServiceSpec, TaskSpec } from '../../../lib/domain/service.ts';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import {
  applyTransaction,
  createState,
  stateFromObjects,
  viewOfState,
} from '../../../manager/store/memory-state.ts';
import type { Decide, StoreView } from '../../../manager/store/store.ts';

export const GIB = 1024 ** 3;
export const NOW_MS = 1_700_000_000_000;
export const WEB_1 = `sha256:${'1'.repeat(64)}`;
export const WEB_2 = `sha256:${'2'.repeat(64)}`;

const META = { version: 1, createdAtMs: NOW_MS, updatedAtMs: NOW_MS };

/** Ids `prefix1`, `prefix2`, … */
export function counter(prefix: string): () => string {
  let count = 0;
  return () => `${prefix}${++count}`;
}

export function taskSpec(changes: Partial<TaskSpec> = {}): TaskSpec {
  return { ...blankTaskSpec('web:1'), ...changes };
}

export function serviceSpec(changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return { ...blankServiceSpec('web', { kind: 'replicated', replicas: 2 }, 'web:1'), ...changes };
}

export function port(publishedPort: number, changes: Partial<PortConfig> = {}): PortConfig {
  return { protocol: 'tcp', targetPort: 80, publishedPort, publishMode: 'ingress', ...changes };
}

export function service(
  id: string,
  spec: Partial<ServiceSpec> = {},
  changes: Partial<Service> = {},
): Service {
  return {
    kind: 'service',
    id,
    ...META,
    spec: serviceSpec({ name: id, ...spec }),
    specVersion: 1,
    ...changes,
  };
}

export function task(id: string, serviceId: string, state: TaskState, changes: Partial<Task> = {}): Task {
  return {
    kind: 'task',
    id,
    ...META,
    serviceId,
    serviceName: serviceId,
    slot: 1,
    nodeId: '',
    spec: taskSpec(),
    specVersion: 1,
    desiredState: 'RUNNING',
    status: { state, timestampMs: NOW_MS, message: '' },
    statusAppliedAtMs: NOW_MS,
    attachments: [],
    ports: [],
    ...changes,
  };
}

export function node(
  id: string,
  changes: Partial<Omit<Node, 'spec' | 'description'>> & {
    readonly spec?: Partial<NodeSpec>;
    readonly description?: Partial<NodeDescription>;
  } = {},
): Node {
  const { spec, description, ...rest } = changes;
  return {
    kind: 'node',
    id,
    ...META,
    spec: { role: 'worker', availability: 'active', labels: {}, ...spec },
    description: {
      hostname: id,
      os: 'linux',
      architecture: 'x86_64',
      nanoCpus: 4e9,
      memoryBytes: 8 * GIB,
      engineVersion: '0.1.0',
      engineLabels: {},
      images: [{ imageId: WEB_1, references: ['web:1'] }],
      dataPathAddress: '',
      ...description,
    },
    status: { state: 'ready', message: '', address: '' },
    routerAddress: '10.255.0.9',
    certificateExpiresAtMs: 0,
    ...rest,
  };
}

export function network(id: string, spec: Partial<NetworkSpec> = {}, subnet = ''): Network {
  return {
    kind: 'network',
    id,
    ...META,
    spec: {
      name: id,
      labels: {},
      driver: 'overlay',
      internal: false,
      attachable: false,
      ingress: false,
      ...spec,
    },
    subnet,
  };
}

export function cluster(changes: Partial<Cluster> = {}): Cluster {
  return {
    kind: 'cluster',
    id: 'cluster',
    ...META,
    spec: DEFAULT_CLUSTER_SPEC,
    rootAuthority: { certificatePem: 'certificate', keyPem: 'the private key' },
    joinTokens: { worker: 'SWMTKN-1-root-worker', manager: 'SWMTKN-1-root-manager' },
    routerSubnet: '10.255.0.0/16',
    lastRaftId: 1,
    unlockKey: '',
    storeAddress: '',
    ...changes,
  };
}

/** A view of exactly these objects. */
export function viewOf(...objects: readonly StoreObject[]): StoreView {
  return viewOfState(stateFromObjects(objects, 1));
}

/**
 * Runs a controller until it decides nothing more, applying what it decides as the store would. Fails when it
 * does not come to rest.
 */
export function settle(
  decide: Decide,
  objects: readonly StoreObject[],
  nowMs = NOW_MS,
): { readonly view: StoreView; readonly passes: number } {
  const state = objects.length === 0 ? createState() : stateFromObjects(objects, 1);
  const view = viewOfState(state);
  for (let passes = 0; passes < 100; passes++) {
    const { changes } = decide(view, { nowMs, newId: counter('new') });
    if (changes.length === 0) return { view, passes };
    applyTransaction(state, { changes, proposedAtMs: nowMs }, state.index + 1);
  }
  throw new Error('the controller does not come to rest');
}
