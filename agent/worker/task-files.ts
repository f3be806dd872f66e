import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { StoredTask } from './task-record.ts';

const SUFFIX = '.json';
const READ_AT_ONCE = 64;

export interface TaskFiles {
  /** Writes of one task happen in order; only the newest of those waiting is written. */
  save(stored: StoredTask): Promise<void>;
  remove(taskId: string): Promise<void>;
  loadAll(): Promise<readonly StoredTask[]>;
}

interface Pending {
  running: Promise<void>;
  next: StoredTask | 'remove' | null;
}

/**
 * The agent's tasks on disk, one file each, so that an agent that starts again knows its containers. A file
 * that cannot be read is set aside with a log line: its task comes again with the next assignments.
 */
export function createTaskFiles(folder: string, log: Log): TaskFiles {
  const pending = new Map<string, Pending>();
  const pathOf = (taskId: string) => join(folder, taskId + SUFFIX);

  async function write(taskId: string, content: StoredTask | 'remove'): Promise<void> {
    const path = pathOf(taskId);
    if (content === 'remove') return rm(path, { force: true });
    const temporary = `${path}.new`;
    await writeFile(temporary, JSON.stringify(content), { mode: 0o600 });
    await rename(temporary, path);
  }

  async function drain(taskId: string, entry: Pending): Promise<void> {
    try {
      while (entry.next !== null) {
        const content = entry.next;
        entry.next = null;
        await write(taskId, content);
      }
    } finally {
      // In the same turn as the last look at `next`: what is saved from here on needs an entry of its own.
      pending.delete(taskId);
    }
  }

  function enqueue(taskId: string, content: StoredTask | 'remove'): Promise<void> {
    const present = pending.get(taskId);
    if (present !== undefined) {
      present.next = content;
      return present.running;
    }
    const entry: Pending = { running: Promise.resolve(), next: content };
    pending.set(taskId, entry);
    entry.running = drain(taskId, entry);
    return entry.running;
  }

  async function loadOne(name: string): Promise<StoredTask | null> {
    const path = join(folder, name);
    try {
      return JSON.parse(await readFile(path, 'utf8')) as StoredTask;
    } catch (thrown) {
      log('warn', 'A stored task cannot be read and is set aside.', {
        path,
        error: ensureError(thrown).message,
      });
      await rename(path, `${path}.unreadable`);
      return null;
    }
  }

  return {
    save: (stored) => enqueue(stored.task.id, stored),
    remove: (taskId) => enqueue(taskId, 'remove'),
    async loadAll() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      const loaded: StoredTask[] = [];
      for (let start = 0; start < names.length; start += READ_AT_ONCE) {
        const batch = await Promise.all(names.slice(start, start + READ_AT_ONCE).map(loadOne));
        loaded.push(...batch.filter((stored) => stored !== null));
      }
      return loaded;
    },
  };
}
