import type { Entry } from './entry.ts';
import { hasUnstableEntries, lastEntryId } from './log/raft-log.ts';
import {
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  makeMessage,
  type Snapshot,
} from './message.ts';
import type { RaftState } from './state.ts';

/** The parts of a Ready that concern the storage. */
interface StorageWork {
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: readonly Entry[];
}

/**
 * What the storage answers when the work is done; undefined when the member need not hear of it. It names the last
 * entry of the whole log rather than of this piece of work: with several writes on their way, the last one covers
 * those before it, even if one of them wrote entries that were replaced and then came back.
 */
export function storageResponse(state: RaftState, work: StorageWork): Message | undefined {
  const hasEntries = hasUnstableEntries(state.log);
  if (!hasEntries && work.snapshot === undefined) return undefined;
  const last = hasEntries ? lastEntryId(state.log) : { term: 0, index: 0 };
  return makeMessage({
    type: 'MsgStorageAppendResp',
    to: state.settings.id,
    from: LOCAL_APPEND_THREAD,
    // Void once the term has changed: the entries may be others by then.
    term: state.term,
    index: last.index,
    logTerm: last.term,
    snapshot: work.snapshot,
  });
}

/** What the application answers when the entries are applied. */
export function applyResponse(state: RaftState, entries: readonly Entry[]): Message {
  return makeMessage({
    type: 'MsgStorageApplyResp',
    to: state.settings.id,
    from: LOCAL_APPLY_THREAD,
    entries,
  });
}

/** The work as messages to the storage. Promises wait, as responses, for what they promise to be on disk. */
export function storageMessages(
  state: RaftState,
  work: StorageWork,
  promises: readonly Message[],
  stored: Message | undefined,
): readonly Message[] {
  const { id } = state.settings;
  const { hardState, entries, snapshot, committedEntries } = work;
  const messages: Message[] = [];
  const hasWrites = entries.length > 0 || hardState !== undefined || snapshot !== undefined;
  if (hasWrites || promises.length > 0) {
    messages.push(
      makeMessage({
        type: 'MsgStorageAppend',
        to: LOCAL_APPEND_THREAD,
        from: id,
        entries,
        snapshot,
        ...hardState,
        responses: stored === undefined ? promises : [...promises, stored],
      }),
    );
  }
  if (committedEntries.length > 0) {
    messages.push(
      makeMessage({
        type: 'MsgStorageApply',
        to: LOCAL_APPLY_THREAD,
        from: id,
        entries: committedEntries,
        responses: [applyResponse(state, committedEntries)],
      }),
    );
  }
  return messages;
}
