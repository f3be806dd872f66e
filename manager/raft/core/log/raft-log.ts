import { assert } from '../../../../lib/errors.ts';
import { type Entry, type EntryId, totalEntryBytes } from '../entry.ts';
import type { Snapshot } from '../message.ts';
import type { RaftStorage } from './storage.ts';
import {
  createUnstable,
  hasNextUnstableEntries,
  nextUnstableSnapshot,
  restoreUnstable,
  truncateAndAppend,
  type Unstable,
  unstableLastIndex,
  unstableSlice,
  unstableTerm,
} from './unstable.ts';

/** The whole log: what storage holds, what is not on disk yet, and how far it is committed and applied. */
export interface RaftLog {
  readonly storage: RaftStorage;
  readonly unstable: Unstable;
  /** The highest index that a quorum is known to hold. */
  committed: number;
  /** The highest index handed out to be applied; `applied <= applying <= committed`. */
  applying: number;
  /** The highest index that the application says it has applied. */
  applied: number;
  /** Limit on entries handed out and not yet applied, in bytes. */
  readonly maxApplyingBytes: number;
  applyingBytes: number;
  /** No more is handed out until something is applied. */
  isApplyingPaused: boolean;
}

/** The log over a storage; everything up to its snapshot counts as committed and applied. */
export function createRaftLog(storage: RaftStorage, maxApplyingBytes: number): RaftLog {
  const compacted = storage.firstIndex() - 1;
  return {
    storage,
    unstable: createUnstable(storage.lastIndex() + 1),
    committed: compacted,
    applying: compacted,
    applied: compacted,
    maxApplyingBytes,
    applyingBytes: 0,
    isApplyingPaused: false,
  };
}

/** The first index whose entry is still held. */
export function firstIndex(log: RaftLog): number {
  const { snapshot } = log.unstable;
  return snapshot === undefined ? log.storage.firstIndex() : snapshot.index + 1;
}

/** The last index; that of the snapshot when there is no entry after it. */
export function lastIndex(log: RaftLog): number {
  return unstableLastIndex(log.unstable) ?? log.storage.lastIndex();
}

/** The term at an index; undefined when it is compacted or does not exist. The last compacted one is still known. */
export function termAt(log: RaftLog, index: number): number | undefined {
  const unstable = unstableTerm(log.unstable, index);
  if (unstable !== undefined) return unstable;
  if (index + 1 < firstIndex(log) || index > lastIndex(log)) return undefined;
  return log.storage.term(index);
}

/** The last entry's id; {0, 0} of an empty log. */
export function lastEntryId(log: RaftLog): EntryId {
  const index = lastIndex(log);
  const term = termAt(log, index);
  assert(term !== undefined, `the term of the last entry, ${index}, is known`);
  return { term, index };
}

/** The last entry that is known to be committed. */
export function committedEntryId(log: RaftLog): EntryId {
  return { term: termAt(log, log.committed) ?? 0, index: log.committed };
}

/** True when the log has this very entry. */
export function matchesTerm(log: RaftLog, id: EntryId): boolean {
  return termAt(log, id.index) === id.term;
}

/** Whether a log that ends in `last` holds at least what this one does (Raft paper, section 5.4.1). */
export function isUpToDate(log: RaftLog, last: EntryId): boolean {
  const own = lastEntryId(log);
  return last.term > own.term || (last.term === own.term && last.index >= own.index);
}

/** Entries from `from` to the end, within `maxBytes` but at least one; undefined when `from` is compacted. */
export function entriesFrom(log: RaftLog, from: number, maxBytes: number): readonly Entry[] | undefined {
  if (from > lastIndex(log)) return [];
  return sliceLog(log, from, lastIndex(log) + 1, maxBytes);
}

/** Entries from `low` up to and without `high`; limits as `entriesFrom`. */
export function sliceLog(
  log: RaftLog,
  low: number,
  high: number,
  maxBytes: number,
): readonly Entry[] | undefined {
  assert(low <= high && high <= lastIndex(log) + 1, `entries ${low} to ${high} are within the log`);
  if (low < firstIndex(log)) return undefined;
  if (low === high) return [];
  const { offset } = log.unstable;
  if (low >= offset) return unstableSlice(log.unstable, low, high, maxBytes);
  const stableHigh = Math.min(high, offset);
  const stable = log.storage.entries(low, stableHigh, maxBytes);
  // Shorter than asked for: the limit is reached already.
  if (stable === undefined || high <= offset || stable.length < stableHigh - low) return stable;
  const bytesLeft = maxBytes - totalEntryBytes(stable);
  if (bytesLeft <= 0) return stable;
  const rest = unstableSlice(log.unstable, offset, high, bytesLeft);
  // The one entry that is always given must not go beyond the limit when there are others before it.
  if (rest.length === 1 && totalEntryBytes(rest) > bytesLeft) return stable;
  return [...stable, ...rest];
}

/** Adds entries, which replace what is there from their first index on; returns the last index. */
export function appendToLog(log: RaftLog, entries: readonly Entry[]): number {
  const first = entries[0];
  if (first === undefined) return lastIndex(log);
  assert(first.index > log.committed, `entry ${first.index} is above the committed ${log.committed}`);
  truncateAndAppend(log.unstable, entries);
  return lastIndex(log);
}

/** Entries that follow on `previous`, as a leader sends them. */
export interface LogSlice {
  readonly previous: EntryId;
  readonly entries: readonly Entry[];
}

/**
 * Takes over what a leader sends, if the log has the entry before it; then commits up to `committed` as far as the
 * logs are known to agree. Returns the last index that agrees, or undefined when the entry before is another.
 */
export function maybeAppend(log: RaftLog, slice: LogSlice, committed: number): number | undefined {
  if (!matchesTerm(log, slice.previous)) return undefined;
  const lastNew = slice.previous.index + slice.entries.length;
  const conflictAt = slice.entries.findIndex((entry) => !matchesTerm(log, entry));
  if (conflictAt >= 0) {
    const fresh = slice.entries.slice(conflictAt);
    assert((fresh[0]?.index ?? 0) > log.committed, 'a leader never contradicts a committed entry');
    appendToLog(log, fresh);
  }
  commitTo(log, Math.min(committed, lastNew));
  return lastNew;
}

/**
 * The highest place, from `index` down, where a log whose entries there are of at most `term` may agree. The term
 * is that of the own entry, or 0 where it is not known any more.
 */
export function findConflictByTerm(log: RaftLog, index: number, term: number): EntryId {
  for (let place = index; place > 0; place--) {
    const own = termAt(log, place);
    if (own === undefined) return { index: place, term: 0 };
    if (own <= term) return { index: place, term: own };
  }
  return { index: 0, term: 0 };
}

/** Commits up to `index`; never back. */
export function commitTo(log: RaftLog, index: number): void {
  if (index <= log.committed) return;
  assert(index <= lastIndex(log), `commit index ${index} is within the log, which ends at ${lastIndex(log)}`);
  log.committed = index;
}

/** Commits up to an entry, if it is news and this very entry. Only entries of the own term may be counted so. */
export function maybeCommitTo(log: RaftLog, id: EntryId): boolean {
  if (id.term === 0 || id.index <= log.committed || !matchesTerm(log, id)) return false;
  commitTo(log, id.index);
  return true;
}

/** The highest index that may be handed out; with `allowUnstable`, also what is not on disk yet. */
function maxAppliable(log: RaftLog, allowUnstable: boolean): number {
  return allowUnstable ? log.committed : Math.min(log.committed, log.unstable.offset - 1);
}

/** True when there are committed entries to hand out. */
export function hasNextCommitted(log: RaftLog, allowUnstable: boolean): boolean {
  if (log.isApplyingPaused || log.unstable.snapshot !== undefined) return false;
  return log.applying < maxAppliable(log, allowUnstable);
}

/** The next committed entries to apply, within the limit; none while a snapshot is to be applied first. */
export function nextCommitted(log: RaftLog, allowUnstable: boolean): readonly Entry[] {
  if (!hasNextCommitted(log, allowUnstable)) return [];
  const high = maxAppliable(log, allowUnstable) + 1;
  const entries = sliceLog(log, log.applying + 1, high, log.maxApplyingBytes - log.applyingBytes);
  assert(entries !== undefined, `committed entries from ${log.applying + 1} on are still in the log`);
  return entries;
}

/** Entries up to `index`, of so many bytes, are handed out to be applied. */
export function acceptApplying(log: RaftLog, index: number, bytes: number, allowUnstable: boolean): void {
  assert(index <= log.committed, `entry ${index} to apply is committed`);
  log.applying = index;
  log.applyingBytes += bytes;
  // Also when the next entry is too large to fit, which shows in that not everything was handed out.
  log.isApplyingPaused =
    log.applyingBytes >= log.maxApplyingBytes || index < maxAppliable(log, allowUnstable);
}

/** Everything up to `index` is applied; so many bytes of it may be handed out anew. */
export function applyTo(log: RaftLog, index: number, bytes: number): void {
  assert(
    index <= log.committed && index >= log.applied,
    `applied index ${index} is committed and no step back`,
  );
  log.applied = index;
  log.applying = Math.max(log.applying, index);
  log.applyingBytes = Math.max(0, log.applyingBytes - bytes);
  log.isApplyingPaused = log.applyingBytes >= log.maxApplyingBytes;
}

/** Replaces everything by a snapshot from the leader. */
export function restoreLog(log: RaftLog, snapshot: Snapshot): void {
  restoreUnstable(log.unstable, snapshot);
  log.committed = snapshot.index;
}

/** A snapshot for a member that is behind the log; undefined while there is none. */
export function logSnapshot(log: RaftLog): Snapshot | undefined {
  return log.unstable.snapshot ?? log.storage.snapshot();
}

/** True when there is a snapshot or are entries that are not known to be on disk. */
export function hasUnstableEntries(log: RaftLog): boolean {
  return log.unstable.entries.length > 0;
}

/** True when something is to be written that nobody has been asked to write yet. */
export function hasNextUnstable(log: RaftLog): boolean {
  return hasNextUnstableEntries(log.unstable) || nextUnstableSnapshot(log.unstable) !== undefined;
}

/** Whether an entry above `after`, up to and with `last`, satisfies the condition. Read in pages of `pageBytes`. */
export function someEntry(
  log: RaftLog,
  after: number,
  last: number,
  condition: (entry: Entry) => boolean,
  pageBytes: number,
): boolean {
  // A snapshot that is still to be applied covers what came before it.
  let next = Math.max(after + 1, firstIndex(log));
  while (next <= last) {
    const page = sliceLog(log, next, last + 1, pageBytes) ?? [];
    assert(page.length > 0, `entry ${next} is still in the log`);
    if (page.some(condition)) return true;
    next += page.length;
  }
  return false;
}
