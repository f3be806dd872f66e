import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import type { AssignmentItem, AssignmentMessage } from '../../../lib/domain/assignment.ts';
import type { Network } from '../../../lib/domain/network.ts';
import type { Service } from '../../../lib/domain/service.ts';
import type { Change } from '../../../lib/domain/store-object.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import {
  completeMessage,
  diffAssignments,
  incrementalMessage,
  isSameAssignment,
} from '../../../manager/dispatcher/assignment-diff.ts';
import {
  type AssignmentSet,
  itemKey,
  networkItems,
  taskItems,
} from '../../../manager/dispatcher/assignment-set.ts';
import { createNetworkPictures } from '../../../manager/dispatcher/network-picture.ts';
import { applyTransaction, createState, viewOfState } from '../../../manager/store/memory-state.ts';
import { sampleTask } from '../store/store-samples.ts';
import { descriptionOf, nodeObject } from './cluster-fixture.ts';

const STATES: readonly TaskState[] = ['NEW', 'PENDING', 'ASSIGNED', 'READY', 'RUNNING', 'FAILED'];

function task(id: string, nodeId: string, change: Partial<Task> = {}): Task {
  return {
    ...sampleTask(id, 'web', nodeId),
    attachments: [{ networkId: 'n', address: '10.0.0.9', aliases: [] }],
    ...change,
  };
}

function inState(state: TaskState, change: Partial<Task> = {}): Partial<Task> {
  return { status: { state, timestampMs: 1, message: '' }, ...change };
}

function network(id: string, subnet: string): Network {
  const spec = {
    name: id,
    labels: {},
    driver: 'overlay',
    internal: false,
    attachable: false,
    ingress: false,
  } as const;
  return { kind: 'network', id, version: 0, createdAtMs: 0, updatedAtMs: 0, spec, subnet };
}

/** A store view that tests change directly. */
function stateOf(...changes: Change[]) {
  const state = createState();
  const apply = (...more: Change[]) =>
    void applyTransaction(state, { changes: more, proposedAtMs: 0 }, state.index + 1);
  apply(...changes);
  return { view: viewOfState(state), apply };
}

const put = (object: Extract<Change, { kind: 'put' }>['object']): Change => ({ kind: 'put', object });

function kindsAndIds(items: AssignmentSet): string[] {
  return [...items.keys()].sort();
}

describe('the assignments of a node', () => {
  it('are its own tasks from ASSIGNED until the store drops them', () => {
    const { view } = stateOf(
      ...STATES.map((state) => put(task(`mine-${state}`, 'n1', inState(state)))),
      put(task('other', 'n2', inState('RUNNING'))),
    );
    assert.deepEqual(kindsAndIds(taskItems(view, 'n1')), [
      'task/mine-ASSIGNED',
      'task/mine-FAILED',
      'task/mine-READY',
      'task/mine-RUNNING',
    ]);
  });

  it('hold a peer for each node that can be reached, and networks that have a subnet', () => {
    const description = descriptionOf('h1');
    const { view } = stateOf(
      put(nodeObject('n1', { description, routerAddress: '10.255.0.1' })),
      put(nodeObject('n2', { description })),
      put(nodeObject('n3', { routerAddress: '10.255.0.3' })),
      put(network('net1', '10.0.1.0/24')),
      put(network('net2', '')),
    );
    assert.deepEqual(kindsAndIds(networkItems(view)), ['network/net1', 'peer/n1']);
  });

  it('hold a backend that is ready only while its task runs, is wanted, and its node is up', () => {
    const up = nodeObject('n1', { status: { state: 'ready', message: '', address: '' } });
    const down = nodeObject('n2', { status: { state: 'down', message: '', address: '' } });
    const { view } = stateOf(
      put(up),
      put(down),
      put(task('good', 'n1', inState('RUNNING'))),
      put(task('starting', 'n1', inState('STARTING'))),
      put(task('leaving', 'n1', inState('RUNNING', { desiredState: 'SHUTDOWN' }))),
      put(task('lost', 'n2', inState('RUNNING'))),
      put(task('over', 'n1', inState('SHUTDOWN'))),
      put(task('waiting', '', inState('PENDING'))),
      put(task('bare', 'n1', inState('RUNNING', { attachments: [] }))),
    );
    const ready = [...networkItems(view).values()].flatMap((item) =>
      item.kind === 'backend' ? [[item.id, item.ready] as const] : [],
    );
    assert.deepEqual(Object.fromEntries(ready), { good: true, starting: false, leaving: false, lost: false });
  });

  it('hold the ports of a service as they were allocated', () => {
    const port = { protocol: 'tcp', targetPort: 80, publishedPort: 30_000 } as const;
    const service = {
      kind: 'service',
      id: 'web',
      version: 0,
      createdAtMs: 0,
      updatedAtMs: 0,
      specVersion: 1,
      spec: { name: 'web' },
      endpoint: {
        mode: 'vip',
        vips: [],
        ports: [
          { ...port, publishMode: 'ingress' },
          { ...port, publishMode: 'host' },
        ],
      },
    } as unknown as Service;
    const item = networkItems(stateOf(put(service)).view).get('balancer/web');
    assert.ok(item?.kind === 'balancer');
    assert.deepEqual(
      item.ports.map(({ publishMode }) => publishMode),
      ['ingress', 'host'],
    );
  });

  it('do not tell an agent again what it reported itself', () => {
    const before = { kind: 'task', id: 't', task: task('t', 'n1', inState('READY')) } as const;
    const reported = {
      ...before.task,
      ...inState('RUNNING'),
      runningSinceMs: 5,
      statusAppliedAtMs: 5,
      version: 9,
    };
    assert.ok(isSameAssignment(before, { ...before, task: reported }));
    assert.ok(!isSameAssignment(before, { ...before, task: { ...reported, desiredState: 'SHUTDOWN' } }));
    const rejected = { ...before, task: { ...before.task, ...inState('REJECTED') } };
    assert.ok(!isSameAssignment(before, rejected), 'an end may come from the managers');
  });
});

/** What an agent does with the messages of one stream. */
function createReceiver() {
  let items = new Map<string, AssignmentItem>();
  let last = '';
  return {
    items: () => items,
    take(message: AssignmentMessage): void {
      if (message.kind === 'complete') items = new Map();
      else assert.equal(message.appliesTo, last, 'no gap');
      last = message.resultsIn;
      for (const item of message.updates) items.set(itemKey(item), item);
      for (const key of message.removals) assert.ok(items.delete(itemKey(key)), 'removes only what is there');
    },
  };
}

const nodeIds = fc.constantFrom('n1', 'n2', 'n3');
const arbitraryChange: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({
      id: fc.constantFrom('t1', 't2', 't3', 't4'),
      nodeId: fc.constantFrom('', 'n1', 'n2'),
      state: fc.constantFrom(...STATES),
      desiredState: fc.constantFrom<TaskState>('READY', 'RUNNING', 'SHUTDOWN'),
    })
    .map(({ id, nodeId, state, desiredState }) => put(task(id, nodeId, inState(state, { desiredState })))),
  fc
    .record({
      id: nodeIds,
      state: fc.constantFrom('ready', 'down'),
      routerAddress: fc.constantFrom('', '10.255.0.1'),
    })
    .map(({ id, state, routerAddress }) =>
      put(
        nodeObject(id, {
          description: descriptionOf(id),
          routerAddress,
          status: { state: state as 'ready' | 'down', message: '', address: '' },
        }),
      ),
    ),
  fc
    .record({ id: fc.constantFrom('a', 'b'), subnet: fc.constantFrom('', '10.0.1.0/24', '10.0.2.0/24') })
    .map(({ id, subnet }) => put(network(id, subnet))),
  fc
    .record({
      objectKind: fc.constantFrom('task', 'node', 'network'),
      id: fc.constantFrom('t1', 't2', 'n1', 'a'),
    })
    .map(({ objectKind, id }) => ({ kind: 'remove', objectKind, id }) as Change),
);

describe('a stream of assignments', () => {
  it('leads an agent to the same set as asking anew, whatever happens between messages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(arbitraryChange, { maxLength: 4 }), { maxLength: 25 }),
        (transactions) => {
          const { view, apply } = stateOf();
          const pictures = createNetworkPictures();
          const receiver = createReceiver();
          let sequence = 1;
          let picture = pictures.at(view);
          let tasks = taskItems(view, 'n1');
          receiver.take(completeMessage([tasks, picture], sequence));
          for (const changes of transactions) {
            apply(...changes);
            const nextPicture = pictures.at(view);
            const nextTasks = taskItems(view, 'n1');
            sequence += 1;
            const deltas = [diffAssignments(tasks, nextTasks), pictures.deltaFrom(picture)];
            receiver.take(incrementalMessage(deltas, sequence));
            picture = nextPicture;
            tasks = nextTasks;
            const anew = new Map([...taskItems(view, 'n1'), ...networkItems(view)]);
            assert.deepEqual(kindsAndIds(receiver.items()), kindsAndIds(anew));
            for (const [key, item] of anew) {
              const held = receiver.items().get(key);
              assert.ok(held !== undefined && isSameAssignment(held, item), key);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('works out the picture once for all nodes, and keeps it when nothing in it changed', () => {
    const { view, apply } = stateOf(put(network('a', '10.0.1.0/24')));
    const pictures = createNetworkPictures();
    const first = pictures.at(view);
    apply(put(task('t', 'n1', inState('READY', { attachments: [] }))));
    assert.equal(pictures.at(view), first);
    apply(put(network('b', '10.0.2.0/24')));
    pictures.at(view);
    assert.equal(pictures.deltaFrom(first), pictures.deltaFrom(first));
    assert.equal(pictures.deltaFrom(first).updates.length, 1);
  });
});
