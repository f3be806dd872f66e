import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { createIdentityHolder } from '../../../daemon/identity/identity-holder.ts';
import type { NodeIdentity } from '../../../daemon/identity/node-identity.ts';
import { startRenewal } from '../../../daemon/identity/renewal.ts';
import { nextAttemptMs, renewAtMs } from '../../../daemon/identity/renewal-time.ts';
import { createLogRecord, createManualClock } from '../../manager/dispatcher/cluster-fixture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An identity issued at a moment for a time; nothing here looks into its certificate. */
function identityAt(issuedAtMs: number, lifetimeMs: number): NodeIdentity {
  return {
    nodeId: 'n1',
    clusterId: 'c',
    role: 'worker',
    rootCertificatePem: '',
    certificatePem: `issued ${issuedAtMs}`,
    keyPem: '',
    beginsAtMs: issuedAtMs - HOUR_MS,
    expiresAtMs: issuedAtMs + lifetimeMs,
  };
}

describe('the moment of renewal', () => {
  it('lies between 50 and 80 percent of the lifetime', () => {
    const lifetimes = fc.integer({ min: 1_000, max: 400 * DAY_MS });
    fc.assert(
      fc.property(lifetimes, fc.double({ min: 0, max: 1, noNaN: true }), (lifetimeMs, fraction) => {
        const part = (renewAtMs(5_000, 5_000 + lifetimeMs, fraction) - 5_000) / lifetimeMs;
        assert.ok(part >= 0.499 && part <= 0.801, String(part));
      }),
    );
  });

  it('is never further away than timers reach, and failures wait longer each time', () => {
    assert.equal(nextAttemptMs(0, 60 * DAY_MS, 0), DAY_MS);
    assert.equal(nextAttemptMs(100, 50, 0), 0);
    const waits = [1, 2, 3, 20].map((failures) => nextAttemptMs(100, 50, failures));
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 300_000]);
  });
});

describe('renewal', () => {
  function start(renew: (nowMs: number) => Promise<NodeIdentity>) {
    const time = createManualClock();
    const issuedAtMs = time.clock.nowMs();
    const identities = createIdentityHolder(identityAt(issuedAtMs, 90 * DAY_MS));
    const saved: NodeIdentity[] = [];
    const record = createLogRecord();
    const renewal = startRenewal({
      identities,
      clock: time.clock,
      random: { bytes: () => new Uint8Array(), fraction: () => 0 },
      log: record.log,
      renew: () => renew(time.clock.nowMs()),
      save: async (identity) => void saved.push(identity),
    });
    return { time, identities, saved, record, renewal };
  }

  it('happens by itself, is kept on disk before it is used, and happens again', async () => {
    const { time, identities, saved, renewal } = start(async (nowMs) => identityAt(nowMs, 90 * DAY_MS));
    const seen: string[] = [];
    identities.watch((identity) => {
      assert.ok(saved.includes(identity));
      seen.push(identity.certificatePem);
    });
    await time.advance(44 * DAY_MS);
    assert.equal(seen.length, 0);
    await time.advance(2 * DAY_MS);
    assert.equal(seen.length, 1);
    await time.advance(46 * DAY_MS);
    assert.equal(seen.length, 2);
    renewal.stop();
    await time.advance(200 * DAY_MS);
    assert.equal(seen.length, 2);
  });

  it('is tried again until it works, and says what is wrong', async () => {
    let isBroken = true;
    let attempts = 0;
    const { time, identities, record, renewal } = start(async (nowMs) => {
      attempts += 1;
      if (isBroken) throw new Error('no manager answers');
      return identityAt(nowMs, 90 * DAY_MS);
    });
    const before = identities.current();
    await time.advance(45 * DAY_MS + 10_000);
    assert.ok(attempts >= 3 && attempts <= 5, String(attempts));
    assert.equal(identities.current(), before);
    assert.match(record.text(), /could not be renewed.*no manager answers/);
    isBroken = false;
    await time.advance(HOUR_MS);
    assert.notEqual(identities.current(), before);
    renewal.stop();
  });

  it('can be asked for at once; two who ask share one attempt', async () => {
    let attempts = 0;
    const { identities, renewal } = start(async (nowMs) => {
      attempts += 1;
      return { ...identityAt(nowMs, 90 * DAY_MS), role: 'manager' };
    });
    await Promise.all([renewal.renewNow(), renewal.renewNow()]);
    assert.equal(attempts, 1);
    assert.equal(identities.current().role, 'manager');
    renewal.stop();
  });
});
