import { assert } from '../../../lib/errors.ts';
import { type Entry, type MemberId, NO_MEMBER, payloadBytes } from './entry.ts';
import type { RaftEvent } from './events.ts';
import { lastIndex, type RaftLog } from './log/raft-log.ts';
import type { HardState, Message, MessageFields, ReadState, RoleName, SoftState } from './message.ts';
import { makeMessage } from './message.ts';
import type { RaftSettings } from './options.ts';
import { createReadOnly, type ReadOnly } from './read-only.ts';
import { createProgress, type Progress } from './tracker/progress.ts';
import { type ProgressMap, resetVotes, type Tracker } from './tracker/tracker.ts';

/** Everything that one member knows. Changed only by the functions of this folder, one call at a time. */
export interface RaftState {
  readonly settings: RaftSettings;
  readonly log: RaftLog;
  readonly tracker: Tracker;
  term: number;
  vote: MemberId;
  role: RoleName;
  lead: MemberId;
  isLearner: boolean;
  /** The member that leadership is being handed to; proposals are refused meanwhile. */
  leadTransferee: MemberId;
  /** A further configuration change may be proposed once everything up to here is applied. */
  pendingConfIndex: number;
  /** Of the last snapshot that a leader sent: the configuration is at least that of this index. */
  restoredIndex: number;
  /** Payload of the leader's entries that are not applied yet. */
  uncommittedBytes: number;
  readOnly: ReadOnly;
  /** Reads that came before the leader committed anything in its term. */
  heldReads: Message[];
  readStates: ReadState[];
  /** To be sent at once. */
  messages: Message[];
  /** To be sent only after everything in the same Ready is on disk: promises, and answers to oneself. */
  messagesAfterAppend: Message[];
  /** Ticks since the leader was heard from or, on a leader, since the quorum was checked. */
  electionElapsed: number;
  heartbeatElapsed: number;
  randomizedElectionTicks: number;
}

/** What came of a step. All but `accepted` and `conf-change-ignored` mean that nothing was taken on. */
export type StepOutcome =
  | 'accepted'
  /** The entry is in the log, empty: the change does not fit the configuration. */
  | 'conf-change-ignored'
  | 'no-leader'
  | 'not-a-member'
  | 'transferring-leadership'
  | 'too-much-uncommitted'
  | 'forwarding-disabled'
  | 'too-many-reads'
  | 'peer-not-found'
  | 'local-message';

/** Tells the observer, if there is one. */
export function trace(state: RaftState, event: RaftEvent): void {
  state.settings.trace(event);
}

/** What must be on disk, as it stands. */
export function hardStateOf(state: RaftState): HardState {
  return { term: state.term, vote: state.vote, commit: state.log.committed };
}

/** Role and leader, as they stand. */
export function softStateOf(state: RaftState): SoftState {
  return { lead: state.lead, role: state.role };
}

const VOTE_TYPES: ReadonlySet<string> = new Set(['MsgVote', 'MsgVoteResp', 'MsgPreVote', 'MsgPreVoteResp']);

/** Promises: what they say must be on disk before they leave. */
const PROMISE_TYPES: ReadonlySet<string> = new Set(['MsgAppResp', 'MsgVoteResp', 'MsgPreVoteResp']);

/**
 * Queues a message from this member. Votes name their term; everything else gets the current one, except for
 * proposals and reads, which belong to no term.
 */
export function send(state: RaftState, fields: MessageFields & Pick<Message, 'to'>): void {
  const from = fields.from ?? state.settings.id;
  let term = fields.term ?? 0;
  if (VOTE_TYPES.has(fields.type)) {
    assert(term !== 0, 'a vote says its term');
  } else if (fields.type !== 'MsgProp' && fields.type !== 'MsgReadIndex') {
    assert(term === 0 || fields.from !== undefined, 'only what is passed on had a term before');
    term = state.term;
  }
  const message = makeMessage(fields, from, term);
  if (PROMISE_TYPES.has(fields.type)) {
    state.messagesAfterAppend.push(message);
  } else {
    assert(message.to !== state.settings.id, 'a member sends itself only what must be on disk first');
    state.messages.push(message);
  }
}

/** Starts afresh in a term: no leader, no votes, nothing known of the others. */
export function resetForTerm(state: RaftState, term: number): void {
  if (state.term !== term) {
    state.term = term;
    state.vote = NO_MEMBER;
  }
  state.lead = NO_MEMBER;
  state.electionElapsed = 0;
  state.heartbeatElapsed = 0;
  state.randomizedElectionTicks = drawElectionTicks(state.settings);
  state.leadTransferee = NO_MEMBER;
  resetVotes(state.tracker);
  state.tracker.progress = freshProgress(state);
  state.pendingConfIndex = 0;
  state.uncommittedBytes = 0;
  state.readOnly = createReadOnly(state.readOnly.option);
  state.heldReads = [];
}

/** An election timeout between once and twice the set one (Raft paper, section 5.2). */
function drawElectionTicks({ electionTicks, random }: RaftSettings): number {
  return electionTicks + Math.floor(random() * electionTicks);
}

function freshProgress(state: RaftState): ProgressMap {
  const { tracker, settings } = state;
  const last = lastIndex(state.log);
  const fresh = new Map<MemberId, Progress>();
  for (const [id, { isLearner }] of tracker.progress) {
    fresh.set(
      id,
      createProgress({
        match: id === settings.id ? last : 0,
        next: last + 1,
        isLearner,
        isRecentlyActive: false,
        maxInflightMessages: tracker.maxInflightMessages,
        maxInflightBytes: tracker.maxInflightBytes,
      }),
    );
  }
  return fresh;
}

/**
 * Counts proposed entries against the limit; false when they do not fit. A first one always does, however large,
 * and so do entries without payload.
 */
export function reserveUncommitted(state: RaftState, entries: readonly Pick<Entry, 'data'>[]): boolean {
  let bytes = 0;
  for (const { data } of entries) bytes += data.byteLength;
  const { maxUncommittedBytes } = state.settings;
  if (state.uncommittedBytes > 0 && bytes > 0 && state.uncommittedBytes + bytes > maxUncommittedBytes) {
    return false;
  }
  state.uncommittedBytes += bytes;
  return true;
}

/** Applied entries count no more. Those of an earlier leader were never counted, so this stops at zero. */
export function releaseUncommitted(state: RaftState, entries: readonly Entry[]): void {
  state.uncommittedBytes = Math.max(0, state.uncommittedBytes - payloadBytes(entries));
}
