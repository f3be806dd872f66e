import { constants } from 'node:fs';
import path from 'node:path';
import { createFile, readBytes, type SimDisk, type SimFile } from './disk.ts';

/** What the calls below need of the machine that they run on. */
export interface Machine {
  readonly disk: SimDisk;
  /** Resolves when the disk has done what takes time: a sync. */
  wait(): Promise<void>;
}

type FileCalls = Readonly<Record<string, (...values: never[]) => unknown>>;

/** The part of `node:fs/promises` that managers use, on the disk of whichever machine `machine` says. */
export function createFileCalls(machine: () => Machine): FileCalls {
  return {
    mkdir: async (folder: string) => {
      for (let at = folder; !machine().disk.folders.has(at); at = path.dirname(at))
        machine().disk.folders.add(at);
      return undefined;
    },
    open: async (file: string, flags: string | number) => {
      const present = machine();
      if (present.disk.folders.has(file)) return folderHandle(present, file);
      const isWriteThrough = typeof flags === 'number' && (flags & constants.O_DSYNC) !== 0;
      const found = openFile(present.disk, file, typeof flags === 'number' ? 'r+' : flags);
      return fileHandle(present, found, isWriteThrough);
    },
    readFile: async (file: string, encoding?: unknown) => {
      const bytes = readBytes(requireFile(machine().disk, file, 'open'));
      return encoding === undefined ? bytes : bytes.toString();
    },
    writeFile: async (file: string, data: string | Uint8Array) => {
      const { disk } = machine();
      const fresh = createFile();
      disk.setName(file, fresh);
      disk.write(fresh, 0, Buffer.from(data as Uint8Array));
    },
    readdir: async (folder: string) =>
      [...machine().disk.names.keys()]
        .filter((name) => path.dirname(name) === folder)
        .map((name) => path.basename(name))
        .sort(),
    rename: async (from: string, to: string) => {
      const { disk } = machine();
      const file = requireFile(disk, from, 'rename');
      disk.removeName(from);
      disk.setName(to, file);
    },
    link: async (from: string, to: string) => {
      const { disk } = machine();
      if (disk.names.has(to)) throw failure('EEXIST', 'link', to);
      disk.setName(to, requireFile(disk, from, 'link'));
    },
    rm: async (file: string, options?: { readonly force?: boolean }) => {
      const { disk } = machine();
      if (disk.names.has(file)) disk.removeName(file);
      else if (options?.force !== true) throw failure('ENOENT', 'rm', file);
    },
    unlink: async (file: string) => {
      const { disk } = machine();
      requireFile(disk, file, 'unlink');
      disk.removeName(file);
    },
    stat: async (file: string) => ({ size: requireFile(machine().disk, file, 'stat').content.byteLength }),
  };
}

function openFile(disk: SimDisk, file: string, flags: string): SimFile {
  const found = disk.names.get(file);
  if (flags.includes('x') && found !== undefined) throw failure('EEXIST', 'open', file);
  if (!flags.startsWith('w') && !flags.startsWith('a')) return requireFile(disk, file, 'open');
  if (found !== undefined && flags.startsWith('a')) return found;
  if (found !== undefined) {
    disk.truncate(found, 0);
    return found;
  }
  const fresh = createFile();
  disk.setName(file, fresh);
  return fresh;
}

/** With write-through, each write returns once it is durable. */
function fileHandle({ disk, wait }: Machine, file: SimFile, isWriteThrough: boolean) {
  const sync = async (): Promise<void> => {
    if (file.unsynced.length === 0) return;
    await wait();
    disk.syncFile(file);
  };
  const datasync = async (): Promise<void> => {
    if (!disk.isLying) return sync();
    await wait();
  };
  const write = async (bytes: Uint8Array, offset = 0, length?: number, position?: number | null) => {
    const part = bytes.subarray(offset, offset + (length ?? bytes.byteLength - offset));
    disk.write(file, position ?? file.content.byteLength, part);
    if (isWriteThrough) await datasync();
    return { bytesWritten: part.byteLength, buffer: bytes };
  };
  const writev = async (parts: readonly Uint8Array[], position?: number) => {
    const whole = Buffer.concat(parts);
    await write(whole, 0, whole.byteLength, position);
    return { bytesWritten: whole.byteLength, buffers: parts };
  };
  const read = async (buffer: Uint8Array, offset = 0, length?: number, position?: number | null) => {
    const wanted = length ?? buffer.byteLength - offset;
    const from = file.content.buffer.subarray(0, file.content.byteLength);
    const part = from.subarray(position ?? 0, (position ?? 0) + wanted);
    buffer.set(part, offset);
    return { bytesRead: part.byteLength, buffer };
  };
  return {
    write,
    writev,
    read,
    readFile: async () => readBytes(file),
    writeFile: async (data: string | Uint8Array) => {
      disk.truncate(file, 0);
      disk.write(file, 0, Buffer.from(data as Uint8Array));
    },
    stat: async () => ({ size: file.content.byteLength }),
    truncate: async (byteLength: number) => disk.truncate(file, byteLength),
    sync,
    datasync,
    close: async () => undefined,
  };
}

function folderHandle({ disk, wait }: Machine, folder: string) {
  return {
    sync: async () => {
      await wait();
      disk.syncFolder(folder);
    },
    close: async () => undefined,
  };
}

function requireFile(disk: SimDisk, file: string, call: string): SimFile {
  const found = disk.names.get(file);
  if (found === undefined) throw failure('ENOENT', call, file);
  return found;
}

function failure(code: string, call: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${file}'`), { code });
}
