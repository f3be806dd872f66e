import type { Cluster } from '../../lib/domain/cluster.ts';
import { describeError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import { parseUnlockKey } from '../../lib/unlock-key.ts';
import {
  type ClusterLock,
  finishDataKeyRotation,
  type KeyedMember,
} from '../../manager/raft/keys/manager-keys.ts';
import type { Replica } from '../../manager/store/replica.ts';
import type { NodeSecrets } from './node-secrets.ts';

/** What did not work is tried again after this long. */
const RETRY_MS = 5_000;

/** Where nothing is sealed, old keys are not needed by anything. */
const NO_DATA: KeyedMember = { rotateDataKey: () => Promise.resolve() };

export interface ClusterLockOptions {
  readonly secrets: NodeSecrets;
  readonly replica: Pick<Replica, 'store' | 'readBarrier'>;
  /** Holds the data that are sealed; null where etcd keeps the state. */
  readonly member: KeyedMember | null;
  /** Gets a certificate for a new key and saves it, see `Renewal`. */
  readonly renew: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps what this manager has on its disk locked or open, as the cluster says. */
export interface ClusterLockFollower {
  close(): void;
}

/**
 * Starts to follow. Nothing happens before this manager has seen the present state of the cluster: in its log there may
 * be unlock keys of the past. Key file and identity follow at once, the data as fast as they can be written anew.
 */
export function followClusterLock(options: ClusterLockOptions): ClusterLockFollower {
  const { secrets, replica, member, clock, log } = options;
  let hasCaughtUp = false;

  const files = createRepeated(
    clock,
    async () => {
      if (!hasCaughtUp) await replica.readBarrier();
      hasCaughtUp = true;
      const { cluster } = replica.store.view();
      if (cluster === undefined) return;
      const wasLocked = secrets.keys()?.isLocked();
      await secrets.follow(lockOf(cluster));
      const isLocked = secrets.keys()?.isLocked() === true;
      if (isLocked !== wasLocked) log('info', 'The lock of this manager was changed.', { isLocked });
      data.wake();
      if (secrets.mustRenew()) await options.renew();
    },
    failed('The lock of this manager could not be brought up to date; it will be tried again.'),
  );

  const data = createRepeated(
    clock,
    async () => {
      const keys = secrets.keys();
      if (keys !== null) await finishDataKeyRotation(keys, member ?? NO_DATA);
    },
    failed('The data of this manager could not be brought under a new key; it will be tried again.'),
  );

  function failed(message: string): (thrown: unknown) => void {
    return (thrown) => log('warn', message, { reason: describeError(thrown) });
  }

  const unwatch = replica.store.watch((changes) => {
    // Without changes a whole new state came, from a snapshot.
    const mayMatter = changes.length === 0 || changes.some(isOfCluster);
    if (mayMatter) files.wake();
  });
  files.wake();
  return {
    close: () => {
      unwatch();
      files.close();
      data.close();
    },
  };
}

/** What the cluster says of the lock. Throws INVALID_ARGUMENT for an unlock key that is none. */
export function lockOf({ unlockKey, version }: Cluster): ClusterLock {
  return { unlockKey: unlockKey === '' ? null : parseUnlockKey(unlockKey), version };
}

function isOfCluster(change: Parameters<Parameters<Replica['store']['watch']>[0]>[0][number]): boolean {
  return (change.kind === 'put' ? change.object.kind : change.objectKind) === 'cluster';
}

/** Some work that runs after each wake, never twice at once, and again after a failure. */
interface Repeated {
  wake(): void;
  close(): void;
}

function createRepeated(
  clock: Clock,
  work: () => Promise<void>,
  onFailure: (thrown: unknown) => void,
): Repeated {
  let isDue = false;
  let isRunning = false;
  let isClosed = false;
  let cancel: () => void = () => undefined;

  const run = async (): Promise<void> => {
    isRunning = true;
    while (isDue && !isClosed) {
      isDue = false;
      try {
        await work();
      } catch (thrown) {
        if (isClosed) break;
        onFailure(thrown);
        cancel();
        cancel = clock.schedule(RETRY_MS, wake);
      }
    }
    isRunning = false;
  };
  const wake = (): void => {
    isDue = true;
    if (!isRunning && !isClosed) void run();
  };
  return {
    wake,
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}
