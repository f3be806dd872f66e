import { assert } from '../../../lib/errors.ts';
import { type MemberId, NO_DATA, NO_MEMBER } from './entry.ts';
import { lastIndex } from './log/raft-log.ts';
import { appendOwnEntries } from './replication.ts';
import { type RaftState, resetForTerm, trace } from './state.ts';
import { becomeReplicate } from './tracker/progress.ts';
import { resetVotes } from './tracker/tracker.ts';

function announce(state: RaftState): void {
  trace(state, { kind: 'role-changed', role: state.role, term: state.term, lead: state.lead });
}

/** Follows `lead`, or nobody known yet, in `term`. */
export function becomeFollower(state: RaftState, term: number, lead: MemberId): void {
  resetForTerm(state, term);
  state.lead = lead;
  state.role = 'StateFollower';
  announce(state);
}

/** Campaigns in the next term, with the own vote for itself. */
export function becomeCandidate(state: RaftState): void {
  assert(state.role !== 'StateLeader', 'a leader does not campaign');
  resetForTerm(state, state.term + 1);
  state.vote = state.settings.id;
  state.role = 'StateCandidate';
  announce(state);
}

/** Asks whether it could win; term and vote stay as they are. */
export function becomePreCandidate(state: RaftState): void {
  assert(state.role !== 'StateLeader', 'a leader does not campaign');
  resetVotes(state.tracker);
  state.lead = NO_MEMBER;
  state.role = 'StatePreCandidate';
  announce(state);
}

/** Leads the current term, which begins with an empty entry: only with it can earlier ones be committed. */
export function becomeLeader(state: RaftState): void {
  assert(state.role === 'StateCandidate', 'only a candidate becomes leader');
  const { id } = state.settings;
  resetForTerm(state, state.term);
  state.lead = id;
  state.role = 'StateLeader';
  const own = state.tracker.progress.get(id);
  assert(own !== undefined, 'a leader is in its own configuration');
  becomeReplicate(own);
  own.isRecentlyActive = true;
  // There may be a configuration change anywhere in the log; to wait for all of it is the safe side.
  state.pendingConfIndex = lastIndex(state.log);
  const isAppended = appendOwnEntries(state, [{ type: 'EntryNormal', data: NO_DATA }]);
  assert(isAppended, 'an empty entry meets no size limit');
  announce(state);
}
