import type { Entry } from '../entry.ts';
import type { ConfState, HardState, Snapshot } from '../message.ts';

/**
 * What the core reads of its own durable state. Always answered from memory and at once; the caller of the core
 * writes it, from what each `Ready` hands out.
 */
export interface RaftStorage {
  /** Read once, at the start. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** The first index that `entries` can give: one after the compacted part. */
  firstIndex(): number;
  lastIndex(): number;
  /** Of an index from `firstIndex() - 1` to `lastIndex()`; undefined for others. */
  term(index: number): number | undefined;
  /**
   * Entries from `low` up to and without `high`, as many as fit in `maxBytes`, but at least one. Undefined when
   * `low` is compacted; never asked beyond `lastIndex()`.
   */
  entries(low: number, high: number, maxBytes: number): readonly Entry[] | undefined;
  /**
   * A snapshot for a member that is behind the log, the newer the better; undefined while none can be had. The core
   * asks again later, also when the snapshot is from before the member joined (event `snapshot-outdated`).
   */
  snapshot(): Snapshot | undefined;
}
