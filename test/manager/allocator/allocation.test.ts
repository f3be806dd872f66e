import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { isTerminal, type TaskState } from '../../../lib/domain/task-state.ts';
import { decideAllocation } from '../../../manager/allocator/allocation.ts';
import { initialNetworks, routerSubnetFor } from '../../../manager/allocator/initial-networks.ts';
import type { StoreView } from '../../../manager/store/store.ts';
import {
  cluster,
  counter,
  NOW_MS,
  network,
  node,
  port,
  service,
  settle,
  task,
  taskSpec,
} from '../api/cluster-samples.ts';

const INGRESS = network('ingress', { ingress: true }, '10.0.0.0/16');
const HOST = network('host', { driver: 'host' });
const attachedTo = (...targets: readonly string[]) =>
  taskSpec({ networks: targets.map((target) => ({ target, aliases: [`alias-${target}`] })) });

function allocate(...objects: readonly StoreObject[]): StoreView {
  return settle(decideAllocation, [cluster(), INGRESS, HOST, ...objects]).view;
}

function taskOf(view: StoreView, id: string): Task {
  const found = view.tasks.get(id);
  assert.ok(found !== undefined, `task ${id} is there`);
  return found;
}

function addressOf(view: StoreView, id: string, networkId = 'net'): string | undefined {
  return taskOf(view, id).attachments.find((attachment) => attachment.networkId === networkId)?.address;
}

describe('a cluster at its start', () => {
  it('has an ingress network at the start of the first pool, a host network, and routers at the end', () => {
    const pools = ['10.0.0.0/8', '172.16.0.0/12'];
    const [ingress, host] = initialNetworks({ nowMs: NOW_MS, newId: counter('id') }, pools);
    assert.equal(ingress?.spec.name, 'ingress');
    assert.equal(ingress?.spec.subnet, '10.0.0.0/16');
    assert.equal(host?.spec.driver, 'host');
    assert.notEqual(ingress?.id, host?.id);
    assert.equal(routerSubnetFor(pools), '10.255.0.0/16');
  });

  it('leaves half of a small pool to networks', () => {
    const pools = ['192.168.0.0/22'];
    const [ingress] = initialNetworks({ nowMs: NOW_MS, newId: counter('id') }, pools);
    assert.equal(ingress?.spec.subnet, '192.168.0.0/24');
    assert.equal(routerSubnetFor(pools), '192.168.3.0/24');
  });
});

describe('the allocator', () => {
  it('does nothing before there is a cluster', () => {
    const { passes } = settle(decideAllocation, [node('n1', { routerAddress: '' }), network('net')]);
    assert.equal(passes, 0);
  });

  it('gives each node its own router address', () => {
    const view = allocate(
      node('n1', { routerAddress: '10.255.0.2' }),
      node('n2', { routerAddress: '' }),
      node('n3', { routerAddress: '' }),
    );
    assert.deepEqual(
      [...view.nodes.values()].map((each) => each.routerAddress),
      ['10.255.0.2', '10.255.0.3', '10.255.0.4'],
    );
  });

  it('says on a node why it has no router address', () => {
    const full = cluster({ routerSubnet: '10.255.0.0/29' });
    const nodes = [1, 2, 3, 4, 5, 6].map((number) => node(`n${number}`, { routerAddress: '' }));
    const { view } = settle(decideAllocation, [full, ...nodes]);
    assert.equal(view.nodes.get('n6')?.routerAddress, '');
    assert.equal(view.nodes.get('n6')?.status.message, 'all 5 router addresses of 10.255.0.0/29 are in use');
  });

  it('gives a network the first subnet that nothing else uses', () => {
    const view = allocate(
      network('a', {}, '10.1.0.0/24'),
      network('b', { subnet: '10.1.1.0/24' }),
      node('n1', { description: { dataPathAddress: '10.1.2.77' } }),
      network('c'),
      network('d'),
    );
    assert.equal(view.networks.get('b')?.subnet, '10.1.1.0/24');
    assert.equal(view.networks.get('c')?.subnet, '10.1.3.0/24');
    assert.equal(view.networks.get('d')?.subnet, '10.1.4.0/24');
    assert.equal(view.networks.get('host')?.subnet, '');
  });

  it('keeps a task NEW and says so when its network cannot have its subnet', () => {
    const view = allocate(
      network('a', {}, '10.1.0.0/16'),
      network('net', { subnet: '10.1.7.0/24' }),
      service('web', { task: attachedTo('net') }),
      task('t1', 'web', 'NEW', { spec: attachedTo('net') }),
    );
    const { status } = taskOf(view, 't1');
    assert.equal(status.state, 'NEW');
    assert.equal(status.message, 'network net: the subnet 10.1.7.0/24 overlaps 10.1.0.0/16, network a');
  });

  it('says when the pools have no subnet left', () => {
    const small = cluster({
      spec: { ...cluster().spec, defaultAddressPools: ['10.0.0.0/22'] },
      routerSubnet: '10.0.3.0/24',
    });
    const { view } = settle(decideAllocation, [
      small,
      network('a', {}, '10.0.0.0/23'),
      network('b', {}, '10.0.2.0/24'),
      network('net'),
      service('web', { task: attachedTo('net') }),
      task('t1', 'web', 'NEW', { spec: attachedTo('net') }),
    ]);
    assert.equal(
      taskOf(view, 't1').status.message,
      'network net: no free subnet of /24 is left in the address pools (10.0.0.0/22)',
    );
  });
});

describe('a service', () => {
  it('gets a VIP in each of its networks, and keeps it when another network is added', () => {
    const before = allocate(network('net', {}, '10.1.0.0/24'), service('web', { task: attachedTo('net') }));
    const web = before.services.get('web');
    assert.ok(web !== undefined);
    assert.deepEqual(web.endpoint?.vips, [{ networkId: 'net', address: '10.1.0.2' }]);
    const changed = { ...web, spec: { ...web.spec, task: attachedTo('other', 'net') } };
    const after = allocate(network('net', {}, '10.1.0.0/24'), network('other', {}, '10.1.1.0/24'), changed);
    assert.deepEqual(after.services.get('web')?.endpoint?.vips, [
      { networkId: 'other', address: '10.1.1.2' },
      { networkId: 'net', address: '10.1.0.2' },
    ]);
  });

  it('of endpoint mode dnsrr has no VIP', () => {
    const view = allocate(
      network('net', {}, '10.1.0.0/24'),
      service('web', { task: attachedTo('net'), endpoint: { mode: 'dnsrr', ports: [] } }),
    );
    assert.deepEqual(view.services.get('web')?.endpoint, { mode: 'dnsrr', ports: [], vips: [] });
  });

  it('that leaves a port open gets the first one that nobody holds or asks for', () => {
    const view = allocate(
      service('a', { endpoint: { mode: 'vip', ports: [port(0), port(0, { targetPort: 81 })] } }),
      service('b', { endpoint: { mode: 'vip', ports: [port(30_000)] } }),
      service('c', { endpoint: { mode: 'vip', ports: [port(0, { protocol: 'udp' })] } }),
    );
    const ports = (id: string) => view.services.get(id)?.endpoint?.ports.map((each) => each.publishedPort);
    assert.deepEqual(ports('a'), [30_001, 30_002]);
    assert.deepEqual(ports('b'), [30_000]);
    assert.deepEqual(ports('c'), [30_000]);
  });

  it('keeps the port it was given when another is added, and frees what it drops', () => {
    const given = [{ ...port(0), publishedPort: 30_007 }, port(8080, { targetPort: 81 })];
    const view = allocate(
      service(
        'a',
        { endpoint: { mode: 'vip', ports: [port(0), port(9090, { targetPort: 82 })] } },
        { endpoint: { mode: 'vip', ports: given, vips: [] } },
      ),
      service('b', { endpoint: { mode: 'vip', ports: [port(8080)] } }),
    );
    assert.deepEqual(
      view.services.get('a')?.endpoint?.ports.map((each) => each.publishedPort),
      [30_007, 9090],
    );
    assert.equal(view.services.get('b')?.endpoint?.ports[0]?.publishedPort, 8080);
  });

  it('waits, and its tasks say why, while another service publishes its port', () => {
    const held = service(
      'api',
      { endpoint: { mode: 'vip', ports: [port(8080)] } },
      { endpoint: { mode: 'vip', ports: [port(8080)], vips: [] } },
    );
    const view = allocate(
      held,
      service('web', { endpoint: { mode: 'vip', ports: [port(8080)] } }),
      task('t1', 'web', 'NEW'),
    );
    assert.equal(view.services.get('web')?.endpoint, undefined);
    assert.equal(taskOf(view, 't1').status.message, 'port 8080/tcp is already published by service api');
    assert.equal(taskOf(view, 't1').status.error, taskOf(view, 't1').status.message);
  });

  it('may share a host-mode port with another', () => {
    const hostPort = { mode: 'dnsrr', ports: [port(8080, { publishMode: 'host' })] } as const;
    const view = allocate(service('a', { endpoint: hostPort }), service('b', { endpoint: hostPort }));
    assert.equal(view.services.get('b')?.endpoint?.ports[0]?.publishedPort, 8080);
  });
});

describe('a new task', () => {
  it('becomes PENDING with an address in each network, and in ingress when ports are published', () => {
    const view = allocate(
      network('net', {}, '10.1.0.0/24'),
      service('web', { task: attachedTo('net'), endpoint: { mode: 'vip', ports: [port(8080)] } }),
      task('t1', 'web', 'NEW', { spec: attachedTo('net') }),
    );
    const { status, attachments, ports } = taskOf(view, 't1');
    assert.equal(status.state, 'PENDING');
    assert.deepEqual(attachments, [
      { networkId: 'net', address: '10.1.0.3', aliases: ['alias-net'] },
      { networkId: 'ingress', address: '10.0.0.2', aliases: [] },
    ]);
    assert.equal(ports[0]?.publishedPort, 8080);
  });

  it('on the host network has no address of its own', () => {
    const view = allocate(
      service('web', { task: attachedTo('host') }),
      task('t1', 'web', 'NEW', { spec: attachedTo('host') }),
    );
    assert.equal(taskOf(view, 't1').status.state, 'PENDING');
    assert.deepEqual(taskOf(view, 't1').attachments, []);
  });

  it('that is no longer wanted, or whose service is gone, is left alone', () => {
    const view = allocate(
      service('web'),
      task('t1', 'web', 'NEW', { desiredState: 'SHUTDOWN' }),
      task('t2', 'gone', 'NEW'),
    );
    assert.equal(taskOf(view, 't1').status.state, 'NEW');
    assert.equal(taskOf(view, 't2').status.state, 'NEW');
  });

  it('waits with the counts when every address is in use, is not written again, and goes on when one is free', () => {
    const objects: StoreObject[] = [
      cluster(),
      network('net', {}, '10.1.0.0/29'),
      service('web', { task: attachedTo('net') }),
      ...[1, 2, 3, 4, 5].map((number) =>
        task(`t${number}`, 'web', 'NEW', { spec: attachedTo('net'), slot: number }),
      ),
    ];
    const { view } = settle(decideAllocation, objects);
    const waiting = taskOf(view, 't5');
    assert.equal(waiting.status.state, 'NEW');
    assert.equal(waiting.status.message, 'network net: all 5 addresses of 10.1.0.0/29 are in use');
    assert.deepEqual(decideAllocation(view, { nowMs: NOW_MS + 1, newId: counter('x') }).changes, []);

    const ended = {
      ...taskOf(view, 't2'),
      status: { ...taskOf(view, 't2').status, state: 'FAILED' as const },
    };
    const after = settle(decideAllocation, [
      ...[...view.networks.values(), ...view.services.values(), cluster()],
      ...[...view.tasks.values()].map((each) => (each.id === 't2' ? ended : each)),
    ]).view;
    assert.equal(taskOf(after, 't5').status.state, 'PENDING');
    assert.equal(taskOf(after, 't5').status.error, undefined);
    assert.equal(addressOf(after, 't5'), addressOf(view, 't2'));
  });

  it('does not get the address that was freed last while others are free', () => {
    const attached = (address: string) => [{ networkId: 'net', address, aliases: [] }];
    const objects = [
      network('net', {}, '10.1.0.0/24'),
      service(
        'web',
        { task: attachedTo('net') },
        {
          endpoint: { mode: 'vip', ports: [], vips: [{ networkId: 'net', address: '10.1.0.2' }] },
        },
      ),
      task('t1', 'web', 'FAILED', { attachments: attached('10.1.0.3') }),
      task('t2', 'web', 'RUNNING', { attachments: attached('10.1.0.4') }),
      task('t3', 'web', 'NEW', { spec: attachedTo('net') }),
    ];
    assert.equal(addressOf(allocate(...objects), 't3'), '10.1.0.5');
  });

  it('that lacks an address in one network holds none in another', () => {
    const endpoint = { mode: 'dnsrr', ports: [] } as const;
    const takenIn = (networkId: string, prefix: string, lasts: readonly number[]) =>
      lasts.map((last) =>
        task(`r-${networkId}-${last}`, 'db', 'RUNNING', {
          attachments: [{ networkId, address: `${prefix}.${last}`, aliases: [] }],
        }),
      );
    const view = allocate(
      network('net', {}, '10.1.0.0/29'),
      network('full', {}, '10.1.1.0/29'),
      ...takenIn('net', '10.1.0', [2, 3, 4, 5]),
      ...takenIn('full', '10.1.1', [2, 3, 4, 5, 6]),
      service('both', { task: attachedTo('net', 'full'), endpoint }),
      service('one', { task: attachedTo('net'), endpoint }),
      task('t1', 'both', 'NEW', { spec: attachedTo('net', 'full') }),
      task('t2', 'one', 'NEW', { spec: attachedTo('net') }),
    );
    assert.equal(taskOf(view, 't1').status.state, 'NEW');
    assert.deepEqual(taskOf(view, 't1').attachments, []);
    assert.equal(addressOf(view, 't2'), '10.1.0.6');
  });

  it('takes the lowest free address again after the highest was given', () => {
    const attached = [{ networkId: 'net', address: '10.1.0.254', aliases: [] }];
    const view = allocate(
      network('net', {}, '10.1.0.0/24'),
      service('web', { task: attachedTo('net'), endpoint: { mode: 'dnsrr', ports: [] } }),
      task('t1', 'web', 'RUNNING', { attachments: attached }),
      task('t2', 'web', 'NEW', { spec: attachedTo('net') }),
    );
    assert.equal(addressOf(view, 't2'), '10.1.0.2');
  });

  it('comes in any number: what one pass leaves over is done by the next', () => {
    const tasks = Array.from({ length: 2_500 }, (_, index) => task(`t${index}`, 'web', 'NEW'));
    const { view, passes } = settle(decideAllocation, [
      cluster(),
      INGRESS,
      service('web', { endpoint: { mode: 'vip', ports: [port(80)] } }),
      ...tasks,
    ]);
    assert.ok(passes >= 3);
    const addresses = new Set([...view.tasks.keys()].map((id) => addressOf(view, id, 'ingress')));
    assert.equal(addresses.size, 2_500);
  });
});

describe('addresses', () => {
  const anyState = fc.constantFrom<TaskState>('NEW', 'NEW', 'PENDING', 'RUNNING', 'FAILED', 'SHUTDOWN');

  it('are never shared by living tasks and VIPs, and never the network, gateway or broadcast one', () => {
    const anyTasks = fc.array(fc.record({ state: anyState, last: fc.integer({ min: 0, max: 15 }) }), {
      maxLength: 24,
    });
    fc.assert(
      fc.property(anyTasks, fc.boolean(), (wishes, hasVip) => {
        const seen = new Set<number>();
        const tasks = wishes.map(({ state, last }, index) => {
          // The state before must itself be sound: living tasks have addresses of their own.
          const isSound = isTerminal(state) || (last > 1 && last < 15 && !seen.has(last));
          if (!isTerminal(state) && state !== 'NEW') seen.add(last);
          const holds = state !== 'NEW' && isSound;
          return task(`t${index}`, 'web', state, {
            spec: attachedTo('net'),
            createdAtMs: NOW_MS + index,
            attachments: holds ? [{ networkId: 'net', address: `10.1.0.${last}`, aliases: [] }] : [],
          });
        });
        const mode = hasVip ? 'vip' : 'dnsrr';
        const view = allocate(
          network('net', {}, '10.1.0.0/28'),
          service('web', { task: attachedTo('net'), endpoint: { mode, ports: [] } }),
          ...tasks,
        );
        const held = [...view.tasks.values()]
          .filter((each) => !isTerminal(each.status.state))
          .flatMap((each) => each.attachments.map(({ address }) => address));
        held.push(...(view.services.get('web')?.endpoint?.vips ?? []).map(({ address }) => address));
        assert.equal(new Set(held).size, held.length);
        for (const address of held) {
          assert.ok(!['10.1.0.0', '10.1.0.1', '10.1.0.15'].includes(address), address);
        }
        const isWaiting = [...view.tasks.values()].some((each) => each.status.state === 'NEW');
        assert.ok(!isWaiting || held.length === 13, 'a task only waits when every address is in use');
      }),
    );
  });
});
