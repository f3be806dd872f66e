import type { Entry } from '../core/entry.ts';
import type { CommittedBatch, ProposedBatch } from './thread-messages.ts';

/** An ordinary entry, and the number of its proposal (0 for none). */
export interface NumberedEntry {
  readonly entry: Entry;
  readonly proposal: number;
}

/** Committed entries as one message. */
export function packBatch(numbered: readonly NumberedEntry[], lastIndex: number): CommittedBatch {
  return {
    kind: 'committed',
    ...packBytes(numbered.map(({ entry }) => entry.data)),
    indexes: numbered.map(({ entry }) => entry.index),
    proposals: numbered.map(({ proposal }) => proposal),
    lastIndex,
  };
}

/** Proposals as one message. */
export function packProposals(datas: readonly Uint8Array[], firstProposal: number): ProposedBatch {
  return { kind: 'propose', firstProposal, ...packBytes(datas) };
}

/** The proposals again, as parts of the one buffer. */
export function unpackProposals({ bytes, ends }: ProposedBatch): readonly Uint8Array[] {
  return ends.map((end, place) => bytes.subarray(ends[place - 1] ?? 0, end));
}

/**
 * Copies all into one buffer of their own, which can change hands without being copied again. Posted as they are, small
 * pieces would each be copied with the whole of the larger buffer that they happen to be cut from.
 */
function packBytes(datas: readonly Uint8Array[]): { readonly bytes: Uint8Array; readonly ends: number[] } {
  const ends: number[] = [];
  let byteLength = 0;
  for (const data of datas) {
    byteLength += data.byteLength;
    ends.push(byteLength);
  }
  const bytes = new Uint8Array(byteLength);
  for (const [place, data] of datas.entries()) bytes.set(data, (ends[place] ?? 0) - data.byteLength);
  return { bytes, ends };
}
