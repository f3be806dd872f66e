import type { ControlApi } from '../manager/api/control-api.ts';
import { backupOf } from '../manager/backup/backup-state.ts';
import type { LogBroker } from '../manager/logbroker/log-broker.ts';
import type { Replica } from '../manager/store/replica.ts';
import type { Store } from '../manager/store/store.ts';
import type { WatchMessage } from '../proto/messages.ts';
import type { Call, Handlers } from '../proto/rpc.ts';
import type { controlMethods } from '../proto/services.ts';

/** A watcher hears of changes at most this often. */
const WATCH_PAUSE_MS = 20;

/** Resolves at the next change of the store that touches one of the services, or when `signal` ends it. */
function nextChange(store: Store, serviceIds: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = store.watch((changes) => {
      const touches = changes.some((change) => {
        if (change.kind === 'remove') return serviceIds.size === 0 || serviceIds.has(change.id);
        const { object } = change;
        const serviceId = object.kind === 'task' ? object.serviceId : object.id;
        return serviceIds.size === 0 || serviceIds.has(serviceId);
      });
      if (touches) settle();
    });
    function settle(): void {
      unwatch();
      signal.removeEventListener('abort', settle);
      resolve();
    }
    signal.addEventListener('abort', settle);
  });
}

async function* watch(
  store: Store,
  serviceIds: ReadonlySet<string>,
  call: Call,
): AsyncGenerator<WatchMessage> {
  while (!call.signal.aborted) {
    // Listening begins before the message goes out, so that no change falls between the two.
    const changed = nextChange(store, serviceIds, call.signal);
    yield { index: store.view().index };
    await changed;
    await new Promise((resolve) => setTimeout(resolve, WATCH_PAUSE_MS));
  }
}

/** The control interface as gRPC handlers. It decides nothing: the rules are in manager/api. */
export function controlHandlers(
  api: ControlApi,
  { store }: Replica,
  logBroker: () => LogBroker,
): Handlers<typeof controlMethods> {
  return {
    createService: ({ spec }) => api.createService(spec),
    updateService: (request) => api.updateService(request),
    removeService: async ({ reference }) => {
      await api.removeService(reference);
      return {};
    },
    getService: ({ reference }) => api.getService(reference),
    listServices: () => api.listServices(),
    listTasks: async (request) => ({ tasks: await api.listTasks(request) }),
    getTask: ({ reference }) => api.getTask(reference),
    listNodes: async () => ({ nodes: await api.listNodes() }),
    getNode: ({ reference }) => api.getNode(reference),
    updateNode: (request) => api.updateNode(request),
    removeNode: async ({ reference, force }) => {
      await api.removeNode(reference, force);
      return {};
    },
    createNetwork: ({ spec }) => api.createNetwork(spec),
    listNetworks: async () => ({ networks: await api.listNetworks() }),
    getNetwork: ({ reference }) => api.getNetwork(reference),
    removeNetwork: async ({ reference }) => {
      await api.removeNetwork(reference);
      return {};
    },
    getCluster: () => api.getCluster(),
    updateCluster: (request) => api.updateCluster(request),
    getUnlockKey: () => api.getUnlockKey(),
    async *saveBackup() {
      for (const data of backupOf(store.view(), Date.now())) yield { data };
    },
    async *watch({ serviceReferences }, call) {
      const ids = await Promise.all(
        serviceReferences.map(async (reference) => (await api.getService(reference)).id),
      );
      yield* watch(store, new Set(ids), call);
    },
    logs: (request, call) => logBroker().logs(request, call.signal),
  };
}
