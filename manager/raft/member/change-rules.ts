import { SkepError } from '../../../lib/errors.ts';
import type { MemberChange } from '../core/confchange/change.ts';
import type { MemberId } from '../core/entry.ts';
import type { RaftStatus } from '../core/status.ts';
import type { MembershipRequest } from './thread-messages.ts';

/** A learner that is no more entries behind than this may be promoted: it will not hold up a commit. */
const MAX_PROMOTION_LAG = 256;

/**
 * The change that a request means, as the leader sees the cluster. Throws FAILED_PRECONDITION when it would leave too
 * few members that are there, NOT_FOUND and ALREADY_EXISTS when the member is none or one already.
 */
export function planChange(status: RaftStatus, request: MembershipRequest): MemberChange {
  const { memberId, kind } = request;
  const { voters, learners } = status.confState;
  const isMember = voters.includes(memberId) || learners.includes(memberId);
  if (kind === 'add') {
    if (isMember) throw new SkepError('ALREADY_EXISTS', `member ${memberId} is one already`);
    return { kind: 'add-learner', memberId };
  }
  if (!isMember) throw new SkepError('NOT_FOUND', `member ${memberId} is not one of this cluster`);
  if (kind === 'announce') return { kind: 'update', memberId };
  if (kind === 'promote') {
    checkCaughtUp(status, memberId);
    return { kind: 'add-voter', memberId };
  }
  if (voters.includes(memberId)) checkQuorumWithout(status, memberId);
  return { kind: kind === 'remove' ? 'remove' : 'add-learner', memberId };
}

function checkCaughtUp(status: RaftStatus, memberId: MemberId): void {
  const progress = status.progress.get(memberId);
  const lag = status.lastIndex - (progress?.match ?? 0);
  const isReplicating = progress?.state === 'StateReplicate' && progress.isRecentlyActive;
  if (isReplicating && lag <= MAX_PROMOTION_LAG) return;
  throw new SkepError('FAILED_PRECONDITION', `member ${memberId} is still ${lag} log entries behind`, {
    help: 'promote it once it has caught up',
  });
}

/** The voters that remain must have a quorum of members that answer (the leader itself does). */
function checkQuorumWithout(status: RaftStatus, memberId: MemberId): void {
  const remaining = status.confState.voters.filter((voter) => voter !== memberId);
  if (remaining.length === 0) {
    throw new SkepError('FAILED_PRECONDITION', `member ${memberId} is the last voter`, {
      help: 'promote another member first',
    });
  }
  const active = remaining.filter(
    (voter) => voter === status.id || status.progress.get(voter)?.isRecentlyActive === true,
  );
  if (active.length > remaining.length / 2) return;
  throw new SkepError(
    'FAILED_PRECONDITION',
    `without member ${memberId} only ${active.length} of ${remaining.length} voters answer, and nothing could be changed any more`,
    { help: 'bring back or replace the members that do not answer first' },
  );
}

/** The other voter that is furthest and answers; undefined without one. */
export function bestTransferee(status: RaftStatus): MemberId | undefined {
  let best: MemberId | undefined;
  let bestMatch = -1;
  for (const voter of status.confState.voters) {
    const progress = status.progress.get(voter);
    if (voter === status.id || progress?.isRecentlyActive !== true || progress.match <= bestMatch) continue;
    best = voter;
    bestMatch = progress.match;
  }
  return best;
}
