import type { MemberId } from '../entry.ts';
import {
  type AckedIndex,
  type MajorityQuorum,
  majorityCommittedIndex,
  majorityVoteResult,
  type VoteResult,
} from './majority.ts';

/** Two quorums that must both agree (Raft thesis, section 4.3); `outgoing` is empty outside of a change. */
export interface JointQuorum {
  readonly incoming: MajorityQuorum;
  readonly outgoing: MajorityQuorum;
}

/** The highest index that both quorums hold. */
export function jointCommittedIndex(quorum: JointQuorum, acked: AckedIndex): number {
  return Math.min(
    majorityCommittedIndex(quorum.incoming, acked),
    majorityCommittedIndex(quorum.outgoing, acked),
  );
}

/** Won when both quorums are, lost when one of them is. */
export function jointVoteResult(quorum: JointQuorum, votes: ReadonlyMap<MemberId, boolean>): VoteResult {
  const incoming = majorityVoteResult(quorum.incoming, votes);
  const outgoing = majorityVoteResult(quorum.outgoing, votes);
  if (incoming === outgoing) return incoming;
  return incoming === 'VoteLost' || outgoing === 'VoteLost' ? 'VoteLost' : 'VotePending';
}

/** Everyone who votes in either quorum, sorted. */
export function jointVoters(quorum: JointQuorum): readonly MemberId[] {
  return sortedIds(new Set([...quorum.incoming, ...quorum.outgoing]));
}

/** True for a voter of either quorum. */
export function isJointVoter(quorum: JointQuorum, id: MemberId): boolean {
  return quorum.incoming.has(id) || quorum.outgoing.has(id);
}

/** The ids in ascending order. */
export function sortedIds(ids: Iterable<MemberId>): readonly MemberId[] {
  return [...ids].sort((one, other) => one - other);
}
