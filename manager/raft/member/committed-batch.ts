import type { Entry } from '../core/entry.ts';
import type { CommittedBatch } from './thread-messages.ts';

/** An ordinary entry, and the number of its proposal (0 for none). */
export interface NumberedEntry {
  readonly entry: Entry;
  readonly proposal: number;
}

/** Copies the entries' data into one buffer of their own, which can change hands without being copied again. */
export function packBatch(numbered: readonly NumberedEntry[], lastIndex: number): CommittedBatch {
  let byteLength = 0;
  for (const { entry } of numbered) byteLength += entry.data.byteLength;
  const bytes = new Uint8Array(byteLength);
  const ends: number[] = [];
  let at = 0;
  for (const { entry } of numbered) {
    bytes.set(entry.data, at);
    at += entry.data.byteLength;
    ends.push(at);
  }
  return {
    kind: 'committed',
    bytes,
    indexes: numbered.map(({ entry }) => entry.index),
    ends,
    proposals: numbered.map(({ proposal }) => proposal),
    lastIndex,
  };
}
