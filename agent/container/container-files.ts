import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { openDiscardedFolders, removeTree } from '../executor/discarded-folders.ts';
import type { StoredContainer } from './container-record.ts';

/**
 * The containers of this node alone on disk. Decides nothing.
 *
 *     ID/container.json   see container-record.ts
 *     ID/upper, ID/work   the writable layer
 *     ID/log/             what it printed
 *     .gone/              removed ones, emptied in the background and at every start
 */
export interface ContainerFiles {
  /** Writes of one container happen in order; only the newest of those waiting is written. */
  save(stored: StoredContainer, options?: { readonly durably: boolean }): Promise<void>;
  load(): Promise<readonly StoredContainer[]>;
  /** Takes everything of a container away at once. Idempotent. */
  takeAway(id: string): Promise<void>;
  /** The writable layer is about to be mounted again: overlayfs refuses the `work` of a volatile mount. */
  removeWork(id: string): Promise<void>;
  folderOf(id: string): string;
}

const RECORD = 'container.json';
const GONE = '.gone';
const READ_AT_ONCE = 64;

interface Pending {
  running: Promise<void>;
  next: { readonly stored: StoredContainer; readonly durably: boolean } | null;
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeRecord(folder: string, stored: StoredContainer, durably: boolean): Promise<void> {
  const temporary = join(folder, `${RECORD}.new`);
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(stored));
    if (durably) await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, RECORD));
  if (durably) await syncFolder(folder);
}

async function loadOne(folder: string, id: string, log: Log): Promise<StoredContainer | null> {
  const path = join(folder, id, RECORD);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StoredContainer;
  } catch (thrown) {
    // Without a record nobody was ever told of the container.
    if (isMissing(thrown)) await rename(join(folder, id), join(folder, GONE, id));
    else
      log('error', 'A container cannot be read and is left alone.', {
        path,
        error: ensureError(thrown).message,
      });
    return null;
  }
}

/** The containers' folders below `folder`, which is made. */
export async function openContainerFiles(folder: string, log: Log): Promise<ContainerFiles> {
  const pending = new Map<string, Pending>();
  const discarded = await openDiscardedFolders(join(folder, GONE), log);

  async function drain(id: string, entry: Pending): Promise<void> {
    try {
      while (entry.next !== null) {
        const { stored, durably } = entry.next;
        entry.next = null;
        await mkdir(join(folder, id), { mode: 0o711 }).catch((thrown: unknown) => {
          if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
        });
        await writeRecord(join(folder, id), stored, durably);
        if (durably) await syncFolder(folder);
      }
    } finally {
      // In the same turn as the last look at `next`: what is saved from here on needs an entry of its own.
      pending.delete(id);
    }
  }

  return {
    save(stored, { durably } = { durably: false }) {
      const { id } = stored;
      const present = pending.get(id);
      if (present !== undefined) {
        present.next = { stored, durably: durably || present.next?.durably === true };
        return present.running;
      }
      const entry: Pending = { running: Promise.resolve(), next: { stored, durably } };
      pending.set(id, entry);
      entry.running = drain(id, entry);
      return entry.running;
    },
    async load() {
      await discarded.resume();
      const names = (await readdir(folder)).filter((name) => name !== GONE);
      const loaded: StoredContainer[] = [];
      for (let start = 0; start < names.length; start += READ_AT_ONCE) {
        const batch = names.slice(start, start + READ_AT_ONCE).map((id) => loadOne(folder, id, log));
        loaded.push(...(await Promise.all(batch)).filter((stored) => stored !== null));
      }
      return loaded;
    },
    async takeAway(id) {
      await pending.get(id)?.running.catch(() => undefined);
      await discarded.takeAway(join(folder, id));
    },
    removeWork: (id) => removeTree(join(folder, id, 'work')),
    folderOf: (id) => join(folder, id),
  };
}
