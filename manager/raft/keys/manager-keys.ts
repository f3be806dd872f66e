import { SkepError } from '../../../lib/errors.ts';
import { type Envelope, MAX_DATA_KEYS, newEnvelope, newKey } from './envelope.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import { isSameKey } from './key-ring.ts';
import { lockChange } from './lock-change.ts';

/** The unlock key of a cluster, and the version of the cluster object that says so. */
export interface ClusterLock {
  /** 32 bytes; null while managers are not locked. */
  readonly unlockKey: Uint8Array | null;
  readonly version: number;
}

/** The keys of a running manager. Whatever changes them is durable once its promise resolves. */
export interface ManagerKeys {
  current(): Envelope;
  /** True while the file takes the unlock key. */
  isLocked(): boolean;
  /**
   * Seals the file under the cluster's unlock key, or opens it, in one write; nothing happens where that is so
   * already, or where the version is an older one. From open to locked, new keys come with it, for the old ones have
   * been readable: data go over to the new one by rotateDataKey, and the identity must be open at that moment.
   * Resolves with true when the file was written.
   */
  follow(lock: ClusterLock): Promise<boolean>;
  /** A new data key, in front of those that are there. RESOURCE_EXHAUSTED while too many old ones are in use. */
  addDataKey(): Promise<void>;
  /** Drops all data keys but `newest`: no file is under them any more. Nothing happens where a newer key came. */
  dropOldDataKeys(newest: Uint8Array): Promise<void>;
}

export type OpenedKeys =
  | { readonly kind: 'open'; readonly keys: ManagerKeys }
  /** Nothing can be read without the unlock key. */
  | { readonly kind: 'locked' };

/**
 * Opens the key file of a manager; one of an earlier version is brought to the present form. Undefined without a
 * file. Throws DATA_LOSS (damaged), PERMISSION_DENIED (another unlock key), FAILED_PRECONDITION (others may read it, or
 * a newer version of Skep wrote it).
 */
export async function openManagerKeys(
  file: string,
  unlockKey: Uint8Array | null,
): Promise<OpenedKeys | undefined> {
  const content = await readKeyFile(file, unlockKey);
  if (content === undefined || content.kind === 'locked') return content;
  if (content.kind === 'open') {
    const { envelope, isLocked } = content;
    return { kind: 'open', keys: runningKeys(file, envelope, isLocked ? unlockKey : null) };
  }
  const adopted = newEnvelope(content.dataKey);
  await writeKeyFile(file, adopted, null);
  return { kind: 'open', keys: runningKeys(file, adopted, null) };
}

/** Makes the keys of a new manager, in place of any that are there; sealed unless the unlock key is null. */
export async function createManagerKeys(file: string, unlockKey: Uint8Array | null): Promise<ManagerKeys> {
  const envelope = newEnvelope();
  await writeKeyFile(file, envelope, unlockKey);
  return runningKeys(file, envelope, unlockKey);
}

function runningKeys(file: string, opened: Envelope, openedWith: Uint8Array | null): ManagerKeys {
  let envelope = opened;
  let unlockKey = openedWith;
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const result = queue.then(step);
    queue = result.catch(() => undefined);
    return result;
  };
  const write = async (next: Envelope, nextUnlockKey: Uint8Array | null): Promise<void> => {
    await writeKeyFile(file, next, nextUnlockKey);
    envelope = next;
    unlockKey = nextUnlockKey;
  };

  return {
    current: () => envelope,
    isLocked: () => unlockKey !== null,
    follow: (lock) =>
      inTurn(async () => {
        const change = lockChange({ unlockKey, version: envelope.unlockKeyVersion }, lock);
        if (change === 'none') return false;
        const fresh = change === 'lock' ? { ...withNewDataKey(envelope), identityKey: newKey() } : envelope;
        await write({ ...fresh, unlockKeyVersion: lock.version }, lock.unlockKey);
        return true;
      }),
    addDataKey: () => inTurn(() => write(withNewDataKey(envelope), unlockKey)),
    dropOldDataKeys: (expected) =>
      inTurn(async () => {
        const [newest, ...older] = envelope.dataKeys;
        if (older.length === 0 || !isSameKey(newest, expected)) return;
        await write({ ...envelope, dataKeys: [newest] }, unlockKey);
      }),
  };
}

function withNewDataKey(envelope: Envelope): Envelope {
  if (envelope.dataKeys.length < MAX_DATA_KEYS) {
    return { ...envelope, dataKeys: [newKey(), ...envelope.dataKeys] };
  }
  throw new SkepError(
    'RESOURCE_EXHAUSTED',
    `the data of this manager are under ${envelope.dataKeys.length} keys already`,
    { help: 'try again once its log was rewritten under the last of them' },
  );
}

/** What rotateDataKey asks of a running member. */
export interface KeyedMember {
  /**
   * Seals new files under that key, which may be the one in use, and resolves once no file is under another one.
   * Rejects with UNAVAILABLE when the member stops before.
   */
  rotateDataKey(key: Uint8Array): Promise<void>;
}

/** Brings the data of a member under a new key, and forgets the old ones. Both may take as long as a snapshot. */
export async function rotateDataKey(keys: ManagerKeys, member: KeyedMember): Promise<void> {
  await keys.addDataKey();
  await finishDataKeyRotation(keys, member);
}

/**
 * Brings the data of a member under the newest key, where they are not yet: to be called after `follow`, and at each
 * start, for a crash may have come between. A key that came meanwhile keeps the older ones for the next call.
 */
export async function finishDataKeyRotation(keys: ManagerKeys, member: KeyedMember): Promise<void> {
  const [newest, ...older] = keys.current().dataKeys;
  if (older.length === 0) return;
  await member.rotateDataKey(newest);
  await keys.dropOldDataKeys(newest);
}
