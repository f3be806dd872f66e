import assert from 'node:assert/strict';
import type { Entry } from '../../../../../manager/raft/core/entry.ts';

/** What can be seen of a member from outside. */
export interface Observed {
  readonly id: number;
  view(): { role: string; term: number; commit: number; lastIndex: number; applied: number };
  entryAt(index: number): Entry | 'compacted' | undefined;
}

/** Watches all members from above, and throws as soon as a promise of Raft is broken (Raft paper, figure 3). */
export interface Checker {
  /** After each step of a member. */
  observe(member: Observed): void;
  /** After an entry, or a snapshot up to that index, was applied. */
  noteApplied(member: Observed, index: number, stateHash: number): void;
  /** Compares all logs with each other. */
  compareLogs(members: readonly Observed[]): void;
  highestCommit(): number;
  leaderCount(): number;
}

/** A checker that has seen nothing. */
export function createChecker(): Checker {
  const leaderOfTerm = new Map<number, number>();
  /** What was committed at each index, by whichever member first said so, and in a log of which term. */
  const chosen = new Map<number, { name: string; term: number }>();
  const stateAt = new Map<number, number>();
  const commitSeen = new Map<number, number>();
  let highestCommit = 0;

  const checkLeader = (member: Observed, term: number): void => {
    const known = leaderOfTerm.get(term);
    assert.ok(
      known === undefined || known === member.id,
      `members ${known} and ${member.id} both lead in ${term}`,
    );
    if (known !== undefined) return;
    leaderOfTerm.set(term, member.id);
    for (const [index, { name, term: chosenIn }] of chosen) {
      const own = member.entryAt(index);
      if (chosenIn >= term || own === 'compacted') continue;
      assert.equal(
        own && nameOf(own),
        name,
        `leader ${member.id} of term ${term} lacks committed entry ${index}`,
      );
    }
  };

  const checkCommit = (member: Observed, term: number, commit: number): void => {
    const seen = commitSeen.get(member.id) ?? 0;
    for (let index = seen + 1; index <= commit; index++) {
      const own = member.entryAt(index);
      if (own === 'compacted') continue;
      assert.ok(own !== undefined, `member ${member.id} committed ${index} without having it`);
      const known = chosen.get(index);
      assert.equal(nameOf(own), known?.name ?? nameOf(own), `two entries are committed at ${index}`);
      if (known === undefined) chosen.set(index, { name: nameOf(own), term });
    }
    commitSeen.set(member.id, commit);
    highestCommit = Math.max(highestCommit, commit);
  };

  return {
    observe: (member) => {
      const { role, term, commit } = member.view();
      if (role === 'StateLeader') checkLeader(member, term);
      checkCommit(member, term, commit);
    },
    noteApplied: (member, index, stateHash) => {
      const known = stateAt.get(index);
      if (known === undefined) stateAt.set(index, stateHash);
      assert.equal(stateHash, known ?? stateHash, `member ${member.id} has another state at ${index}`);
    },
    compareLogs: (members) => {
      for (const [place, one] of members.entries()) {
        for (const other of members.slice(place + 1)) compareTwo(one, other);
      }
    },
    highestCommit: () => highestCommit,
    leaderCount: () => leaderOfTerm.size,
  };
}

/** From the last common entry down, two logs are the same. */
function compareTwo(one: Observed, other: Observed): void {
  const last = Math.min(one.view().lastIndex, other.view().lastIndex);
  let isCommon = false;
  for (let index = last; index > 0; index--) {
    const left = one.entryAt(index);
    const right = other.entryAt(index);
    if (left === 'compacted' || right === 'compacted' || !left || !right) return;
    if (left.term === right.term) isCommon = true;
    if (isCommon) {
      assert.equal(
        nameOf(left),
        nameOf(right),
        `logs of ${one.id} and ${other.id} part below a common entry`,
      );
    }
  }
}

function nameOf(entry: Entry): string {
  return `${entry.term} ${entry.type} ${Buffer.from(entry.data).toString('latin1')}`;
}
