import { assert } from '../../../lib/errors.ts';
import { isLeaveJoint } from './confchange/change.ts';
import { confChangeOf } from './confchange/change-codec.ts';
import { type Entry, NO_DATA, NO_MEMBER } from './entry.ts';
import type { ConfChangeRefusal } from './events.ts';
import { countReadConfirmation, leadRead, releaseHeldReads } from './leader-reads.ts';
import { findConflictByTerm, firstIndex, lastIndex } from './log/raft-log.ts';
import { fitsConfig } from './membership.ts';
import type { Message } from './message.ts';
import {
  appendOwnEntries,
  broadcastAppend,
  broadcastHeartbeat,
  maybeCommit,
  maybeSendAppend,
  type ProposedEntry,
  sendAppend,
  sendTimeoutNow,
} from './replication.ts';
import { becomeFollower } from './role-change.ts';
import { type RaftState, type StepOutcome, trace } from './state.ts';
import {
  acknowledgeInflights,
  becomeProbe,
  becomeReplicate,
  canBumpCommit,
  maybeDecrease,
  maybeUpdate,
  type Progress,
} from './tracker/progress.ts';
import { isJoint, isQuorumActive } from './tracker/tracker.ts';

/** What a leader does with a message of its term. */
export function stepLeader(state: RaftState, message: Message): StepOutcome {
  switch (message.type) {
    case 'MsgBeat':
      broadcastHeartbeat(state);
      return 'accepted';
    case 'MsgCheckQuorum':
      checkQuorum(state);
      return 'accepted';
    case 'MsgProp':
      return leadProposal(state, message.entries);
    case 'MsgReadIndex':
      return leadRead(state, message);
    default:
      break;
  }
  const progress = state.tracker.progress.get(message.from);
  if (progress !== undefined) stepPeer(state, progress, message);
  return 'accepted';
}

function stepPeer(state: RaftState, progress: Progress, message: Message): void {
  switch (message.type) {
    case 'MsgAppResp':
      progress.isRecentlyActive = true;
      if (message.reject) backUp(state, progress, message);
      else goOn(state, progress, message);
      return;
    case 'MsgHeartbeatResp':
      hearFollower(state, progress, message);
      return;
    case 'MsgSnapStatus':
      if (progress.state !== 'StateSnapshot') return;
      // A snapshot that failed is no place to go on from.
      if (message.reject) progress.pendingSnapshot = 0;
      becomeProbe(progress);
      // Either its answer to the snapshot comes next, or the next heartbeat is early enough for another try.
      progress.isAppendPaused = true;
      return;
    case 'MsgUnreachable':
      // What was sent ahead is likely lost.
      if (progress.state === 'StateReplicate') becomeProbe(progress);
      return;
    case 'MsgTransferLeader':
      startTransfer(state, progress, message.from);
      return;
    default:
      return;
  }
}

/** Steps down when a quorum was silent since the last check. */
function checkQuorum(state: RaftState): void {
  if (!isQuorumActive(state.tracker)) {
    trace(state, { kind: 'quorum-lost', term: state.term });
    becomeFollower(state, state.term, NO_MEMBER);
  }
  for (const [id, progress] of state.tracker.progress) {
    if (id !== state.settings.id) progress.isRecentlyActive = false;
  }
}

/** Takes proposals into the log and sends them on; a configuration change that does not fit becomes empty. */
export function leadProposal(state: RaftState, proposals: readonly Entry[]): StepOutcome {
  assert(proposals.length > 0, 'a proposal has entries');
  if (!state.tracker.progress.has(state.settings.id)) return 'not-a-member';
  if (state.leadTransferee !== NO_MEMBER) return 'transferring-leadership';
  const pendingBefore = state.pendingConfIndex;
  const entries: ProposedEntry[] = [];
  let outcome: StepOutcome = 'accepted';
  for (const proposal of proposals) {
    const refusal = confChangeRefusal(state, proposal);
    if (refusal !== undefined) {
      trace(state, { kind: 'config-change-ignored', reason: refusal });
      outcome = 'conf-change-ignored';
      entries.push({ type: 'EntryNormal', data: NO_DATA });
      continue;
    }
    entries.push({ type: proposal.type, data: proposal.data });
    if (proposal.type !== 'EntryNormal') state.pendingConfIndex = lastIndex(state.log) + entries.length;
  }
  if (!appendOwnEntries(state, entries)) {
    state.pendingConfIndex = pendingBefore;
    return 'too-much-uncommitted';
  }
  broadcastAppend(state);
  return outcome;
}

/**
 * Only one change may be on its way, and a joint configuration must be left before the next. Whether the last one
 * is applied is judged by the leader's own applying, a little later than need be.
 */
function confChangeRefusal(state: RaftState, proposal: Entry): ConfChangeRefusal | undefined {
  const change = confChangeOf(proposal);
  if (change === undefined || state.settings.disableConfChangeValidation) return undefined;
  if (state.pendingConfIndex > state.log.applied) return 'earlier-change-unapplied';
  const wantsLeave = isLeaveJoint(change);
  if (isJoint(state.tracker.config)) return wantsLeave ? undefined : 'still-joint';
  if (wantsLeave) return 'not-joint';
  // Nothing changes the configuration before this change is applied, so what fits now fits then.
  return fitsConfig(state, change) ? undefined : 'does-not-fit';
}

/** The follower refused: send from where the logs may agree. */
function backUp(state: RaftState, progress: Progress, message: Message): void {
  // Entries of the own log above the follower's term there cannot agree either.
  const matchHint =
    message.logTerm > 0
      ? findConflictByTerm(state.log, message.rejectHint, message.logTerm).index
      : message.rejectHint;
  if (!maybeDecrease(progress, message.index, matchHint)) return;
  if (progress.state === 'StateReplicate') becomeProbe(progress);
  sendAppend(state, message.from);
}

/** The follower, or the leader's own disk, holds everything up to the message's index. */
function goOn(state: RaftState, progress: Progress, message: Message): void {
  const { id } = state.settings;
  const isNews = maybeUpdate(progress, message.index);
  // A probe that was answered with what is known already still shows that the follower is there again.
  const isRecovered = progress.match === message.index && progress.state === 'StateProbe';
  if (!isNews && !isRecovered) return;
  leaveState(state, progress, message.index);
  if (maybeCommit(state)) {
    releaseHeldReads(state);
    broadcastAppend(state);
  } else if (message.from !== id && canBumpCommit(progress, state.log.committed)) {
    sendAppend(state, message.from);
  }
  if (message.from === id) return;
  // The window may have room for several messages now.
  while (maybeSendAppend(state, message.from, false));
  if (message.from === state.leadTransferee && progress.match === lastIndex(state.log)) {
    sendTimeoutNow(state, message.from);
  }
}

/** Goes over to replicating, or frees the window. */
function leaveState(state: RaftState, progress: Progress, index: number): void {
  switch (progress.state) {
    case 'StateProbe':
      becomeReplicate(progress);
      return;
    case 'StateSnapshot':
      // Whichever snapshot the follower has, it is enough when the log reaches back to it.
      if (progress.match + 1 < firstIndex(state.log)) return;
      becomeProbe(progress);
      becomeReplicate(progress);
      return;
    case 'StateReplicate':
      acknowledgeInflights(progress, index);
      return;
  }
}

/** The follower is there: what it may have missed is sent, and a read counts its confirmation. */
function hearFollower(state: RaftState, progress: Progress, message: Message): void {
  progress.isRecentlyActive = true;
  progress.isAppendPaused = false;
  if (progress.match < lastIndex(state.log) || progress.state === 'StateProbe') {
    sendAppend(state, message.from);
  }
  countReadConfirmation(state, message);
}

/** Hands leadership to a voter: brings it up to the end of the log, then tells it to campaign. */
function startTransfer(state: RaftState, progress: Progress, transferee: number): void {
  if (progress.isLearner || state.leadTransferee === transferee) return;
  // A new wish replaces the old one; the leader's own id takes it back.
  state.leadTransferee = NO_MEMBER;
  if (transferee === state.settings.id) return;
  // It is given up when it has not worked after an election timeout from now.
  state.electionElapsed = 0;
  state.leadTransferee = transferee;
  if (progress.match === lastIndex(state.log)) sendTimeoutNow(state, transferee);
  else sendAppend(state, transferee);
}
