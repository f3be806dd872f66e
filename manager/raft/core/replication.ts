import { assert } from '../../../lib/errors.ts';
import type { Entry, EntryType, MemberId } from './entry.ts';
import { payloadBytes } from './entry.ts';
import { appendToLog, entriesFrom, lastIndex, logSnapshot, maybeCommitTo, termAt } from './log/raft-log.ts';
import { namesMember } from './message.ts';
import { lastPendingContext } from './read-only.ts';
import { type RaftState, reserveUncommitted, send, trace } from './state.ts';
import { isInflightsFull } from './tracker/inflights.ts';
import { becomeSnapshot, isPaused, noteSentEntries, type Progress } from './tracker/progress.ts';
import { trackerCommittedIndex } from './tracker/tracker.ts';

/** A proposal, before it has a place in the log. */
export interface ProposedEntry {
  readonly type: EntryType;
  readonly data: Uint8Array;
}

/**
 * Adds entries to the leader's own log. False when too much is uncommitted. They count towards the quorum only once
 * they are on disk, which the leader tells itself like any follower would.
 */
export function appendOwnEntries(state: RaftState, proposals: readonly ProposedEntry[]): boolean {
  if (!reserveUncommitted(state, proposals)) return false;
  const first = lastIndex(state.log) + 1;
  const entries: Entry[] = [];
  for (const [place, { type, data }] of proposals.entries()) {
    entries.push({ term: state.term, index: first + place, type, data });
  }
  const index = appendToLog(state.log, entries);
  send(state, { type: 'MsgAppResp', to: state.settings.id, index });
  return true;
}

/** Sends what the member lacks, an empty MsgApp if that is nothing. Does nothing while the member is paused. */
export function sendAppend(state: RaftState, to: MemberId): void {
  maybeSendAppend(state, to, true);
}

/** Sends one MsgApp, or a snapshot where the log is compacted. False when nothing was sent. */
export function maybeSendAppend(state: RaftState, to: MemberId, sendIfEmpty: boolean): boolean {
  const progress = state.tracker.progress.get(to);
  if (progress === undefined || isPaused(progress)) return false;
  const { log, settings } = state;
  const index = progress.next - 1;
  const logTerm = termAt(log, index);
  if (logTerm === undefined) return sendSnapshot(state, to, progress);
  // With a full window only an empty message goes, so that the answer, or its absence, shows what was lost.
  const isThrottled = progress.state === 'StateReplicate' && isInflightsFull(progress.inflights);
  const entries = isThrottled ? [] : entriesFrom(log, progress.next, settings.maxMessageBytes);
  if (entries === undefined) return sendSnapshot(state, to, progress);
  if (entries.length === 0 && !sendIfEmpty) return false;
  send(state, { type: 'MsgApp', to, index, logTerm, entries, commit: log.committed });
  noteSentEntries(progress, entries.length, payloadBytes(entries));
  progress.sentCommit = log.committed;
  return true;
}

function sendSnapshot(state: RaftState, to: MemberId, progress: Progress): boolean {
  // Whoever is silent would not take it, and nothing else may be sent meanwhile.
  if (!progress.isRecentlyActive) return false;
  const snapshot = logSnapshot(state.log);
  if (snapshot === undefined) return false;
  assert(snapshot.index > 0, 'a compacted log has a snapshot');
  if (!namesMember(snapshot.confState, to)) {
    // It was taken before the member joined, which would refuse it.
    trace(state, { kind: 'snapshot-outdated', to, index: snapshot.index });
    return false;
  }
  becomeSnapshot(progress, snapshot.index);
  send(state, { type: 'MsgSnap', to, snapshot });
  trace(state, { kind: 'snapshot-sent', to, index: snapshot.index });
  return true;
}

/** Sends to every other member what it lacks. */
export function broadcastAppend(state: RaftState): void {
  for (const id of state.tracker.progress.keys()) {
    if (id !== state.settings.id) sendAppend(state, id);
  }
}

/** Tells every other member that this one leads, and asks for confirmation of the newest read that waits. */
export function broadcastHeartbeat(
  state: RaftState,
  context: string = lastPendingContext(state.readOnly),
): void {
  for (const [to, progress] of state.tracker.progress) {
    if (to === state.settings.id) continue;
    // Beyond its match the member may hold other entries, which it must not take for committed.
    const commit = Math.min(progress.match, state.log.committed);
    send(state, { type: 'MsgHeartbeat', to, commit, context });
    progress.sentCommit = commit;
  }
}

/** Commits what a quorum holds, if it is of the own term (Raft paper, section 5.4.2). True when that is news. */
export function maybeCommit(state: RaftState): boolean {
  return maybeCommitTo(state.log, { term: state.term, index: trackerCommittedIndex(state.tracker) });
}

/** Asks a member that holds the whole log to campaign at once (Raft thesis, section 3.10). */
export function sendTimeoutNow(state: RaftState, to: MemberId): void {
  send(state, { type: 'MsgTimeoutNow', to });
}

/** True once the leader knows the commit index of its own term: only then can reads go by it. */
export function hasCommittedInTerm(state: RaftState): boolean {
  return termAt(state.log, state.log.committed) === state.term;
}
