import { SkepError } from '../../lib/errors.ts';
import {
  type ClusterLock,
  createManagerKeys,
  type ManagerKeys,
  openManagerKeys,
} from '../../manager/raft/keys/manager-keys.ts';
import { loadStoredIdentity, saveIdentity } from './identity-file.ts';
import type { NodeIdentity } from './node-identity.ts';

/**
 * What a node keeps on disk that nobody else may have: its identity and, on a manager, the keys of its data. While the
 * cluster is locked both take the unlock key. The key file alone decides, and changes in one write; the identity is
 * sealed under a key in it, and follows. Every mixture that a crash can leave behind opens with what opens the key
 * file, and is put right at the next start.
 */
export interface NodeSecrets {
  /** Null on a worker. */
  keys(): ManagerKeys | null;
  /** Keeps the identity, sealed while the manager is locked. */
  save(identity: NodeIdentity): Promise<void>;
  /**
   * The node becomes a manager: it gets fresh keys, in place of any that are there, and is locked from the start
   * where the cluster has an unlock key.
   */
  addKeys(unlockKey: Uint8Array | null): Promise<ManagerKeys>;
  /** The node is no manager any more. Only afterwards may the key file be removed, and the data with it. */
  dropKeys(): Promise<void>;
  /**
   * Does what the cluster says of the lock; nothing on a worker, or where it is done. To be asked for at each change
   * of the cluster, and again after an error. Afterwards finishDataKeyRotation is due, and see `mustRenew`.
   */
  follow(lock: ClusterLock): Promise<void>;
  /**
   * True while the manager is locked, but the key of its certificate stood on the disk in the clear before: a new
   * certificate is due. Forgotten at a restart; then the next renewal puts an end to it.
   */
  mustRenew(): boolean;
}

export interface SecretsPlace {
  readonly dataRoot: string;
  readonly keyFile: string;
}

export type OpenedSecrets =
  | { readonly kind: 'open'; readonly secrets: NodeSecrets; readonly identity: NodeIdentity }
  /** Takes the unlock key. */
  | { readonly kind: 'locked' };

/** The secrets of a node that is in no cluster yet. Nothing is written before `save`. */
export function newNodeSecrets(place: SecretsPlace): NodeSecrets {
  return runningSecrets(place, { keys: null, identity: null, isSealed: false, openKeyPem: '' });
}

/**
 * Opens what the node keeps; undefined when that is nothing. `isManager`: as the node remembers it; the key file of a
 * node that was one is not looked at. Throws PERMISSION_DENIED when `unlockKey`, of 32 bytes, is another one, and what
 * openManagerKeys and loadStoredIdentity throw.
 */
export async function openNodeSecrets(
  place: SecretsPlace,
  isManager: boolean,
  unlockKey: Uint8Array | null,
): Promise<OpenedSecrets | undefined> {
  const opened = isManager ? await openManagerKeys(place.keyFile, unlockKey) : undefined;
  if (opened?.kind === 'locked') return opened;
  const keys = opened?.keys ?? null;
  const stored = await loadStoredIdentity(place.dataRoot, keys?.current().identityKey ?? null);
  if (stored === undefined) return undefined;
  const { identity, isSealed } = stored;
  const secrets = runningSecrets(place, {
    keys,
    identity,
    isSealed,
    openKeyPem: isSealed ? '' : identity.keyPem,
  });
  if (isSealed !== (keys?.isLocked() ?? false)) await secrets.save(identity);
  return { kind: 'open', secrets, identity };
}

interface Kept {
  keys: ManagerKeys | null;
  /** As it stands on disk. */
  identity: NodeIdentity | null;
  isSealed: boolean;
  /** The TLS key that stands, or was the last to stand, on the disk in the clear. */
  openKeyPem: string;
}

function runningSecrets({ dataRoot, keyFile }: SecretsPlace, kept: Kept): NodeSecrets {
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const result = queue.then(step);
    queue = result.catch(() => undefined);
    return result;
  };
  const write = async (identity: NodeIdentity, sealingKey: Uint8Array | null): Promise<void> => {
    await saveIdentity(dataRoot, identity, sealingKey);
    kept.identity = identity;
    kept.isSealed = sealingKey !== null;
    if (sealingKey === null) kept.openKeyPem = identity.keyPem;
  };
  const sealingKey = (): Uint8Array | null =>
    kept.keys?.isLocked() === true ? kept.keys.current().identityKey : null;
  /** Under fresh keys, what is sealed under the old ones would be lost. */
  const open = async (): Promise<void> => {
    if (kept.isSealed && kept.identity !== null) await write(kept.identity, null);
  };
  const settle = async (): Promise<void> => {
    if (kept.identity !== null && kept.isSealed !== (sealingKey() !== null)) {
      await write(kept.identity, sealingKey());
    }
  };

  return {
    keys: () => kept.keys,
    save: (identity) => inTurn(() => write(identity, sealingKey())),
    addKeys: (unlockKey) =>
      inTurn(async () => {
        await open();
        const keys = await createManagerKeys(keyFile, unlockKey);
        kept.keys = keys;
        await settle();
        return keys;
      }),
    dropKeys: () =>
      inTurn(async () => {
        await open();
        kept.keys = null;
      }),
    follow: (lock) =>
      inTurn(async () => {
        const { keys } = kept;
        if (keys === null) return;
        if (!keys.isLocked() && lock.unlockKey !== null) await open();
        await keys.follow(lock);
        await settle();
      }),
    mustRenew: () => kept.keys?.isLocked() === true && kept.identity?.keyPem === kept.openKeyPem,
  };
}

/** For everything that is asked of a manager which waits for the unlock key. */
export function managerIsLocked(): SkepError {
  return new SkepError(
    'FAILED_PRECONDITION',
    'this manager is locked: it needs the unlock key after each start',
    {
      help: 'skep swarm unlock asks for it; skep swarm unlock-key prints it on a manager that is unlocked',
    },
  );
}
