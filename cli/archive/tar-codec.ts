import { SkepError } from '../../lib/errors.ts';

export const TAR_BLOCK_BYTES = 512;

/**
 * One member of a tar archive. Names are byte strings: each character is one byte, for names on disk need not be
 * text in any encoding.
 */
export interface TarMember {
  readonly name: string;
  /** '0' file, '1' hard link, '2' symbolic link, '3' and '4' devices, '5' folder, '6' pipe; others are extensions. */
  readonly type: string;
  /** Of links. */
  readonly linkName: string;
  readonly sizeBytes: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAtMs: number;
}

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Largest numbers that the octal fields hold; what is above goes into an extended header. */
const MAX_OCTAL_ID = 0o7777777;
const MAX_OCTAL_SIZE = 0o77777777777;
const PERMISSIONS = 0o7777;
const MS_PER_SECOND = 1_000;

function damaged(reason: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `not a tar archive, or a damaged one: ${reason}`);
}

/** A text as a byte string, in UTF-8. */
export function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A byte string for people. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function textAt(block: Buffer, start: number, length: number): string {
  const text = block.toString('latin1', start, start + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function numberAt(block: Buffer, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) !== 0) {
    let value = BigInt((block[start] ?? 0) & 0x7f);
    for (const byte of block.subarray(start + 1, start + length)) value = (value << 8n) | BigInt(byte);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('a number is out of range');
    return Number(value);
  }
  const text = textAt(block, start, length).trim();
  if (!/^[0-7]*$/.test(text)) throw damaged('a number is malformed');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function checksumOf(block: Buffer): number {
  return block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

/** Reads a header block; null for the zero block that ends an archive. INVALID_ARGUMENT when it is none. */
export function decodeHeader(block: Buffer): TarMember | null {
  if (block.every((byte) => byte === 0)) return null;
  if (numberAt(block, 148, 8) !== checksumOf(block)) throw damaged('wrong header checksum');
  const prefix = textAt(block, 257, 6) === 'ustar' ? textAt(block, 345, PREFIX_BYTES) : '';
  const name = textAt(block, 0, NAME_BYTES);
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: type === '\0' || type === '7' ? '0' : type,
    linkName: textAt(block, 157, NAME_BYTES),
    sizeBytes: numberAt(block, 124, 12),
    mode: numberAt(block, 100, 8) & PERMISSIONS,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    modifiedAtMs: numberAt(block, 136, 12) * MS_PER_SECOND,
  };
}

/** Reads the `<length> <key>=<value>\n` records of an extended header (POSIX pax) as byte strings. */
export function decodePaxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  const text = bytes.toString('latin1');
  for (let start = 0; start < text.length; ) {
    const space = text.indexOf(' ', start);
    const digits = space < 0 ? '' : text.slice(start, space);
    const end = start + Number(digits);
    const equals = text.indexOf('=', space);
    const isRecord =
      /^\d{1,9}$/.test(digits) &&
      end <= text.length &&
      equals > space &&
      equals < end &&
      text[end - 1] === '\n';
    if (!isRecord) throw damaged('an extended header is malformed');
    records.set(text.slice(space + 1, equals), text.slice(equals + 1, end - 1));
    start = end;
  }
  return records;
}

function paxNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?\d+(\.\d*)?$/.test(text) || !Number.isFinite(value))
    throw damaged('an extended header is malformed');
  return value;
}

/** A member with what an extended header says of it. INVALID_ARGUMENT for a file with holes, which nothing here makes. */
export function withPaxRecords(member: TarMember, records: ReadonlyMap<string, string>): TarMember {
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.')))
    throw damaged('it holds a sparse file');
  const modifiedAt = paxNumber(records.get('mtime'));
  const sizeBytes = paxNumber(records.get('size')) ?? member.sizeBytes;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw damaged('a size is out of range');
  return {
    ...member,
    name: records.get('path') ?? member.name,
    linkName: records.get('linkpath') ?? member.linkName,
    sizeBytes,
    uid: paxNumber(records.get('uid')) ?? member.uid,
    gid: paxNumber(records.get('gid')) ?? member.gid,
    modifiedAtMs: modifiedAt === undefined ? member.modifiedAtMs : Math.round(modifiedAt * 1e6) / 1e3,
  };
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/** Zero bytes that fill the last block of so many bytes of data. */
export function paddingFor(sizeBytes: number): Buffer {
  return Buffer.alloc((TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK_BYTES);

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function headerBlock(member: TarMember): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  const isSmall = (value: number, most: number) => (value >= 0 && value <= most ? value : 0);
  block.write(member.name, 0, NAME_BYTES, 'latin1');
  block.write(octal(member.mode & PERMISSIONS, 8), 100);
  block.write(octal(isSmall(member.uid, MAX_OCTAL_ID), 8), 108);
  block.write(octal(isSmall(member.gid, MAX_OCTAL_ID), 8), 116);
  block.write(octal(isSmall(member.sizeBytes, MAX_OCTAL_SIZE), 12), 124);
  const seconds = Math.floor(member.modifiedAtMs / MS_PER_SECOND);
  block.write(octal(isSmall(seconds, MAX_OCTAL_SIZE), 12), 136);
  block.write(member.type, 156, 1, 'latin1');
  block.write(member.linkName, 157, NAME_BYTES, 'latin1');
  block.write('ustar\x0000', 257);
  block.write(`${octal(checksumOf(block), 7)} `, 148);
  return block;
}

/** The header of a member, after an extended one where its fields are too small or would lose a part. */
export function encodeHeader(member: TarMember): Buffer {
  const seconds = member.modifiedAtMs / MS_PER_SECOND;
  const records = [
    ...(member.name.length > NAME_BYTES ? [paxRecord('path', member.name)] : []),
    ...(member.linkName.length > NAME_BYTES ? [paxRecord('linkpath', member.linkName)] : []),
    ...(member.sizeBytes > MAX_OCTAL_SIZE ? [paxRecord('size', String(member.sizeBytes))] : []),
    ...(member.uid > MAX_OCTAL_ID ? [paxRecord('uid', String(member.uid))] : []),
    ...(member.gid > MAX_OCTAL_ID ? [paxRecord('gid', String(member.gid))] : []),
    ...(Number.isInteger(seconds) ? [] : [paxRecord('mtime', seconds.toFixed(3))]),
  ].join('');
  if (records === '') return headerBlock(member);
  const data = Buffer.from(records, 'latin1');
  const extension = { ...member, name: 'PaxHeaders/0', type: 'x', linkName: '', sizeBytes: data.length };
  return Buffer.concat([headerBlock(extension), data, paddingFor(data.length), headerBlock(member)]);
}
