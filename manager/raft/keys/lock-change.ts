import { isSameKey } from './key-ring.ts';

interface Lock {
  readonly unlockKey: Uint8Array | null;
  readonly version: number;
}

/**
 * What must happen to a key file under `present` when the cluster says `wanted`. A version that is not newer is one
 * that is being replayed from the log, and the file has seen a later one.
 */
export function lockChange(present: Lock, wanted: Lock): 'none' | 'lock' | 'change-key' | 'unlock' {
  if (wanted.version <= present.version) return 'none';
  if (wanted.unlockKey === null) return present.unlockKey === null ? 'none' : 'unlock';
  if (present.unlockKey === null) return 'lock';
  return isSameKey(present.unlockKey, wanted.unlockKey) ? 'none' : 'change-key';
}
