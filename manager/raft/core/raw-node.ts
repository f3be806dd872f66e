import { assert } from '../../../lib/errors.ts';
import type { ConfChange } from './confchange/change.ts';
import { encodeConfChange } from './confchange/change-codec.ts';
import { type Entry, type EntryType, type MemberId, totalEntryBytes } from './entry.ts';
import { acceptApplying, hasNextCommitted, hasNextUnstable, nextCommitted } from './log/raft-log.ts';
import { acceptUnstable, nextUnstableEntries, nextUnstableSnapshot } from './log/unstable.ts';
import { applyConfChange } from './membership.ts';
import {
  type ConfState,
  type HardState,
  isEmptyHardState,
  isLocalMessage,
  isResponseMessage,
  isSameHardState,
  isStorageThread,
  type Message,
  type MessageFields,
  makeMessage,
  type ReadState,
  type Snapshot,
  type SoftState,
} from './message.ts';
import type { RaftOptions } from './options.ts';
import { createRaft, stepRaft, tickRaft } from './raft.ts';
import { hardStateOf, type RaftState, type StepOutcome, softStateOf } from './state.ts';
import { type RaftStatus, statusOf } from './status.ts';
import { applyResponse, storageMessages, storageResponse } from './storage-messages.ts';

/**
 * Everything that is to be done now. In this order, unless the storage works by messages: write `snapshot`,
 * `hardState` and `entries`; sync if `mustSync`, or if there is a snapshot; send `messages`; apply `snapshot` and
 * `committedEntries`; then call `advance()`. A leader may send its MsgApp before the write is done.
 */
export interface Ready {
  /** Undefined when it is as before; likewise the hard state. */
  readonly softState: SoftState | undefined;
  readonly hardState: HardState | undefined;
  /** Reads that may be answered once their index is applied. */
  readonly readStates: readonly ReadState[];
  /** To be written; they replace what the log has from their first index on. */
  readonly entries: readonly Entry[];
  /** To be written, and to replace the application's state, before anything else is applied. */
  readonly snapshot: Snapshot | undefined;
  /** To be applied in order; configuration changes by way of `applyConfChange`. */
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  /** Entries, term or vote are new: they must be on disk, not only written, before `messages` go. */
  readonly mustSync: boolean;
}

/**
 * One member of a cluster as a value machine: input by calls, output by `ready()`. Nothing in it waits, tells the
 * time or draws lots. One caller at a time.
 *
 * With `asyncStorageWrites` there is no `advance()`. Instead `messages` holds MsgStorageAppend for
 * LOCAL_APPEND_THREAD and MsgStorageApply for LOCAL_APPLY_THREAD, each kind to be worked through in order; when one
 * is done, its `responses` are delivered, those for this member by `step`. All other messages may go at once. A
 * snapshot in MsgStorageAppend also replaces the application's state, and entries up to its index that still wait
 * to be applied are then skipped.
 */
export interface RawNode {
  tick(): void;
  /** A message from another member, or from the storage. */
  step(message: Message): StepOutcome;
  /** Campaigns now. */
  campaign(): void;
  /** Proposes entries to the leader, here or elsewhere. `accepted` is no promise: an entry may still be lost on its way. */
  propose(...datas: readonly Uint8Array[]): StepOutcome;
  proposeConfChange(change: ConfChange, type?: Exclude<EntryType, 'EntryNormal'>): StepOutcome;
  /**
   * Call for each committed entry that is a configuration change; the result belongs to the state that snapshots
   * hold. Undefined when a snapshot from the leader overtook the entry: take none of one's own before that one is
   * applied.
   */
  applyConfChange(entry: Entry): ConfState | undefined;
  /** Asks for an index to read at. `context` is unique and not ''; the answer is a ReadState with it, or none: ask again. */
  readIndex(context: string): StepOutcome;
  /** Asks the leader to hand leadership to that voter. */
  transferLeader(transferee: MemberId): StepOutcome;
  /** Follows nobody until the leader is heard again: the next candidate gets this member's vote. */
  forgetLeader(): StepOutcome;
  /** The last message to that member was not delivered. */
  reportUnreachable(id: MemberId): void;
  /** The snapshot for that member was delivered, or was not. */
  reportSnapshot(id: MemberId, isDelivered: boolean): void;
  hasReady(): boolean;
  /** What is to be done; the caller must do it. Not again before `advance()`. */
  ready(): Ready;
  advance(): void;
  status(): RaftStatus;
}

/** Starts a member on what its storage holds. Throws INVALID_ARGUMENT for options that contradict each other. */
export function createRawNode(options: RaftOptions): RawNode {
  return rawNodeOf(createRaft(options));
}

/** The same around a state that the caller has made, and may look into; it belongs to this node from now on. */
export function rawNodeOf(state: RaftState): RawNode {
  const handout = createHandout(state);
  const { id } = state.settings;
  const local = (message: MessageFields): StepOutcome =>
    stepRaft(state, makeMessage(message, message.from ?? id));
  return {
    tick: () => tickRaft(state),
    step: (message) => {
      const isFromStorage = isStorageThread(message.from);
      if (isLocalMessage(message.type) && !isFromStorage) return 'local-message';
      const isStranger = !isFromStorage && !state.tracker.progress.has(message.from);
      if (isResponseMessage(message.type) && isStranger) return 'peer-not-found';
      return stepRaft(state, message);
    },
    campaign: () => {
      local({ type: 'MsgHup' });
    },
    propose: (...datas) =>
      local({ type: 'MsgProp', entries: datas.map((data) => proposal('EntryNormal', data)) }),
    proposeConfChange: (change, type = 'EntryConfChangeV2') =>
      local({ type: 'MsgProp', entries: [proposal(type, encodeConfChange(change))] }),
    applyConfChange: (entry) => applyConfChange(state, entry),
    readIndex: (context) => {
      assert(context !== '', 'a read has a context');
      return local({ type: 'MsgReadIndex', context });
    },
    transferLeader: (transferee) => local({ type: 'MsgTransferLeader', from: transferee }),
    forgetLeader: () => local({ type: 'MsgForgetLeader' }),
    reportUnreachable: (from) => {
      local({ type: 'MsgUnreachable', from });
    },
    reportSnapshot: (from, isDelivered) => {
      local({ type: 'MsgSnapStatus', from, reject: !isDelivered });
    },
    ...handout,
    status: () => statusOf(state),
  };
}

function proposal(type: EntryType, data: Uint8Array): Entry {
  return { term: 0, index: 0, type, data };
}

/** What was handed out last, and what the member is told once that is done. */
function createHandout(state: RaftState): Pick<RawNode, 'hasReady' | 'ready' | 'advance'> {
  let softState = softStateOf(state);
  let hardState = hardStateOf(state);
  let stepsOnAdvance: readonly Message[] = [];
  let isWaiting = false;
  const isAsync = state.settings.asyncStorageWrites;
  // Entries may be applied before they are on disk only if both happen within the same Ready.
  const allowUnstable = !isAsync;

  const hasNewSoftState = (): boolean => softState.lead !== state.lead || softState.role !== state.role;

  const describeReady = (): Ready => {
    const nextHardState = hardStateOf(state);
    const entries = nextUnstableEntries(state.log.unstable);
    return {
      softState: hasNewSoftState() ? softStateOf(state) : undefined,
      hardState: isSameHardState(nextHardState, hardState) ? undefined : nextHardState,
      readStates: state.readStates,
      entries,
      snapshot: nextUnstableSnapshot(state.log.unstable),
      committedEntries: nextCommitted(state.log, allowUnstable),
      messages: state.messages,
      mustSync:
        entries.length > 0 || nextHardState.term !== hardState.term || nextHardState.vote !== hardState.vote,
    };
  };

  const accept = (ready: Ready): void => {
    softState = ready.softState ?? softState;
    hardState = ready.hardState ?? hardState;
    state.readStates = [];
    state.messages = [];
    state.messagesAfterAppend = [];
    acceptUnstable(state.log.unstable);
    const last = ready.committedEntries.at(-1);
    if (last !== undefined) {
      acceptApplying(state.log, last.index, totalEntryBytes(ready.committedEntries), allowUnstable);
    }
  };

  return {
    hasReady: () =>
      hasNewSoftState() ||
      state.messages.length > 0 ||
      state.messagesAfterAppend.length > 0 ||
      hasNextUnstable(state.log) ||
      hasNextCommitted(state.log, allowUnstable) ||
      state.readStates.length > 0 ||
      hasNewHardState(state, hardState),
    ready: () => {
      assert(!isWaiting, 'advance() comes before the next ready()');
      const bare = describeReady();
      const promises = state.messagesAfterAppend;
      const stored = storageResponse(state, bare);
      if (isAsync) {
        const messages = [...bare.messages, ...storageMessages(state, bare, promises, stored)];
        accept(bare);
        return { ...bare, messages };
      }
      const { id } = state.settings;
      stepsOnAdvance = [
        ...promises.filter((message) => message.to === id),
        ...(stored === undefined ? [] : [stored]),
        ...(bare.committedEntries.length === 0 ? [] : [applyResponse(state, bare.committedEntries)]),
      ];
      isWaiting = true;
      accept(bare);
      return { ...bare, messages: [...bare.messages, ...promises.filter((message) => message.to !== id)] };
    },
    advance: () => {
      assert(!isAsync, 'a member with asynchronous storage does not advance');
      isWaiting = false;
      const steps = stepsOnAdvance;
      stepsOnAdvance = [];
      for (const message of steps) stepRaft(state, message);
    },
  };
}

function hasNewHardState(state: RaftState, known: HardState): boolean {
  const next = hardStateOf(state);
  return !isEmptyHardState(next) && !isSameHardState(next, known);
}
