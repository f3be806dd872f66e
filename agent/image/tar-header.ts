import { SkepError } from '../../lib/errors.ts';

export const TAR_BLOCK_BYTES = 512;

/** One header block of a tar archive (POSIX ustar, GNU), as far as an archive of images needs it. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  readonly sizeBytes: number;
  /** The type flag as a character; '0' for the old NUL. */
  readonly type: string;
}

const decoder = new TextDecoder('utf-8');

function refuse(reason: string): never {
  throw new SkepError('INVALID_ARGUMENT', reason);
}

function textAt(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal text, or GNU's base-256 form when the first bit is set. */
function numberAt(block: Uint8Array, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = BigInt(first & 0x7f);
    for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) refuse('a number in a tar header is out of range');
    return Number(value);
  }
  const text = textAt(block, start, length).trim();
  if (!/^[0-7]*$/.test(text)) refuse('a number in a tar header is malformed');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function hasRightChecksum(block: Uint8Array): boolean {
  let sum = 0;
  for (let index = 0; index < TAR_BLOCK_BYTES; index++) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  }
  return /^[0-7 ]*$/.test(textAt(block, 148, 8)) && numberAt(block, 148, 8) === sum;
}

/** Reads one block of 512 bytes; null for the zero block that ends an archive. INVALID_ARGUMENT when it is no header. */
export function parseTarHeader(block: Uint8Array): TarHeader | null {
  if (block.length !== TAR_BLOCK_BYTES) refuse('a tar header has 512 bytes');
  if (block.every((byte) => byte === 0)) return null;
  if (!hasRightChecksum(block)) refuse('not a tar archive, or a damaged one: wrong header checksum');
  const isPosix = textAt(block, 257, 6) === 'ustar';
  const prefix = isPosix ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    sizeBytes: numberAt(block, 124, 12),
    type: type === '\0' ? '0' : type,
  };
}

/** Reads the `<length> <key>=<value>\n` records of a PAX header (POSIX.1-2001, pax). */
export function parsePaxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start);
    const digits = space < 0 || space - start > 10 ? '' : decoder.decode(bytes.subarray(start, space));
    const end = start + Number(digits);
    if (!/^[0-9]+$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a) {
      refuse('a PAX record is malformed');
    }
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end - 1 || equals === space + 1) refuse('a PAX record is malformed');
    records.set(
      decoder.decode(bytes.subarray(space + 1, equals)),
      decoder.decode(bytes.subarray(equals + 1, end - 1)),
    );
    start = end;
  }
  return records;
}
