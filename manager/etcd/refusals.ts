import { SkepError } from '../../lib/errors.ts';

/** The same words as those of the Raft backend: who asks need not know which one it is. */
export function notLeading(): SkepError {
  return new SkepError('NOT_LEADER', 'this manager does not lead now, and nothing was changed', {
    help: 'try again in a moment',
  });
}

/** Another leader, or a hand that edited the head, came first. */
export function replaced(): SkepError {
  return new SkepError('NOT_LEADER', 'another manager took the lead, and nothing was changed', {
    help: 'try again',
  });
}

/** etcd never said what became of it. */
export function unknownOutcome(timeoutMs: number, cause: unknown): SkepError {
  return new SkepError(
    'UNAVAILABLE',
    `etcd did not confirm the change within ${timeoutMs / 1_000} s: it may have been made or not`,
    { help: 'see that a majority of its members is up, and look whether the change was made', cause },
  );
}

/** Too much waits already. */
export function tooMany(what: string, count: number): SkepError {
  return new SkepError('RESOURCE_EXHAUSTED', `${count} ${what} already wait for etcd`, {
    help: 'try again in a moment',
  });
}

/** The manager is going down. */
export function stopping(): SkepError {
  return new SkepError('UNAVAILABLE', 'this manager is stopping');
}
