import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IdentityHolder } from '../../daemon/identity/identity-holder.ts';
import type { Leading } from '../../daemon/leading.ts';
import { createToLeader } from '../../daemon/to-leader.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { Replica, ReplicaLeadership } from '../../manager/store/replica.ts';

const NOBODY: ReplicaLeadership = { isLeader: false, leaderId: null, term: 1 };
const HERE: ReplicaLeadership = { isLeader: true, leaderId: 'n1', term: 2 };
const IDENTITIES = { watch: () => () => undefined } as unknown as IdentityHolder;
const LEADING = {} as Leading;

/** A clock that jumps to the next timer as soon as nothing else is to be done. */
function jumpingClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    schedule(delayMs, callback) {
      let isCancelled = false;
      setImmediate(() => {
        if (isCancelled) return;
        nowMs += delayMs;
        callback();
      });
      return () => {
        isCancelled = true;
      };
    },
  };
}

/** A manager whose leadership the test sets. */
function setUp(first: ReplicaLeadership) {
  let leadership = first;
  const clock = jumpingClock();
  const replica = {
    leadership: () => leadership,
    onLeadership: () => () => undefined,
    store: { view: () => ({ nodes: new Map() }) },
  } as unknown as Replica;
  const toLeader = createToLeader({
    replica,
    identities: IDENTITIES,
    leading: () => (leadership.isLeader ? LEADING : null),
    clock,
  });
  const lead = (next: ReplicaLeadership) => {
    leadership = next;
  };
  return { toLeader, lead, clock };
}

const notHere = () => Promise.reject(new Error('it was sent to another manager'));

describe('a request to the leader', () => {
  it('is handled here when this manager leads', async () => {
    const { toLeader } = setUp(HERE);
    assert.equal(await toLeader.run(async () => 'done', notHere), 'done');
  });

  it('waits while nobody leads, and is handled once this manager does', async () => {
    const { toLeader, lead, clock } = setUp(NOBODY);
    const answer = toLeader.run(async () => 'done', notHere);
    clock.schedule(0, () => lead(HERE));
    assert.equal(await answer, 'done');
  });

  it('is made again when whoever handled it had ceased to lead, and changed nothing', async () => {
    const { toLeader } = setUp(HERE);
    let tries = 0;
    const answer = await toLeader.run(async () => {
      tries++;
      if (tries < 3) throw new SkepError('NOT_LEADER', 'not any more');
      return 'done';
    }, notHere);
    assert.deepEqual([answer, tries], ['done', 3]);
  });

  it('is never made again when it may have been carried out', async () => {
    const { toLeader } = setUp(HERE);
    let tries = 0;
    await assert.rejects(
      toLeader.run(async () => {
        tries++;
        throw new SkepError('UNAVAILABLE', 'the lead was lost meanwhile');
      }, notHere),
      /lost meanwhile/,
    );
    assert.equal(tries, 1);
  });

  it('is refused after a while without a leader, with the number of managers that are needed', async () => {
    const { toLeader, clock } = setUp(NOBODY);
    await assert.rejects(
      toLeader.run(async () => 'done', notHere),
      (error: SkepError) =>
        error.code === 'NOT_LEADER' && /nothing was changed: 1 of its 0/.test(error.message),
    );
    assert.ok(clock.nowMs() >= 10_000, 'it waited');
  });

  it('that was passed on already is refused at once by a manager that does not lead', async () => {
    const { toLeader } = setUp(NOBODY);
    await assert.rejects(
      toLeader.runHere(async () => 'done'),
      (error: SkepError) => error.code === 'NOT_LEADER',
    );
  });
});
