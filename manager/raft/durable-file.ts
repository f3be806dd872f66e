import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Secrets of the cluster are in these files: nobody but their owner reads them. */
const FILE_MODE = 0o600;

/** Makes the names in a folder durable: a new, renamed or removed file is only certain after this. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes `bytes` at `position`, however many calls that takes. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.byteLength - written,
      position + written,
    );
    written += bytesWritten;
  }
}

/** Creates a file, which must not exist yet, with `parts` in a row; its content is durable afterwards. */
export async function writeNewFile(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'wx', FILE_MODE);
  try {
    let position = 0;
    for (const part of parts) {
      await writeFully(handle, part, position);
      position += part.byteLength;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name of a file that is still being written. Whatever has it after a crash is thrown away. */
export function temporaryName(file: string): string {
  return `${file}.tmp`;
}

/** True for what `temporaryName` gives. */
export function isTemporary(name: string): boolean {
  return name.endsWith('.tmp');
}

/** Puts a whole file in place: after a crash there is the new one, the old one, or none, but no part of one. */
export async function replaceFile(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = temporaryName(file);
  await rm(temporary, { force: true });
  await writeNewFile(temporary, parts);
  await rename(temporary, file);
  await syncFolder(path.dirname(file));
}
