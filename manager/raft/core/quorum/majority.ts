import type { MemberId } from '../entry.ts';

/** Voters of which more than half decide. Empty, it agrees to everything: the absent half of a joint quorum. */
export type MajorityQuorum = ReadonlySet<MemberId>;

export type VoteResult = 'VotePending' | 'VoteLost' | 'VoteWon';

/** The index up to which a member is known to hold the log; undefined when nothing is known. */
export type AckedIndex = (id: MemberId) => number | undefined;

/** How many voters make a majority of so many. */
export function majoritySize(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

/** The highest index that a majority holds; Infinity for the empty quorum. */
export function majorityCommittedIndex(voters: MajorityQuorum, acked: AckedIndex): number {
  if (voters.size === 0) return Number.POSITIVE_INFINITY;
  const indexes: number[] = [];
  for (const id of voters) indexes.push(acked(id) ?? 0);
  indexes.sort((one, other) => other - one);
  return indexes[majoritySize(voters.size) - 1] ?? 0;
}

/** Won once a majority said yes, lost once it no longer can. `votes` has no entry for who did not answer. */
export function majorityVoteResult(
  voters: MajorityQuorum,
  votes: ReadonlyMap<MemberId, boolean>,
): VoteResult {
  if (voters.size === 0) return 'VoteWon';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const needed = majoritySize(voters.size);
  if (granted >= needed) return 'VoteWon';
  return granted + missing >= needed ? 'VotePending' : 'VoteLost';
}
