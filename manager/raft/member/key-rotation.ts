import { describeError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import { filesUnderOtherKeys } from '../keys/files-under-keys.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/** Ticks between two looks: snapshots take longer than that, or nothing is urgent. */
const LOOK_EVERY_TICKS = 5;
/** A snapshot that did not help, or could not be written, is asked for again after so many ticks, then twice as many. */
const FIRST_RETRY_TICKS = 10;
const MAX_RETRY_TICKS = 600;

export interface KeyRotationOptions {
  readonly folder: string;
  readonly keyRing: KeyRing;
  readonly log: Log;
  /** Lets the log go on in a segment under the newest key, after what is being written. */
  readonly startSegment: () => void;
  /** Asks for a snapshot, even if one of the same index is there. */
  readonly wantSnapshot: () => void;
  /** Removes the segments that the last snapshot covers. */
  readonly removeCovered: () => Promise<void>;
  readonly onDone: (requestId: number) => void;
}

/** Brings the files of a running member under a new key. */
export interface KeyRotation {
  /** New files are under that key from now on; the request is done when no other file is left. */
  begin(requestId: number, key: Uint8Array): void;
  /** Looks whether that is so, now and then. */
  tick(): void;
  /** Resolves once nothing of it touches the folder any more. */
  stop(): Promise<void>;
}

/** Nothing is asked for yet. Each request is done together with, or after, all that came before it. */
export function createKeyRotation(options: KeyRotationOptions): KeyRotation {
  const { folder, keyRing } = options;
  let requests: readonly number[] = [];
  let ticks = 0;
  let wantAtTick = 0;
  let retryTicks = FIRST_RETRY_TICKS;
  let looking: Promise<void> | undefined;
  let isStopped = false;

  const look = async (): Promise<void> => {
    const asked = requests;
    const newest = keyRing.newest();
    await options.removeCovered();
    const isClean = !keyRing.isBeingUsed() && (await filesUnderOtherKeys(folder, newest)).length === 0;
    if (isStopped) return;
    if (isClean && keyRing.newest() === newest) {
      keyRing.keepNewest();
      requests = requests.filter((requestId) => !asked.includes(requestId));
      for (const requestId of asked) options.onDone(requestId);
    } else if (ticks >= wantAtTick) {
      options.wantSnapshot();
      wantAtTick = ticks + retryTicks;
      retryTicks = Math.min(2 * retryTicks, MAX_RETRY_TICKS);
    }
  };

  return {
    begin: (requestId, key) => {
      keyRing.add(key);
      requests = [...requests, requestId];
      ticks = 0;
      wantAtTick = 0;
      retryTicks = FIRST_RETRY_TICKS;
      options.startSegment();
    },
    tick: () => {
      if (requests.length === 0 || looking !== undefined || isStopped) return;
      if (++ticks % LOOK_EVERY_TICKS !== 0) return;
      looking = look()
        .catch((thrown: unknown) => {
          options.log(
            'warn',
            'The files under old keys could not be looked through; it will be tried again.',
            {
              reason: describeError(thrown),
            },
          );
        })
        .finally(() => {
          looking = undefined;
        });
    },
    stop: async () => {
      isStopped = true;
      await looking;
    },
  };
}
