import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../lib/ports.ts';
import { type DiscardedFolders, openDiscardedFolders } from './discarded-folders.ts';

/**
 * The writable layers that go with their containers, on a disk of any size, while all else of a run lies in the state
 * folder, which may be memory: a file system in memory makes a folder in a hundredth of the time.
 */
export interface WritableLayers {
  folderOf(id: string): string;
  /** Idempotent. */
  takeAway(id: string): Promise<void>;
  /** Takes away those of containers that nobody knows; the number of them. */
  takeStrangers(owned: ReadonlySet<string>): Promise<number>;
}

const GONE = '.gone';

/** The layers below `folder`, which is made; what an earlier daemon left half emptied is emptied. */
export async function openWritableLayers(folder: string, log: Log): Promise<WritableLayers> {
  const discarded: DiscardedFolders = await openDiscardedFolders(join(folder, GONE), log);
  await discarded.resume();
  const folderOf = (id: string): string => join(folder, id);
  return {
    folderOf,
    takeAway: (id) => discarded.takeAway(folderOf(id)),
    async takeStrangers(owned) {
      const strangers = (await readdir(folder)).filter((name) => name !== GONE && !owned.has(name));
      for (const name of strangers) await discarded.takeAway(folderOf(name));
      return strangers.length;
    },
  };
}
