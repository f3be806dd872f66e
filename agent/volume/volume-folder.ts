import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, opendir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describeError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { runProgram } from './program.ts';
import { encodeVolumeRecord, parseVolumeRecord, type VolumeRecord } from './volume-record.ts';

/**
 * The volumes on disk. Decides nothing.
 *
 *     NAME/data           what tasks see
 *     NAME/volume.json    see volume-record.ts
 *     .temporary/RANDOM/  work in progress, emptied at every start; no volume can have this name
 *
 * Whatever appears or disappears does so with one rename, so that a crash leaves a whole volume or none.
 */
export interface VolumeFolder {
  /** The volumes that are there. One that cannot be read is left alone and logged. */
  load(): Promise<readonly VolumeRecord[]>;
  /** Makes an empty volume, durably. */
  create(record: VolumeRecord): Promise<void>;
  /** Takes the volume away; answers with where its content waits to be discarded. */
  takeAway(name: string): Promise<string>;
  /** Removes what was taken away. After a failure the next start does it. */
  discard(path: string): Promise<void>;
  dataFolder(name: string): string;
  isEmpty(name: string): Promise<boolean>;
  /** Fills an empty volume at once with the folder `data` that `make` leaves in the temporary folder it is given. */
  fill(name: string, make: (temporary: string) => Promise<void>): Promise<void>;
  /** Bytes that the content takes on disk. */
  usedBytes(name: string): Promise<number>;
}

/** Users' data has set-user-id programs: nobody but root may walk in here. */
const FOLDER_MODE = 0o700;
/** Of the data of a new volume, as Docker makes it. */
export const DATA_MODE = 0o755;
/** Removing or measuring a volume of millions of files. */
const DISK_WORK_TIMEOUT_MS = 30 * 60_000;
const REMOVE_ATTEMPTS = 5;
const REMOVE_PAUSE_MS = 50;

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Tasks make trees that are deeper than a path can say; the tool walks them folder by folder, off this process. */
async function removeTree(path: string): Promise<void> {
  await runProgram('rm', ['-rf', '--one-file-system', '--', path], { timeoutMs: DISK_WORK_TIMEOUT_MS });
}

/** A program of a killed daemon may write for a moment longer into what is being removed. */
async function removeLeftover(path: string, log: Log): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await removeTree(path);
    } catch (thrown) {
      if (attempt < REMOVE_ATTEMPTS) {
        await setTimeout(REMOVE_PAUSE_MS);
        continue;
      }
      log('warn', 'A leftover of a volume cannot be removed; the next start tries again.', {
        path,
        error: describeError(thrown),
      });
      return;
    }
  }
}

async function hasNoEntries(path: string): Promise<boolean> {
  const folder = await opendir(path);
  try {
    return (await folder.read()) === null;
  } finally {
    await folder.close();
  }
}

async function loadAll(folder: string, log: Log): Promise<readonly VolumeRecord[]> {
  const records: VolumeRecord[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    try {
      const text = await readFile(join(folder, entry.name, 'volume.json'), 'utf8');
      records.push(parseVolumeRecord(entry.name, text));
    } catch (thrown) {
      log('warn', 'A volume cannot be read and is left alone.', {
        volume: entry.name,
        error: describeError(thrown),
      });
    }
  }
  return records;
}

/** Opens or creates the folder of the node's volumes (absolute) and removes what an earlier run left half done. */
export async function openVolumeFolder(folder: string, log: Log): Promise<VolumeFolder> {
  const temporaryRoot = join(folder, '.temporary');
  await mkdir(temporaryRoot, { recursive: true, mode: FOLDER_MODE });
  for (const name of await readdir(temporaryRoot)) await removeLeftover(join(temporaryRoot, name), log);

  const newTemporary = async (): Promise<string> => {
    const path = join(temporaryRoot, randomBytes(8).toString('hex'));
    await mkdir(path, { mode: FOLDER_MODE });
    return path;
  };
  const dataFolder = (name: string) => join(folder, name, 'data');
  return {
    load: () => loadAll(folder, log),
    dataFolder,
    isEmpty: (name) => hasNoEntries(dataFolder(name)),
    create: async (record) => {
      const temporary = await newTemporary();
      try {
        const data = join(temporary, 'data');
        await mkdir(data);
        // The process's umask may have taken bits away.
        await chmod(data, DATA_MODE);
        await writeDurably(join(temporary, 'volume.json'), encodeVolumeRecord(record));
        await syncPath(temporary);
        await rename(temporary, join(folder, record.name));
        await syncPath(folder);
      } catch (thrown) {
        await rm(temporary, { recursive: true, force: true });
        throw thrown;
      }
    },
    takeAway: async (name) => {
      const doomed = await newTemporary();
      await rename(join(folder, name), join(doomed, 'volume'));
      await syncPath(folder);
      return doomed;
    },
    discard: removeTree,
    fill: async (name, make) => {
      const temporary = await newTemporary();
      try {
        await make(temporary);
        // Replaces a folder only while that is empty (rename(2)).
        await rename(join(temporary, 'data'), dataFolder(name));
        await syncPath(join(folder, name));
      } finally {
        await removeTree(temporary);
      }
    },
    usedBytes: async (name) => {
      const words = ['--summarize', '--one-file-system', '--block-size=1', '--', dataFolder(name)];
      const output = await runProgram('du', words, { timeoutMs: DISK_WORK_TIMEOUT_MS });
      return Number.parseInt(output, 10) || 0;
    },
  };
}
