import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isTemporary, syncFolder } from './durable-file.ts';
import type { FileKey } from './keys/key-ring.ts';
import { openSnapshotFile, type SnapshotReader } from './snapshot-reader.ts';
import {
  openSnapshotWriter,
  type SnapshotHead,
  type SnapshotWriter,
  type StagedSnapshot,
} from './snapshot-writer.ts';

export type { SnapshotOrigin } from './snapshot-chunks.ts';
export type { SnapshotReader } from './snapshot-reader.ts';
export type { SnapshotHead, SnapshotWriter, StagedSnapshot } from './snapshot-writer.ts';

const SNAPSHOT_NAME = /^snapshot-(\d{16})\.skep$/;

/** Begins to write a snapshot to `folder`; it does not count before `publishSnapshot`. */
export function createSnapshot(folder: string, key: FileKey, head: SnapshotHead): Promise<SnapshotWriter> {
  return openSnapshotWriter(snapshotFile(folder, head.index), key, head);
}

/** Makes a staged snapshot that of the folder: durable once it resolves, and the older ones are gone. */
export async function publishSnapshot(folder: string, staged: StagedSnapshot): Promise<void> {
  await staged.publish();
  await removeOlder(folder, staged.index);
}

/** All of the above at once. What went wrong leaves nothing behind. */
export async function writeSnapshot(
  folder: string,
  key: FileKey,
  head: SnapshotHead,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const writer = await createSnapshot(folder, key, head);
  let staged: StagedSnapshot;
  try {
    for await (const part of parts) await writer.add(part);
    staged = await writer.finish();
  } catch (thrown) {
    await writer.discard();
    throw thrown;
  }
  await publishSnapshot(folder, staged);
}

/**
 * Opens the newest snapshot in `folder` (made when it is missing), or gives undefined, and cleans up what was left
 * unfinished there; nothing else may use the folder meanwhile. A snapshot only gets its name once it is whole, and the
 * log before it is gone, so a damaged one throws DATA_LOSS, here or while it is read, and no older one is tried. A key
 * that is another one throws FAILED_PRECONDITION.
 */
export async function openNewestSnapshot(folder: string, key: FileKey): Promise<SnapshotReader | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    if (isTemporary(name) && name.startsWith('snapshot-')) await rm(path.join(folder, name), { force: true });
  }
  const newest = (await findSnapshots(folder)).at(-1);
  return newest === undefined ? undefined : openSnapshot(folder, key, newest);
}

/** Opens the snapshot at that index, undefined when it has been replaced. May be used while others are written. */
export function openSnapshot(
  folder: string,
  key: FileKey,
  index: number,
): Promise<SnapshotReader | undefined> {
  return openSnapshotFile(snapshotFile(folder, index), key);
}

async function findSnapshots(folder: string): Promise<number[]> {
  const indexes: number[] = [];
  for (const name of await readdir(folder)) {
    const digits = SNAPSHOT_NAME.exec(name)?.[1];
    if (digits !== undefined) indexes.push(Number(digits));
  }
  return indexes.sort((left, right) => left - right);
}

async function removeOlder(folder: string, newest: number): Promise<void> {
  const older = (await findSnapshots(folder)).filter((index) => index < newest);
  for (const index of older) await rm(snapshotFile(folder, index), { force: true });
  if (older.length > 0) await syncFolder(folder);
}

function snapshotFile(folder: string, index: number): string {
  return path.join(folder, `snapshot-${String(index).padStart(16, '0')}.skep`);
}
