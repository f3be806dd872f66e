import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describeError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { runProgram } from '../volume/program.ts';

/** Folders that nobody needs any more: gone at once by one rename, emptied in the background. */
export interface DiscardedFolders {
  /** Takes `path`, on the same file system, away; nothing happens when it is not there. */
  takeAway(path: string): Promise<void>;
  /** Goes on with what an earlier process could not empty. */
  resume(): Promise<void>;
}

const REMOVE_TIMEOUT_MS = 30 * 60_000;

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

/** Removes a folder and all in it. Programs make trees that are deeper than a path can say: `rm` walks those. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await runProgram('rm', ['-rf', '--one-file-system', '--', path], { timeoutMs: REMOVE_TIMEOUT_MS });
  }
}

/** Keeps them in `folder`, which is made. One is emptied after the other. */
export async function openDiscardedFolders(folder: string, log: Log): Promise<DiscardedFolders> {
  let discards: Promise<unknown> = Promise.resolve();
  let taken = 0;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const discard = (path: string): void => {
    discards = Promise.allSettled([discards, removeTree(path)]).then(([, result]) => {
      if (result.status === 'rejected') {
        const error = describeError(result.reason);
        log('warn', 'What a container left cannot be removed; the next start tries again.', { path, error });
      }
    });
  };
  return {
    async takeAway(path) {
      const away = join(folder, `${basename(path)}-${process.pid}-${taken++}`);
      try {
        await rename(path, away);
      } catch (thrown) {
        if (isMissing(thrown)) return;
        throw thrown;
      }
      discard(away);
    },
    async resume() {
      for (const name of await readdir(folder)) discard(join(folder, name));
    },
  };
}
