import fc from 'fast-check';
import type { NetworkPicture } from '../../../lib/domain/assignment.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const NETWORKS = ['ingress', 'one', 'two'];

const attachmentArbitrary = (task: number) =>
  fc.subarray(NETWORKS, { minLength: 0 }).map((ids) =>
    ids.map((networkId) => ({
      networkId,
      address: `10.50.${NETWORKS.indexOf(networkId)}.${10 + task}`,
      aliases: [],
    })),
  );

const backendArbitrary = (task: number) =>
  fc.record({
    kind: fc.constant('backend' as const),
    id: fc.constant(`task${task}`),
    serviceId: fc.constantFrom('s1', 's2'),
    nodeId: fc.constantFrom(...NODES),
    taskName: fc.constant(`x.${task}.task${task}`),
    attachments: attachmentArbitrary(task),
    ready: fc.boolean(),
  });

/** Pictures of up to four nodes, three networks, two services and eight tasks; `n1` is the node looked at. */
export const pictureArbitrary: fc.Arbitrary<NetworkPicture> = fc.record({
  peers: fc
    .subarray(NODES)
    .chain((ids) => fc.tuple(fc.constant(ids), fc.boolean()))
    .map(([ids, moved]) =>
      ids.map((id) => ({
        kind: 'peer' as const,
        id,
        hostname: id,
        dataPathAddress: `192.0.2.${NODES.indexOf(id) + (moved ? 101 : 1)}`,
        routerAddress: `10.255.0.${NODES.indexOf(id) + (moved ? 101 : 1)}`,
      })),
    ),
  networks: fc.subarray(NETWORKS).map((ids) =>
    ids.map((id) => ({
      kind: 'network' as const,
      id,
      name: id,
      subnet: `10.50.${NETWORKS.indexOf(id)}.0/24`,
      internal: id === 'two',
      ingress: id === 'ingress',
    })),
  ),
  balancers: fc.subarray(['s1', 's2']).map((ids) =>
    ids.map((id) => ({
      kind: 'balancer' as const,
      id,
      name: id,
      mode: 'vip' as const,
      vips: NETWORKS.map((networkId, place) => ({
        networkId,
        address: `10.50.${place}.${id === 's1' ? 2 : 3}`,
      })),
      ports: [
        {
          protocol: 'tcp' as const,
          targetPort: 80,
          publishedPort: id === 's1' ? 8080 : 8081,
          publishMode: 'ingress' as const,
        },
      ],
    })),
  ),
  backends: fc
    .uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 8 })
    .chain((tasks) => fc.tuple(...tasks.map(backendArbitrary))),
});
