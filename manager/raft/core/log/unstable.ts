import { assert } from '../../../../lib/errors.ts';
import { type Entry, type EntryId, limitEntries } from '../entry.ts';
import type { Snapshot } from '../message.ts';

/**
 * The end of the log that is not known to be on disk: `entries` from index `offset` on, and perhaps a snapshot
 * before them. What lies below `offsetInProgress` has been handed out to be written.
 */
export interface Unstable {
  snapshot: Snapshot | undefined;
  /** Grows in place, so what is handed out is always a copy. */
  entries: Entry[];
  offset: number;
  isSnapshotInProgress: boolean;
  offsetInProgress: number;
}

/** Nothing that is not on disk, after a log that ends before `offset`. */
export function createUnstable(offset: number): Unstable {
  return {
    snapshot: undefined,
    entries: [],
    offset,
    isSnapshotInProgress: false,
    offsetInProgress: offset,
  };
}

/** The last index, if this part of the log is what knows it. */
export function unstableLastIndex(unstable: Unstable): number | undefined {
  const { entries, offset, snapshot } = unstable;
  return entries.length > 0 ? offset + entries.length - 1 : snapshot?.index;
}

/** The term at an index, if this part of the log knows it. */
export function unstableTerm(unstable: Unstable, index: number): number | undefined {
  const { entries, offset, snapshot } = unstable;
  if (index >= offset) return entries[index - offset]?.term;
  return snapshot?.index === index ? snapshot.term : undefined;
}

/** True when there are entries that nobody has been asked to write yet. */
export function hasNextUnstableEntries(unstable: Unstable): boolean {
  return unstable.offset + unstable.entries.length > unstable.offsetInProgress;
}

/** Entries that nobody has been asked to write yet. */
export function nextUnstableEntries(unstable: Unstable): readonly Entry[] {
  return unstable.entries.slice(unstable.offsetInProgress - unstable.offset);
}

/** A snapshot that nobody has been asked to write yet. */
export function nextUnstableSnapshot(unstable: Unstable): Snapshot | undefined {
  return unstable.isSnapshotInProgress ? undefined : unstable.snapshot;
}

/** Everything here is now being written. */
export function acceptUnstable(unstable: Unstable): void {
  unstable.offsetInProgress = unstable.offset + unstable.entries.length;
  if (unstable.snapshot !== undefined) unstable.isSnapshotInProgress = true;
}

/**
 * The entries up to `id` are on disk. Ignored when they are not the ones held here any more: another leader has
 * replaced them while they were being written.
 */
export function stableTo(unstable: Unstable, id: EntryId): void {
  if (id.index < unstable.offset || unstableTerm(unstable, id.index) !== id.term) return;
  unstable.entries = unstable.entries.slice(id.index + 1 - unstable.offset);
  unstable.offset = id.index + 1;
  unstable.offsetInProgress = Math.max(unstable.offsetInProgress, unstable.offset);
}

/** The snapshot of that index is on disk. */
export function stableSnapshotTo(unstable: Unstable, index: number): void {
  if (unstable.snapshot?.index !== index) return;
  unstable.snapshot = undefined;
  unstable.isSnapshotInProgress = false;
}

/** Replaces everything by a snapshot from the leader. */
export function restoreUnstable(unstable: Unstable, snapshot: Snapshot): void {
  unstable.offset = snapshot.index + 1;
  unstable.offsetInProgress = unstable.offset;
  unstable.entries = [];
  unstable.snapshot = snapshot;
  unstable.isSnapshotInProgress = false;
}

/** Adds entries; they replace what is there from their first index on. */
export function truncateAndAppend(unstable: Unstable, entries: readonly Entry[]): void {
  const from = entries[0]?.index;
  if (from === undefined) return;
  const end = unstable.offset + unstable.entries.length;
  assert(from <= end, `entry ${from} continues the log at ${end}`);
  if (from <= unstable.offset) {
    unstable.entries = [...entries];
    unstable.offset = from;
    unstable.offsetInProgress = from;
    return;
  }
  unstable.entries.length = from - unstable.offset;
  for (const entry of entries) unstable.entries.push(entry);
  unstable.offsetInProgress = Math.min(unstable.offsetInProgress, from);
}

/** Entries from `low` up to and without `high`, all of which must be here, within a limit as `limitEntries`. */
export function unstableSlice(
  unstable: Unstable,
  low: number,
  high: number,
  maxBytes: number,
): readonly Entry[] {
  const { offset, entries } = unstable;
  assert(low >= offset && high <= offset + entries.length, `entries ${low} to ${high} are not stable yet`);
  return limitEntries(entries, maxBytes, low - offset, high - offset);
}
