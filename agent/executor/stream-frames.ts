import { SkepError } from '../../lib/errors.ts';
import type { TerminalSize } from './executor.ts';
import {
  concatBytes,
  decodeFields,
  decodeMessage,
  ERROR_BUSY,
  FIELDS,
  type Field,
  fieldNumber,
  fieldText,
  type KeeperMessage,
  numberField,
} from './protocol.ts';
import { clampSize } from './terminal-plan.ts';

/** Frames of a connection to the keeper that became a stream. Pure: bytes in, values out. */

/** Input in one frame; the keeper refuses longer ones. */
export const MAX_INPUT_FRAME_BYTES = 64 * 1024;

const STREAM_OUTPUT = 103;
const STREAM_ERRORS = 104;
const STREAM_ENDED = 105;
const STREAM_LET_GO = 106;
const STREAM_INPUT = 107;
const STREAM_END_OF_INPUT = 108;
const STREAM_RESIZE = 109;

const MESSAGE_HEADER_BYTES = 6;
const FRAME_HEADER_BYTES = 4;

export type StreamMessage =
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly data: Uint8Array }
  | { readonly kind: 'ended'; readonly exitCode: number }
  /** The keeper ends the stream before the program ended; `comesBack`: for its own sake, and can be asked again. */
  | { readonly kind: 'let-go'; readonly reason: string; readonly comesBack?: true }
  /** The program takes nothing any more. */
  | { readonly kind: 'input-lost' }
  | { readonly kind: 'answer'; readonly message: KeeperMessage };

function encodeFrame(kind: number, body: Uint8Array): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES + MESSAGE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, MESSAGE_HEADER_BYTES + body.length, true);
  view.setUint16(4, kind, true);
  return concatBytes([header, body]);
}

/** Input as frames that the keeper takes. */
export function encodeInput(data: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < data.length; offset += MAX_INPUT_FRAME_BYTES) {
    frames.push(encodeFrame(STREAM_INPUT, data.subarray(offset, offset + MAX_INPUT_FRAME_BYTES)));
  }
  return frames;
}

/** Nothing more will be written. */
export function encodeEndOfInput(): Uint8Array {
  return encodeFrame(STREAM_END_OF_INPUT, new Uint8Array());
}

/** A new size for the terminal. */
export function encodeResize(size: TerminalSize): Uint8Array {
  const { columns, rows } = clampSize(size);
  return encodeFrame(
    STREAM_RESIZE,
    concatBytes([numberField(FIELDS.columns, columns), numberField(FIELDS.rows, rows)]),
  );
}

function decodeLetGo(fields: readonly Field[]): StreamMessage {
  const reason = fieldText(fields, FIELDS.errorText);
  const comesBack = fieldNumber(fields, FIELDS.errorCode) === ERROR_BUSY;
  return { kind: 'let-go', reason, ...(comesBack ? { comesBack } : {}) };
}

/** One message from the keeper, a frame without its length. DATA_LOSS when it makes no sense. */
export function decodeStreamMessage(bytes: Uint8Array): StreamMessage {
  if (bytes.length < MESSAGE_HEADER_BYTES) {
    throw new SkepError('DATA_LOSS', 'the keeper sent a message without its header');
  }
  const kind = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(0, true);
  const body = bytes.subarray(MESSAGE_HEADER_BYTES);
  switch (kind) {
    case STREAM_OUTPUT:
      return { kind: 'output', stream: 'stdout', data: body };
    case STREAM_ERRORS:
      return { kind: 'output', stream: 'stderr', data: body };
    case STREAM_ENDED:
      return { kind: 'ended', exitCode: fieldNumber(decodeFields(body), FIELDS.exitCode) };
    case STREAM_LET_GO:
      return decodeLetGo(decodeFields(body));
    case STREAM_END_OF_INPUT:
      return { kind: 'input-lost' };
    default:
      return { kind: 'answer', message: decodeMessage(bytes) };
  }
}
