import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { ErrorCode } from '../../../lib/errors.ts';
import { createTunnelBroker } from '../../../manager/tunnel/tunnel-broker.ts';
import { MAX_TUNNELS } from '../../../manager/tunnel/tunnel-table.ts';
import { MAX_PIECE_BYTES } from '../../../proto/tunnel-frames.ts';
import {
  createManualClock,
  createTestStore,
  descriptionOf,
  nextId,
  nodeObject,
  put,
  settle,
} from '../dispatcher/cluster-fixture.ts';
import { type End, listenAs, openEnd, type Pace, serveEnd } from './tunnel-ends.ts';

const READY = { state: 'ready', message: '', address: '' } as const;
const DOWN = { state: 'down', message: '', address: '' } as const;

async function setUp() {
  const time = createManualClock();
  const store = createTestStore(time.clock.nowMs);
  const broker = createTunnelBroker({ store, clock: time.clock, newId: nextId });
  const node = (id: string, status: typeof READY | typeof DOWN = READY) =>
    put(store, nodeObject(id, { status, description: descriptionOf(`host-${id}`) }));
  await node('n1');
  await node('n2');
  return { time, store, broker, node };
}

/** A tunnel to n1 with both ends. */
async function joined(
  around: Awaited<ReturnType<typeof setUp>>,
  pace: { readonly caller?: Pace; readonly node?: Pace } = {},
) {
  const { broker } = around;
  const node = listenAs(broker, 'n1');
  const caller = openEnd(broker, 'n1', pace.caller);
  await settle();
  const [opening] = node.openings;
  assert.ok(opening !== undefined);
  const server = serveEnd(broker, 'n1', opening.id, pace.node);
  await settle();
  return { node, caller, server, opening };
}

function words(end: End): readonly string[] {
  return end.received.flatMap(({ message }) =>
    message === undefined ? [] : [Buffer.from(message).toString()],
  );
}

function say(end: End, ...all: readonly string[]): void {
  for (const word of all) end.sender.send({ message: Buffer.from(word) });
}

function failed(end: { outcome(): ReturnType<End['outcome']> }, code: ErrorCode, message: RegExp): void {
  const failure = end.outcome()?.failure;
  assert.ok(failure !== undefined, 'it has not failed');
  assert.equal(failure.code, code);
  assert.match(failure.message, message);
}

const EMPTY = { listeners: 0, tunnels: 0 };
const LISTENING = { listeners: 1, tunnels: 0 };

describe('a tunnel through the leader', () => {
  it('asks the node, says that it is there, carries both directions, and is forgotten after the last answer', async () => {
    const around = await setUp();
    const { caller, server, opening, node } = await joined(around);
    assert.deepEqual([opening.method, opening.close], ['/a/Method', false]);
    assert.equal(caller.received[0]?.accepted, true);
    say(caller, 'one', 'two');
    say(server, 'hello');
    // An open shell may stand idle.
    await around.time.advance(3_600_000);
    caller.sender.send({ end: true });
    await settle();
    say(server, 'after the end');
    server.sender.send({ end: true });
    await settle();
    assert.deepEqual(words(server), ['one', 'two']);
    assert.equal(server.received.at(-1)?.end, true);
    assert.deepEqual(words(caller), ['hello', 'after the end']);
    assert.equal(caller.received.at(-1)?.end, true);
    assert.deepEqual([caller.outcome(), server.outcome()], [{ failure: undefined }, { failure: undefined }]);
    assert.deepEqual(around.broker.load(), LISTENING);
    assert.equal(node.openings.length, 1, 'the node is not told of an end that it made itself');
  });

  it('carries an error of the node whole', async () => {
    const around = await setUp();
    const { caller, server } = await joined(around);
    const error = { code: 'CONFLICT', message: 'no', help: 'wait', causes: ['a', 'b'] };
    server.sender.send({ error });
    await settle();
    assert.deepEqual(caller.received.at(-1)?.error, error);
    assert.deepEqual(caller.outcome(), { failure: undefined });
    assert.deepEqual(around.broker.load(), LISTENING);
  });

  it('waits for a node that is between two sessions, but not for long', async () => {
    const { broker, time } = await setUp();
    const [first, second] = [openEnd(broker, 'n1'), openEnd(broker, 'n2')];
    await time.advance(2_000);
    const node = listenAs(broker, 'n1');
    await time.advance(2_000);
    assert.equal(node.openings.length, 1);
    assert.equal(first.outcome(), undefined);
    failed(second, 'UNAVAILABLE', /^node host-n2 is not connected$/);
    assert.deepEqual(broker.load(), { listeners: 1, tunnels: 1 });
  });

  it('is refused when the node is asked and does not answer, and the node is told', async () => {
    const { broker, time } = await setUp();
    const node = listenAs(broker, 'n1');
    const caller = openEnd(broker, 'n1');
    await time.advance(6_000);
    failed(caller, 'UNAVAILABLE', /^node host-n1 does not answer$/);
    const [opening] = node.openings;
    assert.deepEqual(node.openings, [opening, { ...opening, close: true }]);
    const late = serveEnd(broker, 'n1', opening?.id ?? '');
    await settle();
    failed(late, 'NOT_FOUND', /nobody waits for tunnel/);
    assert.deepEqual(broker.load(), LISTENING);
  });

  it('is refused at once for a node that is down or unknown, and ends when its node goes down', async () => {
    const around = await setUp();
    const { caller, server, node } = await joined(around);
    await around.node('n1', DOWN);
    await settle();
    failed(caller, 'UNAVAILABLE', /^node host-n1 is down$/);
    failed(server, 'UNAVAILABLE', /is down/);
    assert.equal(node.openings.at(-1)?.close, true);
    const [again, unknown] = [openEnd(around.broker, 'n1'), openEnd(around.broker, 'n9')];
    await settle();
    failed(again, 'UNAVAILABLE', /^node host-n1 is down$/);
    failed(unknown, 'NOT_FOUND', /node n9 was removed/);
    assert.deepEqual(around.broker.load(), LISTENING);
  });

  it('is served only by its own node, and only once', async () => {
    const around = await setUp();
    const node = listenAs(around.broker, 'n1');
    const caller = openEnd(around.broker, 'n1');
    await settle();
    const id = node.openings[0]?.id ?? '';
    const thief = serveEnd(around.broker, 'n2', id);
    await settle();
    failed(thief, 'PERMISSION_DENIED', /was not given to node n2/);
    const server = serveEnd(around.broker, 'n1', id);
    await settle();
    const twin = serveEnd(around.broker, 'n1', id);
    await settle();
    failed(twin, 'NOT_FOUND', /nobody waits/);
    say(server, 'it is me');
    await settle();
    assert.deepEqual(words(caller), ['it is me']);
  });

  for (const who of ['caller', 'server'] as const) {
    it(`ends for the other side when the ${who} vanishes`, async () => {
      const around = await setUp();
      const ends = await joined(around);
      ends[who].vanish();
      await settle();
      if (who === 'caller') {
        failed(ends.server, 'CANCELLED', /^the caller is gone$/);
        assert.equal(ends.node.openings.at(-1)?.close, true);
      } else {
        failed(ends.caller, 'UNAVAILABLE', /^the connection to node host-n1 was lost$/);
      }
      assert.deepEqual(around.broker.load(), LISTENING);
    });
  }

  it('ends when its caller vanishes although the node reads nothing', async () => {
    const around = await setUp();
    const { caller, node, opening } = await joined(around, { node: null });
    say(caller, 'one', 'two', 'three');
    await settle();
    caller.vanish();
    await settle();
    assert.deepEqual(node.openings.at(-1), { ...opening, close: true });
    assert.deepEqual(around.broker.load(), LISTENING);
  });

  it('is not begun for a caller that has gone already', async () => {
    const { broker } = await setUp();
    const node = listenAs(broker, 'n1');
    await settle();
    openEnd(broker, 'n1').vanish();
    await settle();
    assert.deepEqual(broker.load(), LISTENING);
    assert.deepEqual(node.openings, [], 'what nobody took yet is taken back');
  });

  it('ends with the session that it belongs to', async () => {
    const around = await setUp();
    const first = await joined(around);
    const next = listenAs(around.broker, 'n1');
    await settle();
    failed(first.node, 'CONFLICT', /listens for tunnels elsewhere/);
    failed(first.caller, 'UNAVAILABLE', /connection to node host-n1 was lost/);
    assert.deepEqual(next.openings, []);
    const second = openEnd(around.broker, 'n1');
    await settle();
    next.vanish();
    await settle();
    failed(second, 'UNAVAILABLE', /connection to node host-n1 was lost/);
    assert.deepEqual(around.broker.load(), EMPTY);
  });

  it('ends with the lead; one that has carried nothing yet may be opened again at the next leader', async () => {
    const around = await setUp();
    const { caller, server, node } = await joined(around);
    const waiting = openEnd(around.broker, 'n2');
    await settle();
    around.broker.stop();
    await settle();
    failed(caller, 'UNAVAILABLE', /the leader changed/);
    failed(server, 'UNAVAILABLE', /the leader changed/);
    failed(waiting, 'NOT_LEADER', /not the leader any more/);
    failed(node, 'NOT_LEADER', /not the leader any more/);
    const late = [openEnd(around.broker, 'n1'), listenAs(around.broker, 'n1')];
    await settle();
    for (const one of late) failed(one, 'NOT_LEADER', /not the leader/);
    assert.deepEqual(around.broker.load(), EMPTY);
  });

  it('is read only as fast as the other side takes what was read', async () => {
    const around = await setUp();
    const { caller, server } = await joined(around, { caller: null, node: null });
    for (let count = 0; count < 50; count++) {
      say(caller, 'request');
      say(server, 'answer');
    }
    await settle();
    // Each asked for its first frame, and for at most one that nobody has taken.
    assert.deepEqual([caller.sender.asked() <= 3, server.sender.asked() <= 3], [true, true]);
  });

  it('is refused beyond a number at once', async () => {
    const around = await setUp();
    const callers = Array.from({ length: MAX_TUNNELS }, () => openEnd(around.broker, 'n1'));
    await settle();
    const tooMany = openEnd(around.broker, 'n1');
    await settle();
    failed(tooMany, 'RESOURCE_EXHAUSTED', /256 calls to other nodes/);
    for (const caller of callers) caller.vanish();
    await settle();
    assert.deepEqual(around.broker.load(), EMPTY);
  });

  it('ends at a frame that is too large', async () => {
    const around = await setUp();
    const { caller, server } = await joined(around);
    server.sender.send({ message: new Uint8Array(MAX_PIECE_BYTES + 1) });
    await settle();
    failed(caller, 'INVALID_ARGUMENT', /more than 262144 bytes/);
    failed(server, 'INVALID_ARGUMENT', /more than 262144 bytes/);
    assert.deepEqual(around.broker.load(), LISTENING);
  });

  it('begins with a target, and its other end with an id', async () => {
    const { broker } = await setUp();
    const caller = openEnd(broker, '');
    const server = serveEnd(broker, 'n1', '');
    await settle();
    failed(caller, 'NOT_FOUND', /node {2}was removed/);
    failed(server, 'NOT_FOUND', /nobody waits for tunnel ""/);
  });
});
