import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConfChange, MemberChange } from '../../../../manager/raft/core/confchange/change.ts';
import { NO_DATA } from '../../../../manager/raft/core/entry.ts';
import { createMemoryStorage } from '../../../../manager/raft/core/log/memory-storage.ts';
import { EMPTY_CONF_STATE, makeMessage } from '../../../../manager/raft/core/message.ts';
import { createRawNode } from '../../../../manager/raft/core/raw-node.ts';
import { createLab, type LabMember, text, work } from './lab.ts';

function changeOf(...changes: readonly MemberChange[]): ConfChange {
  return { transition: 'auto', changes, context: NO_DATA };
}

function hasEvent({ events }: LabMember, kind: string): boolean {
  return events.some((event) => event.kind === kind);
}

describe('a proposal', () => {
  it('is applied by every member, also when a follower or learner takes it', () => {
    const lab = createLab({ learners: [4] });
    lab.elect(1);
    assert.equal(lab.member(2).raft.propose(text('a')), 'accepted');
    lab.settle();
    assert.equal(lab.member(4).raft.propose(text('b'), text('c')), 'accepted');
    lab.settle();
    for (const member of lab.members)
      assert.deepEqual(member.applied, ['a', 'b', 'c'], `member ${member.id}`);
  });

  it('is refused with the reason where nobody can take it', () => {
    const lab = createLab({ disableProposalForwarding: true });
    assert.equal(lab.member(1).raft.propose(text('a')), 'no-leader');
    lab.elect(1);
    assert.equal(lab.member(2).raft.propose(text('a')), 'forwarding-disabled');
    lab.member(3).raft.campaign();
    assert.equal(lab.member(3).raft.propose(text('a')), 'no-leader');
  });

  it('is refused while too much is not committed, but a first one of any size is taken', () => {
    const lab = createLab({ maxUncommittedBytes: 10 });
    lab.elect(1);
    lab.arrives = () => false;
    const { raft } = lab.member(1);
    assert.equal(raft.propose(text('x'.repeat(50))), 'accepted');
    assert.equal(raft.propose(text('y')), 'too-much-uncommitted');
    lab.settle();
    assert.equal(raft.propose(text('y')), 'too-much-uncommitted');
    lab.arrives = () => true;
    lab.tick(1, 1);
    assert.equal(raft.propose(text('y')), 'accepted');
  });

  it('is split into messages of a limited size', () => {
    const lab = createLab({ maxMessageBytes: 60 });
    lab.elect(1);
    lab.member(1).raft.propose(...['a', 'b', 'c', 'd', 'e'].map(text));
    const sizes = work(lab.member(1))
      .filter(({ type, to }) => type === 'MsgApp' && to === 2)
      .map(({ entries }) => entries.length);
    assert.deepEqual(sizes, [2]);
    lab.member(1).raft.propose(text('f'));
    lab.settle();
    lab.tick(1, 1);
    assert.deepEqual(lab.member(2).applied, ['a', 'b', 'c', 'd', 'e', 'f']);
  });
});

describe('a leader', () => {
  it('does not commit an entry of an earlier term by counting who holds it', () => {
    const lab = createLab();
    lab.elect(1);
    const { raft } = lab.member(1);
    const committed = raft.status().commit;
    lab.arrives = ({ type }) => type.startsWith('MsgVote');
    raft.propose(text('a'));
    lab.settle();
    raft.step(makeMessage({ type: 'MsgHeartbeatResp', from: 2, to: 1, term: 3 }));
    lab.elect(1);
    const answer = makeMessage({ type: 'MsgAppResp', from: 2, to: 1, term: raft.status().term });
    raft.step({ ...answer, index: committed + 1 });
    assert.equal(raft.status().commit, committed);
    raft.step({ ...answer, index: committed + 2 });
    assert.equal(raft.status().commit, committed + 2);
  });

  it('counts itself only once its entries are on disk', () => {
    const lab = createLab({ voters: [1] });
    lab.elect(1);
    const { raft } = lab.member(1);
    const committed = raft.status().commit;
    raft.propose(text('a'));
    const { entries, committedEntries } = raft.ready();
    assert.deepEqual([entries.length, committedEntries.length, raft.status().commit], [1, 0, committed]);
    raft.advance();
    assert.equal(raft.status().commit, committed + 1);
  });
});

describe('an election', () => {
  it('counts on votes that are on disk, also one in a term that was known before', () => {
    const { raft } = createLab().member(1);
    raft.step(makeMessage({ type: 'MsgHeartbeatResp', from: 2, to: 1, term: 7 }));
    assert.equal(raft.ready().mustSync, true);
    raft.advance();
    raft.step(makeMessage({ type: 'MsgVote', from: 3, to: 1, term: 7, logTerm: 1, index: 1 }));
    const { mustSync, hardState, messages } = raft.ready();
    assert.deepEqual([mustSync, hardState?.vote], [true, 3]);
    assert.deepEqual(
      messages.map(({ type, to, reject }) => ({ type, to, reject })),
      [{ type: 'MsgVoteResp', to: 3, reject: false }],
    );
    raft.advance();
    raft.step(makeMessage({ type: 'MsgVote', from: 2, to: 1, term: 7, logTerm: 1, index: 1 }));
    assert.equal(raft.ready().messages[0]?.reject, true);
  });

  it('is not begun while a committed configuration change waits to be applied', () => {
    const lab = createLab();
    const member = lab.member(1);
    const entries = [{ term: 2, index: 2, type: 'EntryConfChangeV2' as const, data: NO_DATA }];
    const append = { from: 2, to: 1, term: 2, logTerm: 1, index: 1, commit: 2, entries };
    member.raft.step(makeMessage({ type: 'MsgApp', ...append }));
    member.raft.campaign();
    assert.equal(member.raft.status().role, 'StateFollower');
    assert.ok(hasEvent(member, 'election-refused'));
  });

  it('does not disturb a leader that its members hear, nor raise the term', () => {
    const lab = createLab({ preVote: true, checkQuorum: true });
    lab.elect(1);
    lab.tick(3, 12);
    assert.equal(lab.member(1).raft.status().role, 'StateLeader');
    assert.deepEqual(
      lab.members.map(({ raft }) => raft.status().term),
      [2, 2, 2],
    );
  });

  it('begins when the leader is silent for the drawn timeout', () => {
    const lab = createLab({ random: () => 0.55 });
    lab.elect(1);
    lab.tick(2, 14);
    assert.equal(lab.member(2).raft.status().role, 'StateFollower');
    lab.tick(2, 1);
    assert.equal(lab.member(2).raft.status().role, 'StateLeader');
    assert.equal(lab.member(1).raft.status().lead, 2);
  });

  it('is not begun by a learner, nor by a member that is not in the configuration', () => {
    const lab = createLab({ learners: [4] });
    lab.tick(4, 40);
    assert.equal(lab.member(4).raft.status().role, 'StateFollower');
    lab.member(4).raft.campaign();
    assert.ok(hasEvent(lab.member(4), 'election-refused'));
  });

  it('ends the term of a leader that lost its quorum', () => {
    const lab = createLab({ checkQuorum: true });
    lab.elect(1);
    lab.arrives = () => false;
    lab.tick(1, 20);
    assert.equal(lab.member(1).raft.status().role, 'StateFollower');
    assert.ok(hasEvent(lab.member(1), 'quorum-lost'));
  });

  it('does not wait for ever for a demoted member with a longer log, once that one says what is committed', () => {
    const lab = createLab();
    lab.elect(2);
    const demote: MemberChange = { kind: 'add-learner', memberId: 2 };
    lab.member(2).raft.proposeConfChange({ ...changeOf(demote), transition: 'joint-implicit' });
    // The others have the entry that leaves the joint configuration, but never hear that it is committed.
    let leaveIndex = 0;
    lab.arrives = ({ type, from, commit, entries }) => {
      const leave = entries.find((entry) => entry.type !== 'EntryNormal' && entry.data.byteLength === 0);
      leaveIndex = leave?.index ?? leaveIndex;
      return !(type === 'MsgApp' && from === 2 && leaveIndex > 0 && commit >= leaveIndex);
    };
    lab.settle();
    lab.member(2).raft.propose(text('only here'));
    lab.arrives = ({ type }) => type !== 'MsgApp';
    lab.settle();
    assert.deepEqual(lab.member(1).raft.status().confState.votersOutgoing, [1, 2, 3]);
    lab.arrives = ({ from, type }) => from !== 2 || type === 'MsgVoteResp';
    lab.tick(3, 30);
    lab.tick(3, 30);
    assert.equal(lab.member(3).raft.status().role, 'StateLeader');
    assert.deepEqual(lab.member(3).raft.status().confState.voters, [1, 3]);
  });
});

describe('a linearizable read', () => {
  it('is answered with the commit index, wherever it is asked', () => {
    const lab = createLab();
    lab.elect(1);
    lab.member(1).raft.propose(text('a'));
    lab.settle();
    lab.member(1).raft.readIndex('here');
    lab.member(3).raft.readIndex('there');
    lab.settle();
    const index = lab.member(1).raft.status().commit;
    assert.deepEqual(lab.member(1).reads, [{ index, context: 'here' }]);
    assert.deepEqual(lab.member(3).reads, [{ index, context: 'there' }]);
  });

  it('is not answered by a leader that cannot reach a quorum', () => {
    const lab = createLab();
    lab.elect(1);
    lab.arrives = () => false;
    lab.member(1).raft.readIndex('r');
    lab.settle();
    lab.tick(1, 5);
    assert.deepEqual(lab.member(1).reads, []);
    lab.arrives = () => true;
    lab.tick(1, 1);
    assert.equal(lab.member(1).reads.length, 1);
  });

  it('waits for the first commit of the term, also where one member decides alone', () => {
    const lab = createLab({ voters: [1] });
    const [member] = lab.members;
    assert.ok(member !== undefined);
    member.raft.campaign();
    work(member);
    assert.equal(member.raft.status().role, 'StateLeader');
    member.raft.readIndex('r');
    lab.settle();
    assert.deepEqual(member.reads, [{ index: 2, context: 'r' }]);
  });

  it('is not answered by a leader that is no voter any more, though one voter decides alone', () => {
    const lab = createLab({ voters: [1, 2] });
    lab.elect(1);
    lab.member(1).raft.proposeConfChange(changeOf({ kind: 'remove', memberId: 1 }));
    lab.settle();
    assert.equal(lab.member(1).raft.status().role, 'StateLeader');
    lab.arrives = () => false;
    lab.elect(2);
    lab.member(1).raft.readIndex('r');
    lab.settle();
    assert.deepEqual(lab.member(1).reads, []);
  });

  it('is refused once too many wait', () => {
    const lab = createLab();
    lab.elect(1);
    const { raft } = lab.member(1);
    for (let read = 0; read < 4_096; read++) assert.equal(raft.readIndex(`r${read}`), 'accepted');
    assert.equal(raft.readIndex('one more'), 'too-many-reads');
    assert.equal(createLab().member(1).raft.readIndex('r'), 'no-leader');
  });
});

describe('a leadership transfer', () => {
  it('makes the chosen voter leader at once, asked for anywhere', () => {
    const lab = createLab({ preVote: true, checkQuorum: true });
    lab.elect(1);
    lab.member(1).raft.propose(text('a'));
    lab.member(2).raft.transferLeader(3);
    lab.settle();
    assert.equal(lab.member(3).raft.status().role, 'StateLeader');
    assert.deepEqual(lab.member(3).applied, ['a']);
  });

  it('first brings the chosen voter up to the end of the log, and refuses proposals meanwhile', () => {
    const lab = createLab();
    lab.elect(1);
    lab.arrives = ({ to }) => to !== 3;
    lab.member(1).raft.propose(text('a'));
    lab.settle();
    lab.member(1).raft.transferLeader(3);
    assert.equal(lab.member(1).raft.propose(text('b')), 'transferring-leadership');
    lab.arrives = () => true;
    lab.tick(1, 1);
    assert.equal(lab.member(3).raft.status().role, 'StateLeader');
  });

  it('is given up after an election timeout, and never goes to a learner', () => {
    const lab = createLab({ learners: [4] });
    lab.elect(1);
    const { raft } = lab.member(1);
    raft.transferLeader(4);
    assert.equal(raft.status().leadTransferee, 0);
    lab.arrives = ({ to }) => to !== 3;
    raft.transferLeader(3);
    assert.equal(raft.status().leadTransferee, 3);
    lab.tick(1, 10);
    assert.equal(raft.status().leadTransferee, 0);
    assert.equal(raft.propose(text('a')), 'accepted');
  });
});

describe('a configuration change', () => {
  it('makes a learner a voter', () => {
    const lab = createLab({ voters: [1], learners: [2] });
    lab.elect(1);
    lab.member(1).raft.proposeConfChange(changeOf({ kind: 'add-voter', memberId: 2 }));
    lab.settle();
    for (const { raft } of lab.members) assert.deepEqual(raft.status().confState.voters, [1, 2]);
  });

  it('of several members passes through a joint configuration by itself', () => {
    const lab = createLab({ learners: [4, 5] });
    lab.elect(1);
    const change = changeOf(
      { kind: 'remove', memberId: 2 },
      { kind: 'remove', memberId: 3 },
      { kind: 'add-voter', memberId: 4 },
      { kind: 'add-voter', memberId: 5 },
    );
    assert.equal(lab.member(1).raft.proposeConfChange(change), 'accepted');
    lab.settle();
    const { confState } = lab.member(4).raft.status();
    assert.deepEqual([confState.voters, confState.votersOutgoing], [[1, 4, 5], []]);
  });

  it('is ignored while another is not applied, and when it does not fit', () => {
    const lab = createLab({ voters: [1], learners: [2, 3] });
    lab.elect(1);
    const { raft } = lab.member(1);
    assert.equal(raft.proposeConfChange(changeOf({ kind: 'remove', memberId: 1 })), 'conf-change-ignored');
    assert.equal(raft.proposeConfChange(changeOf()), 'conf-change-ignored');
    assert.equal(raft.proposeConfChange(changeOf({ kind: 'add-voter', memberId: 2 })), 'accepted');
    assert.equal(raft.proposeConfChange(changeOf({ kind: 'add-voter', memberId: 3 })), 'conf-change-ignored');
    lab.settle();
    assert.deepEqual(raft.status().confState.voters, [1, 2]);
  });

  it('that removes the leader ends its leadership where that is wished', () => {
    const lab = createLab({ stepDownOnRemoval: true });
    lab.elect(1);
    lab.member(1).raft.proposeConfChange(changeOf({ kind: 'remove', memberId: 1 }));
    lab.settle();
    assert.equal(lab.member(1).raft.status().role, 'StateFollower');
    lab.elect(2);
  });
});

describe('a member behind the compacted log', () => {
  it('gets a snapshot, then the entries after it', () => {
    const lab = createLab();
    lab.elect(1);
    lab.arrives = ({ to }) => to !== 3;
    for (const value of ['a', 'b', 'c']) lab.member(1).raft.propose(text(value));
    lab.settle();
    const { storage, raft } = lab.member(1);
    storage.createSnapshot(raft.status().applied, raft.status().confState, text('abc'));
    storage.compact(raft.status().applied);
    lab.arrives = () => true;
    lab.tick(1, 2);
    lab.member(1).raft.propose(text('d'));
    lab.settle();
    assert.equal(lab.member(3).storage.firstIndex(), storage.firstIndex());
    assert.deepEqual(lab.member(3).applied, ['d']);
    assert.equal(lab.member(1).raft.status().progress.get(3)?.state, 'StateReplicate');
  });

  it('gets none from before it joined: a newer one is asked for', () => {
    const lab = createLab({ voters: [1], learners: [] });
    lab.elect(1);
    const { storage, raft } = lab.member(1);
    for (const value of ['a', 'b', 'c']) raft.propose(text(value));
    lab.settle();
    storage.createSnapshot(raft.status().applied, raft.status().confState, NO_DATA);
    storage.compact(raft.status().applied);
    raft.proposeConfChange(changeOf({ kind: 'add-learner', memberId: 2 }));
    lab.settle();
    const index = raft.status().lastIndex - 1;
    raft.step(makeMessage({ type: 'MsgAppResp', from: 2, to: 1, term: 2, index, reject: true }));
    assert.ok(hasEvent(lab.member(1), 'snapshot-outdated'));
    assert.equal(raft.status().progress.get(2)?.state, 'StateProbe');
  });
});

describe('a raw node', () => {
  it('refuses messages that only it may send itself, and answers of strangers', () => {
    const { raft } = createLab().member(1);
    assert.equal(raft.step(makeMessage({ type: 'MsgHup', from: 2 })), 'local-message');
    assert.equal(raft.step(makeMessage({ type: 'MsgAppResp', from: 9, term: 5 })), 'peer-not-found');
    assert.equal(raft.status().term, 1);
  });

  it('goes on from a snapshot that is ahead of the stored commit index', () => {
    const storage = createMemoryStorage();
    storage.applySnapshot({
      index: 7,
      term: 2,
      confState: { ...EMPTY_CONF_STATE, voters: [1] },
      data: NO_DATA,
    });
    storage.setHardState({ term: 2, vote: 1, commit: 5 });
    const options = { id: 1, storage, random: () => 0, electionTicks: 10, heartbeatTicks: 1, applied: 7 };
    assert.equal(createRawNode(options).status().commit, 7);
  });

  it('does not start with options that contradict each other', () => {
    const storage = createMemoryStorage();
    const good = { id: 1, storage, random: () => 0, electionTicks: 10, heartbeatTicks: 1 };
    const bad = [
      { id: 0 },
      { heartbeatTicks: 0 },
      { electionTicks: 1 },
      { maxInflightMessages: 0 },
      { maxInflightBytes: 5, maxMessageBytes: 10 },
      { maxUncommittedBytes: 0 },
      { maxCommittedBytesPerReady: 0 },
      { readOnly: 'lease-based' as const },
    ];
    createRawNode(good);
    for (const one of bad)
      assert.throws(() => createRawNode({ ...good, ...one }), /cannot start/, JSON.stringify(one));
  });

  it('wants each Ready done before the next', () => {
    const { raft } = createLab().member(1);
    raft.campaign();
    raft.ready();
    assert.throws(() => raft.ready(), /advance\(\) comes before/);
  });
});
