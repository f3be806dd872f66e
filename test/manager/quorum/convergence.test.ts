import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Node } from '../../../lib/domain/node.ts';
import { SkepError } from '../../../lib/errors.ts';
import { removeNodeRule, updateNodeRule } from '../../../manager/api/node-rules.ts';
import { createManagers } from '../../../manager/quorum/managers.ts';
import { startQuorumLoop } from '../../../manager/quorum/quorum-loop.ts';
import type { ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { createManualClock, createTestStore, nodeObject, put } from '../dispatcher/cluster-fixture.ts';
import { CLUSTER, createModelQuorum, type ModelQuorum, managerNode } from './quorum-samples.ts';

const NODES = ['a', 'b', 'c', 'd', 'e'];

interface World {
  readonly store: ReplicatedStore;
  readonly quorum: ModelQuorum;
  readonly time: ReturnType<typeof createManualClock>;
  /** Runs on the leader's node while it leads. */
  loop: ReturnType<typeof startQuorumLoop>;
  leader: string;
}

/** Four managers take part; `e` is a worker. */
async function openWorld(): Promise<World> {
  const time = createManualClock();
  const store = createTestStore(time.clock.nowMs);
  const quorum = createModelQuorum({ raftId: 1, nodeId: 'a' });
  const managers = ['a', 'b', 'c', 'd'].map((id, index) => managerNode(id, index + 1));
  for (const { id, manager } of managers.slice(1)) quorum.put(manager?.raftId ?? 0, id, true);
  await put(store, { ...CLUSTER, lastRaftId: 4 }, ...managers, nodeObject('e'));
  const world = { store, quorum, time, leader: 'a' };
  return { ...world, loop: startQuorumLoop({ ...world, quorum: quorum.control, nodeId: 'a', ...time, log }) };
}

const log = (): void => undefined;

/** The loop of a leader that lost the lead ends, and another one begins where the lead is now. */
function followLead(world: World): void {
  const { nodeId = '' } = world.quorum.members.get(world.quorum.control.raftId) ?? {};
  if (nodeId === world.leader) return;
  world.loop.close();
  world.leader = nodeId;
  const { store, quorum, time } = world;
  world.loop = startQuorumLoop({ store, quorum: quorum.control, nodeId, ...time, log });
}

async function passTime(world: World, forMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < forMs; passedMs += 500) {
    await world.time.advance(500);
    followLead(world);
  }
}

function memberOf({ store, quorum }: World, id: string) {
  return quorum.members.get(store.view().nodes.get(id)?.manager?.raftId ?? 0);
}

/** Those that no majority is left without; the lead goes to another voter when it was lost. */
function goDown(world: World, id: string): void {
  const member = memberOf(world, id);
  if (member === undefined) return;
  member.isUp = false;
  if (!world.quorum.hasQuorum()) {
    member.isUp = true;
    return;
  }
  if (member.raftId !== world.quorum.control.raftId) return;
  const next = [...world.quorum.members.values()].find(({ isUp, isVoter }) => isUp && isVoter);
  world.quorum.lead(next?.raftId ?? 0);
  followLead(world);
}

async function join(world: World, id: string): Promise<void> {
  const { store, quorum, time, leader } = world;
  const managers = createManagers({ store, quorum: quorum.control, nodeId: leader, ...time, log });
  const joined = managers.join(id, { address: `${id}:2377`, raftAddress: `${id}:2378` });
  await Promise.allSettled([joined, passTime(world, 1_000)]);
}

type Event =
  | { readonly kind: 'role'; readonly id: string; readonly role: Node['spec']['role'] }
  | { readonly kind: 'down' | 'up' | 'wiped' | 'removed' | 'joins'; readonly id: string };

async function happen(world: World, event: Event): Promise<void> {
  const { store } = world;
  const { id } = event;
  const member = memberOf(world, id);
  const node = store.view().nodes.get(id);
  if (node === undefined) return;
  switch (event.kind) {
    case 'role':
      await store.update((view) => {
        const spec = { ...node.spec, role: event.role };
        return updateNodeRule(view, { reference: id, version: 0, spec }).changes;
      });
      return;
    case 'removed':
      await store.update((view) => removeNodeRule(view, id, true).changes);
      return;
    case 'down':
      goDown(world, id);
      return;
    case 'up':
      if (member !== undefined) member.isUp = true;
      return;
    case 'joins':
      await join(world, id);
      return;
    case 'wiped':
      goDown(world, id);
      if (member?.isUp === false) await join(world, id);
      return;
  }
}

const anyNode = fc.constantFrom(...NODES);
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('role' as const),
    id: anyNode,
    role: fc.constantFrom('worker' as const, 'manager' as const),
  }),
  fc.record({ kind: fc.constantFrom('down', 'up', 'wiped', 'removed', 'joins'), id: anyNode }),
);

/** Everything that can come back does; a manager without a part in the quorum, or with a dead one, joins. */
async function heal(world: World): Promise<void> {
  const { store, quorum } = world;
  for (const { id, spec } of [...store.view().nodes.values()]) {
    const member = memberOf(world, id);
    if (member !== undefined) member.isUp = true;
    else if (spec.role === 'manager') await join(world, id);
  }
  assert.ok(quorum.hasQuorum());
  await passTime(world, 30_000);
}

describe('the quorum', () => {
  it('never loses its majority by a step of its own, and becomes exactly the managers of the store', async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyEvent, fc.constantFrom(0, 500, 4_000)), { maxLength: 14 }),
        async (events) => {
          const world = await openWorld();
          const { store, quorum } = world;
          await passTime(world, 1_000);
          for (const [event, pauseMs] of events) {
            // Refusals are part of it: the last manager, too few that answer, the leader itself.
            await happen(world, event).catch((thrown: unknown) => assert.ok(thrown instanceof SkepError));
            await passTime(world, pauseMs);
          }
          await heal(world);
          world.loop.close();
          assert.deepEqual(quorum.violations, []);
          const nodes = [...store.view().nodes.values()];
          const wanted = nodes.filter(({ spec }) => spec.role === 'manager');
          assert.deepEqual(
            [...quorum.members.values()].map(({ raftId, isVoter }) => ({ raftId, isVoter })).sort(byId),
            wanted.map(({ manager }) => ({ raftId: manager?.raftId ?? 0, isVoter: true })).sort(byId),
          );
          for (const { spec, manager, id } of nodes) {
            assert.equal(manager !== undefined, spec.role === 'manager');
            if (manager === undefined) continue;
            assert.equal(manager.reachability, 'reachable');
            assert.equal(manager.leader, id === world.leader);
          }
          steps += quorum.steps.length;
        },
      ),
      { numRuns: 150 },
    );
    assert.ok(steps > 150, `steps were taken: ${steps}`);
  });
});

function byId(left: { readonly raftId: number }, right: { readonly raftId: number }): number {
  return left.raftId - right.raftId;
}
