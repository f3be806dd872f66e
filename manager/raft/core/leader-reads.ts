import { NO_MEMBER } from './entry.ts';
import type { Message } from './message.ts';
import { jointVoteResult } from './quorum/joint.ts';
import { acknowledgeRead, addRead, takeReadsThrough } from './read-only.ts';
import { broadcastHeartbeat, hasCommittedInTerm } from './replication.ts';
import { type RaftState, type StepOutcome, send } from './state.ts';
import { isSoleVoter } from './tracker/tracker.ts';

/** Reads that wait for the quorum or for the first commit of the term; whoever asks should put many into one. */
const MAX_WAITING_READS = 4_096;

/**
 * A request to read at the current commit index (Raft thesis, section 6.4). A leader that has committed nothing in its
 * term does not know that index yet, not even where it decides alone: it may have forgotten it in a crash.
 */
export function leadRead(state: RaftState, request: Message): StepOutcome {
  if (state.heldReads.length + state.readOnly.pending.size >= MAX_WAITING_READS) return 'too-many-reads';
  if (hasCommittedInTerm(state)) confirmRead(state, request);
  else state.heldReads.push(request);
  return 'accepted';
}

/** The first commit of the term is there: the reads that waited for it go on. */
export function releaseHeldReads(state: RaftState): void {
  if (state.heldReads.length === 0 || !hasCommittedInTerm(state)) return;
  const held = state.heldReads;
  state.heldReads = [];
  for (const request of held) confirmRead(state, request);
}

function confirmRead(state: RaftState, request: Message): void {
  const decidesAlone = isSoleVoter(state.tracker.config, state.settings.id);
  if (decidesAlone || state.readOnly.option === 'lease-based') {
    answerRead(state, request, state.log.committed);
    return;
  }
  addRead(state.readOnly, state.log.committed, request);
  acknowledgeRead(state.readOnly, state.settings.id, request.context);
  broadcastHeartbeat(state, request.context);
}

/** A member answered a heartbeat with this context: it still takes this one for the leader. */
export function countReadConfirmation(state: RaftState, response: Message): void {
  if (state.readOnly.option !== 'safe' || response.context === '') return;
  const acks = acknowledgeRead(state.readOnly, response.from, response.context);
  if (acks === undefined || jointVoteResult(state.tracker.config.voters, acks) !== 'VoteWon') return;
  for (const { request, index } of takeReadsThrough(state.readOnly, response.context)) {
    answerRead(state, request, index);
  }
}

function answerRead(state: RaftState, request: Message, index: number): void {
  const { context, from } = request;
  if (from === NO_MEMBER || from === state.settings.id) state.readStates.push({ index, context });
  else send(state, { type: 'MsgReadIndexResp', to: from, index, context });
}
