import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** One file of a log. Rotation gives it another name and not another content, so it is known by `key`. */
export interface RowFile {
  readonly handle: FileHandle;
  /** Device, inode and time of birth. */
  readonly key: string;
}

/** Looks at a row that changes while it is looked at; a rotation takes microseconds. */
const MAX_LOOKS = 20;

interface Identified {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly birthtimeNs: bigint;
}

/** A file system uses the inode of a removed file again at once; the time of birth tells them apart where it is kept. */
function keyOf({ dev, ino, birthtimeNs }: Identified): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

async function unlessMissing<T>(action: Promise<T>): Promise<T | null> {
  try {
    return await action;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Paths of a log's files that exist, the newest first. */
async function pathsOf(path: string): Promise<readonly string[]> {
  const names = (await unlessMissing(readdir(dirname(path)))) ?? [];
  const own = basename(path);
  const numbers = names
    .filter((name) => name.startsWith(`${own}.`) && /^[1-9]\d{0,3}$/.test(name.slice(own.length + 1)))
    .map((name) => Number(name.slice(own.length + 1)))
    .sort((left, right) => left - right);
  return [...(names.includes(own) ? [path] : []), ...numbers.map((number) => `${path}.${number}`)];
}

/** Identity of the file at the path itself, which is the newest; null when there is none just now. */
export async function newestKey(path: string): Promise<string | null> {
  const status = await unlessMissing(stat(path, { bigint: true }));
  return status === null ? null : keyOf(status);
}

/** Lets go of files. */
export async function closeFiles(files: readonly RowFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

/** Opens the files at the paths; null when one of them was renamed meanwhile. */
async function openAll(paths: readonly string[], files: RowFile[]): Promise<boolean> {
  for (const path of paths) {
    const handle = await unlessMissing(open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
    if (handle === null) return false;
    try {
      files.push({ handle, key: keyOf(await handle.stat({ bigint: true })) });
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }
  return true;
}

/** True when the paths still lead to these files. They are open, so that no new file can have the inode of one. */
async function stillThere(
  path: string,
  paths: readonly string[],
  files: readonly RowFile[],
): Promise<boolean> {
  const now = await pathsOf(path);
  if (now.length !== paths.length || now.some((name, index) => name !== paths[index])) return false;
  const keys = await Promise.all(now.map(newestKey));
  return keys.every((key, index) => key === files[index]?.key);
}

/**
 * Opens all files of the log at `path`, the oldest first: a consistent row although it may be rotated at any moment.
 * Empty when there is none.
 */
export async function openRow(path: string): Promise<readonly RowFile[]> {
  for (let look = 1; ; look++) {
    const files: RowFile[] = [];
    try {
      const paths = await pathsOf(path);
      const whole = (await openAll(paths, files)) && (await stillThere(path, paths, files));
      if (whole || look >= MAX_LOOKS) return files.reverse();
    } catch (thrown) {
      await closeFiles(files);
      throw thrown;
    }
    await closeFiles(files);
  }
}
