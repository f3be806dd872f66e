import type { MemberId } from './entry.ts';
import { firstIndex, lastIndex } from './log/raft-log.ts';
import type { ConfState, HardState, SoftState } from './message.ts';
import { hardStateOf, type RaftState, softStateOf } from './state.ts';
import { isInflightsFull } from './tracker/inflights.ts';
import { isPaused, type Progress, type ProgressState } from './tracker/progress.ts';
import { confStateOf } from './tracker/tracker.ts';

/** What a leader knows of one member, to show. */
export interface ProgressStatus {
  readonly match: number;
  readonly next: number;
  readonly state: ProgressState;
  readonly isLearner: boolean;
  readonly isPaused: boolean;
  readonly isRecentlyActive: boolean;
  /** Index of a snapshot on its way; 0 without one. */
  readonly pendingSnapshot: number;
  readonly inflightMessages: number;
  readonly isInflightFull: boolean;
}

/** A copy of what a member knows, for people and for the node around it. */
export interface RaftStatus extends HardState, SoftState {
  readonly id: MemberId;
  readonly confState: ConfState;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly leadTransferee: MemberId;
  readonly electionElapsed: number;
  readonly randomizedElectionTicks: number;
  /** In ascending order of ids; empty unless this member leads. */
  readonly progress: ReadonlyMap<MemberId, ProgressStatus>;
}

/** A copy of one member's progress. */
export function progressStatusOf(progress: Progress): ProgressStatus {
  return {
    match: progress.match,
    next: progress.next,
    state: progress.state,
    isLearner: progress.isLearner,
    isPaused: isPaused(progress),
    isRecentlyActive: progress.isRecentlyActive,
    pendingSnapshot: progress.pendingSnapshot,
    inflightMessages: progress.inflights.count,
    isInflightFull: isInflightsFull(progress.inflights),
  };
}

/** Takes the copy. */
export function statusOf(state: RaftState): RaftStatus {
  const progress = new Map<MemberId, ProgressStatus>();
  if (state.role === 'StateLeader') {
    for (const [id, one] of state.tracker.progress) {
      progress.set(id, progressStatusOf(one));
    }
  }
  return {
    id: state.settings.id,
    ...hardStateOf(state),
    ...softStateOf(state),
    confState: confStateOf(state.tracker.config),
    applied: state.log.applied,
    firstIndex: firstIndex(state.log),
    lastIndex: lastIndex(state.log),
    leadTransferee: state.leadTransferee,
    electionElapsed: state.electionElapsed,
    randomizedElectionTicks: state.randomizedElectionTicks,
    progress,
  };
}
