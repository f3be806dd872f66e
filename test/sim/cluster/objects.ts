import { blankServiceSpec } from '../../../lib/blank-service.ts';
import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { Network } from '../../../lib/domain/network.ts';
import type { Node, NodeDescription, NodeImage } from '../../../lib/domain/node.ts';
import type { ServiceMode, ServiceSpec } from '../../../lib/domain/service.ts';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import { initialNetworks } from '../../../manager/allocator/initial-networks.ts';
import type { Chance } from '../../manager/raft/core/simulation/chance.ts';

const META = { version: 0, createdAtMs: 0, updatedAtMs: 0 } as const;
export const REGISTER_KEYS: readonly string[] = ['a', 'b'];
/** The label of a network that clients read and write. */
const VALUE_LABEL = 'value';

/** Every node has all of them. */
const IMAGES: readonly NodeImage[] = [0, 1, 2, 3].map((place) => ({
  imageId: `sha256:${String(place).repeat(64)}`,
  references: [`image:${place}`],
}));

const cluster: Cluster = {
  ...META,
  kind: 'cluster',
  id: 'cluster',
  spec: { ...DEFAULT_CLUSTER_SPEC, taskHistoryLimit: 2 },
  rootAuthority: { certificatePem: '', keyPem: '' },
  joinTokens: { worker: '', manager: '' },
  routerSubnet: '10.255.0.0/16',
  lastRaftId: 9,
  unlockKey: '',
  storeAddress: '',
};

/** What the store of a simulated cluster begins with; `newId` gives ids. */
export function firstObjects(agentNames: readonly string[], newId: () => string): readonly StoreObject[] {
  return [
    cluster,
    ...initialNetworks({ nowMs: 0, newId }, DEFAULT_CLUSTER_SPEC.defaultAddressPools),
    ...agentNames.map(nodeOf),
    ...REGISTER_KEYS.map((key) => registerOf(key, '')),
  ];
}

function nodeOf(name: string): Node {
  return {
    ...META,
    kind: 'node',
    id: name,
    spec: { role: 'worker', availability: 'active', labels: {} },
    status: { state: 'unknown', message: '', address: '' },
    routerAddress: '',
    certificateExpiresAtMs: 0,
  };
}

/** What an agent says of its node. */
export function describeNode(hostname: string): NodeDescription {
  return {
    hostname,
    os: 'linux',
    architecture: 'x86_64',
    nanoCpus: 4e9,
    memoryBytes: 2 ** 33,
    engineVersion: '0.1.0',
    engineLabels: {},
    images: IMAGES,
    dataPathAddress: '192.0.2.1',
  };
}

/** A register for clients: a network of the host's own, which no controller has to do anything with. */
export function registerOf(key: string, value: string): Network {
  const spec = { labels: { [VALUE_LABEL]: value }, internal: false, attachable: false };
  return {
    ...META,
    kind: 'network',
    id: `register-${key}`,
    spec: { ...spec, name: `register-${key}`, driver: 'host', ingress: false },
    subnet: '',
  };
}

/** What a register holds. */
export function heldBy(network: Network | undefined): string {
  return network?.spec.labels[VALUE_LABEL] ?? '';
}

const SERVICES: readonly string[] = ['web', 'api', 'queue', 'probe', 'batch'];

/** A name of one of the few services that a simulated user keeps. */
export function pickServiceName(chance: Chance): string {
  return chance.pick(SERVICES);
}

/** A service of that name as a user might want it; its update policy depends on its name alone. */
export function serviceSpecOf(name: string, chance: Chance): ServiceSpec {
  const place = SERVICES.indexOf(name);
  const isGlobal = name === 'probe';
  const mode: ServiceMode = isGlobal
    ? { kind: 'global' }
    : { kind: 'replicated', replicas: 1 + chance.below(6) };
  const blank = blankServiceSpec(name, mode, `image:${chance.below(4)}`);
  const policy = {
    ...blank.update,
    parallelism: 1 + (place % 2),
    delayMs: (place % 3) * 500,
    failureAction: place % 2 === 0 ? ('rollback' as const) : ('pause' as const),
    monitorMs: 1_000,
    order: name === 'queue' ? ('start-first' as const) : ('stop-first' as const),
  };
  const port = { protocol: 'tcp' as const, targetPort: 80 };
  const isHostPort = name === 'batch';
  return {
    ...blank,
    task: {
      ...blank.task,
      drainMs: 200,
      restart: { condition: 'any', delayMs: 500, maxAttempts: 0, windowMs: 0 },
      container: { ...blank.task.container, stopGracePeriodMs: 1_000 },
    },
    update: policy,
    rollback: policy,
    endpoint: {
      mode: 'vip',
      ports: isGlobal
        ? []
        : [
            isHostPort
              ? { ...port, publishedPort: 9_000, publishMode: 'host' as const }
              : { ...port, publishedPort: 8_000 + place, publishMode: 'ingress' as const },
          ],
    },
  };
}
