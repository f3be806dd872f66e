import type { StoreObject } from '../../lib/domain/store-object.ts';
import { transactionCodec } from '../../proto/messages.ts';

/** A part is closed once it has grown beyond this: a few milliseconds of encoding. */
const PART_BYTES = 256 * 1024;

/** A new state while it arrives. The old one stays in place until `finish`; one that is never finished is forgotten. */
export interface Restoration {
  /** The next part of a snapshot, as `snapshot` gave it. Throws DATA_LOSS when it cannot be read. */
  add(part: Uint8Array): void;
  /** Puts the new state in place. */
  finish(): void;
}

/**
 * The objects as parts of a snapshot, encoded only as they are asked for. Each part is a whole transaction message of
 * about 256 KiB, never more than that and the largest object, in a buffer that nothing else uses.
 */
export function* encodeParts(objects: readonly StoreObject[]): Generator<Uint8Array, void> {
  let pieces: Uint8Array[] = [];
  let byteLength = 0;
  for (const object of objects) {
    // Encoded messages in a row decode as one message with all their changes, see pending-entry.ts.
    const piece = transactionCodec.encode({ changes: [{ kind: 'put', object }], proposedAtMs: 0 });
    pieces.push(piece);
    byteLength += piece.byteLength;
    if (byteLength < PART_BYTES) continue;
    yield joinPieces(pieces, byteLength);
    pieces = [];
    byteLength = 0;
  }
  if (byteLength > 0) yield joinPieces(pieces, byteLength);
}

/** The objects of one part, in order. Throws for bytes that are no part. */
export function decodePart(part: Uint8Array): readonly StoreObject[] {
  return transactionCodec
    .decode(part)
    .changes.flatMap((change) => (change.kind === 'put' ? [change.object] : []));
}

function joinPieces(pieces: readonly Uint8Array[], byteLength: number): Uint8Array {
  const part = new Uint8Array(byteLength);
  let at = 0;
  for (const piece of pieces) {
    part.set(piece, at);
    at += piece.byteLength;
  }
  return part;
}
