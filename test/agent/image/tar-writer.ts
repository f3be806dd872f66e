import { createHash } from 'node:crypto';

/** One entry of a tar built for a test. `raw` fields go into the header as they are, also when they are nonsense. */
export interface TarEntry {
  readonly name: string;
  /** Type flag; '0' file, '1' hard link, '2' symbolic link, '3' and '4' devices, '5' folder, '6' fifo. */
  readonly type?: string;
  readonly data?: string | Uint8Array;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly major?: number;
  readonly minor?: number;
  /** A PAX header is written before the entry when not empty. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
  /** Overrides the size field. */
  readonly size?: number;
}

const BLOCK_BYTES = 512;
export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES)]);
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function paxBytes(records: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}

/** Sets the checksum of a header block in place. */
export function seal(header: Buffer): Buffer {
  header.write('        ', 148);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return header;
}

/** Header and data of one entry. */
export function tarEntry(entry: TarEntry): Buffer {
  const data = Buffer.from(entry.data ?? '');
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(entry.name, 0, 100);
  header.write(octal(entry.mode ?? (entry.type === '5' ? 0o755 : 0o644), 8), 100);
  header.write(octal(entry.uid ?? 0, 8), 108);
  header.write(octal(entry.gid ?? 0, 8), 116);
  header.write(octal(entry.size ?? data.length, 12), 124);
  header.write(octal(entry.mtime ?? 1_700_000_000, 12), 136);
  header.write(entry.type ?? '0', 156);
  header.write(entry.link ?? '', 157, 100);
  header.write('ustar\x0000', 257);
  header.write(octal(entry.major ?? 0, 8), 329);
  header.write(octal(entry.minor ?? 0, 8), 337);
  const pax =
    entry.pax === undefined
      ? Buffer.alloc(0)
      : tarEntry({ name: 'PaxHeaders/x', type: 'x', data: paxBytes(entry.pax) });
  return Buffer.concat([pax, seal(header), padded(data)]);
}

/** A whole archive with its end mark. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), TAR_END]);
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A stream of `bytes` in pieces of `pieceBytes`. */
export async function* inPieces(bytes: Uint8Array, pieceBytes = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
