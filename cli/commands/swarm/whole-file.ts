import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SkepError } from '../../../lib/errors.ts';

/** What is in the file is nobody else's business. */
const FILE_MODE = 0o600;

function taken(path: string): SkepError {
  return new SkepError('ALREADY_EXISTS', `the file ${path} is there already`, {
    help: 'name another one, or replace it with --force',
  });
}

/** Throws ALREADY_EXISTS when something has that name. */
export async function requireFree(path: string): Promise<void> {
  const found = await lstat(path).then(
    () => true,
    () => false,
  );
  if (found) throw taken(path);
}

async function writeParts(file: FileHandle, parts: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of parts) {
    for (let written = 0; written < part.length; ) {
      written += (await file.write(part, written)).bytesWritten;
    }
  }
  await file.sync();
}

/** Gives a finished file its name. A link refuses, in one step, a name that somebody took meanwhile. */
async function publish(temporary: string, path: string, overwrite: boolean): Promise<void> {
  if (overwrite) return rename(temporary, path);
  try {
    await link(temporary, path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw taken(path);
    // File systems without links, as on memory sticks, are looked at a second time instead.
    if (code !== 'EPERM' && code !== 'EOPNOTSUPP' && code !== 'ENOTSUP') throw thrown;
    await requireFree(path);
    return rename(temporary, path);
  }
  await rm(temporary);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes parts to a file that only its owner may read: whole and on the disk, or not at all. Whatever goes wrong,
 * a file that had the name before is untouched and nothing else stays. Errors of `parts` are passed on; those
 * of the disk are RESOURCE_EXHAUSTED or FAILED_PRECONDITION, a taken name without `overwrite` ALREADY_EXISTS.
 */
export async function writeWhole(
  path: string,
  parts: AsyncIterable<Uint8Array>,
  options: { readonly overwrite: boolean },
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const file = await open(temporary, 'wx', FILE_MODE);
    try {
      await writeParts(file, parts);
    } finally {
      await file.close();
    }
    await publish(temporary, path, options.overwrite);
    await syncFolder(dirname(path));
  } catch (thrown) {
    await rm(temporary, { force: true });
    if (thrown instanceof SkepError) throw thrown;
    const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((thrown as NodeJS.ErrnoException).code ?? '');
    throw new SkepError(isFull ? 'RESOURCE_EXHAUSTED' : 'FAILED_PRECONDITION', `cannot write ${path}`, {
      cause: thrown,
      help: 'nothing was saved',
    });
  }
}
