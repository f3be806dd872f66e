import { SkepError } from '../lib/errors.ts';
import { MAX_MESSAGE_BYTES } from './rpc.ts';
import type { TunnelFrame } from './tunnel-messages.ts';
import { detailToError, errorToDetail } from './wire-error.ts';

/** Bytes of a message in one frame; a longer message takes several. */
export const MAX_PIECE_BYTES = 256 * 1024;

/** A frame that says nothing yet. */
export const BLANK_FRAME: TunnelFrame = { id: '', accepted: false, more: false, end: false };
export const END_FRAME: TunnelFrame = { ...BLANK_FRAME, end: true };

/** The last frame of a direction that failed. */
export function errorFrame(thrown: unknown): TunnelFrame {
  return { ...BLANK_FRAME, error: errorToDetail(thrown) };
}

/** The frames of one message. */
export function* piecesOf(message: Uint8Array): Generator<TunnelFrame> {
  let start = 0;
  do {
    const piece = message.subarray(start, start + MAX_PIECE_BYTES);
    start += MAX_PIECE_BYTES;
    yield { ...BLANK_FRAME, message: piece, more: start < message.byteLength };
  } while (start < message.byteLength);
}

/** One direction of a tunnel: the messages, then their end. What the source throws is thrown. */
export async function* framesOf(messages: AsyncIterable<Uint8Array>): AsyncGenerator<TunnelFrame> {
  for await (const message of messages) yield* piecesOf(message);
  yield END_FRAME;
}

/**
 * The messages of one direction, up to its end. Throws the error that the other side sent, UNAVAILABLE when the frames
 * stop before the end, RESOURCE_EXHAUSTED for a message that is too large.
 */
export async function* messagesOf(frames: AsyncIterable<TunnelFrame>): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const frame of frames) {
    if (frame.error !== undefined) throw detailToError(frame.error);
    if (frame.message !== undefined) {
      size += frame.message.byteLength;
      if (size > MAX_MESSAGE_BYTES) {
        throw new SkepError('RESOURCE_EXHAUSTED', `a message is larger than ${MAX_MESSAGE_BYTES} bytes`);
      }
      pieces.push(frame.message);
      if (!frame.more) {
        yield pieces.length === 1 ? frame.message : Buffer.concat(pieces);
        pieces = [];
        size = 0;
      }
    }
    if (frame.end) return;
  }
  throw new SkepError('UNAVAILABLE', 'the connection to the container broke off');
}
