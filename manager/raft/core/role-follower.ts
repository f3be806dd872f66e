import { acceptAppend, acceptHeartbeat, acceptSnapshot } from './accept.ts';
import { startCampaign } from './election.ts';
import { NO_MEMBER } from './entry.ts';
import type { Message } from './message.ts';
import { type RaftState, type StepOutcome, send, trace } from './state.ts';

/** What a follower, or a learner, does with a message of its term. */
export function stepFollower(state: RaftState, message: Message): StepOutcome {
  switch (message.type) {
    case 'MsgProp':
      if (state.lead === NO_MEMBER) return 'no-leader';
      if (state.settings.disableProposalForwarding) return 'forwarding-disabled';
      return forwardToLeader(state, message);
    case 'MsgApp':
      hearLeader(state, message);
      acceptAppend(state, message);
      return 'accepted';
    case 'MsgHeartbeat':
      hearLeader(state, message);
      acceptHeartbeat(state, message);
      return 'accepted';
    case 'MsgSnap':
      hearLeader(state, message);
      acceptSnapshot(state, message);
      return 'accepted';
    case 'MsgTransferLeader':
    case 'MsgReadIndex':
      return state.lead === NO_MEMBER ? 'no-leader' : forwardToLeader(state, message);
    case 'MsgTimeoutNow':
      // The leader asked for it, so nothing speaks for a pre-vote.
      startCampaign(state, 'transfer');
      return 'accepted';
    case 'MsgForgetLeader':
      forgetLeader(state);
      return 'accepted';
    case 'MsgReadIndexResp':
      state.readStates.push({ index: message.index, context: message.context });
      return 'accepted';
    default:
      return 'accepted';
  }
}

function hearLeader(state: RaftState, message: Message): void {
  state.electionElapsed = 0;
  state.lead = message.from;
}

function forwardToLeader(state: RaftState, message: Message): StepOutcome {
  send(state, { ...message, to: state.lead });
  return 'accepted';
}

function forgetLeader(state: RaftState): void {
  if (state.readOnly.option === 'lease-based') {
    // The lease rests on this member not voting for anyone else for a while.
    trace(state, { kind: 'forget-leader-refused' });
    return;
  }
  state.lead = NO_MEMBER;
}
