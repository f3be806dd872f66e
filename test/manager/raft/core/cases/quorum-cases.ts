import {
  type JointQuorum,
  jointCommittedIndex,
  jointVoteResult,
  jointVoters,
} from '../../../../../manager/raft/core/quorum/joint.ts';
import {
  type AckedIndex,
  majorityCommittedIndex,
  majorityVoteResult,
} from '../../../../../manager/raft/core/quorum/majority.ts';
import { type Directive, valuesOf } from './datadriven.ts';

/** The commands of quorum files. */
export const QUORUM_COMMANDS: ReadonlySet<string> = new Set(['committed', 'vote']);

/** What a quorum says to the directive's indexes or votes. */
export function runQuorumCase(directive: Directive): string {
  const isJoint = valuesOf(directive, 'cfgj') !== undefined;
  const incoming = new Set(idsOf(directive, 'cfg'));
  const outgoing = new Set(idsOf(directive, 'cfgj'));
  const quorum = { incoming, outgoing };
  // Values are given for the members in the order in which they are first named.
  const members = [...new Set([...incoming, ...outgoing])];
  if (directive.command === 'committed') {
    const indexes = new Map<number, number>();
    const values = valuesOf(directive, 'idx') ?? [];
    if (values.length !== members.length) return mismatch('indexes', values, members);
    for (const [place, value] of values.entries()) {
      if (value !== '_') indexes.set(members[place] ?? 0, Number(value));
    }
    return committedOutput(quorum, isJoint, (id) => indexes.get(id));
  }
  const votes = new Map<number, boolean>();
  const values = valuesOf(directive, 'votes') ?? [];
  if (values.length !== members.length) return mismatch('votes', values, members);
  for (const [place, value] of values.entries()) {
    if (value !== '_') votes.set(members[place] ?? 0, value === 'y');
  }
  return isJoint ? jointVoteResult(quorum, votes) : majorityVoteResult(incoming, votes);
}

function idsOf(directive: Directive, key: string): readonly number[] {
  return (valuesOf(directive, key) ?? []).filter((value) => value !== 'zero').map(Number);
}

function mismatch(what: string, values: readonly string[], members: readonly number[]): string {
  return `error: ${values.length} ${what} for ${members.length} voters`;
}

function committedOutput(quorum: JointQuorum, isJoint: boolean, acked: AckedIndex): string {
  const index = isJoint ? jointCommittedIndex(quorum, acked) : majorityCommittedIndex(quorum.incoming, acked);
  const picture = drawQuorum(isJoint ? jointVoters(quorum) : [...quorum.incoming], acked);
  return `${picture}${index === Number.POSITIVE_INFINITY ? '∞' : index}`;
}

/** A line per voter, with a bar as long as the number of voters that are behind it. */
function drawQuorum(voters: readonly number[], acked: AckedIndex): string {
  if (voters.length === 0) return '<empty majority quorum>';
  const width = voters.length;
  const lines = [`${' '.repeat(width)}    idx`];
  for (const id of [...voters].sort((one, other) => one - other)) {
    const index = acked(id);
    const behind = voters.filter((other) => (acked(other) ?? 0) < (index ?? 0)).length;
    const bar =
      index === undefined ? `?${' '.repeat(width)}` : `${'x'.repeat(behind)}>${' '.repeat(width - behind)}`;
    lines.push(`${bar} ${String(index ?? 0).padStart(5)}    (id=${id})`);
  }
  return `${lines.join('\n')}\n`;
}
