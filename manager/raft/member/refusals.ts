import { SkepError } from '../../../lib/errors.ts';
import type { MemberId } from '../core/entry.ts';
import type { StepOutcome } from '../core/state.ts';

/** The core did not take a proposal. */
export function notProposed(outcome: StepOutcome): SkepError {
  if (outcome === 'too-much-uncommitted') {
    return new SkepError('RESOURCE_EXHAUSTED', 'too many changes wait for a quorum of managers already', {
      help: 'try again in a moment',
    });
  }
  return new SkepError('NOT_LEADER', 'this manager does not lead now, and nothing was changed', {
    help: 'try again in a moment',
  });
}

/** An entry of another leader took the place. */
export function replaced(): SkepError {
  return new SkepError('NOT_LEADER', 'another manager took the lead, and nothing was changed', {
    help: 'try again',
  });
}

/** Nobody here will learn what becomes of what is on its way. */
export function leadershipLost(): SkepError {
  return new SkepError(
    'UNAVAILABLE',
    'this manager lost the lead meanwhile: the change may have been made or not',
    { help: 'look whether it was made, then try again' },
  );
}

/** A transfer did not work, or could not. */
export function transferFailed(to: MemberId): SkepError {
  return new SkepError('UNAVAILABLE', `leadership could not be handed to member ${to}`, {
    help: 'see that the member is a voter, and is reached',
  });
}
