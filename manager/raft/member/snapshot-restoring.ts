import type { SnapshotReader } from '../snapshot-file.ts';
import { ownedBytes } from './snapshot-exchange.ts';
import type { FromConsensus } from './thread-messages.ts';

/** Parts that were posted and not yet taken: what a state needs in memory on its way, times the size of a part. */
const MAX_PARTS_ON_THE_WAY = 2;

type Post = (message: FromConsensus, transfer?: readonly ArrayBuffer[]) => void;

/** Brings states to the application part by part, and everything else in its place before or after them. */
export interface Restoring {
  /** Posts a message once the states before it are with the application. */
  readonly post: Post;
  /** The state in this snapshot replaces the application's; it is closed in the end. */
  begin(snapshot: SnapshotReader): void;
  /** The application has taken one part. */
  taken(): void;
  /** Resolves once every state has been handed over. */
  idle(): Promise<void>;
  /** Gives up. */
  stop(): void;
}

type Job =
  | { readonly kind: 'message'; readonly message: FromConsensus; readonly transfer?: readonly ArrayBuffer[] }
  | { readonly kind: 'state'; readonly snapshot: SnapshotReader };

/** `onFailure` hears of a snapshot that cannot be read. */
export function createRestoring(post: Post, onFailure: (thrown: unknown) => void): Restoring {
  let jobs: Job[] = [];
  let running: Promise<void> | undefined;
  let onTheWay = 0;
  let isStopped = false;
  let wake: (() => void) | undefined;

  const handOver = async (snapshot: SnapshotReader): Promise<void> => {
    const { index } = snapshot;
    // That of a single member has no description, and always a state.
    const hasState = snapshot.description?.hasState ?? true;
    try {
      post({ kind: 'restore-begin', index, hasState });
      for await (const part of snapshot.parts()) {
        const bytes = ownedBytes(part);
        post({ kind: 'restore-part', part: bytes }, [bytes.buffer]);
        onTheWay++;
        while (onTheWay >= MAX_PARTS_ON_THE_WAY && !isStopped) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (isStopped) return;
      }
      post({ kind: 'restore-end', index });
    } finally {
      await snapshot.close();
    }
  };
  const run = async (): Promise<void> => {
    try {
      for (let job = jobs.shift(); job !== undefined && !isStopped; job = jobs.shift()) {
        if (job.kind === 'message') post(job.message, job.transfer);
        else await handOver(job.snapshot);
      }
    } catch (thrown) {
      isStopped = true;
      onFailure(thrown);
    }
    running = undefined;
  };

  return {
    post: (message, transfer) => {
      if (isStopped) return;
      if (running === undefined) post(message, transfer);
      else jobs.push({ kind: 'message', message, ...(transfer === undefined ? {} : { transfer }) });
    },
    begin: (snapshot) => {
      jobs.push({ kind: 'state', snapshot });
      running ??= run();
    },
    taken: () => {
      onTheWay--;
      wake?.();
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
    stop: () => {
      isStopped = true;
      wake?.();
      for (const job of jobs) if (job.kind === 'state') void job.snapshot.close();
      jobs = [];
    },
  };
}
