import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { controlCalls } from '../../daemon/control-calls.ts';
import type { ToLeader } from '../../daemon/to-leader.ts';
import { SkepError } from '../../lib/errors.ts';
import type { ControlApi } from '../../manager/api/control-api.ts';
import type { Replica, ReplicaLeadership } from '../../manager/store/replica.ts';
import type { Call } from '../../proto/rpc.ts';

const LEADS: ReplicaLeadership = { isLeader: true, leaderId: 'n1', term: 5 };
const CALL: Call = {
  peerCertificate: null,
  peerAddress: 'unix',
  signal: new AbortController().signal,
  header: () => undefined,
};

/** Control calls of a manager that refuses every service. `afterwards` is who leads once a read was confirmed. */
function refusing(afterwards: ReplicaLeadership) {
  let leadership = LEADS;
  const barriers: number[] = [];
  const replica = {
    leadership: () => leadership,
    readBarrier: async () => {
      barriers.push(1);
      leadership = afterwards;
    },
  } as unknown as Replica;
  const refusal = new SkepError('ALREADY_EXISTS', 'the name is taken');
  const api = {
    createService: () => Promise.reject(refusal),
    listNetworks: async () => [],
  } as unknown as ControlApi;
  const toLeader = { run: (local: () => Promise<unknown>) => local() } as unknown as ToLeader;
  return { calls: controlCalls({ api, replica, toLeader }), barriers };
}

const SPEC = {} as Parameters<ReturnType<typeof controlCalls>['createService']>[0];

describe('the control interface of a manager', () => {
  it('answers a read only once its state is as new as the call', async () => {
    const { calls, barriers } = refusing(LEADS);
    await calls.listNetworks({}, CALL);
    assert.equal(barriers.length, 1);
  });

  it('refuses by the state when it still leads', async () => {
    const { calls } = refusing(LEADS);
    await assert.rejects(
      calls.createService(SPEC, CALL),
      (error: SkepError) => error.code === 'ALREADY_EXISTS',
    );
  });

  it('does not refuse by the state of a leader that others have replaced meanwhile', async () => {
    const others: readonly ReplicaLeadership[] = [
      { isLeader: false, leaderId: 'n2', term: 6 },
      { isLeader: true, leaderId: 'n1', term: 7 },
    ];
    for (const afterwards of others) {
      const { calls } = refusing(afterwards);
      await assert.rejects(
        calls.createService(SPEC, CALL),
        (error: SkepError) => error.code === 'NOT_LEADER',
      );
    }
  });
});
