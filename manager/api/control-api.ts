import type { Network, NetworkSpec } from '../../lib/domain/network.ts';
import type { Node } from '../../lib/domain/node.ts';
import type { Service, ServiceSpec } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type {
  ClusterResponse,
  ListServicesResponse,
  ListTasksRequest,
  ServiceResponse,
  UnlockKeyResponse,
  UpdateClusterRequest,
  UpdateNodeRequest,
  UpdateServiceRequest,
} from '../../proto/messages.ts';
import type { Store } from '../store/store.ts';
import { requireCluster, showCluster, updateClusterRule } from './cluster-rules.ts';
import { createNetworkRule, removeNetworkRule } from './network-rules.ts';
import { listNodes, removeNodeRule, updateNodeRule } from './node-rules.ts';
import { findNetwork, findNode, findService, findTask } from './references.ts';
import type { Outcome, Rule } from './rule.ts';
import { createServiceRule, removeServiceRule, updateServiceRule } from './service-rules.ts';
import { listServices } from './service-status.ts';
import { listTasks } from './task-list.ts';

/** What the control interface needs of the world. */
export interface ControlApiDependencies {
  readonly store: Store;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** A join token with the hash of that root and a fresh secret: `SWMTKN-1-<root hash>-<secret>`. */
  readonly newJoinToken: (rootCertificatePem: string) => string;
  /** A fresh `SWMKEY-1-…`. */
  readonly newUnlockKey: () => string;
  readonly log: Log;
}

/**
 * What users may ask of the managers. A reference is an id, a unique id prefix, or a name. Every method rejects
 * with a SkepError when it refuses, and nothing is stored then.
 */
export interface ControlApi {
  createService(spec: ServiceSpec): Promise<ServiceResponse>;
  updateService(request: UpdateServiceRequest): Promise<ServiceResponse>;
  removeService(reference: string): Promise<void>;
  getService(reference: string): Promise<Service>;
  listServices(): Promise<ListServicesResponse>;
  listTasks(filter: ListTasksRequest): Promise<readonly Task[]>;
  getTask(reference: string): Promise<Task>;
  listNodes(): Promise<readonly Node[]>;
  getNode(reference: string): Promise<Node>;
  updateNode(request: UpdateNodeRequest): Promise<Node>;
  removeNode(reference: string, force: boolean): Promise<void>;
  createNetwork(spec: NetworkSpec): Promise<Network>;
  listNetworks(): Promise<readonly Network[]>;
  getNetwork(reference: string): Promise<Network>;
  removeNetwork(reference: string): Promise<void>;
  getCluster(): Promise<ClusterResponse>;
  updateCluster(request: UpdateClusterRequest): Promise<ClusterResponse>;
  /** What managers ask for after a restart; empty while they are not locked. */
  getUnlockKey(): Promise<UnlockKeyResponse>;
}

/** Decides the rule on the newest state and waits until its changes are stored. */
async function commit<T>(store: Store, rule: Rule<T>): Promise<T> {
  let outcome: Outcome<T> | undefined;
  await store.update((view) => {
    outcome = rule(view);
    return outcome.changes;
  });
  if (outcome === undefined) throw new SkepError('INTERNAL', 'the store did not run the request');
  return outcome.result;
}

/** The control interface over a store. It only reads the store and proposes what the rules decide. */
export function createControlApi(dependencies: ControlApiDependencies): ControlApi {
  const { store, nowMs, newId, newJoinToken, newUnlockKey, log } = dependencies;
  const context = () => ({ nowMs: nowMs(), newId });
  const stored = {
    service: (service: Service) => store.view().services.get(service.id) ?? service,
    node: (node: Node) => store.view().nodes.get(node.id) ?? node,
    network: (network: Network) => store.view().networks.get(network.id) ?? network,
  };
  const withStored = ({ service, warnings }: ServiceResponse) => ({
    service: stored.service(service),
    warnings,
  });

  return {
    createService: async (spec) => {
      const response = await commit(store, (view) => createServiceRule(view, context(), spec));
      log('info', 'A service was created.', {
        serviceId: response.service.id,
        name: response.service.spec.name,
      });
      return withStored(response);
    },
    updateService: async (request) => {
      const response = await commit(store, (view) => updateServiceRule(view, context(), request));
      const { id, spec, specVersion } = response.service;
      const message = request.rollback ? 'A service was rolled back.' : 'A service was updated.';
      log('info', message, { serviceId: id, name: spec.name, specVersion });
      return withStored(response);
    },
    removeService: async (reference) => {
      const service = await commit(store, (view) => removeServiceRule(view, reference));
      log('info', 'A service was removed.', { serviceId: service.id, name: service.spec.name });
    },
    getService: async (reference) => findService(store.view(), reference),
    listServices: async () => listServices(store.view()),
    listTasks: async (filter) => listTasks(store.view(), filter),
    getTask: async (reference) => findTask(store.view(), reference),
    listNodes: async () => listNodes(store.view()),
    getNode: async (reference) => findNode(store.view(), reference),
    updateNode: async (request) => {
      const node = await commit(store, (view) => updateNodeRule(view, request));
      const { role, availability } = node.spec;
      log('info', 'A node was updated.', { nodeId: node.id, role, availability });
      return stored.node(node);
    },
    removeNode: async (reference, force) => {
      const node = await commit(store, (view) => removeNodeRule(view, reference, force));
      log('info', 'A node was removed.', { nodeId: node.id, force });
    },
    createNetwork: async (spec) => {
      const network = await commit(store, (view) => createNetworkRule(view, context(), spec));
      log('info', 'A network was created.', { networkId: network.id, name: network.spec.name });
      return stored.network(network);
    },
    listNetworks: async () =>
      [...store.view().networks.values()].sort((left, right) => (left.spec.name < right.spec.name ? -1 : 1)),
    getNetwork: async (reference) => findNetwork(store.view(), reference),
    removeNetwork: async (reference) => {
      const network = await commit(store, (view) => removeNetworkRule(view, reference));
      log('info', 'A network was removed.', { networkId: network.id, name: network.spec.name });
    },
    getCluster: async () => showCluster(requireCluster(store.view())),
    updateCluster: async (request) => {
      const cluster = await commit(store, (view) =>
        updateClusterRule(view, { newJoinToken, newUnlockKey }, request),
      );
      const { rotateWorkerToken, rotateManagerToken, rotateUnlockKey } = request;
      log('info', 'The cluster was updated.', { rotateWorkerToken, rotateManagerToken, rotateUnlockKey });
      return showCluster(store.view().cluster ?? cluster);
    },
    getUnlockKey: async () => ({ unlockKey: requireCluster(store.view()).unlockKey }),
  };
}
