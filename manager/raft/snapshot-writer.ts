import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder, temporaryName, writeFully } from './durable-file.ts';
import { type FileKey, whileWriting } from './keys/key-ring.ts';
import { createSealer, newSalt } from './seal.ts';
import { type ChunkKind, encodeChunkedHeader, type SnapshotId, sealChunk } from './snapshot-chunks.ts';
import { encodeDescription, type SnapshotDescription } from './snapshot-envelope.ts';

/** Secrets of the cluster are in these files: nobody but their owner reads them. */
const FILE_MODE = 0o600;
/** A disk that has to take a large file at once makes the log, which is on the same disk, wait for it. */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024;

export interface SnapshotHead extends SnapshotId {
  /** Absent in the snapshot of a single member. */
  readonly description?: SnapshotDescription;
}

/** A snapshot that is being written to a file that does not count yet. Calls must not overlap. */
export interface SnapshotWriter {
  /** The next part of the state, of at most MAX_PART_BYTES. Resolves once the file has it: the caller's time to yield. */
  add(part: Uint8Array): Promise<void>;
  /** Makes all of it durable. */
  finish(): Promise<StagedSnapshot>;
  /** Removes the file. */
  discard(): Promise<void>;
}

/** A whole and durable snapshot, which counts once it is published. */
export interface StagedSnapshot extends SnapshotHead {
  /** Gives it its name; durable once it resolves. */
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/** Begins the file of a snapshot beside `file`, the name that it gets in the end. Its folder is made if missing. */
export async function openSnapshotWriter(
  file: string,
  key: FileKey,
  head: SnapshotHead,
): Promise<SnapshotWriter> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  // Two of the same index may be on their way at once, one's own and a received one.
  const temporary = temporaryName(`${file}.${randomBytes(6).toString('hex')}`);
  const handle = await open(temporary, 'wx', FILE_MODE);
  const release = holdKey(key);
  try {
    return await writerOn(handle, { file, temporary, key, head, release });
  } catch (thrown) {
    await remove(handle, temporary).finally(release);
    throw thrown;
  }
}

/** The key counts as being used until the returned function is called. */
function holdKey(key: FileKey): () => void {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  void whileWriting(key, () => released);
  return release;
}

interface Target {
  readonly file: string;
  readonly temporary: string;
  readonly key: FileKey;
  readonly head: SnapshotHead;
  readonly release: () => void;
}

async function writerOn(handle: FileHandle, target: Target): Promise<SnapshotWriter> {
  const { file, temporary, head, release } = target;
  const sealer = createSealer(target.key, newSalt());
  let position = 0;
  let syncedPosition = 0;
  let number = 0;

  const write = async (bytes: Uint8Array): Promise<void> => {
    await writeFully(handle, bytes, position);
    position += bytes.byteLength;
    if (position - syncedPosition < SYNC_EVERY_BYTES) return;
    await handle.datasync();
    syncedPosition = position;
  };
  const writeChunk = (kind: ChunkKind, content: Uint8Array): Promise<void> =>
    write(sealChunk(sealer, head, number++, kind, content));

  await write(encodeChunkedHeader({ ...head, salt: sealer.salt, keyCheck: sealer.keyCheck }));
  const { description } = head;
  await writeChunk(
    'description',
    description === undefined ? new Uint8Array(0) : encodeDescription(description),
  );
  return {
    add: (part) => writeChunk('part', part),
    finish: async () => {
      await writeChunk('end', new Uint8Array(0));
      await handle.sync();
      await handle.close();
      return {
        ...head,
        publish: async () => {
          await rename(temporary, file);
          await syncFolder(path.dirname(file));
          release();
        },
        discard: () => rm(temporary, { force: true }).finally(release),
      };
    },
    discard: () => remove(handle, temporary).finally(release),
  };
}

async function remove(handle: FileHandle, temporary: string): Promise<void> {
  await handle.close().catch(() => undefined);
  await rm(temporary, { force: true });
}
