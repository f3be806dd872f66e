import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SkepError } from '../../lib/errors.ts';

const GUNZIP_CHUNK_BYTES = 256 * 1024;
/** Enough to tell the formats apart. */
const MAGIC_BYTES = 6;

const REFUSED_MAGIC: readonly (readonly [string, string])[] = [
  ['28b52ffd', 'zstd'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
];

function refuseOtherCompression(start: Buffer): void {
  const found = REFUSED_MAGIC.find(([magic]) => start.toString('hex').startsWith(magic));
  if (found === undefined) return;
  throw new SkepError('INVALID_ARGUMENT', `the archive is compressed with ${found[1]}`, {
    help: 'compress it with gzip, or not at all',
  });
}

async function* withStart(start: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK_BYTES });
  // A failing source must reach the reader below as its own error.
  input.once('error', (error) => gunzip.destroy(error));
  input.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw new SkepError('INVALID_ARGUMENT', 'the gzip data is damaged or truncated', { cause: error });
  } finally {
    gunzip.destroy();
    input.destroy();
  }
}

/** The plain bytes of a stream that may be gzip, told by its first bytes. INVALID_ARGUMENT for other compressions. */
export async function* decompressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  while (start.length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  const whole = withStart(start, iterator);
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  try {
    refuseOtherCompression(start);
    yield* isGzip ? gunzipped(whole) : whole;
  } finally {
    await iterator.return?.();
  }
}
