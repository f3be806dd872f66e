import assert from 'node:assert/strict';
import type { ChangeKind, ChangeTransition } from '../../../../../manager/raft/core/confchange/change.ts';
import { NO_DATA } from '../../../../../manager/raft/core/entry.ts';
import { EMPTY_CONF_STATE, type Message, type Snapshot } from '../../../../../manager/raft/core/message.ts';
import { type Chance, createChance } from './chance.ts';
import { type Checker, createChecker } from './checker.ts';
import { createMember, type Member, type MemberOptions } from './member.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly memberCount: number;
  /** Random things that happen before everything is healed. */
  readonly steps: number;
  readonly hasCarelessDisks?: boolean;
}

/** What happened, to show that something did. */
export interface SimulationCounts {
  leaders: number;
  committed: number;
  crashes: number;
  dropped: number;
  duplicated: number;
  partitions: number;
  snapshots: number;
  changes: number;
  transfers: number;
  reads: number;
}

interface World {
  readonly chance: Chance;
  readonly checker: Checker;
  readonly members: readonly Member[];
  readonly counts: SimulationCounts;
  /** `from>to` of links that lose everything. */
  readonly cut: Set<string>;
  network: Message[];
  /** Messages that got stuck somewhere, to arrive when nobody expects them any more. */
  readonly late: Message[];
  proposals: number;
  isHealed: boolean;
  /** The highest commit index anywhere when each read was asked for. */
  readonly readFloors: Map<string, number>;
}

/** Messages on their way; beyond that the oldest are lost. */
const MAX_NETWORK = 400;
const MAX_LATE = 100;
/** More than enough for a healed cluster to elect a leader and to bring everyone up to date. */
const LIVENESS_ROUNDS = 600;

/**
 * Runs a cluster under a seed: first random faults, with safety checked at each step, then a healed cluster, which
 * must come to serve. Throws an AssertionError as soon as something is wrong.
 */
export function simulate(options: SimulationOptions): SimulationCounts {
  const world = createWorld(options);
  for (let step = 0; step < options.steps; step++) {
    doSomething(world);
    if (step % 50 === 0) world.checker.compareLogs(world.members.filter((member) => member.isUp()));
  }
  heal(world);
  world.checker.compareLogs(world.members);
  world.counts.leaders = world.checker.leaderCount();
  world.counts.committed = world.checker.highestCommit();
  return world.counts;
}

function createWorld(options: SimulationOptions): World {
  const chance = createChance(options.seed);
  const ids = Array.from({ length: options.memberCount }, (_, place) => place + 1);
  const first: Snapshot = {
    index: 1,
    term: 1,
    confState: { ...EMPTY_CONF_STATE, voters: ids },
    data: new Uint8Array(4),
  };
  const members: Member[] = [];
  const world: World = {
    chance,
    checker: createChecker(),
    members,
    counts: {
      leaders: 0,
      committed: 0,
      crashes: 0,
      dropped: 0,
      duplicated: 0,
      partitions: 0,
      snapshots: 0,
      changes: 0,
      transfers: 0,
      reads: 0,
    },
    cut: new Set(),
    network: [],
    late: [],
    proposals: 0,
    isHealed: false,
    readFloors: new Map(),
  };
  const memberOptions = drawOptions(chance, options.hasCarelessDisks === true);
  for (const id of ids) {
    members.push(
      createMember(id, first, memberOptions, {
        chance,
        checker: world.checker,
        send: (message) => post(world, message),
        onRead: (context, index) => checkRead(world, context, index),
      }),
    );
  }
  return world;
}

function drawOptions(chance: Chance, hasCarelessDisk: boolean): MemberOptions {
  return {
    hasCarelessDisk,
    electionTicks: 10,
    heartbeatTicks: 2,
    asyncStorageWrites: chance.happens(0.5),
    // Without both, a learner of a later term is never brought back, by design.
    ...chance.pick([
      { preVote: true, checkQuorum: true },
      { preVote: true, checkQuorum: false },
      { preVote: false, checkQuorum: true },
    ]),
    stepDownOnRemoval: chance.happens(0.7),
    maxMessageBytes: chance.pick([40, 200, Number.POSITIVE_INFINITY]),
    maxCommittedBytesPerReady: chance.pick([1, 100, Number.POSITIVE_INFINITY]),
    maxInflightMessages: chance.pick([1, 3, 256]),
    maxUncommittedBytes: chance.pick([100, Number.POSITIVE_INFINITY]),
  };
}

function post(world: World, message: Message): void {
  const { chance, counts } = world;
  if (!world.isHealed && (chance.happens(0.05) || world.network.length >= MAX_NETWORK)) {
    lose(world, message);
    return;
  }
  if (!world.isHealed && chance.happens(0.08)) {
    // Some arrive late, some twice.
    const isTwice = chance.happens(0.6);
    if (isTwice) counts.duplicated++;
    if (world.late.length < MAX_LATE) world.late.push(message);
    if (!isTwice) return;
  }
  world.network.push(message);
}

function lose(world: World, message: Message): void {
  world.counts.dropped++;
  const sender = memberOf(world, message.from);
  if (!sender.isUp()) return;
  // The sender's connection notices a lost snapshot always, other losses only now and then.
  if (message.type === 'MsgSnap') sender.raft().reportSnapshot(message.to, false);
  else if (world.chance.happens(0.3)) sender.raft().reportUnreachable(message.to);
}

function memberOf(world: World, id: number): Member {
  const member = world.members[id - 1];
  assert.ok(member !== undefined, `there is a member ${id}`);
  return member;
}

function deliver(world: World, message: Message): void {
  const target = memberOf(world, message.to);
  if (!target.isUp() || world.cut.has(`${message.from}>${message.to}`)) {
    lose(world, message);
    return;
  }
  target.raft().step(message);
  world.checker.observe(target);
  if (message.type !== 'MsgSnap') return;
  world.counts.snapshots++;
  const sender = memberOf(world, message.from);
  if (sender.isUp()) sender.raft().reportSnapshot(message.to, true);
}

function checkRead(world: World, context: string, index: number): void {
  const floor = world.readFloors.get(context);
  assert.ok(floor !== undefined, `read ${context} was asked for`);
  assert.ok(index >= floor, `read ${context} is answered at ${index}, though ${floor} was committed before`);
  world.counts.reads++;
}

type Action = (world: World, member: Member) => void;

/** What can happen to a member that is up, and how often in comparison. */
const ACTIONS: readonly (readonly [number, Action])[] = [
  [240, (_, member) => member.raft().tick()],
  [450, (world) => deliverAny(world)],
  [20, deliverLate],
  [450, (_, member) => member.work(0.004)],
  [50, propose],
  [12, changeMembers],
  [12, read],
  [
    3,
    (world, member) => {
      world.counts.transfers++;
      member.raft().transferLeader(world.chance.pick(world.members).id);
    },
  ],
  [5, (_, member) => member.raft().campaign()],
  [1, (_, member) => void member.raft().forgetLeader()],
  [8, (_, member) => member.takeSnapshot()],
  [3, (_, member) => member.crash()],
  [6, partition],
  [6, (world) => world.cut.clear()],
];
const TOTAL_WEIGHT = ACTIONS.reduce((sum, [weight]) => sum + weight, 0);

function doSomething(world: World): void {
  const { chance, members } = world;
  const member = chance.pick(members);
  if (!member.isUp()) {
    if (chance.happens(0.02)) {
      world.counts.crashes++;
      member.restart();
    }
    return;
  }
  let draw = chance.below(TOTAL_WEIGHT);
  for (const [weight, action] of ACTIONS) {
    draw -= weight;
    if (draw >= 0) continue;
    action(world, member);
    break;
  }
  if (member.isUp()) world.checker.observe(member);
}

function deliverAny(world: World): void {
  if (world.network.length === 0) return;
  // Mostly in about the order of sending, now and then any message at all.
  const range = world.chance.happens(0.1) ? world.network.length : Math.min(4, world.network.length);
  const [message] = world.network.splice(world.chance.below(range), 1);
  if (message !== undefined) deliver(world, message);
}

function deliverLate(world: World): void {
  if (world.late.length === 0) return;
  const [message] = world.late.splice(world.chance.below(world.late.length), 1);
  if (message !== undefined) deliver(world, message);
}

function read(world: World, member: Member): void {
  const context = `read ${world.readFloors.size}`;
  world.readFloors.set(context, world.checker.highestCommit());
  member.raft().readIndex(context);
}

function propose(world: World, member: Member): void {
  world.proposals++;
  member.raft().propose(new TextEncoder().encode(`v${world.proposals}`));
}

const KINDS: readonly ChangeKind[] = ['add-voter', 'add-voter', 'add-learner', 'remove'];
const TRANSITIONS: readonly ChangeTransition[] = ['auto', 'auto', 'joint-implicit', 'joint-explicit'];

function changeMembers(world: World, member: Member): void {
  const { chance, members, counts } = world;
  const count = chance.below(4);
  const changes = Array.from({ length: count }, () => ({
    kind: chance.pick(KINDS),
    memberId: chance.pick(members).id,
  }));
  // Without changes it is a wish to leave a joint configuration, which only the plain transition says.
  const transition = count === 0 ? 'auto' : chance.pick(TRANSITIONS);
  const outcome = member.raft().proposeConfChange({ transition, changes, context: NO_DATA });
  if (outcome === 'accepted') counts.changes++;
}

/** Cuts some members off, in one direction or both. */
function partition(world: World): void {
  const { chance, members } = world;
  world.counts.partitions++;
  const isOneWay = chance.happens(0.3);
  const side = new Set(members.filter(() => chance.happens(0.4)).map(({ id }) => id));
  for (const from of members) {
    for (const to of members) {
      const isCrossing = side.has(from.id) !== side.has(to.id);
      if (isCrossing && (!isOneWay || side.has(from.id))) world.cut.add(`${from.id}>${to.id}`);
    }
  }
}

/** No more faults: there must be a leader soon, new proposals commit, and all members of its configuration have them. */
function heal(world: World): void {
  world.isHealed = true;
  world.cut.clear();
  // A leader waits for word of each snapshot that it sent, so none may stay stuck.
  world.network.push(...world.late.splice(0));
  for (const member of world.members) {
    if (!member.isUp()) member.restart();
  }
  let target = 0;
  for (let round = 0; round < LIVENESS_ROUNDS; round++) {
    playRound(world);
    const leader = findLeader(world);
    if (leader === undefined) continue;
    if (round % 100 === 99) propose(world, leader);
    if (round < LIVENESS_ROUNDS / 2) target = leader.view().lastIndex;
    if (round > LIVENESS_ROUNDS / 2 && target > 0 && areUpToDate(world, leader, target)) return;
  }
  const views = world.members
    .map((member) => {
      const { confState, progress } = member.raft().status();
      return JSON.stringify({ ...member.view(), confState, progress: [...progress] });
    })
    .join('\n');
  assert.fail(`the healed cluster does not serve\n${views}`);
}

function playRound(world: World): void {
  for (const member of world.members) {
    member.raft().tick();
    for (let turn = 0; turn < 100 && member.work(0); turn++);
  }
  const messages = world.network;
  world.network = [];
  for (const message of messages) deliver(world, message);
}

function findLeader(world: World): Member | undefined {
  return world.members
    .filter((member) => member.view().role === 'StateLeader')
    .sort((one, other) => other.view().term - one.view().term)[0];
}

function areUpToDate(world: World, leader: Member, target: number): boolean {
  const { voters, learners } = leader.raft().status().confState;
  return [...voters, ...learners].every((id) => memberOf(world, id).view().applied >= target);
}
