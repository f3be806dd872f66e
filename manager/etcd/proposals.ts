import { ensureError, SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import {
  type BatchOutcome,
  batchOutcome,
  batchRequest,
  batchSize,
  type EntryBatch,
  evidenceRequest,
} from './entry-batch.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { Journal } from './journal.ts';
import type { KeyLayout } from './key-layout.ts';
import { pause } from './pause.ts';
import { notLeading, replaced, stopping, tooMany, unknownOutcome } from './refusals.ts';
import type { Reign } from './reign.ts';

/** Proposals that wait for etcd; further ones are refused rather than held in memory. */
const MAX_WAITING = 4_096;
/** So long it is tried to write a batch, or to learn what became of it. */
const OUTCOME_TIMEOUT_MS = 15_000;
const RETRY_MS = 100;

export interface ProposalsOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  /** Aborted when the replica closes. */
  readonly signal: AbortSignal;
}

/** The head as a leader wrote it. */
export interface HeadPlace {
  readonly index: number;
  readonly revision: number;
}

export interface Proposals {
  propose(entry: Uint8Array): Promise<number>;
  /** Resolves once nothing of an earlier reign is on its way any more. */
  settled(): Promise<void>;
  /** Takes proposals from now on, to be written behind that head. */
  begin(reign: Reign, head: HeadPlace): void;
  /** Refuses what waits, and all that comes. */
  end(): void;
}

interface Waiting {
  readonly entry: Uint8Array;
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
}

/** Writes proposals in order, one transaction of etcd at a time; all that wait meanwhile share the next. */
export function createProposals(options: ProposalsOptions): Proposals {
  const { journal } = options;
  let reign: Reign | undefined;
  let head: HeadPlace = { index: 0, revision: 0 };
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const end = (): void => {
    reign = undefined;
    const refused = waiting;
    waiting = [];
    for (const { reject } of refused) reject(options.signal.aborted ? stopping() : notLeading());
  };

  const run = async (): Promise<void> => {
    while (reign !== undefined && waiting.length > 0) {
      const taken = waiting.slice(0, batchSize(waiting.map(({ entry }) => entry)));
      waiting = waiting.slice(taken.length);
      await write(reign, taken);
    }
    running = undefined;
  };

  const write = async (own: Reign, taken: readonly Waiting[]): Promise<void> => {
    const payloads = taken.map(({ entry }) => entry);
    const batch = { first: head.index + 1, payloads, term: own.term, headRevision: head.revision };
    try {
      const outcome = await pursue(options, own, batch);
      if (outcome.kind === 'not-written') {
        own.lose(outcome.because === 'deposed' ? 'another manager leads' : 'somebody else wrote the head');
        throw replaced();
      }
      head = { index: head.index + payloads.length, revision: outcome.revision };
      for (const [place, payload] of payloads.entries()) {
        journal.apply({ index: batch.first + place, term: own.term, payload }, outcome.revision);
      }
      // At once, unless the memory is being read anew.
      await journal.reached(head.index, OUTCOME_TIMEOUT_MS);
      for (const [place, { resolve }] of taken.entries()) resolve(batch.first + place);
    } catch (thrown) {
      const error = ensureError(thrown);
      // Where the log ends is only known again after another election.
      if (error instanceof SkepError && error.code === 'UNAVAILABLE') own.lose('etcd does not answer');
      for (const { reject } of taken) reject(error);
    }
  };

  return {
    propose: (entry) =>
      new Promise((resolve, reject) => {
        if (options.signal.aborted) throw stopping();
        if (reign === undefined || !reign.isLeading()) throw notLeading();
        if (waiting.length >= MAX_WAITING) throw tooMany('changes', waiting.length);
        waiting.push({ entry, resolve, reject });
        running ??= run();
      }),
    settled: async () => {
      await running;
    },
    begin: (own, place) => {
      reign = own;
      head = place;
    },
    end,
  };
}

type Known = Extract<BatchOutcome, { kind: 'written' | 'not-written' }>;

/**
 * Writes the batch, again after each answer that did not come: the conditions let it be written once. When the reign
 * is over it only asks. Throws UNAVAILABLE when it stays unknown, and what etcd said when it refused.
 */
async function pursue(options: ProposalsOptions, reign: Reign, batch: EntryBatch): Promise<Known> {
  const { client, keys, clock, monotonicMs, signal } = options;
  const untilMs = monotonicMs() + OUTCOME_TIMEOUT_MS;
  let isUncertain = false;
  let cause: unknown;
  for (;;) {
    const isWriting = reign.isLeading();
    try {
      const request = isWriting ? batchRequest(keys, batch) : evidenceRequest(keys, batch);
      const answer = await client.transact(request);
      if (isWriting && answer.isDone) return { kind: 'written', revision: answer.revision };
      const outcome = batchOutcome(answer.found, batch);
      if (outcome.kind === 'written' || outcome.kind === 'not-written') return outcome;
      if (outcome.kind === 'unknowable') break;
    } catch (thrown) {
      const isRefused = thrown instanceof SkepError && thrown.code !== 'UNAVAILABLE';
      if (isWriting && isRefused && !isUncertain) throw thrown;
      isUncertain ||= isWriting;
      cause = thrown;
    }
    if (signal.aborted || monotonicMs() >= untilMs) break;
    await pause(clock, RETRY_MS, signal);
  }
  throw unknownOutcome(OUTCOME_TIMEOUT_MS, cause);
}
