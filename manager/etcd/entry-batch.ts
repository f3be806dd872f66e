import type { KeyValue, Operation, TransactionRequest } from './etcd-request.ts';
import type { KeyLayout } from './key-layout.ts';
import { decodeEntry, decodeReference, ENTRY_HEADER_BYTES, encodeEntry, encodeHead } from './records.ts';

/** etcd takes 128 operations a transaction unless told otherwise; the head is one more. */
export const MAX_BATCH_ENTRIES = 64;
/** etcd takes 1.5 MiB a request unless told otherwise; one entry alone is at most 1 MiB and its header. */
export const MAX_BATCH_BYTES = 1024 * 1024;

/** Entries that become one transaction of etcd. */
export interface EntryBatch {
  /** Index of the first. */
  readonly first: number;
  readonly payloads: readonly Uint8Array[];
  /** Of the leader that writes them. */
  readonly term: number;
  /** The head as the leader left it. */
  readonly headRevision: number;
}

/** How many of the waiting entries the next transaction takes: as many as fit, and at least one. */
export function batchSize(waiting: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const [count, payload] of waiting.entries()) {
    bytes += payload.byteLength + ENTRY_HEADER_BYTES;
    if (count > 0 && (count >= MAX_BATCH_ENTRIES || bytes > MAX_BATCH_BYTES)) return count;
  }
  return waiting.length;
}

/** Keys that tell what became of a batch, in this order. */
function evidenceKeys(keys: KeyLayout, batch: EntryBatch): Operation[] {
  return [keys.leader, keys.head, keys.entry(batch.first), keys.latest].map((key) => ({ kind: 'get', key }));
}

/**
 * The transaction that writes a batch. The leader's key fences off whoever led before, the head's revision keeps a
 * repetition from writing twice. When a condition fails, the answer holds the evidence.
 */
export function batchRequest(keys: KeyLayout, batch: EntryBatch): TransactionRequest {
  const { first, payloads, term, headRevision } = batch;
  const last = first + payloads.length - 1;
  return {
    conditions: [
      { what: 'created', key: keys.leader, revision: term },
      { what: 'modified', key: keys.head, revision: headRevision },
    ],
    steps: [
      ...payloads.map(
        (payload, place): Operation => ({
          kind: 'put',
          key: keys.entry(first + place),
          value: encodeEntry({ index: first + place, term, payload }),
        }),
      ),
      { kind: 'put', key: keys.head, value: encodeHead({ index: last, term }) },
    ],
    otherwise: evidenceKeys(keys, batch),
  };
}

/** Asks for the evidence only. */
export function evidenceRequest(keys: KeyLayout, batch: EntryBatch): TransactionRequest {
  return { conditions: [], steps: evidenceKeys(keys, batch) };
}

export type BatchOutcome =
  | { readonly kind: 'written'; readonly revision: number }
  /** For certain, now and later: another leader came, or the head is not what the condition wants. */
  | { readonly kind: 'not-written'; readonly because: 'deposed' | 'head-moved' }
  /** It may still be on its way. */
  | { readonly kind: 'open' }
  /** A snapshot has swallowed the place where it would stand. */
  | { readonly kind: 'unknowable' };

/**
 * What the evidence says of a batch. An entry of this leader's term at that index is the batch's own: a leader gives
 * each index once. Without it the batch can only still be written while leader and head are as its conditions say.
 */
export function batchOutcome(found: readonly (KeyValue | undefined)[], batch: EntryBatch): BatchOutcome {
  const [leader, head, entry, latest] = found;
  if (entry !== undefined && isOwn(entry, batch)) return { kind: 'written', revision: entry.modRevision };
  if (latest !== undefined && isPast(latest, batch)) return { kind: 'unknowable' };
  if (leader?.createRevision !== batch.term) return { kind: 'not-written', because: 'deposed' };
  if ((head?.modRevision ?? 0) !== batch.headRevision) return { kind: 'not-written', because: 'head-moved' };
  return { kind: 'open' };
}

function isOwn(entry: KeyValue, { first, term }: EntryBatch): boolean {
  try {
    return decodeEntry(entry.value, first).term === term;
  } catch {
    return false;
  }
}

function isPast(latest: KeyValue, { first }: EntryBatch): boolean {
  try {
    return decodeReference(latest.value).index >= first;
  } catch {
    return true;
  }
}
