import { SkepError } from '../../lib/errors.ts';

/**
 * Fields of the keeper's protocol, written one after the other into one buffer: a start has hundreds of them, and an
 * array for each would cost more than all the rest of the request. A *field* is u16 tag, u32 length, bytes.
 */
export interface FieldWriter {
  /** A field of fields, or of anything that follows; `end` takes what this returns and fills in the length. */
  begin(tag: number): number;
  end(start: number): void;
  uint16(value: number): void;
  uint32(value: number): void;
  /** NUL-terminated text. INVALID_ARGUMENT when the text itself holds a NUL. */
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  stringField(tag: number, text: string): void;
  /** Unsigned 64 bits. */
  numberField(tag: number, value: number | bigint): void;
  bytesField(tag: number, bytes: Uint8Array): void;
  /** A copy of what was written since the last `take`. */
  take(): Uint8Array;
}

const FIRST_BYTES = 64 * 1024;
/** A longer text is left to the encoder, which is faster from there on. */
const SHORT_TEXT = 256;
const LENGTH_BYTES = 4;
const LAST_ASCII = 0x7f;
/** UTF-8 takes three bytes for a UTF-16 unit at most. */
const MAX_BYTES_PER_UNIT = 3;

const textEncoder = new TextEncoder();

function refuseNul(text: string): never {
  const shown = JSON.stringify(text.slice(0, 40));
  throw new SkepError(
    'INVALID_ARGUMENT',
    `text with a NUL character cannot be passed to the kernel: ${shown}`,
  );
}

/** A writer with an empty buffer, which grows and stays for the next `take`. */
export function createFieldWriter(): FieldWriter {
  let buffer = new Uint8Array(FIRST_BYTES);
  let view = new DataView(buffer.buffer);
  let at = 0;

  const reserve = (length: number): void => {
    if (at + length <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, at + length));
    larger.set(buffer);
    buffer = larger;
    view = new DataView(buffer.buffer);
  };
  const uint16 = (value: number): void => {
    reserve(2);
    view.setUint16(at, value, true);
    at += 2;
  };
  const uint32 = (value: number): void => {
    reserve(4);
    view.setUint32(at, value, true);
    at += 4;
  };
  /** Writes short plain text; false, with nothing written, when it is something else. */
  const writeAscii = (text: string): boolean => {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit === 0 || unit > LAST_ASCII) return false;
      buffer[at + index] = unit;
    }
    at += text.length;
    return true;
  };
  const text = (value: string): void => {
    reserve(value.length * MAX_BYTES_PER_UNIT + 1);
    if (value.length > SHORT_TEXT || !writeAscii(value)) {
      if (value.includes('\0')) refuseNul(value);
      at += textEncoder.encodeInto(value, buffer.subarray(at)).written;
    }
    buffer[at++] = 0;
  };
  const bytes = (value: Uint8Array): void => {
    reserve(value.length);
    buffer.set(value, at);
    at += value.length;
  };
  const begin = (tag: number): number => {
    uint16(tag);
    uint32(0);
    return at;
  };
  const end = (start: number): void => view.setUint32(start - LENGTH_BYTES, at - start, true);

  return {
    begin,
    end,
    uint16,
    uint32,
    text,
    bytes,
    stringField: (tag, value) => {
      const start = begin(tag);
      text(value);
      end(start);
    },
    numberField: (tag, value) => {
      uint16(tag);
      uint32(8);
      reserve(8);
      view.setBigUint64(at, BigInt(value), true);
      at += 8;
    },
    bytesField: (tag, value) => {
      uint16(tag);
      uint32(value.length);
      bytes(value);
    },
    take: () => {
      const taken = buffer.slice(0, at);
      at = 0;
      return taken;
    },
  };
}
