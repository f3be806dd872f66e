import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { createSealer, KEY_CHECK_BYTES, SALT_BYTES } from '../seal.ts';

/** Segments and snapshots, finished or not. Each begins with magic 8 | salt 32 | key check 16. */
const SEALED_FILE = /^(log|snapshot)-/;
const MAGIC_BYTES = 8;
const HEAD_BYTES = MAGIC_BYTES + SALT_BYTES + KEY_CHECK_BYTES;

/**
 * The files of a data folder that are not sealed under `key`, or do not tell yet, because they are only being begun.
 * A file that goes away meanwhile is left out.
 */
export async function filesUnderOtherKeys(folder: string, key: Uint8Array): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(folder)).filter((one) => SEALED_FILE.test(one))) {
    const head = await readHead(path.join(folder, name));
    if (head !== undefined && !isUnder(head, key)) found.push(name);
  }
  return found;
}

function isUnder(head: Uint8Array, key: Uint8Array): boolean {
  if (head.byteLength < HEAD_BYTES) return false;
  const atKeyCheck = MAGIC_BYTES + SALT_BYTES;
  const { keyCheck } = createSealer(key, head.subarray(MAGIC_BYTES, atKeyCheck));
  return Buffer.compare(keyCheck, head.subarray(atKeyCheck)) === 0;
}

async function readHead(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
