import type { Change } from '../../lib/domain/store-object.ts';
import { SkepError } from '../../lib/errors.ts';
import { transactionCodec } from '../../proto/messages.ts';

/** More changes than these are spread over several log entries. */
export const MAX_CHANGES_PER_ENTRY = 2_000;
/** Keeps the time that one entry needs on the disk and on the wire far under a heartbeat. */
export const MAX_ENTRY_BYTES = 1024 * 1024;

export interface Waiter {
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
}

/** One log entry that is being filled, waits, or is on its way. Its updates succeed or fail together. */
export interface PendingEntry {
  /** One time for all changes of the entry, taken when the first update came. */
  readonly proposedAtMs: number;
  readonly changes: Change[];
  /**
   * The encoded updates, each a whole transaction message. Encoded messages that stand one behind the other
   * decode as one message whose lists are joined, so the entry's bytes are these parts in a row (Protocol
   * Buffers encoding, "Last One Wins").
   */
  readonly parts: Uint8Array[];
  byteLength: number;
  readonly waiters: Waiter[];
}

/** An entry that nothing was added to. */
export function createPendingEntry(proposedAtMs: number): PendingEntry {
  return { proposedAtMs, changes: [], parts: [], byteLength: 0, waiters: [] };
}

/**
 * The bytes of one update's transaction. Throws RESOURCE_EXHAUSTED, with the counts, when it could not fit
 * even an entry of its own.
 */
export function encodeUpdate(changes: readonly Change[], proposedAtMs: number): Uint8Array {
  if (changes.length > MAX_CHANGES_PER_ENTRY) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `one transaction of ${changes.length} changes is more than the ${MAX_CHANGES_PER_ENTRY} that a log entry holds`,
      { help: 'split the request into smaller ones' },
    );
  }
  const bytes = transactionCodec.encode({ changes, proposedAtMs });
  if (bytes.byteLength > MAX_ENTRY_BYTES) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `one transaction of ${bytes.byteLength} bytes in ${changes.length} changes is more than the ${MAX_ENTRY_BYTES} bytes that a log entry holds`,
      { help: 'make the objects smaller or split the request' },
    );
  }
  return bytes;
}

/** True when the entry has room for that much more. */
export function hasRoom(entry: PendingEntry, changeCount: number, byteLength: number): boolean {
  return (
    entry.changes.length + changeCount <= MAX_CHANGES_PER_ENTRY &&
    entry.byteLength + byteLength <= MAX_ENTRY_BYTES
  );
}

/** Adds one update to an entry that has room for it. */
export function addUpdate(entry: PendingEntry, changes: readonly Change[], bytes: Uint8Array): void {
  for (const change of changes) entry.changes.push(change);
  entry.parts.push(bytes);
  entry.byteLength += bytes.byteLength;
}
