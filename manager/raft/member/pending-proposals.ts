import type { EntryId } from '../core/entry.ts';

/** What waits for its entry: a proposal, or a request for a change of the members. */
export type Waiting =
  | { readonly kind: 'proposal'; readonly proposal: number }
  | { readonly kind: 'change'; readonly requestId: number };

/** What came of the entry at an index. */
export interface Settled {
  readonly waiting: Waiting;
  /** False when another entry took the place: this one is lost for certain. */
  readonly isApplied: boolean;
}

/**
 * Proposals by the place of their entry. Only a leader proposes, and it knows where its entries stand: term and
 * index name an entry for ever, so that no id in the payload is needed.
 */
export interface PendingProposals {
  add(entry: EntryId, waiting: Waiting): void;
  /** An entry is applied; undefined when nobody here waits for that index. */
  settle(entry: EntryId): Settled | undefined;
  /** Leadership is lost: what becomes of these is not known. */
  takeAll(): readonly Waiting[];
}

/** Nothing is pending. */
export function createPendingProposals(): PendingProposals {
  const pending = new Map<number, { readonly term: number; readonly waiting: Waiting }>();
  return {
    add: ({ index, term }, waiting) => {
      pending.set(index, { term, waiting });
    },
    settle: ({ index, term }) => {
      const found = pending.get(index);
      if (found === undefined) return undefined;
      pending.delete(index);
      return { waiting: found.waiting, isApplied: found.term === term };
    },
    takeAll: () => {
      const all = [...pending.values()].map(({ waiting }) => waiting);
      pending.clear();
      return all;
    },
  };
}
