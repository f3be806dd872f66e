import { type Entry, type EntryId, type MemberId, NO_MEMBER } from './entry.ts';

/** The members of a configuration as snapshots and storage keep it. All lists are sorted. */
export interface ConfState {
  readonly voters: readonly MemberId[];
  /** Voters of the configuration that a joint one is leaving; empty otherwise. */
  readonly votersOutgoing: readonly MemberId[];
  readonly learners: readonly MemberId[];
  /** Voters of the outgoing configuration that become learners once the joint one is left. */
  readonly learnersNext: readonly MemberId[];
  readonly autoLeave: boolean;
}

/** The configuration of a member that has not been told of any. */
export const EMPTY_CONF_STATE: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** True for a member of any kind. Whoever becomes a learner later is an outgoing voter, so three lists are enough. */
export function namesMember({ voters, learners, votersOutgoing }: ConfState, id: MemberId): boolean {
  return voters.includes(id) || learners.includes(id) || votersOutgoing.includes(id);
}

/** The application's state as of an entry. The core looks at nothing but the metadata. */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  /** The application's own; may be empty where the state travels beside the messages. */
  readonly data: Uint8Array;
}

/** What must be on disk before any answer that depends on it leaves (Raft thesis, section 3.8). */
export interface HardState {
  readonly term: number;
  readonly vote: MemberId;
  readonly commit: number;
}

/** The hard state of a member that has never been part of anything. */
export const EMPTY_HARD_STATE: HardState = { term: 0, vote: NO_MEMBER, commit: 0 };

/** True when both say the same. */
export function isSameHardState(one: HardState, other: HardState): boolean {
  return one.term === other.term && one.vote === other.vote && one.commit === other.commit;
}

/** True for the state of a member that has never been part of anything. */
export function isEmptyHardState(state: HardState): boolean {
  return isSameHardState(state, EMPTY_HARD_STATE);
}

export type RoleName = 'StateFollower' | 'StatePreCandidate' | 'StateCandidate' | 'StateLeader';

/** Useful to show and to route by; need not survive a restart. */
export interface SoftState {
  readonly lead: MemberId;
  readonly role: RoleName;
}

/** From here on the application may answer the read that `context` names, once it has applied `index`. */
export interface ReadState {
  readonly index: number;
  readonly context: string;
}

export type MessageType =
  | 'MsgHup'
  | 'MsgBeat'
  | 'MsgProp'
  | 'MsgApp'
  | 'MsgAppResp'
  | 'MsgVote'
  | 'MsgVoteResp'
  | 'MsgSnap'
  | 'MsgHeartbeat'
  | 'MsgHeartbeatResp'
  | 'MsgUnreachable'
  | 'MsgSnapStatus'
  | 'MsgCheckQuorum'
  | 'MsgTransferLeader'
  | 'MsgTimeoutNow'
  | 'MsgReadIndex'
  | 'MsgReadIndexResp'
  | 'MsgPreVote'
  | 'MsgPreVoteResp'
  | 'MsgStorageAppend'
  | 'MsgStorageAppendResp'
  | 'MsgStorageApply'
  | 'MsgStorageApplyResp'
  | 'MsgForgetLeader';

/** Everything that one member says to another, or to itself. Which fields count depends on `type`. */
export interface Message {
  readonly type: MessageType;
  readonly to: MemberId;
  readonly from: MemberId;
  /** 0 in messages of no term: proposals, read requests, and what a member tells itself. */
  readonly term: number;
  /** MsgApp: term of the entry before `entries`. Votes: term of the last entry. */
  readonly logTerm: number;
  /** MsgApp: index of the entry before `entries`. MsgAppResp: what is held, or what was refused. */
  readonly index: number;
  readonly commit: number;
  /** Only in MsgStorageAppend, where term, vote and commit are a hard state. */
  readonly vote: MemberId;
  readonly reject: boolean;
  /** Of a refused MsgApp: the last index, at most, where the logs may agree. */
  readonly rejectHint: number;
  /** Of a refused vote: the last entry that the voter knows to be committed. */
  readonly voterCommit: EntryId | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
  /** Names a read; in a vote request, CAMPAIGN_TRANSFER or nothing. */
  readonly context: string;
  /** Only in messages to the storage: to be delivered once what the message asks is durable or applied. */
  readonly responses: readonly Message[];
}

/** In a vote request: the leader itself asked for this election, so its lease does not stand in the way. */
export const CAMPAIGN_TRANSFER = 'CampaignTransfer';

/** Target of MsgStorageAppend: whoever writes the log. */
export const LOCAL_APPEND_THREAD: MemberId = -1;

/** Target of MsgStorageApply: whoever applies committed entries. */
export const LOCAL_APPLY_THREAD: MemberId = -2;

/** True for an address within this member instead of a member. */
export function isStorageThread(id: MemberId): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}

/** The fields of a message that are not at their zero. */
export type MessageFields = Partial<Message> & Pick<Message, 'type'>;

/** A message with every field that is not given at its zero. All have the same shape, which engines like. */
export function makeMessage(
  fields: MessageFields,
  from: MemberId = fields.from ?? NO_MEMBER,
  term: number = fields.term ?? 0,
): Message {
  return {
    type: fields.type,
    to: fields.to ?? NO_MEMBER,
    from,
    term,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    commit: fields.commit ?? 0,
    vote: fields.vote ?? NO_MEMBER,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    voterCommit: fields.voterCommit,
    entries: fields.entries ?? NO_ENTRIES,
    snapshot: fields.snapshot,
    context: fields.context ?? '',
    responses: fields.responses ?? NO_MESSAGES,
  };
}

const NO_ENTRIES: readonly Entry[] = [];
const NO_MESSAGES: readonly Message[] = [];

const LOCAL_TYPES: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
]);

const RESPONSE_TYPES: ReadonlySet<MessageType> = new Set<MessageType>([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgReadIndexResp',
  'MsgPreVoteResp',
  'MsgStorageAppendResp',
  'MsgStorageApplyResp',
]);

/** True for what may only come from the member itself: refused when it arrives from the network. */
export function isLocalMessage(type: MessageType): boolean {
  return LOCAL_TYPES.has(type);
}

/** True for what only makes sense from a member of the configuration. */
export function isResponseMessage(type: MessageType): boolean {
  return RESPONSE_TYPES.has(type);
}

/** The type of answer to a request for a vote. */
export function voteResponseType(type: 'MsgVote' | 'MsgPreVote'): 'MsgVoteResp' | 'MsgPreVoteResp' {
  return type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp';
}
