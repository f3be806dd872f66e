/** A member's number: positive, never given to another member again. */
export type MemberId = number;

/** Stands for "no member" wherever a member id is expected. */
export const NO_MEMBER: MemberId = 0;

/**
 * What an entry is for. `EntryConfChange` holds a single change and is always applied directly;
 * `EntryConfChangeV2` may hold several and pass through a joint configuration. Both are decoded by
 * confchange/change-codec.ts; `EntryNormal` belongs to the application, and an empty one only marks a new term.
 */
export type EntryType = 'EntryNormal' | 'EntryConfChange' | 'EntryConfChangeV2';

/** One place in the replicated log. */
export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  readonly data: Uint8Array;
}

/** The name of a place in the log: two entries of the same term and index are the same entry. */
export interface EntryId {
  readonly term: number;
  readonly index: number;
}

/** The data of an entry that carries nothing. */
export const NO_DATA: Uint8Array = new Uint8Array(0);

/** Counted for each entry beside its data: term, index, type and framing on the wire. */
const ENTRY_OVERHEAD_BYTES = 24;

/** What an entry takes on the wire and on disk, about, in bytes. Size limits on messages count this. */
export function entryBytes(entry: Entry): number {
  return entry.data.byteLength + ENTRY_OVERHEAD_BYTES;
}

/** The sum of `entryBytes` over some entries. */
export function totalEntryBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes;
}

/**
 * The data alone, in bytes. Limits that must never stop the entries that the core makes by itself (the mark of a
 * new term, leaving a joint configuration) count this, for those have none.
 */
export function payloadBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.byteLength;
  return bytes;
}

/**
 * Of the entries at the places from `start` up to and without `end`, as many from the first on as are within
 * `maxBytes` by `entryBytes`, but never less than one if there is one. Always a copy.
 */
export function limitEntries(
  entries: readonly Entry[],
  maxBytes: number,
  start = 0,
  end = entries.length,
): readonly Entry[] {
  if (maxBytes === Number.POSITIVE_INFINITY) return entries.slice(start, end);
  let bytes = 0;
  let place = start;
  for (; place < end; place++) {
    const entry = entries[place];
    if (entry === undefined) break;
    bytes += entryBytes(entry);
    if (place > start && bytes > maxBytes) break;
  }
  return entries.slice(start, place);
}
