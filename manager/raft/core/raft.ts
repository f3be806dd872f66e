import { assert } from '../../../lib/errors.ts';
import { restoreConfig } from './confchange/changer.ts';
import { isPromotable, startCampaign } from './election.ts';
import { NO_DATA, NO_MEMBER, totalEntryBytes } from './entry.ts';
import { applyTo, committedEntryId, createRaftLog, isUpToDate, lastIndex } from './log/raft-log.ts';
import { stableSnapshotTo, stableTo } from './log/unstable.ts';
import { switchToConfig } from './membership.ts';
import {
  CAMPAIGN_TRANSFER,
  isEmptyHardState,
  type Message,
  makeMessage,
  voteResponseType,
} from './message.ts';
import { type RaftOptions, settleOptions } from './options.ts';
import { createReadOnly } from './read-only.ts';
import { stepCandidate } from './role-candidate.ts';
import { becomeFollower } from './role-change.ts';
import { stepFollower } from './role-follower.ts';
import { leadProposal, stepLeader } from './role-leader.ts';
import { type RaftState, releaseUncommitted, type StepOutcome, send, trace } from './state.ts';
import { createTracker } from './tracker/tracker.ts';

/** A member as its storage left it, a follower of nobody. Throws INVALID_ARGUMENT for options that do not fit. */
export function createRaft(options: RaftOptions): RaftState {
  const settings = settleOptions(options);
  const { hardState, confState } = options.storage.initialState();
  const log = createRaftLog(options.storage, settings.maxCommittedBytesPerReady);
  const state: RaftState = {
    settings,
    log,
    tracker: createTracker(settings.maxInflightMessages, settings.maxInflightBytes),
    term: 0,
    vote: NO_MEMBER,
    role: 'StateFollower',
    lead: NO_MEMBER,
    isLearner: false,
    leadTransferee: NO_MEMBER,
    pendingConfIndex: 0,
    restoredIndex: 0,
    uncommittedBytes: 0,
    readOnly: createReadOnly(settings.readOnly),
    heldReads: [],
    readStates: [],
    messages: [],
    messagesAfterAppend: [],
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTicks: 0,
  };
  switchToConfig(state, restoreConfig({ tracker: state.tracker, lastIndex: lastIndex(log) }, confState));
  if (!isEmptyHardState(hardState)) {
    const { commit } = hardState;
    assert(commit <= lastIndex(log), `the stored commit index ${commit} is within the stored log`);
    // A snapshot holds committed entries only, also where the commit index was written less carefully.
    log.committed = Math.max(log.committed, commit);
    state.term = hardState.term;
    state.vote = hardState.vote;
  }
  if (options.applied !== undefined && options.applied > 0) applyTo(log, options.applied, 0);
  becomeFollower(state, state.term, NO_MEMBER);
  return state;
}

/** One unit of time has passed. */
export function tickRaft(state: RaftState): void {
  if (state.role === 'StateLeader') tickLeader(state);
  else tickElection(state);
}

function tickElection(state: RaftState): void {
  state.electionElapsed++;
  if (isPromotable(state) && state.electionElapsed >= state.randomizedElectionTicks) {
    state.electionElapsed = 0;
    stepRaft(state, makeMessage({ type: 'MsgHup', from: state.settings.id }));
  }
}

function tickLeader(state: RaftState): void {
  const { id, electionTicks, heartbeatTicks, checkQuorum } = state.settings;
  state.heartbeatElapsed++;
  state.electionElapsed++;
  if (state.electionElapsed >= electionTicks) {
    state.electionElapsed = 0;
    if (checkQuorum) stepRaft(state, makeMessage({ type: 'MsgCheckQuorum', from: id }));
    // A transfer that has not worked by now is given up.
    state.leadTransferee = NO_MEMBER;
  }
  if (state.role === 'StateLeader' && state.heartbeatElapsed >= heartbeatTicks) {
    state.heartbeatElapsed = 0;
    stepRaft(state, makeMessage({ type: 'MsgBeat', from: id }));
  }
}

/** One message, from another member or from this one. What follows from it is in the next Ready. */
export function stepRaft(state: RaftState, message: Message): StepOutcome {
  if (message.term > state.term && !enterTermOf(state, message)) return 'accepted';
  if (message.term !== 0 && message.term < state.term) {
    answerOldTerm(state, message);
    return 'accepted';
  }
  switch (message.type) {
    case 'MsgHup':
      startCampaign(state, state.settings.preVote ? 'pre-election' : 'election');
      return 'accepted';
    case 'MsgStorageAppendResp':
      if (message.index !== 0) stableTo(state.log.unstable, { term: message.logTerm, index: message.index });
      noteSnapshotApplied(state, message);
      return 'accepted';
    case 'MsgStorageApplyResp':
      noteEntriesApplied(state, message);
      return 'accepted';
    case 'MsgVote':
    case 'MsgPreVote':
      answerVote(state, message, message.type);
      return 'accepted';
    default:
      return stepRole(state, message);
  }
}

function stepRole(state: RaftState, message: Message): StepOutcome {
  switch (state.role) {
    case 'StateLeader':
      return stepLeader(state, message);
    case 'StateFollower':
      return stepFollower(state, message);
    case 'StateCandidate':
    case 'StatePreCandidate':
      return stepCandidate(state, message);
  }
}

/** A message of a later term: follow it there, in most cases. False when the message is to be ignored. */
function enterTermOf(state: RaftState, message: Message): boolean {
  const { type, from, term } = message;
  switch (type) {
    case 'MsgVote':
    case 'MsgPreVote':
      // Who hears its leader gives no vote, or a member that was cut off would depose it (thesis, section 4.2.3).
      if (message.context !== CAMPAIGN_TRANSFER && isInLease(state)) {
        trace(state, { kind: 'vote-ignored', from, type });
        return false;
      }
      // Only a real vote raises the term.
      if (type === 'MsgVote') becomeFollower(state, term, NO_MEMBER);
      return true;
    case 'MsgPreVoteResp':
      // Granted, it names the term that was asked about; refused, that of the one who refused.
      if (message.reject) becomeFollower(state, term, NO_MEMBER);
      return true;
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      becomeFollower(state, term, from);
      return true;
    default:
      becomeFollower(state, term, NO_MEMBER);
      return true;
  }
}

function isInLease(state: RaftState): boolean {
  const { checkQuorum, electionTicks } = state.settings;
  return checkQuorum && state.lead !== NO_MEMBER && state.electionElapsed < electionTicks;
}

function answerOldTerm(state: RaftState, message: Message): void {
  const { checkQuorum, preVote } = state.settings;
  switch (message.type) {
    case 'MsgApp':
    case 'MsgHeartbeat':
      // This member may have raised its term while cut off, and its votes are ignored in a lease: only an answer of
      // the later term makes the leader step down, so that an election brings both together again.
      if (checkQuorum || preVote) send(state, { type: 'MsgAppResp', to: message.from });
      return;
    case 'MsgPreVote':
      // Without an answer, a candidate of an old term and one with an old log could wait for each other for ever.
      send(state, { type: 'MsgPreVoteResp', to: message.from, term: state.term, reject: true });
      return;
    case 'MsgStorageAppendResp':
      // Entries may have been replaced by those of a later term since; a snapshot is committed in any term.
      noteSnapshotApplied(state, message);
      return;
    default:
      return;
  }
}

function answerVote(state: RaftState, message: Message, type: 'MsgVote' | 'MsgPreVote'): void {
  const { from, term } = message;
  const isFree =
    state.vote === from ||
    (state.vote === NO_MEMBER && state.lead === NO_MEMBER) ||
    (type === 'MsgPreVote' && term > state.term);
  // Learners answer too: who is asked may be a voter already in a configuration that it has yet to apply.
  if (!isFree || !isUpToDate(state.log, { term: message.logTerm, index: message.index })) {
    const voterCommit = committedEntryId(state.log);
    send(state, { type: voteResponseType(type), to: from, term: state.term, reject: true, voterCommit });
    return;
  }
  send(state, { type: voteResponseType(type), to: from, term });
  if (type === 'MsgVote') {
    state.electionElapsed = 0;
    state.vote = from;
  }
}

function noteSnapshotApplied(state: RaftState, message: Message): void {
  if (message.snapshot === undefined) return;
  stableSnapshotTo(state.log.unstable, message.snapshot.index);
  noteApplied(state, message.snapshot.index, 0);
}

function noteEntriesApplied(state: RaftState, message: Message): void {
  const last = message.entries.at(-1);
  if (last === undefined) return;
  noteApplied(state, last.index, totalEntryBytes(message.entries));
  releaseUncommitted(state, message.entries);
}

/** Everything up to `index` is applied; a leader now leaves a joint configuration that asks for it. */
function noteApplied(state: RaftState, index: number, bytes: number): void {
  const applied = Math.max(index, state.log.applied);
  applyTo(state.log, applied, bytes);
  const { config } = state.tracker;
  if (!config.autoLeave || applied < state.pendingConfIndex || state.role !== 'StateLeader') return;
  // Refused while leadership is being handed over; the next applied entry brings another try.
  leadProposal(state, [{ term: 0, index: 0, type: 'EntryConfChangeV2', data: NO_DATA }]);
}
