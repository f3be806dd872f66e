import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ElementName, MeshElements } from '../../../agent/network/mesh-plan.ts';
import { ELEMENT_NAMES, emptyElements, planMesh, tableSize } from '../../../agent/network/mesh-plan.ts';
import { meshChains, meshRevision, renderDifference } from '../../../agent/network/mesh-ruleset.ts';
import type { NetworkPicture } from '../../../lib/domain/assignment.ts';
import { pictureArbitrary } from './picture-arbitrary.ts';

const FACTS = { nodeId: 'n1', dataPathPort: 4789 };

/** Carries out `add element` and `delete element` lines as nft does: what is there cannot be added with another value. */
function execute(elements: MeshElements, script: string): MeshElements {
  const after = emptyElements();
  for (const name of ELEMENT_NAMES) for (const [key, value] of elements[name]) after[name].set(key, value);
  for (const line of script.split('\n').filter((text) => text !== '')) {
    const [, verb, name, list = ''] = /^(add|delete) element ip skep (\w+) \{ (.*) \}$/.exec(line) ?? [];
    const set = after[name as ElementName];
    for (const item of list.split(', ')) {
      const [key = '', value = ''] = item.split(' : ');
      if (verb === 'delete') assert.ok(set.delete(key), `${key} is not in ${name}`);
      else assert.ok(!set.has(key) && set.set(key, value), `${key} is in ${name} already`);
    }
  }
  return after;
}

describe('the mesh plan', () => {
  it('is reached from any other by the difference, after which there is none', () => {
    fc.assert(
      fc.property(pictureArbitrary, pictureArbitrary, (earlier, later) => {
        const before = planMesh(earlier, FACTS).elements;
        const wanted = planMesh(later, FACTS).elements;
        const after = execute(before, renderDifference(before, wanted));
        assert.deepEqual(after, wanted);
        assert.equal(renderDifference(after, wanted), '');
      }),
    );
  });

  it('sends new connections to ready tasks only', () => {
    fc.assert(
      fc.property(pictureArbitrary, (picture) => {
        const { elements } = planMesh(picture, FACTS);
        const ready = picture.backends
          .filter((backend) => backend.ready)
          .flatMap((backend) => backend.attachments);
        const addresses = new Set(ready.map(({ address }) => address));
        for (const target of elements.vip_backends.values()) assert.ok(addresses.has(target));
        for (const target of elements.port_backends.values()) {
          assert.ok(addresses.has(target.split(' . ')[0] ?? ''));
        }
      }),
    );
  });

  it('has every place filled of each service that it balances, and refuses the others', () => {
    fc.assert(
      fc.property(pictureArbitrary, (picture) => {
        const { elements } = planMesh(picture, FACTS);
        for (const [vip, verdict] of elements.vips) {
          const size = Number(/^goto vip_(\d+)$/.exec(verdict)?.[1]);
          for (let place = 0; place < size; place++)
            assert.ok(elements.vip_backends.has(`${vip} . ${place}`));
        }
        for (const balancer of picture.balancers) {
          for (const { address } of balancer.vips) {
            assert.notEqual(elements.vips.has(address), elements.idle_vips.has(address));
          }
        }
      }),
    );
  });

  it('opens a port in host mode only where a ready task is, and only to that task', () => {
    const backend = (id: string, nodeId: string, address: string, ready: boolean) =>
      ({
        kind: 'backend',
        id,
        serviceId: 's',
        nodeId,
        taskName: id,
        attachments: [{ networkId: 'in', address, aliases: [] }],
        ready,
      }) as const;
    const picture: NetworkPicture = {
      peers: [],
      networks: [
        { kind: 'network', id: 'in', name: 'ingress', subnet: '10.0.0.0/16', internal: false, ingress: true },
      ],
      balancers: [
        {
          kind: 'balancer',
          id: 's',
          name: 'web',
          mode: 'vip',
          vips: [],
          ports: [{ protocol: 'tcp', targetPort: 80, publishedPort: 8080, publishMode: 'host' }],
        },
      ],
      backends: [
        backend('a', 'n1', '10.0.0.2', true),
        backend('b', 'n2', '10.0.0.3', true),
        backend('c', 'n3', '10.0.0.4', false),
      ],
    };
    const backendsOn = (nodeId: string) => [
      ...planMesh(picture, { ...FACTS, nodeId }).elements.port_backends.values(),
    ];
    assert.deepEqual(backendsOn('n1'), ['10.0.0.2 . 80']);
    assert.deepEqual(backendsOn('n2'), ['10.0.0.3 . 80']);
    assert.deepEqual(backendsOn('n3'), []);
    assert.equal(planMesh(picture, { ...FACTS, nodeId: 'n3' }).elements.idle_ports.size, 0);
  });

  it('shares out evenly up to 32 tasks, and within one in eight above', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), (tasks) => {
        const size = tableSize(tasks);
        const most = Math.ceil(size / tasks);
        const least = Math.floor(size / tasks);
        assert.ok(least >= 1 && most <= least * (9 / 8), `${size} places for ${tasks} tasks`);
        assert.ok(
          meshChains({ router: null, dataPathPort: 4789, elements: emptyElements() }).has(`vip_${size}`),
        );
      }),
    );
  });

  it('has the same rules whatever the services, and others for another router address', () => {
    const plan = { router: '10.255.0.1', dataPathPort: 4789, elements: emptyElements() };
    fc.assert(
      fc.property(pictureArbitrary, (picture) => {
        const { elements } = planMesh(picture, FACTS);
        assert.equal(meshRevision({ ...plan, elements }), meshRevision(plan));
      }),
    );
    assert.notEqual(meshRevision({ ...plan, router: '10.255.0.2' }), meshRevision(plan));
  });

  it('leads a port of the node to its own container, at one address where one was named', () => {
    const port = { protocol: 'tcp', hostPort: 80, address: '169.254.16.5', containerPort: 8000 } as const;
    const nothing: NetworkPicture = { peers: [], networks: [], balancers: [], backends: [] };
    const { elements } = planMesh(nothing, FACTS, [
      { ...port, hostAddress: '' },
      { ...port, protocol: 'udp', hostAddress: '10.0.0.1' },
    ]);
    assert.deepEqual([...elements.local_ports], [['6 . 80', '169.254.16.5 . 8000']]);
    assert.deepEqual([...elements.local_ports_at], [['10.0.0.1 . 17 . 80', '169.254.16.5 . 8000']]);
    assert.deepEqual([...elements.hairpin.keys()], ['169.254.16.5 . 169.254.16.5']);
  });

  it('leaves the port of the overlay alone on a node without a swarm', () => {
    const rulesOf = (dataPathPort: number) =>
      [...meshChains({ router: null, dataPathPort, elements: emptyElements() }).values()].flatMap(
        ({ rules }) => rules,
      );
    assert.ok(rulesOf(4789).some((rule) => rule.includes('notrack')));
    assert.ok(!rulesOf(0).some((rule) => rule.includes('notrack') || rule.includes('data_paths')));
  });
});
