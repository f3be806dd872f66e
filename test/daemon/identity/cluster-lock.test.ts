import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { type ClusterLockOptions, followClusterLock } from '../../../daemon/identity/cluster-lock.ts';
import type { NodeIdentity } from '../../../daemon/identity/node-identity.ts';
import { type NodeSecrets, newNodeSecrets, openNodeSecrets } from '../../../daemon/identity/node-secrets.ts';
import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { Change } from '../../../lib/domain/store-object.ts';
import { SkepError } from '../../../lib/errors.ts';
import { formatUnlockKey } from '../../../lib/unlock-key.ts';
import { applyTransaction, createState, viewOfState } from '../../../manager/store/memory-state.ts';
import { createLogRecord, createManualClock } from '../../manager/dispatcher/cluster-fixture.ts';
import { withFolder } from '../../manager/raft/raft-samples.ts';
import { sampleObject, sampleTask } from '../../manager/store/store-samples.ts';
import { sampleIdentity } from './identity-samples.ts';

const ONE = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);
const RETRY_MS = 5_000;

/** A store that the test writes to by itself. */
function createTestStore() {
  const state = createState();
  const listeners = new Set<(changes: readonly Change[], index: number) => void>();
  const apply = (...changes: readonly Change[]): void => {
    const happened = applyTransaction(state, { changes, proposedAtMs: 1 }, state.index + 1);
    for (const listener of listeners) listener(happened, state.index);
  };
  const setUnlockKey = (key: Uint8Array | null): void => {
    const object = sampleObject('cluster', 'c1', '') as Cluster;
    apply({ kind: 'put', object: { ...object, unlockKey: key === null ? '' : formatUnlockKey(key) } });
  };
  const store: ClusterLockOptions['replica']['store'] = {
    view: () => viewOfState(state),
    update: () => Promise.reject(new Error('a follower of the lock changes nothing')),
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { store, apply, setUnlockKey, watchers: () => listeners.size };
}

/** Resolves once the last change of the unlock key is on the disk, and nothing else is due because of it. */
function untilFollowed(secrets: NodeSecrets, { store }: ReturnType<typeof createTestStore>): Promise<void> {
  return until('the lock is as the cluster says', async () => {
    // Behind whatever is being written.
    await secrets.follow({ unlockKey: null, version: 0 });
    const present = secrets.keys()?.current();
    const isDone = present?.dataKeys.length === 1 && !secrets.mustRenew();
    return isDone && present.unlockKeyVersion === store.view().cluster?.version;
  });
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let count = 0; !(await isSo()); count++) {
    assert.ok(count < 10_000, `did not happen: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a manager that follows the lock of its cluster', () => {
  let identity: NodeIdentity;
  let renewed: NodeIdentity;
  before(async () => {
    identity = await sampleIdentity();
    renewed = await sampleIdentity();
  });

  /** Runs `body` with a manager that is open, in a cluster that is. */
  function withFollower(
    change: Partial<ClusterLockOptions>,
    body: (given: {
      readonly secrets: NodeSecrets;
      readonly test: ReturnType<typeof createTestStore>;
      readonly time: ReturnType<typeof createManualClock>;
      readonly opens: (unlockKey: Uint8Array | null) => Promise<boolean>;
      readonly rotatedTo: Uint8Array[];
      readonly close: () => void;
    }) => Promise<void>,
  ): Promise<void> {
    return withFolder(async (dataRoot) => {
      const place = { dataRoot, keyFile: path.join(dataRoot, 'manager', 'log.key') };
      const secrets = newNodeSecrets(place);
      await secrets.save(identity);
      await secrets.addKeys(null);
      const test = createTestStore();
      const time = createManualClock();
      const rotatedTo: Uint8Array[] = [];
      test.setUnlockKey(null);
      const follower = followClusterLock({
        secrets,
        replica: { store: test.store, readBarrier: () => Promise.resolve() },
        member: {
          rotateDataKey: async (key) => {
            rotatedTo.push(key);
          },
        },
        renew: () => secrets.save(renewed),
        clock: time.clock,
        log: createLogRecord().log,
        ...change,
      });
      /** Only while nothing is being written: two daemons never share a folder. */
      const opens = async (unlockKey: Uint8Array | null) => {
        const found = await openNodeSecrets(place, true, unlockKey).catch((thrown: unknown) => {
          if (thrown instanceof SkepError && thrown.code === 'PERMISSION_DENIED') return undefined;
          throw thrown;
        });
        return found?.kind === 'open';
      };
      try {
        await body({ secrets, test, time, opens, rotatedTo, close: follower.close });
      } finally {
        follower.close();
        assert.equal(test.watchers(), 0);
      }
    });
  }

  it('locks and opens with it, and gets a new TLS key and new data keys when it locks', () =>
    withFollower({}, async ({ secrets, test, opens, rotatedTo }) => {
      const [oldKey] = secrets.keys()?.current().dataKeys ?? [];
      test.setUnlockKey(ONE);
      await untilFollowed(secrets, test);
      assert.deepEqual([await opens(null), await opens(OTHER), await opens(ONE)], [false, false, true]);
      assert.deepEqual(rotatedTo, secrets.keys()?.current().dataKeys);
      assert.notDeepEqual(rotatedTo, [oldKey]);
      test.setUnlockKey(OTHER);
      await untilFollowed(secrets, test);
      assert.equal(await opens(OTHER), true);
      test.setUnlockKey(null);
      await untilFollowed(secrets, test);
      assert.equal(await opens(null), true);
      assert.equal(rotatedTo.length, 1, 'another unlock key alone needs no new data key');
    }));

  it('keeps no old data key where there are no data', () =>
    withFollower({ member: null }, async ({ secrets, test }) => {
      test.setUnlockKey(ONE);
      await untilFollowed(secrets, test);
      assert.equal(secrets.keys()?.current().dataKeys.length, 1);
    }));

  it('does nothing for other changes', () =>
    withFollower({}, async ({ secrets, test }) => {
      await until('it has caught up', () => secrets.keys() !== null);
      const before = secrets.keys()?.current();
      test.apply({ kind: 'put', object: sampleTask('t1', 's1', '') });
      test.setUnlockKey(null);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(secrets.keys()?.current(), before);
    }));

  it('waits until it has seen the present state', () => {
    let arrive: () => void = () => undefined;
    const test = createTestStore();
    const readBarrier = () =>
      new Promise<void>((resolve) => {
        arrive = resolve;
      });
    return withFollower({ replica: { store: test.store, readBarrier } }, async ({ secrets, opens }) => {
      test.setUnlockKey(ONE);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(secrets.keys()?.isLocked(), false, 'that key may be one of the past');
      test.setUnlockKey(OTHER);
      arrive();
      await untilFollowed(secrets, test);
      assert.equal(await opens(OTHER), true);
    });
  });

  it('tries again what failed, and follows the lock meanwhile', () => {
    let failures = 3;
    const member = {
      rotateDataKey: () => {
        failures--;
        return failures >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve();
      },
    };
    return withFollower({ member }, async ({ secrets, test, time, opens }) => {
      test.setUnlockKey(ONE);
      await until('it is locked', () => secrets.keys()?.isLocked() === true);
      test.setUnlockKey(OTHER);
      await until('it is locked under the other key', () => {
        return secrets.keys()?.current().unlockKeyVersion === test.store.view().cluster?.version;
      });
      assert.equal(secrets.keys()?.current().dataKeys.length, 2);
      await until('the old data key is gone', async () => {
        await time.advance(RETRY_MS);
        return secrets.keys()?.current().dataKeys.length === 1;
      });
      await untilFollowed(secrets, test);
      assert.equal(await opens(OTHER), true);
      assert.ok(failures < 0);
    });
  });
});
