import assert from 'node:assert/strict';
import { NO_DATA } from '../../../../manager/raft/core/entry.ts';
import type { RaftEvent } from '../../../../manager/raft/core/events.ts';
import { createMemoryStorage, type MemoryStorage } from '../../../../manager/raft/core/log/memory-storage.ts';
import { EMPTY_CONF_STATE, type Message, type ReadState } from '../../../../manager/raft/core/message.ts';
import type { RaftOptions } from '../../../../manager/raft/core/options.ts';
import { createRawNode, type RawNode } from '../../../../manager/raft/core/raw-node.ts';

export interface LabMember {
  readonly id: number;
  readonly raft: RawNode;
  readonly storage: MemoryStorage;
  readonly applied: string[];
  readonly reads: ReadState[];
  readonly events: RaftEvent[];
}

/** A small cluster in which messages arrive at once, unless a test holds them back. */
export interface Lab {
  readonly members: readonly LabMember[];
  member(id: number): LabMember;
  /** Messages for which this says no are lost; all arrive by default. */
  arrives: (message: Message) => boolean;
  /** Lets all members work until nothing is left to do. */
  settle(): void;
  /** Makes that member the leader. */
  elect(id: number): void;
  tick(id: number, times: number): void;
}

export interface LabOptions extends Partial<Omit<RaftOptions, 'id' | 'storage'>> {
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
}

/** Members with the ids of `voters` and `learners`, by default three voters. */
export function createLab(options: LabOptions = {}): Lab {
  const { voters = [1, 2, 3], learners = [], ...raftOptions } = options;
  const members: LabMember[] = [];
  const lab: Lab = {
    members,
    arrives: () => true,
    member: (id) => {
      const member = members.find((one) => one.id === id);
      assert.ok(member !== undefined, `there is a member ${id}`);
      return member;
    },
    settle: () => {
      for (let round = 0; round < 1_000; round++) {
        const sent = members.flatMap((member) => (member.raft.hasReady() ? [work(member)] : []));
        if (sent.length === 0) return;
        for (const message of sent.flat()) {
          const target = members.find(({ id }) => id === message.to);
          if (target !== undefined && lab.arrives(message)) target.raft.step(message);
        }
      }
      assert.fail('the lab does not come to rest');
    },
    elect: (id) => {
      lab.member(id).raft.campaign();
      lab.settle();
      assert.equal(lab.member(id).raft.status().role, 'StateLeader');
    },
    tick: (id, times) => {
      for (let time = 0; time < times; time++) lab.member(id).raft.tick();
      lab.settle();
    },
  };
  for (const id of [...voters, ...learners]) {
    const storage = createMemoryStorage();
    storage.applySnapshot({
      index: 1,
      term: 1,
      confState: { ...EMPTY_CONF_STATE, voters, learners },
      data: NO_DATA,
    });
    storage.setHardState({ term: 1, vote: 0, commit: 1 });
    const events: RaftEvent[] = [];
    const raft = createRawNode({
      random: () => 0,
      electionTicks: 10,
      heartbeatTicks: 1,
      trace: (event) => void events.push(event),
      ...raftOptions,
      id,
      storage,
      applied: 1,
    });
    members.push({ id, raft, storage, applied: [], reads: [], events });
  }
  return lab;
}

/** Does what one Ready asks; returns the messages to deliver. */
export function work({ raft, storage, applied, reads }: LabMember): readonly Message[] {
  const ready = raft.ready();
  if (ready.hardState !== undefined) storage.setHardState(ready.hardState);
  if (ready.snapshot !== undefined) storage.applySnapshot(ready.snapshot);
  storage.append(ready.entries);
  reads.push(...ready.readStates);
  for (const entry of ready.committedEntries) {
    if (entry.type !== 'EntryNormal') raft.applyConfChange(entry);
    else if (entry.data.byteLength > 0) applied.push(new TextDecoder().decode(entry.data));
  }
  raft.advance();
  return ready.messages;
}

/** Data of a proposal. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
