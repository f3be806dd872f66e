import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import { syncFolder, writeNewFile } from './durable-file.ts';
import { KEY_BYTES } from './seal.ts';

const OTHERS_MAY_READ = 0o077;

/**
 * The manager's log key: 32 random bytes in a file that only its owner can read, made, with its folder, when there is none.
 * Of several callers at once, all get the same key. Throws DATA_LOSS when the file is not a key, and
 * FAILED_PRECONDITION when others may read it.
 */
export async function loadOrCreateKey(file: string): Promise<Uint8Array> {
  const existing = await readKey(file);
  if (existing !== undefined) return existing;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeNewFile(temporary, [randomBytes(KEY_BYTES)]);
    // A link, unlike a rename, does not replace the key that somebody else made meanwhile.
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(path.dirname(file));
  const created = await readKey(file);
  if (created === undefined) throw new SkepError('UNAVAILABLE', `the key file ${file} vanished`);
  return created;
}

async function readKey(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new SkepError('UNAVAILABLE', `the key file ${file} cannot be read`, { cause: error });
  });
  if (handle === undefined) return undefined;
  try {
    const { mode } = await handle.stat();
    if ((mode & OTHERS_MAY_READ) !== 0) {
      throw new SkepError('FAILED_PRECONDITION', `the key file ${file} can be read by others`, {
        help: `chmod 600 ${file}`,
      });
    }
    const bytes = await handle.readFile();
    if (bytes.byteLength === KEY_BYTES) return bytes;
    throw new SkepError('DATA_LOSS', `the key file ${file} has ${bytes.byteLength} bytes, not ${KEY_BYTES}`, {
      help: 'put back the key file from a backup of this manager',
    });
  } finally {
    await handle.close();
  }
}
