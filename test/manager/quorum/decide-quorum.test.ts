import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Node } from '../../../lib/domain/node.ts';
import { decideQuorum, decideWithoutQuorum } from '../../../manager/quorum/decide-quorum.ts';
import {
  type ObservedMember,
  observeMembers,
  UNREACHABLE_AFTER_MS,
} from '../../../manager/quorum/members.ts';
import { stateFromObjects, viewOfState } from '../../../manager/store/memory-state.ts';
import { nodeObject } from '../dispatcher/cluster-fixture.ts';
import { CLUSTER, demoted, managerNode, voter } from './quorum-samples.ts';

const SELF = { nodeId: 'a', raftId: 1 };
const A = managerNode('a', 1, { leader: true });
const B = managerNode('b', 2);
const C = managerNode('c', 3);
const silent = { reachability: 'unreachable', isReachable: false } as const;

function viewOf(...nodes: readonly Node[]) {
  return viewOfState(stateFromObjects([CLUSTER, ...nodes], 1));
}

function decide(nodes: readonly Node[], members: readonly ObservedMember[], self = SELF) {
  const { changes, actions, blocked } = decideQuorum(viewOf(...nodes), members, self);
  const steps = actions.map((action) =>
    action.kind === 'announce'
      ? `announce ${action.raftId} ${action.raftAddress}`
      : `${action.kind} ${action.raftId}`,
  );
  const managers = changes.flatMap((change) =>
    change.kind === 'put' && change.object.kind === 'node' ? [[change.object.id, change.object.manager]] : [],
  );
  return { steps, blocked, managers: Object.fromEntries(managers) as Record<string, Node['manager']> };
}

type Case = readonly [
  title: string,
  nodes: readonly Node[],
  members: readonly ObservedMember[],
  steps: readonly string[],
];

const three = [voter(1, 'a'), voter(2, 'b'), voter(3, 'c')];
const cases: readonly Case[] = [
  ['nothing when all is as it should be', [A, B, C], three, []],
  [
    'promote a learner that caught up',
    [A, B],
    [voter(1, 'a'), voter(2, 'b', { isVoter: false })],
    ['promote 2'],
  ],
  [
    'wait for a learner that is behind',
    [A, B],
    [voter(1, 'a'), voter(2, 'b', { isVoter: false, isCaughtUp: false })],
    [],
  ],
  [
    'wait for a learner that does not answer',
    [A, B],
    [voter(1, 'a'), voter(2, 'b', { isVoter: false, ...silent })],
    [],
  ],
  ['remove the member of a node that was demoted', [A, demoted(B), C], three, ['remove 2']],
  ['remove the member of a node that is gone', [A, C], three, ['remove 2']],
  ['hand over the lead when this one was demoted', [demoted(A), B, C], three, ['transfer 2']],
  ['hand over the lead to one that stays', [demoted(A), demoted(B), C], three, ['remove 2', 'transfer 3']],
  [
    'remove the former member of a node that came back',
    [A, B, { ...C, manager: managerNode('c', 7).manager as NonNullable<Node['manager']> }],
    [...three.slice(0, 2), voter(3, 'c', silent), voter(7, 'c', { isVoter: false })],
    ['remove 3', 'promote 7'],
  ],
  ['leave alone a member newer than what is known here', [A, B], [...three.slice(0, 2), voter(10, 'c')], []],
  ['know its member by the id alone', [A, B], [voter(1, 'a'), voter(2, '', { raftAddress: 'b:2378' })], []],
  [
    'tell the others of a new address',
    [A, managerNode('b', 2, { raftAddress: 'elsewhere:1' })],
    three.slice(0, 2),
    ['announce 2 elsewhere:1'],
  ],
  [
    'announce no address that is not known',
    [A, managerNode('b', 2, { raftAddress: '' })],
    three.slice(0, 2),
    [],
  ],
];

describe('the quorum is decided to', () => {
  for (const [title, nodes, members, steps] of cases) {
    it(title, () => {
      const decision = decide(nodes, members);
      assert.deepEqual(decision.steps, steps);
      assert.deepEqual(decision.blocked, []);
    });
  }

  it('keep a member without which too few voters would answer, and say so', () => {
    const decision = decide([A, demoted(B), C], [voter(1, 'a'), voter(2, 'b'), voter(3, 'c', silent)]);
    assert.deepEqual(decision.steps, []);
    assert.match(decision.blocked.join(), /Member 2 of node b stays, although its node is a worker now/);
  });

  it('wait without a word when a voter seems silent for a moment', () => {
    const members = [voter(1, 'a'), voter(2, 'b'), voter(3, 'c', { isReachable: false })];
    const { steps, blocked } = decide([A, demoted(B), C], members);
    assert.deepEqual([steps, blocked], [[], []]);
  });

  it('count no one who was not heard of yet', () => {
    const members = [
      voter(1, 'a'),
      voter(2, 'b'),
      voter(3, 'c', { reachability: 'unknown', isReachable: false }),
    ];
    assert.deepEqual(decide([A, demoted(B), C], members).steps, []);
  });

  it('keep the last voter', () => {
    const decision = decide([demoted(A), B], [voter(1, 'a'), voter(2, 'b', { isVoter: false, ...silent })]);
    assert.deepEqual(decision.steps, []);
    assert.equal(decision.blocked.length, 1);
  });

  it('remove a learner even when a voter could not go', () => {
    const members = [voter(1, 'a'), voter(2, 'b', { isVoter: false }), voter(3, 'c', silent), voter(4, 'd')];
    assert.deepEqual(decide([A, demoted(B), C, managerNode('d', 4)], members).steps, ['remove 2']);
  });
});

describe("the managers' status", () => {
  it('follows the members', () => {
    const members = [voter(1, 'a'), voter(2, 'b'), voter(3, 'c', silent)];
    const { managers } = decide([managerNode('a', 1), managerNode('b', 2, { leader: true }), C], members);
    assert.equal(managers.a?.leader, true);
    assert.equal(managers.b?.leader, false);
    assert.equal(managers.c?.reachability, 'unreachable');
    assert.deepEqual(decide([A, B, C], three).managers, {});
  });

  it('is what the last leader knew until this one has heard of a member', () => {
    const unheard = voter(3, 'c', { reachability: 'unknown', isReachable: false });
    assert.deepEqual(decide([A, B, C], [...three.slice(0, 2), unheard]).managers, {});
    const lost = managerNode('c', 3, { reachability: 'unreachable' });
    assert.deepEqual(decide([A, B, lost], [...three.slice(0, 2), unheard]).managers, {});
  });

  it('is unknown for one that is no member', () => {
    assert.equal(decide([A, B, C], three.slice(0, 2)).managers.c?.reachability, 'unknown');
  });

  it('ends with the last member of a node that was demoted', () => {
    assert.deepEqual(decide([A, demoted(B)], three.slice(0, 2)).managers, {});
    assert.deepEqual(decide([A, demoted(B)], [voter(1, 'a'), voter(8, 'b')]).managers.b?.raftId, 2);
    const gone = decide([A, demoted(B)], three.slice(0, 1)).managers;
    assert.ok('b' in gone && gone.b === undefined);
  });

  it('comes from the sessions of the agents where etcd keeps the state', () => {
    const withState = (id: string, state: Node['status']['state']): Node => ({
      ...managerNode(id, 0, { reachability: 'unknown' }),
      status: { state, message: '', address: '' },
    });
    const nodes = [withState('a', 'down'), withState('b', 'ready'), withState('c', 'down'), nodeObject('w')];
    const decided = (present: readonly Node[]) =>
      decideWithoutQuorum(viewOf(...present), 'a').flatMap((change) =>
        change.kind === 'put' && change.object.kind === 'node' ? [change.object] : [],
      );
    assert.deepEqual(
      decided(nodes).map(({ id, manager }) => [id, manager?.leader, manager?.reachability]),
      [
        ['a', true, 'reachable'],
        ['b', false, 'reachable'],
        ['c', false, 'unreachable'],
      ],
    );
    assert.deepEqual(decided(decided(nodes)), []);
    const [worker] = decided([demoted(withState('b', 'ready'))]);
    assert.ok(worker?.id === 'b' && worker.manager === undefined);
  });
});

describe('a member', () => {
  const look = (isReachable: boolean, earlier: Parameters<typeof observeMembers>[0], nowMs: number) => {
    const observed = observeMembers(earlier, [voter(2, 'b', { isReachable })], nowMs);
    return { sightings: observed.sightings, reachability: observed.members[0]?.reachability };
  };

  it('is unreachable only after a while of silence, and reachable at once', () => {
    const heard = look(true, new Map(), 1_000);
    assert.equal(heard.reachability, 'reachable');
    const missed = look(false, heard.sightings, 1_000 + UNREACHABLE_AFTER_MS - 1);
    assert.equal(missed.reachability, 'reachable');
    const silent = look(false, missed.sightings, 1_000 + UNREACHABLE_AFTER_MS);
    assert.equal(silent.reachability, 'unreachable');
    assert.equal(look(true, silent.sightings, 9_000).reachability, 'reachable');
  });

  it('is unknown until it was heard of, or silent for long enough', () => {
    const first = look(false, new Map(), 1_000);
    assert.equal(first.reachability, 'unknown');
    assert.equal(look(false, first.sightings, 1_000 + UNREACHABLE_AFTER_MS).reachability, 'unreachable');
  });
});
