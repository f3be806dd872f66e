import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { Entry, MemberId } from '../../../manager/raft/core/entry.ts';
import type { MemoryStorage } from '../../../manager/raft/core/log/memory-storage.ts';
import type { HardState, Message } from '../../../manager/raft/core/message.ts';

/** Watches the logs of all members from above, and throws as soon as a promise of Raft is broken. */
export interface ConsensusCheck {
  /** A member sends a message; some of them only a leader may send. */
  noteSent(storage: MemoryStorage, message: Pick<Message, 'type' | 'from' | 'term'>): void;
  /** Entries are on a member's disk. */
  noteStored(member: MemberId, storage: MemoryStorage, entries: readonly Entry[]): void;
  noteHardState(member: MemberId, storage: MemoryStorage, hardState: HardState): void;
  /** An entry is handed to a member's store. */
  noteApplied(member: MemberId, index: number, data: Uint8Array): void;
  highestCommit(): number;
  leaderCount(): number;
}

interface Chosen {
  readonly term: number;
  readonly sum: number;
  /** The term of the leader that committed it, or of one after. */
  readonly inTerm: number;
}

const LEADER_MESSAGES: ReadonlySet<string> = new Set(['MsgApp', 'MsgHeartbeat', 'MsgSnap', 'MsgTimeoutNow']);

/** A check that has seen nothing. */
export function createConsensusCheck(): ConsensusCheck {
  const leaderOfTerm = new Map<number, MemberId>();
  /** By term and index: what the entry holds, and the term of the one before it. */
  const known = new Map<string, { readonly sum: number; readonly previousTerm: number | undefined }>();
  const chosen = new Map<number, Chosen>();
  const committed = new Map<MemberId, number>();
  const applied = new Map<number, number>();
  const votes = new Map<string, MemberId>();
  let highestCommit = 0;

  const checkComplete = (leader: MemberId, term: number, storage: MemoryStorage): void => {
    for (let index = storage.firstIndex(); index <= highestCommit; index++) {
      const entry = chosen.get(index);
      if (entry === undefined || entry.inTerm >= term) continue;
      const isThere = storage.term(index) === entry.term;
      assert.ok(isThere, `leader ${leader} of term ${term} lacks committed entry ${index}`);
    }
  };

  const checkCommit = (member: MemberId, storage: MemoryStorage, { commit, term }: HardState): void => {
    const from = Math.max(storage.firstIndex(), (committed.get(member) ?? 0) + 1);
    for (let index = from; index <= Math.min(commit, storage.lastIndex()); index++) {
      const entry = storage.entries(index, index + 1, 1)?.[0];
      assert.ok(entry !== undefined, `member ${member} committed ${index} without having it`);
      const sum = sumOf(entry);
      const before = chosen.get(index);
      if (before === undefined) chosen.set(index, { term: entry.term, sum, inTerm: term });
      const isSame = before === undefined || (before.term === entry.term && before.sum === sum);
      assert.ok(isSame, `members committed two entries at ${index}, one of them member ${member}`);
    }
    committed.set(member, Math.max(commit, committed.get(member) ?? 0));
    highestCommit = Math.max(highestCommit, Math.min(commit, storage.lastIndex()));
  };

  return {
    noteSent: (storage, { type, from, term }) => {
      if (!LEADER_MESSAGES.has(type)) return;
      const leader = leaderOfTerm.get(term);
      assert.ok(
        leader === undefined || leader === from,
        `members ${leader} and ${from} both lead in ${term}`,
      );
      if (leader !== undefined) return;
      leaderOfTerm.set(term, from);
      checkComplete(from, term, storage);
    },
    noteStored: (member, storage, entries) => {
      for (const entry of entries) {
        const key = `${entry.term}.${entry.index}`;
        const previousTerm = storage.term(entry.index - 1);
        const sum = sumOf(entry);
        const before = known.get(key);
        if (before === undefined) {
          known.set(key, { sum, previousTerm });
          continue;
        }
        assert.ok(sum === before.sum, `two entries ${key}, one of them with member ${member}`);
        if (previousTerm === undefined || before.previousTerm === undefined) continue;
        assert.ok(previousTerm === before.previousTerm, `the logs before entry ${key} of ${member} differ`);
      }
    },
    noteHardState: (member, storage, hardState) => {
      const { term, vote } = hardState;
      const key = `${member} in ${term}`;
      const before = votes.get(key);
      if (vote !== 0) {
        assert.ok(
          before === undefined || before === vote,
          `member ${key} votes for ${before} and for ${vote}`,
        );
        votes.set(key, vote);
      }
      checkCommit(member, storage, hardState);
    },
    noteApplied: (member, index, data) => {
      const sum = crc32(data);
      const before = applied.get(index);
      assert.ok(
        sum === (before ?? sum),
        `member ${member} applies another entry at ${index} than others did`,
      );
      applied.set(index, sum);
      const entry = chosen.get(index);
      const isChosen = entry === undefined || entry.sum === sum;
      assert.ok(isChosen, `member ${member} applies an entry at ${index} that was not committed there`);
    },
    highestCommit: () => highestCommit,
    leaderCount: () => leaderOfTerm.size,
  };
}

function sumOf({ data }: Entry): number {
  return crc32(data);
}
