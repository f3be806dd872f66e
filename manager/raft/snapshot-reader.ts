import { type FileHandle, open } from 'node:fs/promises';
import type { FileKey } from './keys/key-ring.ts';
import { type Sealer, sealerOfFile } from './seal.ts';
import {
  CHUNK_HEAD_BYTES,
  CHUNKED_HEADER_BYTES,
  CHUNKED_MAGIC,
  damagedSnapshot,
  decodeChunkedHeader,
  decodeChunkHead,
  openChunk,
  type SnapshotId,
} from './snapshot-chunks.ts';
import { decodeDescription } from './snapshot-envelope.ts';
import { readPlainSnapshot } from './snapshot-plain.ts';
import type { SnapshotHead } from './snapshot-writer.ts';

/** An open snapshot. It stays readable when the file is replaced meanwhile. */
export interface SnapshotReader extends SnapshotHead {
  /** False for one that an earlier version wrote in one piece, which other members cannot take. */
  readonly isChunked: boolean;
  /**
   * The parts of the state, each in a buffer of its own. To be read once and to the end: only then is it known that
   * the file is whole. Throws DATA_LOSS, naming file and offset, where it is damaged.
   */
  parts(): AsyncGenerator<Uint8Array, void>;
  close(): Promise<void>;
}

/**
 * Opens a snapshot and reads its head; undefined when there is no such file. Throws DATA_LOSS when that is damaged,
 * and FAILED_PRECONDITION when it was written under another key.
 */
export async function openSnapshotFile(file: string, key: FileKey): Promise<SnapshotReader | undefined> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const start = await readAt(handle, 0, CHUNKED_HEADER_BYTES);
    const isChunked = start.subarray(0, CHUNKED_MAGIC.byteLength).equals(CHUNKED_MAGIC);
    if (isChunked) return await readerOn(handle, file, key, start);
    return plainReader(handle, readPlainSnapshot(file, await handle.readFile(), key));
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

interface Chunk {
  readonly kind: 'description' | 'part' | 'end';
  readonly content: Uint8Array;
}

async function readerOn(
  handle: FileHandle,
  file: string,
  key: FileKey,
  start: Buffer,
): Promise<SnapshotReader> {
  const header = decodeChunkedHeader(start);
  if (header === undefined) throw damagedSnapshot(file, 0, 'the header is damaged');
  const sealer = sealerOfFile(key, file, header.salt, header.keyCheck);
  const id: SnapshotId = { index: header.index, term: header.term, origin: header.origin };
  const nextChunk = chunkReader(handle, file, sealer, id);
  const first = await nextChunk();
  if (first.kind !== 'description') {
    throw damagedSnapshot(file, CHUNKED_HEADER_BYTES, 'it does not begin with its description');
  }
  const close = () => handle.close();
  return {
    ...id,
    ...(id.origin === 'single' ? {} : { description: decodeDescription(first.content) }),
    isChunked: true,
    parts: async function* () {
      for (;;) {
        const chunk = await nextChunk();
        if (chunk.kind === 'end') return;
        yield chunk.content;
      }
    },
    close,
  };
}

/** Reads one chunk after the other, and nothing behind the last one. */
function chunkReader(handle: FileHandle, file: string, sealer: Sealer, id: SnapshotId): () => Promise<Chunk> {
  let offset = CHUNKED_HEADER_BYTES;
  let number = 0;
  return async () => {
    const head = decodeChunkHead(await readAt(handle, offset, CHUNK_HEAD_BYTES));
    if (head === undefined) throw damagedSnapshot(file, offset, 'a chunk is damaged or missing');
    const { kind, sealedBytes } = head;
    const sealed = await readAt(handle, offset + CHUNK_HEAD_BYTES, sealedBytes);
    if (sealed.byteLength < sealedBytes) throw damagedSnapshot(file, offset, 'a chunk is cut off');
    const content = openOrThrow(() => openChunk(sealer, id, number, kind, sealed), file, offset);
    if ((kind === 'description') !== (number === 0)) {
      throw damagedSnapshot(file, offset, 'a chunk is out of order');
    }
    offset += CHUNK_HEAD_BYTES + sealedBytes;
    number++;
    if (kind === 'end' && (await readAt(handle, offset, 1)).byteLength > 0) {
      throw damagedSnapshot(file, offset, 'something stands behind its end');
    }
    return { kind, content };
  };
}

function openOrThrow(read: () => Uint8Array, file: string, offset: number): Uint8Array {
  try {
    return read();
  } catch (cause) {
    throw damagedSnapshot(file, offset, 'a chunk does not open', cause);
  }
}

function plainReader(
  handle: FileHandle,
  { state, ...head }: ReturnType<typeof readPlainSnapshot>,
): SnapshotReader {
  return {
    ...head,
    isChunked: false,
    parts: async function* () {
      yield state;
    },
    close: () => handle.close(),
  };
}

/** The bytes there, fewer where the file ends. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
