import type { MemberId } from '../entry.ts';
import type { ConfState } from '../message.ts';
import {
  isJointVoter,
  type JointQuorum,
  jointCommittedIndex,
  jointVoteResult,
  jointVoters,
  sortedIds,
} from '../quorum/joint.ts';
import type { VoteResult } from '../quorum/majority.ts';
import type { Progress } from './progress.ts';

/** Who is in the cluster, and as what. Never changed in place. */
export interface TrackerConfig {
  readonly voters: JointQuorum;
  readonly learners: ReadonlySet<MemberId>;
  readonly learnersNext: ReadonlySet<MemberId>;
  /** Of a joint configuration: the leader leaves it by itself once it is applied. */
  readonly autoLeave: boolean;
}

/** Keys in ascending order. */
export type ProgressMap = ReadonlyMap<MemberId, Progress>;

/** Configuration, progress of each member of it, and the votes of the election that runs. */
export interface Tracker {
  config: TrackerConfig;
  progress: ProgressMap;
  readonly votes: Map<MemberId, boolean>;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
}

const NOBODY: ReadonlySet<MemberId> = new Set();

/** The configuration without members. */
export const EMPTY_CONFIG: TrackerConfig = {
  voters: { incoming: NOBODY, outgoing: NOBODY },
  learners: NOBODY,
  learnersNext: NOBODY,
  autoLeave: false,
};

/** A tracker of nobody; the limits hold for every member added later. */
export function createTracker(maxInflightMessages: number, maxInflightBytes: number): Tracker {
  return {
    config: EMPTY_CONFIG,
    progress: new Map(),
    votes: new Map(),
    maxInflightMessages,
    maxInflightBytes,
  };
}

/** True inside a joint configuration. */
export function isJoint(config: TrackerConfig): boolean {
  return config.voters.outgoing.size > 0;
}

/** The configuration as snapshots and storage keep it. */
export function confStateOf(config: TrackerConfig): ConfState {
  return {
    voters: sortedIds(config.voters.incoming),
    votersOutgoing: sortedIds(config.voters.outgoing),
    learners: sortedIds(config.learners),
    learnersNext: sortedIds(config.learnersNext),
    autoLeave: config.autoLeave,
  };
}

/** True when that member is the only voter, and no change is on its way: it alone decides. */
export function isSoleVoter(config: TrackerConfig, id: MemberId): boolean {
  const { incoming, outgoing } = config.voters;
  return outgoing.size === 0 && incoming.size === 1 && incoming.has(id);
}

/** The highest index that the configuration's quorum holds. */
export function trackerCommittedIndex(tracker: Tracker): number {
  return jointCommittedIndex(tracker.config.voters, (id) => tracker.progress.get(id)?.match);
}

/** Whether enough voters were heard from since the last such check. */
export function isQuorumActive(tracker: Tracker): boolean {
  const votes = new Map<MemberId, boolean>();
  for (const [id, progress] of tracker.progress) {
    if (!progress.isLearner) votes.set(id, progress.isRecentlyActive);
  }
  return jointVoteResult(tracker.config.voters, votes) === 'VoteWon';
}

/** Everyone who votes, sorted. */
export function votersOf(tracker: Tracker): readonly MemberId[] {
  return jointVoters(tracker.config.voters);
}

/** True for a voter, of the outgoing configuration too. */
export function isVoter(tracker: Tracker, id: MemberId): boolean {
  return isJointVoter(tracker.config.voters, id);
}

/** Forgets the votes of an earlier election. */
export function resetVotes(tracker: Tracker): void {
  tracker.votes.clear();
}

/** The first vote of each member counts; further ones are repeats. */
export function recordVote(tracker: Tracker, id: MemberId, isGranted: boolean): void {
  if (!tracker.votes.has(id)) tracker.votes.set(id, isGranted);
}

/** How the election stands. */
export function tallyVotes(tracker: Tracker): VoteResult {
  return jointVoteResult(tracker.config.voters, tracker.votes);
}
