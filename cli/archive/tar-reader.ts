import { SkepError } from '../../lib/errors.ts';
import {
  decodeHeader,
  decodePaxRecords,
  TAR_BLOCK_BYTES,
  type TarMember,
  withPaxRecords,
} from './tar-codec.ts';

/** An extended header, or a long name, is not larger. */
export const MAX_EXTENSION_BYTES = 1024 * 1024;
const NO_RECORDS: ReadonlyMap<string, string> = new Map();

/** Bytes that come in pieces of any size, taken in pieces that the reader wants. */
interface ByteSource {
  /** Up to `most` bytes, as soon as there are some; null at the end. */
  some(most: number): Promise<Buffer | null>;
  /** Exactly so many; null at the end, and INVALID_ARGUMENT when it comes amid them. */
  exactly(count: number): Promise<Buffer | null>;
}

function createByteSource(bytes: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = bytes[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const some = async (most: number): Promise<Buffer | null> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return null;
      rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  };
  const exactly = async (count: number): Promise<Buffer | null> => {
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0; ) {
      const part = await some(missing);
      if (part === null && parts.length === 0) return null;
      if (part === null) throw new SkepError('INVALID_ARGUMENT', 'the archive is cut short');
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  };
  return { some, exactly };
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

async function extension(source: ByteSource, { sizeBytes }: TarMember): Promise<Buffer> {
  if (sizeBytes > MAX_EXTENSION_BYTES) {
    throw new SkepError('RESOURCE_EXHAUSTED', `an extended header of the archive has ${sizeBytes} bytes`);
  }
  const bytes = await source.exactly(padded(sizeBytes));
  return (bytes ?? Buffer.alloc(0)).subarray(0, sizeBytes);
}

function untilZero(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** A member and its data; the data are dropped unless they are read before the next member is asked for. */
export interface TarPart {
  readonly member: TarMember;
  readonly data: AsyncIterable<Buffer>;
}

/** Types whose size field counts no data. */
const WITHOUT_DATA = '123456';

async function* dataOf(source: ByteSource, left: { bytes: number }): AsyncGenerator<Buffer> {
  while (left.bytes > 0) {
    const part = await source.some(left.bytes);
    if (part === null) throw new SkepError('INVALID_ARGUMENT', 'the archive is cut short');
    left.bytes -= part.length;
    yield part;
  }
}

/**
 * The members of a tar archive (ustar, pax, GNU's long names), read as they come. Ends with the archive, after what
 * follows it was read too; throws INVALID_ARGUMENT on what is no archive.
 */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarPart> {
  const source = createByteSource(bytes);
  let records = NO_RECORDS;
  let longNames: { name?: string; linkName?: string } = {};
  for (;;) {
    const block = await source.exactly(TAR_BLOCK_BYTES);
    const header = block === null ? null : decodeHeader(block);
    if (header === null) break;
    if (header.type === 'x') records = decodePaxRecords(await extension(source, header));
    else if (header.type === 'g') await extension(source, header);
    else if (header.type === 'L')
      longNames = { ...longNames, name: untilZero(await extension(source, header)) };
    else if (header.type === 'K')
      longNames = { ...longNames, linkName: untilZero(await extension(source, header)) };
    else {
      const whole = withPaxRecords({ ...header, ...longNames }, records);
      const member = WITHOUT_DATA.includes(whole.type) ? { ...whole, sizeBytes: 0 } : whole;
      const left = { bytes: member.sizeBytes };
      yield { member, data: dataOf(source, left) };
      const padding = padded(member.sizeBytes) - member.sizeBytes;
      for await (const _ of dataOf(source, left));
      if (padding > 0) await source.exactly(padding);
      records = NO_RECORDS;
      longNames = {};
    }
  }
  // Whoever sends goes on until somebody has taken everything.
  while ((await source.some(Number.MAX_SAFE_INTEGER)) !== null);
}
