import fc from 'fast-check';
import { blankTaskSpec } from '../../../lib/blank-service.ts';
import { DEFAULT_CLUSTER_SPEC, DEFAULT_UPDATE_POLICY } from '../../../lib/defaults.ts';
import type { Change, StoreObject } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { StoreView } from '../../../manager/store/store.ts';
import type { Transaction } from '../../../proto/messages.ts';

const META = { version: 0, createdAtMs: 0, updatedAtMs: 0 };

const BLANK = blankTaskSpec('web:1');
const TASK_SPEC: Task['spec'] = {
  ...BLANK,
  container: { ...BLANK.container, args: ['serve'], env: ['A=1'], labels: { tier: 'front' } },
  reservations: { memoryBytes: 1024 },
};

/** A task with every field that is not optional. */
export function sampleTask(id: string, serviceId: string, nodeId: string, slot = 1): Task {
  return {
    ...META,
    kind: 'task',
    id,
    serviceId,
    serviceName: `name of ${serviceId}`,
    slot,
    nodeId,
    spec: TASK_SPEC,
    specVersion: 1,
    desiredState: 'RUNNING',
    status: { state: 'NEW', timestampMs: 5, message: 'created' },
    statusAppliedAtMs: 5,
    attachments: [],
    ports: [],
  };
}

/** An object of that kind, as small as it gets. */
export function sampleObject(kind: StoreObject['kind'], id: string, note: string): StoreObject {
  switch (kind) {
    case 'task':
      return sampleTask(id, note, note);
    case 'node':
      return {
        ...META,
        kind,
        id,
        spec: { role: 'worker', availability: 'active', labels: { note } },
        status: { state: 'ready', message: note, address: '' },
        routerAddress: '',
        certificateExpiresAtMs: 0,
      };
    case 'network':
      return {
        ...META,
        kind,
        id,
        spec: {
          name: note,
          labels: {},
          driver: 'overlay',
          internal: false,
          attachable: false,
          ingress: false,
        },
        subnet: '',
      };
    case 'cluster':
      return {
        ...META,
        kind,
        id,
        spec: { ...DEFAULT_CLUSTER_SPEC, name: note },
        rootAuthority: { certificatePem: 'c', keyPem: 'k' },
        joinTokens: { worker: 'w', manager: 'm' },
        routerSubnet: '',
        lastRaftId: 1,
        unlockKey: '',
        storeAddress: '',
      };
    case 'service':
      return {
        ...META,
        kind,
        id,
        spec: {
          name: note,
          labels: {},
          mode: { kind: 'replicated', replicas: 2 },
          task: TASK_SPEC,
          update: DEFAULT_UPDATE_POLICY,
          rollback: DEFAULT_UPDATE_POLICY,
          endpoint: { mode: 'vip', ports: [] },
        },
        specVersion: 1,
      };
  }
}

const anyId = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const anyKind = fc.constantFrom<StoreObject['kind']>('task', 'task', 'task', 'node', 'service', 'network');

const anyTaskPut = fc
  .record({
    id: anyId,
    serviceId: fc.constantFrom('s1', 's2'),
    nodeId: fc.constantFrom('', 'n1', 'n2'),
    slot: fc.integer({ min: 0, max: 9 }),
  })
  .map(
    ({ id, serviceId, nodeId, slot }): Change => ({
      kind: 'put',
      object: sampleTask(id, serviceId, nodeId, slot),
    }),
  );

/** Changes over few ids, so that they meet: puts, puts again, removals, removals of nothing. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  anyTaskPut,
  fc
    .record({ kind: anyKind, id: anyId, note: fc.constantFrom('x', 'y') })
    .map(({ kind, id, note }): Change => ({ kind: 'put', object: sampleObject(kind, id, note) })),
  fc.record({ objectKind: anyKind, id: anyId }).map((removal): Change => ({ kind: 'remove', ...removal })),
  fc.constantFrom<Change>(
    { kind: 'put', object: sampleObject('cluster', 'only', 'one') },
    { kind: 'put', object: sampleObject('cluster', 'only', 'two') },
    { kind: 'remove', objectKind: 'cluster', id: 'only' },
    { kind: 'remove', objectKind: 'cluster', id: 'other' },
  ),
);

export const anyTransaction: fc.Arbitrary<Transaction> = fc.record({
  changes: fc.array(anyChange, { maxLength: 6 }),
  proposedAtMs: fc.integer({ min: 1, max: 1_000_000 }),
});

/** Everything that a view answers, as plain data in order. */
export function contentOf(view: StoreView): unknown {
  const keys = ['s1', 's2', 'x', 'y', 'n1', 'n2', ''];
  return {
    index: view.index,
    cluster: view.cluster,
    nodes: [...view.nodes],
    services: [...view.services],
    tasks: [...view.tasks.entries()],
    networks: [...view.networks],
    sizes: [view.nodes.size, view.services.size, view.tasks.size, view.networks.size],
    byService: keys.map((key) => view.tasksOfService(key)),
    byNode: keys.map((key) => view.tasksOfNode(key)),
    lookups: ['a', 'b', 'c', 'd', 'e'].map((id) => [view.tasks.has(id), view.tasks.get(id)]),
  };
}
