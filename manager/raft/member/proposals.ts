import { SkepError } from '../../../lib/errors.ts';
import { packProposals } from './committed-batch.ts';
import type { ToConsensus } from './thread-messages.ts';

/** Proposals that wait; further ones are refused rather than held in memory. */
const MAX_WAITING = 4_096;
/** What one message to the consensus holds, unless a single entry is larger: it becomes one proposal. */
const MAX_BATCH_ENTRIES = 512;
const MAX_BATCH_BYTES = 1024 * 1024;
/** Without a quorum a leader steps down far sooner; this is for a disk or a thread that hangs. */
const TIMEOUT_MS = 15_000;
const CHECK_MS = 1_000;

/** The application's side of its proposals: numbers go out, and come back with what became of them. */
export interface Proposals {
  propose(entry: Uint8Array): Promise<number>;
  /** The entry of that number is applied at `index`; 0 is the number of none. */
  resolve(proposal: number, index: number): void;
  reject(proposals: readonly number[], error: SkepError): void;
  rejectAll(error: SkepError): void;
}

interface Waiter {
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
  readonly untilMs: number;
}

/** No proposals yet; each turn's go to the consensus together. */
export function createProposals(
  post: (message: ToConsensus, transfer: readonly ArrayBuffer[]) => void,
): Proposals {
  const waiters = new Map<number, Waiter>();
  let nextProposal = 1;
  let queued: Uint8Array[] = [];
  let checking: NodeJS.Timeout | undefined;

  const flush = (): void => {
    let first = nextProposal - queued.length;
    for (const datas of splitBatches(queued)) {
      const batch = packProposals(datas, first);
      post(batch, [batch.bytes.buffer as ArrayBuffer]);
      first += datas.length;
    }
    queued = [];
  };
  const settle = (proposal: number): Waiter | undefined => {
    const waiter = waiters.get(proposal);
    waiters.delete(proposal);
    if (waiters.size === 0) {
      clearInterval(checking);
      checking = undefined;
    }
    return waiter;
  };
  const rejectOverdue = (): void => {
    const nowMs = Date.now();
    for (const [proposal, { untilMs }] of waiters) {
      if (untilMs > nowMs) break;
      settle(proposal)?.reject(overdue());
    }
  };

  return {
    propose: (entry) =>
      new Promise((resolve, reject) => {
        if (waiters.size >= MAX_WAITING) {
          throw new SkepError('RESOURCE_EXHAUSTED', `${waiters.size} changes already wait for the managers`, {
            help: 'try again in a moment',
          });
        }
        if (queued.length === 0) setImmediate(flush);
        queued.push(entry);
        waiters.set(nextProposal++, { resolve, reject, untilMs: Date.now() + TIMEOUT_MS });
        checking ??= setInterval(rejectOverdue, CHECK_MS);
      }),
    resolve: (proposal, index) => {
      if (proposal !== 0) settle(proposal)?.resolve(index);
    },
    reject: (proposals, error) => {
      for (const proposal of proposals) settle(proposal)?.reject(error);
    },
    rejectAll: (error) => {
      for (const proposal of [...waiters.keys()]) settle(proposal)?.reject(error);
    },
  };
}

function splitBatches(datas: readonly Uint8Array[]): Uint8Array[][] {
  const batches: Uint8Array[][] = [];
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for (const data of datas) {
    bytes += data.byteLength;
    if (batch.length > 0 && (batch.length >= MAX_BATCH_ENTRIES || bytes > MAX_BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = data.byteLength;
    }
    batch.push(data);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function overdue(): SkepError {
  return new SkepError(
    'UNAVAILABLE',
    `no quorum of managers took the change within ${TIMEOUT_MS / 1_000} s: it may have been made or not`,
    { help: 'see that the managers are up and reach one another, and whether the change was made' },
  );
}
