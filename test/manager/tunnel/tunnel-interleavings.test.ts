import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import fc from 'fast-check';

import { createTunnelBroker, type TunnelBroker } from '../../../manager/tunnel/tunnel-broker.ts';
import {
  createManualClock,
  createTestStore,
  descriptionOf,
  nextId,
  nodeObject,
  put,
} from '../dispatcher/cluster-fixture.ts';
import { type End, type ListeningNode, listenAs, openEnd, serveEnd } from './tunnel-ends.ts';

const NODES = ['n1', 'n2'] as const;

/** A caller or a node's end, and the numbers of what it sent. */
interface Actor {
  readonly end: End;
  readonly sent: string[];
  saidLast: boolean;
  isGone: boolean;
}

interface Scene {
  readonly broker: TunnelBroker;
  readonly time: ReturnType<typeof createManualClock>;
  readonly listeners: ListeningNode[];
  readonly callers: Actor[];
  readonly servers: (Actor & { readonly id: string })[];
  readonly setDown: (nodeId: string, isDown: boolean) => Promise<void>;
  count: number;
}

type Step =
  | { readonly kind: 'listen' | 'leave' | 'open' | 'serve' | 'down' | 'up'; readonly which: number }
  | {
      readonly kind: 'say' | 'end' | 'fail' | 'vanish';
      readonly side: 'callers' | 'servers';
      readonly which: number;
    }
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'stop' };

const which = fc.nat({ max: 5 });
const side = fc.constantFrom('callers' as const, 'servers' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('listen' as const, 'open' as const), which }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('serve' as const), which }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('say' as const), side, which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('end' as const, 'fail' as const, 'vanish' as const),
      side,
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'down' as const, 'up' as const), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), delayMs: fc.nat({ max: 6_000 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'stop' as const }) },
);

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function pick<T>(all: readonly T[], at: number): T | undefined {
  return all[at % Math.max(1, all.length)];
}

function takeUp(scene: Scene, at: number): void {
  const served = new Set(scene.servers.map(({ id }) => id));
  const waiting = scene.listeners.flatMap(({ nodeId, openings }) =>
    openings.filter(({ id, close }) => !close && !served.has(id)).map(({ id }) => ({ nodeId, id })),
  );
  const opening = pick(waiting, at);
  if (opening === undefined) return;
  const end = serveEnd(scene.broker, opening.nodeId, opening.id, at);
  scene.servers.push({ id: opening.id, end, sent: [], saidLast: false, isGone: false });
}

async function take(scene: Scene, step: Step): Promise<void> {
  switch (step.kind) {
    case 'listen':
      scene.listeners.push(listenAs(scene.broker, NODES[step.which % 2] ?? 'n1'));
      return;
    case 'leave':
      return pick(scene.listeners, step.which)?.vanish();
    case 'open': {
      const end = openEnd(scene.broker, NODES[step.which % 2] ?? 'n1', step.which);
      scene.callers.push({ end, sent: [], saidLast: false, isGone: false });
      return;
    }
    case 'serve':
      return takeUp(scene, step.which);
    case 'down':
    case 'up':
      return scene.setDown(NODES[step.which % 2] ?? 'n1', step.kind === 'down');
    case 'wait':
      return scene.time.advance(step.delayMs);
    case 'stop':
      return scene.broker.stop();
    default:
      return act(scene, pick(scene[step.side], step.which), step.kind);
  }
}

function act(scene: Scene, actor: Actor | undefined, kind: 'say' | 'end' | 'fail' | 'vanish'): void {
  if (actor === undefined || actor.saidLast || actor.isGone) return;
  const { sender } = actor.end;
  if (kind === 'vanish') {
    actor.isGone = true;
    actor.end.vanish();
  } else if (kind === 'say') {
    const word = String(scene.count++);
    actor.sent.push(word);
    sender.send({ message: Buffer.from(word) });
  } else {
    actor.saidLast = true;
    sender.send(
      kind === 'end' ? { end: true } : { error: { code: 'CONFLICT', message: 'no', help: '', causes: [] } },
    );
  }
}

function wordsOf({ end }: Actor): readonly string[] {
  return end.received.flatMap(({ message }) =>
    message === undefined ? [] : [Buffer.from(message).toString()],
  );
}

/** What came to an actor must be the beginning of what one other said; all of it, when that one's last frame came. */
function checkDirection(receiver: Actor, senders: readonly Actor[]): void {
  const words = wordsOf(receiver);
  const [first] = words;
  const last = receiver.end.received.at(-1);
  const isWhole = last !== undefined && (last.end || last.error !== undefined);
  if (first === undefined) return;
  const sender = senders.find(({ sent }) => sent[0] === first);
  assert.ok(sender !== undefined, `${first} was said by nobody from the beginning`);
  assert.deepEqual(words, isWhole ? sender.sent : sender.sent.slice(0, words.length));
}

async function play(steps: readonly (readonly [Step, number])[]): Promise<void> {
  const time = createManualClock();
  const store = createTestStore(time.clock.nowMs);
  const setDown = (id: string, isDown: boolean) => {
    const status = { state: isDown ? 'down' : 'ready', message: '', address: '' } as const;
    return put(store, nodeObject(id, { status, description: descriptionOf(id) }));
  };
  for (const id of NODES) await setDown(id, false);
  const broker = createTunnelBroker({ store, clock: time.clock, newId: nextId });
  const scene: Scene = { broker, time, listeners: [], callers: [], servers: [], setDown, count: 0 };
  for (const [one, pause] of steps) {
    await take(scene, one);
    await turns(pause);
  }
  await turns(8);
  for (const caller of scene.callers) checkDirection(caller, scene.servers);
  for (const server of scene.servers) checkDirection(server, scene.callers);
  // A node's end outlives nothing: once the callers are gone, so is it, without being told by its own stream.
  for (const { end } of scene.callers) end.vanish();
  await turns(24);
  assert.equal(broker.load().tunnels, 0);
  for (const { end } of [...scene.callers, ...scene.servers])
    assert.ok(end.outcome() !== undefined, 'an end hangs');
  for (const listener of scene.listeners) listener.vanish();
  await turns(4);
  assert.deepEqual(broker.load(), { listeners: 0, tunnels: 0 });
  for (const listener of scene.listeners) assert.ok(listener.outcome() !== undefined, 'a listener hangs');
}

const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);
before(() => process.on('unhandledRejection', noteUnhandled));
after(() => {
  process.off('unhandledRejection', noteUnhandled);
  assert.deepEqual(unhandled, []);
});

describe('tunnels in any order of events', () => {
  it('carry what was said in its order, and leave nothing behind', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.nat({ max: 3 })), { minLength: 5, maxLength: 50 }), play),
      { numRuns: 150 },
    ));
});
