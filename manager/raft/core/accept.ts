import { restoreConfig } from './confchange/changer.ts';
import { NO_MEMBER } from './entry.ts';
import {
  commitTo,
  findConflictByTerm,
  lastIndex,
  matchesTerm,
  maybeAppend,
  restoreLog,
} from './log/raft-log.ts';
import { switchToConfig } from './membership.ts';
import { type Message, namesMember, type Snapshot } from './message.ts';
import { becomeFollower } from './role-change.ts';
import { type RaftState, send, trace } from './state.ts';
import { createTracker } from './tracker/tracker.ts';

/** Takes over a leader's entries, and answers what is held now or where the logs may agree. */
export function acceptAppend(state: RaftState, message: Message): void {
  const { log } = state;
  const to = message.from;
  if (message.index < log.committed) {
    send(state, { type: 'MsgAppResp', to, index: log.committed });
    return;
  }
  const slice = { previous: { term: message.logTerm, index: message.index }, entries: message.entries };
  const index = maybeAppend(log, slice, message.commit);
  if (index !== undefined) {
    send(state, { type: 'MsgAppResp', to, index });
    return;
  }
  // Own entries of a later term than the leader's at that place cannot agree: skip all of them at once.
  const hint = findConflictByTerm(log, Math.min(message.index, lastIndex(log)), message.logTerm);
  send(state, {
    type: 'MsgAppResp',
    to,
    index: message.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

/** Commits what a leader says, and answers that this member is there. */
export function acceptHeartbeat(state: RaftState, message: Message): void {
  commitTo(state.log, message.commit);
  send(state, { type: 'MsgHeartbeatResp', to: message.from, context: message.context });
}

/** Replaces the log by a leader's snapshot where that is news, and answers what is held now. */
export function acceptSnapshot(state: RaftState, message: Message): void {
  const { snapshot } = message;
  const isRestored = snapshot !== undefined && restoreSnapshot(state, snapshot);
  const index = isRestored ? lastIndex(state.log) : state.log.committed;
  send(state, { type: 'MsgAppResp', to: message.from, index });
}

/** False when the snapshot is not needed or not for this member. */
function restoreSnapshot(state: RaftState, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot;
  const { log, settings, tracker } = state;
  if (index <= log.committed) return false;
  if (state.role !== 'StateFollower') {
    // Never so, as every message of a leader makes a follower; a new term is the safe way out.
    trace(state, { kind: 'snapshot-refused', index, reason: 'not-follower' });
    becomeFollower(state, state.term + 1, NO_MEMBER);
    return false;
  }
  if (!namesMember(confState, settings.id)) {
    trace(state, { kind: 'snapshot-refused', index, reason: 'not-in-config' });
    return false;
  }
  if (matchesTerm(log, { term, index })) {
    // The log reaches that far by itself and is worth more: only the commit index is news.
    commitTo(log, index);
    return false;
  }
  restoreLog(log, snapshot);
  state.restoredIndex = index;
  const empty = createTracker(tracker.maxInflightMessages, tracker.maxInflightBytes);
  switchToConfig(state, restoreConfig({ tracker: empty, lastIndex: lastIndex(log) }, confState));
  trace(state, { kind: 'snapshot-restored', index });
  return true;
}
