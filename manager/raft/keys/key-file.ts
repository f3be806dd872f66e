import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { SkepError } from '../../../lib/errors.ts';
import { replaceFile, temporaryName } from '../durable-file.ts';
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  type KeyFileContent,
  MAX_KEY_FILE_BYTES,
} from './envelope.ts';

const OTHERS_MAY_READ = 0o077;

/**
 * What the key file holds; undefined without one. Throws what decodeEnvelope throws, and FAILED_PRECONDITION when
 * others may read the file.
 */
export async function readKeyFile(
  file: string,
  unlockKey: Uint8Array | null,
): Promise<KeyFileContent | undefined> {
  // A crash may have left keys there that are more open than those in the file itself.
  await rm(temporaryName(file), { force: true });
  const bytes = await readOwnFile(file);
  return bytes === undefined ? undefined : decodeEnvelope(file, bytes, unlockKey);
}

/**
 * Puts the keys in place of those that are there, and makes the folder when it is missing: after a crash there are
 * the new ones or the old ones. One writer at a time. `unlockKey` has 32 bytes, or is null for a file that is open.
 */
export async function writeKeyFile(
  file: string,
  envelope: Envelope,
  unlockKey: Uint8Array | null,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, [encodeEnvelope(envelope, unlockKey)]);
}

async function readOwnFile(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new SkepError('UNAVAILABLE', `the key file ${file} cannot be read`, { cause: error });
  });
  if (handle === undefined) return undefined;
  try {
    const { mode, size } = await handle.stat();
    if ((mode & OTHERS_MAY_READ) !== 0) {
      throw new SkepError('FAILED_PRECONDITION', `the key file ${file} can be read by others`, {
        help: `chmod 600 ${file}`,
      });
    }
    if (size <= MAX_KEY_FILE_BYTES) return await handle.readFile();
    throw new SkepError('DATA_LOSS', `the key file ${file} has ${size} bytes, and is none`, {
      help: 'put back the key file from a backup of this manager',
    });
  } finally {
    await handle.close();
  }
}
