import type { BackupHeader } from './backup-format.ts';
import { damagedBackup } from './backup-format.ts';
import { createBackupReader } from './backup-reader.ts';

export interface DecodedBackup {
  readonly header: BackupHeader;
  /** To be read once. Void unless it ends without an error: the hash of the whole is only known then. */
  readonly parts: AsyncIterable<Uint8Array>;
}

/**
 * Reads a backup from chunks of any size, as far as its header; the rest follows as the parts are asked for. Throws,
 * here and from `parts`, DATA_LOSS when the backup is damaged, cut off or none, and FAILED_PRECONDITION when a newer
 * version of Skep wrote it.
 */
export async function decodeBackup(chunks: AsyncIterable<Uint8Array>): Promise<DecodedBackup> {
  const items = itemsOf(chunks);
  const first = await items.next();
  if (first.done === true || first.value.kind !== 'header')
    throw damagedBackup('damaged in what it begins with');
  return { header: first.value.header, parts: partsOf(items) };
}

/** Reads a backup to its end and keeps nothing of it. Throws what decodeBackup throws. */
export async function verifyBackup(chunks: AsyncIterable<Uint8Array>): Promise<BackupHeader> {
  const { header, parts } = await decodeBackup(chunks);
  for await (const _ of parts);
  return header;
}

async function* itemsOf(chunks: AsyncIterable<Uint8Array>) {
  const reader = createBackupReader();
  for await (const chunk of chunks) yield* reader.push(chunk);
  reader.end();
}

async function* partsOf(items: ReturnType<typeof itemsOf>): AsyncGenerator<Uint8Array, void> {
  for await (const item of items) if (item.kind === 'part') yield item.part;
}
