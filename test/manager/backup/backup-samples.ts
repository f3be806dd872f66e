import { encodeBackup } from '../../../manager/backup/backup-encoder.ts';
import type { BackupHeader } from '../../../manager/backup/backup-format.ts';

export const HEADER: BackupHeader = { clusterId: 'c1', createdAtMs: 1_700_000_000_000, index: 9, objects: 3 };

/** A whole backup as one buffer. */
export function bytesOf(header: BackupHeader, parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...encodeBackup(header, parts)]);
}

/** The buffer in chunks of at most that size. */
export async function* chunksOf(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
