import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { AssignmentMessage } from '../../../lib/domain/assignment.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import { createDispatcher, type Dispatcher } from '../../../manager/dispatcher/dispatcher.ts';
import { LEADER_START_GRACE_MS } from '../../../manager/dispatcher/liveness.ts';
import type { SessionMessage } from '../../../proto/messages.ts';
import { sampleTask } from '../store/store-samples.ts';
import {
  clusterObject,
  createLogRecord,
  createManualClock,
  createTestStore,
  descriptionOf,
  nodeObject,
  put,
  settle,
  systemRandom,
} from './cluster-fixture.ts';

const PERIOD_MS = 1_000;

function failsWith(code: ErrorCode, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}

async function startDispatcher() {
  const time = createManualClock();
  const store = createTestStore(time.clock.nowMs);
  const record = createLogRecord();
  await put(store, clusterObject(undefined, undefined, { heartbeatPeriodMs: PERIOD_MS }), nodeObject('n1'));
  const managers = () => [{ nodeId: 'm1', address: '192.0.2.1:2377' }];
  const options = { store, clock: time.clock, random: systemRandom, log: record.log, managers };
  return { time, store, record, options, dispatcher: createDispatcher(options) };
}

function callerOf(nodeId: string) {
  const abort = new AbortController();
  return { nodeId, address: '::ffff:192.0.2.7:4711', signal: abort.signal, abort: () => abort.abort() };
}

/** Opens a session and takes its first message. */
async function open(dispatcher: Dispatcher, nodeId = 'n1') {
  const caller = callerOf(nodeId);
  const stream = dispatcher.session({ description: descriptionOf('h1') }, caller)[Symbol.asyncIterator]();
  const first = await stream.next();
  assert.ok(first.done !== true);
  const message: SessionMessage = first.value;
  // The stream waits for more from here on, as a server does.
  const next = stream.next();
  next.catch(() => undefined);
  return { caller, message, sessionId: message.sessionId, next, stream };
}

describe('a session', () => {
  it('registers the node: description, state and address', async () => {
    const { dispatcher, store } = await startDispatcher();
    const { message, caller } = await open(dispatcher);
    const node = store.view().nodes.get('n1');
    assert.deepEqual(node?.status, { state: 'ready', message: '', address: '192.0.2.7' });
    assert.equal(node.description?.hostname, 'h1');
    assert.deepEqual(message.managers, [{ nodeId: 'm1', address: '192.0.2.1:2377' }]);
    assert.equal(message.heartbeatPeriodMs, PERIOD_MS);
    assert.equal(message.node.id, 'n1');
    caller.abort();
    dispatcher.stop();
  });

  it('is refused to a node that the cluster does not have', async () => {
    const { dispatcher } = await startDispatcher();
    await assert.rejects(open(dispatcher, 'n9'), failsWith('PERMISSION_DENIED', /n9 was removed/));
  });

  it('belongs to the newest caller; the older one is told', async () => {
    const { dispatcher, record } = await startDispatcher();
    const older = await open(dispatcher);
    const newer = await open(dispatcher);
    await assert.rejects(older.next, failsWith('CONFLICT', /opened another session from 192\.0\.2\.7/));
    await assert.rejects(
      dispatcher.heartbeat({ sessionId: older.sessionId }, older.caller),
      failsWith('NOT_FOUND', /has no session/),
    );
    const { periodMs } = await dispatcher.heartbeat({ sessionId: newer.sessionId }, newer.caller);
    assert.ok(periodMs >= 0.9 * PERIOD_MS && periodMs <= 1.1 * PERIOD_MS);
    assert.match(record.text(), /opened another session/);
    dispatcher.stop();
  });

  it('ends when its node is removed', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    await dispatcher.start();
    const { next } = await open(dispatcher);
    await store.update(() => [{ kind: 'remove', objectKind: 'node', id: 'n1' }]);
    await time.advance(50);
    await assert.rejects(next, failsWith('PERMISSION_DENIED', /was removed/));
    dispatcher.stop();
  });

  it('tells the node when its role changes, and not when its own description does', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    await dispatcher.start();
    const { next, sessionId, caller } = await open(dispatcher);
    await dispatcher.describe({ sessionId, description: descriptionOf('renamed') }, caller);
    await time.advance(50);
    assert.equal(store.view().nodes.get('n1')?.description?.hostname, 'renamed');
    assert.equal(await Promise.race([next, settle().then(() => 'silent')]), 'silent');
    const node = store.view().nodes.get('n1');
    assert.ok(node !== undefined);
    await put(store, { ...node, spec: { ...node.spec, role: 'manager' } });
    await time.advance(50);
    const told = await next;
    assert.equal(told.value?.node.spec.role, 'manager');
    dispatcher.stop();
  });

  it('ends with the leadership', async () => {
    const { dispatcher } = await startDispatcher();
    const { next } = await open(dispatcher);
    dispatcher.stop();
    await assert.rejects(next, failsWith('UNAVAILABLE', /not the leader/));
    await assert.rejects(open(dispatcher), failsWith('UNAVAILABLE', /not the leader/));
  });

  it('ends quietly when the caller goes away', async () => {
    const { dispatcher } = await startDispatcher();
    const { next, caller, sessionId } = await open(dispatcher);
    caller.abort();
    assert.equal((await next).done, true);
    await assert.rejects(dispatcher.heartbeat({ sessionId }, caller), failsWith('NOT_FOUND', /no session/));
  });
});

describe('the presence of a node', () => {
  const stateOf = (store: ReturnType<typeof createTestStore>, id = 'n1') =>
    store.view().nodes.get(id)?.status.state;

  it('is kept up by heartbeats, and lost after three missed ones', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    await dispatcher.start();
    const { sessionId, caller, next } = await open(dispatcher);
    for (let beat = 0; beat < 20; beat++) {
      await time.advance(PERIOD_MS);
      await dispatcher.heartbeat({ sessionId }, caller);
      assert.equal(stateOf(store), 'ready');
    }
    await time.advance(2.6 * PERIOD_MS);
    assert.equal(stateOf(store), 'ready');
    await time.advance(0.8 * PERIOD_MS);
    assert.equal(stateOf(store), 'down');
    await assert.rejects(next, failsWith('DEADLINE_EXCEEDED', /missed its heartbeats/));
    dispatcher.stop();
  });

  it('comes back with the next session', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    await dispatcher.start();
    await open(dispatcher);
    await time.advance(10 * PERIOD_MS);
    assert.equal(stateOf(store), 'down');
    await open(dispatcher);
    assert.equal(stateOf(store), 'ready');
    dispatcher.stop();
  });

  it('is unknown to a new leader, which waits for agents before it calls them down', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    const ready = { state: 'ready', message: '', address: '' } as const;
    await put(store, nodeObject('n1', { status: ready }), nodeObject('n2', { status: ready }));
    await dispatcher.start();
    assert.equal(stateOf(store), 'unknown');
    await time.advance(LEADER_START_GRACE_MS);
    const { sessionId, caller } = await open(dispatcher);
    await time.advance(2 * PERIOD_MS);
    await dispatcher.heartbeat({ sessionId }, caller);
    assert.deepEqual([stateOf(store), stateOf(store, 'n2')], ['ready', 'unknown']);
    await time.advance(PERIOD_MS + 1);
    assert.deepEqual([stateOf(store), stateOf(store, 'n2')], ['ready', 'down']);
    dispatcher.stop();
  });
});

describe('the assignments stream', () => {
  it('sends everything first, then what changes, in one message for changes that come together', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    await dispatcher.start();
    const task = (id: string) => ({
      ...sampleTask(id, 'web', 'n1'),
      status: { state: 'ASSIGNED', timestampMs: 0, message: '' } as const,
    });
    await put(store, task('t1'));
    const { sessionId, caller } = await open(dispatcher);
    const stream = dispatcher.assignments({ sessionId }, caller)[Symbol.asyncIterator]();
    const complete = (await stream.next()).value as AssignmentMessage;
    assert.equal(complete.kind, 'complete');
    assert.deepEqual(
      complete.updates.map((item) => item.id),
      ['t1'],
    );
    const pending = stream.next();
    await put(store, task('t2'));
    await put(store, task('t3'));
    await store.update(() => [{ kind: 'remove', objectKind: 'task', id: 't1' }]);
    await put(store, { ...task('elsewhere'), nodeId: 'n2' });
    await time.advance(50);
    const next = (await pending).value as AssignmentMessage;
    assert.equal(next.kind, 'incremental');
    assert.equal(next.appliesTo, complete.resultsIn);
    assert.deepEqual(
      next.updates.map((item) => item.id),
      ['t2', 't3'],
    );
    assert.deepEqual(next.removals, [{ kind: 'task', id: 't1' }]);
    const silent = stream.next();
    await dispatcher.heartbeat({ sessionId }, caller);
    const update = { taskId: 't2', status: { state: 'RUNNING', timestampMs: 1, message: '' } } as const;
    const reported = dispatcher.updateTaskStatus({ sessionId, updates: [update] }, caller);
    await time.advance(100);
    await reported;
    assert.equal(store.view().tasks.get('t2')?.status.state, 'RUNNING');
    assert.equal(await Promise.race([silent, settle().then(() => 'silent')]), 'silent');
    caller.abort();
    assert.equal((await silent).done, true);
    dispatcher.stop();
  });

  it('needs a session', async () => {
    const { dispatcher } = await startDispatcher();
    const stream = dispatcher.assignments({ sessionId: 'none' }, callerOf('n1'))[Symbol.asyncIterator]();
    await assert.rejects(stream.next(), failsWith('NOT_FOUND', /has no session "none"/));
  });

  it('has one reader: a second stream ends the first', async () => {
    const { dispatcher } = await startDispatcher();
    const { sessionId, caller } = await open(dispatcher);
    const first = dispatcher.assignments({ sessionId }, caller)[Symbol.asyncIterator]();
    await first.next();
    const waiting = first.next();
    const second = dispatcher.assignments({ sessionId }, caller)[Symbol.asyncIterator]();
    await second.next();
    await assert.rejects(waiting, failsWith('CONFLICT', /another stream of assignments/));
    dispatcher.stop();
  });
});

describe('task statuses', () => {
  it('of many calls share one transaction', async () => {
    const { dispatcher, store, time } = await startDispatcher();
    const ids = Array.from({ length: 50 }, (_, number) => `t${number}`);
    const assigned = { state: 'ASSIGNED', timestampMs: 0, message: '' } as const;
    await put(store, ...ids.map((id) => ({ ...sampleTask(id, 'web', 'n1'), status: assigned })));
    const { sessionId, caller } = await open(dispatcher);
    const before = store.view().index;
    const status = { state: 'RUNNING', timestampMs: 1, message: '' } as const;
    const calls = ids.map((taskId) =>
      dispatcher.updateTaskStatus({ sessionId, updates: [{ taskId, status }] }, caller),
    );
    await time.advance(200);
    await Promise.all(calls);
    assert.equal(store.view().index, before + 1);
    assert.ok(ids.every((id) => store.view().tasks.get(id)?.status.state === 'RUNNING'));
    dispatcher.stop();
  });
});
