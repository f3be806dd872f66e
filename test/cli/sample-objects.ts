import { specOfCreate } from '../../cli/commands/service/create-spec.ts';
import type { Flags } from '../../cli/commands/service/flag-values.ts';
import type { ManagerStatus, Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import type { NodeInfo } from '../../proto/messages.ts';

/** The moment at which everything in these samples was made. */
export const THEN_MS = Date.UTC(2026, 7, 1);

/** A stored service as `service create` with these flags makes it. */
export function sampleService(flags: Flags = {}, fields: Partial<Service> = {}): Service {
  const spec = specOfCreate('web:1', [], { name: 'web', ...flags }, { environment: {}, files: {} }, 'web');
  return {
    kind: 'service',
    id: 'servicexxxxxxxxxxxxxxxxxx',
    version: 7,
    createdAtMs: THEN_MS,
    updatedAtMs: THEN_MS,
    spec,
    specVersion: 1,
    ...fields,
  };
}

/** A task of a service, wanted running and running unless the fields say otherwise. */
export function sampleTask(
  service: Service,
  slot: number,
  fields: Partial<Omit<Task, 'status'>> & { readonly status?: Partial<TaskStatus> } = {},
): Task {
  const { status, ...others } = fields;
  return {
    kind: 'task',
    id: `task${slot}xxxxxxxxxxxxxxxxxxxx`,
    version: 8,
    createdAtMs: THEN_MS,
    updatedAtMs: THEN_MS,
    serviceId: service.id,
    serviceName: service.spec.name,
    slot,
    nodeId: 'node1',
    spec: service.spec.task,
    specVersion: service.specVersion,
    desiredState: 'RUNNING',
    statusAppliedAtMs: THEN_MS,
    attachments: [],
    ports: [],
    ...others,
    status: { state: 'RUNNING', timestampMs: THEN_MS, message: 'started', ...status },
  };
}

/** A node that is ready; a manager when `leader` is given. */
export function sampleNode(
  id: string,
  hostname: string,
  leader?: boolean,
  reachability: ManagerStatus['reachability'] = 'reachable',
): Node {
  return {
    kind: 'node',
    id,
    version: 3,
    createdAtMs: THEN_MS,
    updatedAtMs: THEN_MS,
    spec: { role: leader === undefined ? 'worker' : 'manager', availability: 'active', labels: {} },
    description: {
      hostname,
      os: 'linux',
      architecture: 'amd64',
      nanoCpus: 2e9,
      memoryBytes: 4 * 1024 ** 3,
      engineVersion: '0.1.0',
      engineLabels: {},
      images: [],
      dataPathAddress: '10.0.0.1',
    },
    status: { state: 'ready', message: '', address: '10.0.0.1' },
    ...(leader === undefined
      ? {}
      : {
          manager: {
            raftId: 1,
            address: '10.0.0.1:2377',
            raftAddress: '10.0.0.1:2378',
            leader,
            reachability,
          },
        }),
    routerAddress: '',
    certificateExpiresAtMs: THEN_MS,
  };
}

/** What a manager says of itself that is part of a swarm. */
export function sampleInfo(fields: Partial<NodeInfo> = {}): NodeInfo {
  return {
    nodeId: 'node1',
    clusterId: 'cluster1',
    swarmState: 'active',
    role: 'manager',
    error: '',
    version: '0.1.0',
    hostname: 'h1',
    advertiseAddress: '10.0.0.1:2377',
    managers: [{ nodeId: 'node1', address: '10.0.0.1:2377' }],
    containersRunning: 2,
    images: 1,
    dataRoot: '/var/lib/skep',
    runRoot: '/run/skep',
    pid: 42,
    ...fields,
  };
}
