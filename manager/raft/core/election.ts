import { isConfChangeType } from './confchange/change-codec.ts';
import type { EntryId } from './entry.ts';
import { commitTo, lastEntryId, matchesTerm, someEntry } from './log/raft-log.ts';
import { CAMPAIGN_TRANSFER, voteResponseType } from './message.ts';
import { becomeCandidate, becomePreCandidate } from './role-change.ts';
import { type RaftState, send, trace } from './state.ts';
import { votersOf } from './tracker/tracker.ts';

export type CampaignKind = 'pre-election' | 'election' | 'transfer';

/** The scan for configuration changes reads the log in pages of so many bytes. */
const SCAN_PAGE_BYTES = 4 * 1024 * 1024;

/** True for a voter that has its whole state: others may not become leader. */
export function isPromotable(state: RaftState): boolean {
  const own = state.tracker.progress.get(state.settings.id);
  return own !== undefined && !own.isLearner && state.log.unstable.snapshot === undefined;
}

/** Campaigns, unless this member leads, may not lead, or has a configuration change to apply first. */
export function startCampaign(state: RaftState, kind: CampaignKind): void {
  if (state.role === 'StateLeader') return;
  if (!isPromotable(state)) {
    trace(state, { kind: 'election-refused', term: state.term, reason: 'unpromotable' });
    return;
  }
  if (hasConfChange(state, state.log.applied, state.log.committed)) {
    trace(state, { kind: 'election-refused', term: state.term, reason: 'pending-config-change' });
    return;
  }
  trace(state, { kind: 'election-started', term: state.term, isTransfer: kind === 'transfer' });
  campaign(state, kind);
}

/** Becomes a candidate, or a pre-candidate, and asks all voters. */
export function campaign(state: RaftState, kind: CampaignKind): void {
  const isPre = kind === 'pre-election';
  if (isPre) becomePreCandidate(state);
  else becomeCandidate(state);
  const type = isPre ? 'MsgPreVote' : 'MsgVote';
  // A pre-vote asks about the term that the election would have.
  const term = isPre ? state.term + 1 : state.term;
  const last = lastEntryId(state.log);
  const context = kind === 'transfer' ? CAMPAIGN_TRANSFER : '';
  for (const to of votersOf(state.tracker)) {
    if (to === state.settings.id) {
      // The own vote, too, counts only once it is on disk.
      send(state, { type: voteResponseType(type), to, term });
    } else {
      send(state, { type, to, term, index: last.index, logTerm: last.term, context });
    }
  }
}

/**
 * A voter that refuses may know of a committed configuration change that this log has, but not as committed. Without
 * this a majority of the new configuration could wait for ever for the vote of a member that has left it with a
 * longer log. What is committed stays so, whoever says it and whenever. True when such a change is committed now.
 */
export function learnCommit(state: RaftState, known: EntryId): boolean {
  const { log } = state;
  if (known.index <= log.committed || !matchesTerm(log, known)) return false;
  if (!hasConfChange(state, log.committed, known.index)) return false;
  commitTo(log, known.index);
  return true;
}

function hasConfChange(state: RaftState, after: number, last: number): boolean {
  return someEntry(state.log, after, last, (entry) => isConfChangeType(entry.type), SCAN_PAGE_BYTES);
}
