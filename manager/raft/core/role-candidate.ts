import { acceptAppend, acceptHeartbeat, acceptSnapshot } from './accept.ts';
import { campaign, learnCommit } from './election.ts';
import { NO_MEMBER } from './entry.ts';
import type { Message } from './message.ts';
import { broadcastAppend } from './replication.ts';
import { becomeFollower, becomeLeader } from './role-change.ts';
import type { RaftState, StepOutcome } from './state.ts';
import { recordVote, tallyVotes } from './tracker/tracker.ts';

/** What a candidate or pre-candidate does with a message of its term. */
export function stepCandidate(state: RaftState, message: Message): StepOutcome {
  // As a candidate there may still come answers from the time as a pre-candidate.
  const awaited = state.role === 'StatePreCandidate' ? 'MsgPreVoteResp' : 'MsgVoteResp';
  switch (message.type) {
    case 'MsgProp':
    case 'MsgReadIndex':
    case 'MsgTransferLeader':
      return 'no-leader';
    case 'MsgApp':
      becomeFollower(state, message.term, message.from);
      acceptAppend(state, message);
      return 'accepted';
    case 'MsgHeartbeat':
      becomeFollower(state, message.term, message.from);
      acceptHeartbeat(state, message);
      return 'accepted';
    case 'MsgSnap':
      becomeFollower(state, message.term, message.from);
      acceptSnapshot(state, message);
      return 'accepted';
    case awaited:
      countVote(state, message);
      return 'accepted';
    default:
      return 'accepted';
  }
}

function countVote(state: RaftState, message: Message): void {
  if (message.voterCommit !== undefined && learnCommit(state, message.voterCommit)) {
    // The votes were asked for by another configuration than the one that holds now.
    becomeFollower(state, state.term, NO_MEMBER);
    return;
  }
  recordVote(state.tracker, message.from, !message.reject);
  const result = tallyVotes(state.tracker);
  if (result === 'VoteLost') {
    becomeFollower(state, state.term, NO_MEMBER);
  } else if (result === 'VoteWon') {
    if (state.role === 'StatePreCandidate') {
      campaign(state, 'election');
    } else {
      becomeLeader(state);
      broadcastAppend(state);
    }
  }
}
