import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import type { Service } from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import { takeInOrder } from '../../../manager/logbroker/line-merge.ts';
import { createLogBroker, type LogBroker } from '../../../manager/logbroker/log-broker.ts';
import type { LogLine, LogSubscription, LogsRequest, PublishLogsRequest } from '../../../proto/messages.ts';
import {
  createManualClock,
  createTestStore,
  descriptionOf,
  nextId,
  nodeObject,
  put,
  settle,
} from '../dispatcher/cluster-fixture.ts';
import { sampleTask } from '../store/store-samples.ts';

function failsWith(code: ErrorCode, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}

const service = { kind: 'service', id: 'web', spec: { name: 'web' } } as unknown as Service;

function task(id: string, nodeId: string, state: TaskState = 'RUNNING'): Task {
  return { ...sampleTask(id, 'web', nodeId), status: { state, timestampMs: 0, message: '' } };
}

function line(taskId: string, timestampMs: number): LogLine {
  const data = Buffer.from(`${taskId}@${timestampMs}`);
  return { taskId, serviceId: 'forged', nodeId: 'forged', stream: 'stdout', timestampMs, data };
}

async function startBroker() {
  const time = createManualClock();
  const store = createTestStore(time.clock.nowMs);
  const broker = createLogBroker({ store, clock: time.clock, newId: nextId, log: () => undefined });
  const ready = { state: 'ready', message: '', address: '' } as const;
  const node = (id: string) => nodeObject(id, { status: ready, description: descriptionOf(`host-${id}`) });
  await put(store, service, node('n1'), node('n2'), task('a', 'n1'), task('b', 'n2'));
  return { time, store, broker };
}

/** A node that waits for requests; they are gathered in `asked`. */
function listen(broker: LogBroker, nodeId: string) {
  const abort = new AbortController();
  const asked: LogSubscription[] = [];
  const failure = (async () => {
    for await (const message of broker.listen({ nodeId, signal: abort.signal })) asked.push(message);
  })().catch((thrown: unknown) => thrown);
  const publish = (...requests: PublishLogsRequest[]) =>
    broker.publish(
      (async function* () {
        yield* requests;
      })(),
      { nodeId, signal: abort.signal },
    );
  return { asked, publish, failure, leave: () => abort.abort() };
}

/** A user that reads; what arrives is gathered. */
function read(broker: LogBroker, options: Partial<LogsRequest['options']> = {}) {
  const abort = new AbortController();
  const texts: string[] = [];
  const lines: LogLine[] = [];
  const warnings: string[] = [];
  const request = {
    selector: { serviceIds: ['web'], taskIds: [] },
    options: { follow: false, tail: -1, ...options },
  };
  const ended = (async () => {
    for await (const message of broker.logs(request, abort.signal)) {
      lines.push(...message.lines);
      texts.push(...message.lines.map((one) => Buffer.from(one.data).toString()));
      if (message.warning !== '') warnings.push(message.warning);
    }
  })();
  ended.catch(() => undefined);
  return { texts, lines, warnings, ended, stop: () => abort.abort() };
}

describe('reading logs', () => {
  it('asks each node for its own tasks, and puts the lines in the order of their times', async () => {
    const { broker } = await startBroker();
    const [first, second] = [listen(broker, 'n1'), listen(broker, 'n2')];
    const user = read(broker, { tail: 7 });
    await settle();
    const [one, two] = [first.asked[0], second.asked[0]];
    assert.ok(one !== undefined && two !== undefined);
    assert.deepEqual([one.taskIds, one.options, one.close], [['a'], { follow: false, tail: 7 }, false]);
    assert.deepEqual(two.taskIds, ['b']);
    await first.publish({ subscriptionId: one.id, lines: [line('a', 1), line('a', 4)], done: false });
    await second.publish({ subscriptionId: two.id, lines: [line('b', 2), line('b', 3)], done: true });
    await first.publish({ subscriptionId: one.id, lines: [line('a', 5)], done: true });
    await user.ended;
    assert.deepEqual(user.texts, ['a@1', 'b@2', 'b@3', 'a@4', 'a@5']);
    assert.deepEqual(user.warnings, []);
    assert.deepEqual(
      [user.lines[0]?.nodeId, user.lines[0]?.serviceId],
      ['n1', 'web'],
      'whose line it is is not taken from the node',
    );
  });

  it('says which nodes are down or not connected, and ends all the same', async () => {
    const { broker, store, time } = await startBroker();
    const down = { state: 'down', message: '', address: '' } as const;
    await put(store, nodeObject('n2', { status: down, description: descriptionOf('host-n2') }));
    const user = read(broker);
    await time.advance(4_000);
    await user.ended;
    assert.deepEqual(user.warnings, [
      'node host-n2 is down: the logs of its tasks cannot be read',
      'node host-n1 is not connected: the logs of its tasks cannot be read',
    ]);
  });

  it('says so when a service keeps no logs', async () => {
    const { broker, store } = await startBroker();
    await put(store, { ...task('a', 'n1'), serviceName: 'web' });
    await store.update(() => [{ kind: 'remove', objectKind: 'task', id: 'b' }]);
    const node = listen(broker, 'n1');
    const user = read(broker);
    await settle();
    const subscriptionId = node.asked[0]?.id ?? '';
    // The second is not what the node was asked for.
    await node.publish({ subscriptionId, lines: [], done: true, unkeptTaskIds: ['a', 'b', 'c'] });
    await user.ended;
    assert.deepEqual(user.warnings, ['service web keeps no logs: its log driver is none']);
  });

  it('ends when the time is over up to which lines are wanted, though they are followed', async () => {
    const { broker, store, time } = await startBroker();
    await store.update(() => [{ kind: 'remove', objectKind: 'task', id: 'b' }]);
    const node = listen(broker, 'n1');
    const user = read(broker, { follow: true, untilMs: time.clock.nowMs() + 5_000 });
    let ended = false;
    void user.ended.then(() => {
      ended = true;
    });
    await settle();
    await node.publish({ subscriptionId: node.asked[0]?.id ?? '', lines: [line('a', 1)], done: true });
    await time.advance(4_000);
    assert.deepEqual([user.texts, ended], [['a@1'], false]);
    await time.advance(3_000);
    assert.equal(ended, true);
  });

  it('says so when a node goes away while it answers', async () => {
    const { broker, store } = await startBroker();
    await store.update(() => [{ kind: 'remove', objectKind: 'task', id: 'b' }]);
    const node = listen(broker, 'n1');
    const user = read(broker);
    await settle();
    await node.publish({ subscriptionId: node.asked[0]?.id ?? '', lines: [line('a', 1)], done: false });
    node.leave();
    await user.ended;
    assert.deepEqual(user.texts, ['a@1']);
    assert.match(user.warnings.join(), /node host-n1 went away: lines of 1 of its tasks may be missing/);
  });

  it('gives up a node that never answers', async () => {
    const { broker, time } = await startBroker();
    const [first, second] = [listen(broker, 'n1'), listen(broker, 'n2')];
    const user = read(broker);
    await settle();
    await second.publish({ subscriptionId: second.asked[0]?.id ?? '', lines: [line('b', 2)], done: true });
    await time.advance(30_000);
    await user.ended;
    assert.deepEqual(user.texts, ['b@2']);
    assert.match(user.warnings.join(), /node n1 does not answer/);
    first.leave();
  });

  it('is refused for what does not exist', async () => {
    const { broker } = await startBroker();
    const ask = async (serviceIds: string[]) => {
      const request = { selector: { serviceIds, taskIds: [] }, options: { follow: false, tail: -1 } };
      for await (const _message of broker.logs(request, new AbortController().signal));
    };
    await assert.rejects(ask(['gone']), failsWith('NOT_FOUND', /no service "gone"/));
    await assert.rejects(ask([]), failsWith('INVALID_ARGUMENT', /of no service and no task/));
  });
});

describe('following logs', () => {
  it('goes on with tasks that start later, and tells the nodes when the user stops', async () => {
    const { broker, store } = await startBroker();
    const node = listen(broker, 'n1');
    listen(broker, 'n2');
    const user = read(broker, { follow: true, tail: 1 });
    await settle();
    await put(store, task('c', 'n1', 'ASSIGNED'));
    await settle();
    assert.equal(node.asked.length, 1, 'a task that has not started has no log');
    await put(store, task('c', 'n1'));
    await settle();
    assert.deepEqual(node.asked[1]?.taskIds, ['c']);
    await node.publish({ subscriptionId: node.asked[1]?.id ?? '', lines: [line('c', 9)], done: false });
    await node.publish({ subscriptionId: node.asked[0]?.id ?? '', lines: [line('a', 8)], done: false });
    await settle();
    assert.deepEqual(user.texts, ['c@9', 'a@8']);
    user.stop();
    await user.ended;
    await settle();
    const closed = node.asked.filter((message) => message.close).map((message) => message.id);
    assert.deepEqual(closed, [node.asked[0]?.id, node.asked[1]?.id]);
    await assert.rejects(
      node.publish({ subscriptionId: closed[0] ?? '', lines: [], done: false }),
      failsWith('NOT_FOUND', /nobody reads/),
    );
  });

  it('goes on after the newest line when a node comes back', async () => {
    const { broker } = await startBroker();
    const before = listen(broker, 'n1');
    const user = read(broker, { follow: true });
    await settle();
    await before.publish({ subscriptionId: before.asked[0]?.id ?? '', lines: [line('a', 40)], done: false });
    before.leave();
    await settle();
    const back = listen(broker, 'n1');
    await settle();
    assert.deepEqual(back.asked[0]?.options, { follow: true, tail: -1, sinceMs: 41 });
    user.stop();
    await user.ended;
  });

  it('ends when what is followed is removed', async () => {
    const { broker, store } = await startBroker();
    const node = listen(broker, 'n1');
    const user = read(broker, { follow: true });
    await settle();
    await node.publish({ subscriptionId: node.asked[0]?.id ?? '', lines: [line('a', 1)], done: true });
    await store.update(() => [
      { kind: 'remove', objectKind: 'task', id: 'a' },
      { kind: 'remove', objectKind: 'task', id: 'b' },
      { kind: 'remove', objectKind: 'service', id: 'web' },
    ]);
    await user.ended;
    assert.deepEqual(user.texts, ['a@1']);
  });

  it('reads a node no faster than the user takes the lines', async () => {
    const { broker } = await startBroker();
    const node = listen(broker, 'n1');
    const request = { selector: { serviceIds: [], taskIds: ['a'] }, options: { follow: true, tail: -1 } };
    const abort = new AbortController();
    const user = broker.logs(request, abort.signal)[Symbol.asyncIterator]();
    const first = user.next();
    await settle();
    const subscriptionId = node.asked[0]?.id ?? '';
    let sent = 0;
    const source = (async function* () {
      for (; sent < 100; sent++) {
        const lines = Array.from({ length: 100 }, (_, number) => line('a', sent * 100 + number));
        yield { subscriptionId, lines, done: sent === 99 };
      }
    })();
    const published = broker.publish(source, { nodeId: 'n1', signal: abort.signal });
    let received = (await first).value?.lines.length ?? 0;
    await settle();
    assert.ok(sent < 20, `${sent} messages were read before the user took them`);
    while (received < 10_000) received += (await user.next()).value?.lines.length ?? 0;
    await published;
    assert.equal(received, 10_000);
    abort.abort();
    await user.return?.();
  });
});

describe('a node that publishes', () => {
  it('is refused for a subscription of another node, and heard only on its own tasks', async () => {
    const { broker } = await startBroker();
    const [first, second] = [listen(broker, 'n1'), listen(broker, 'n2')];
    const user = read(broker, { follow: true });
    await settle();
    const subscriptionId = first.asked[0]?.id ?? '';
    await assert.rejects(
      second.publish({ subscriptionId, lines: [line('a', 1)], done: false }),
      failsWith('PERMISSION_DENIED', /was not given to node n2/),
    );
    await first.publish({ subscriptionId, lines: [line('b', 1), line('a', 2)], done: false });
    await settle();
    assert.deepEqual(user.texts, ['a@2']);
    broker.stop();
    await assert.rejects(user.ended, failsWith('UNAVAILABLE', /not the leader/));
    failsWith('UNAVAILABLE', /not the leader/)((await first.failure) as Error);
  });

  it('listens once: the newer stream wins', async () => {
    const { broker } = await startBroker();
    const older = listen(broker, 'n1');
    const newer = listen(broker, 'n1');
    failsWith('CONFLICT', /listens for log requests elsewhere/)((await older.failure) as Error);
    const user = read(broker, { follow: true });
    await settle();
    assert.equal(newer.asked.length, 1);
    user.stop();
    newer.leave();
  });
});

describe('merging lines', () => {
  it('gives all lines in order once every node is done', () => {
    const times = fc.array(fc.nat(1_000)).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(times, { maxLength: 5 }), (lists) => {
        const queues = lists.map((list) => ({
          lines: list.map((timestampMs) => line('a', timestampMs)),
          done: true,
          lastActivityMs: 0,
        }));
        const taken = takeInOrder(queues, Number.MAX_SAFE_INTEGER, 0).map((one) => one.timestampMs);
        assert.deepEqual(
          taken,
          lists.flat().sort((a, b) => a - b),
        );
      }),
    );
  });

  it('waits for a node that may still bring an earlier line, but not for ever', () => {
    const queues = () => [
      { lines: [line('a', 5)], done: false, lastActivityMs: 0 },
      { lines: [], done: false, lastActivityMs: 0 },
    ];
    assert.equal(takeInOrder(queues(), 10, 100).length, 0);
    assert.equal(takeInOrder(queues(), 10, 10_000).length, 1);
  });
});
