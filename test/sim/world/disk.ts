import path from 'node:path';
import type { Chance } from '../../manager/raft/core/simulation/chance.ts';

type FileChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly byteLength: number };

/** A file without its name. */
export interface SimFile {
  /** What every reader sees. */
  content: Bytes;
  /** What would be left after a power cut. */
  durable: Bytes;
  unsynced: FileChange[];
}

interface Bytes {
  buffer: Buffer;
  byteLength: number;
}

type NameChange =
  | { readonly kind: 'set'; readonly path: string; readonly file: SimFile }
  | { readonly kind: 'remove'; readonly path: string };

/**
 * The disk of one machine. Content is durable once its file is synced, and a name once its folder is. A power cut keeps
 * the first few of the changes since then, and may tear the last of these in the middle.
 */
export interface SimDisk {
  readonly names: Map<string, SimFile>;
  readonly folders: Set<string>;
  /** What is to sync the data of a file says that it is done and is not: a bug to be found. */
  isLying: boolean;
  setName(path: string, file: SimFile): void;
  removeName(path: string): void;
  write(file: SimFile, position: number, bytes: Uint8Array): void;
  truncate(file: SimFile, byteLength: number): void;
  syncFile(file: SimFile): void;
  syncFolder(folder: string): void;
  powerCut(chance: Chance): void;
  tornWrites(): number;
}

/** A file without content. */
export function createFile(): SimFile {
  return { content: noBytes(), durable: noBytes(), unsynced: [] };
}

/** The bytes that a reader sees, as a copy. */
export function readBytes(file: SimFile): Buffer {
  return Buffer.from(file.content.buffer.subarray(0, file.content.byteLength));
}

/** An empty disk. */
export function createDisk(): SimDisk {
  const durableNames = new Map<string, SimFile>();
  const names = new Map<string, SimFile>();
  let unsyncedNames: NameChange[] = [];
  let torn = 0;

  const changeName = (change: NameChange): void => {
    applyName(names, change);
    unsyncedNames.push(change);
  };

  const disk: SimDisk = {
    names,
    folders: new Set(),
    isLying: false,
    setName: (name, file) => changeName({ kind: 'set', path: name, file }),
    removeName: (name) => changeName({ kind: 'remove', path: name }),
    write: (file, position, bytes) => {
      // The caller may use its buffer again.
      changeFile(file, { kind: 'write', position, bytes: Uint8Array.from(bytes) });
    },
    truncate: (file, byteLength) => changeFile(file, { kind: 'truncate', byteLength }),
    syncFile: (file) => {
      for (const change of file.unsynced) applyChange(file.durable, change);
      file.unsynced = [];
    },
    syncFolder: (folder) => {
      const isInside = ({ path: name }: NameChange): boolean => path.dirname(name) === folder;
      for (const change of unsyncedNames.filter(isInside)) applyName(durableNames, change);
      unsyncedNames = unsyncedNames.filter((change) => !isInside(change));
    },
    powerCut: (chance) => {
      // A journal keeps changes of names in order.
      for (const change of unsyncedNames.slice(0, chance.below(unsyncedNames.length + 1))) {
        applyName(durableNames, change);
      }
      unsyncedNames = [];
      for (const file of new Set(durableNames.values())) torn += cutFile(file, chance);
      names.clear();
      for (const [name, file] of durableNames) names.set(name, file);
    },
    tornWrites: () => torn,
  };
  return disk;
}

/** Returns 1 when a change was torn in the middle. */
function cutFile(file: SimFile, chance: Chance): number {
  const kept = chance.below(file.unsynced.length + 1);
  for (const change of file.unsynced.slice(0, kept)) applyChange(file.durable, change);
  const next = file.unsynced[kept];
  let torn = 0;
  if (next?.kind === 'write' && next.bytes.byteLength > 1 && chance.happens(0.7)) {
    const byteLength = 1 + chance.below(next.bytes.byteLength - 1);
    applyChange(file.durable, { ...next, bytes: next.bytes.subarray(0, byteLength) });
    torn = 1;
  }
  file.unsynced = [];
  file.content = copyOf(file.durable);
  return torn;
}

function applyName(names: Map<string, SimFile>, change: NameChange): void {
  if (change.kind === 'set') names.set(change.path, change.file);
  else names.delete(change.path);
}

function changeFile(file: SimFile, change: FileChange): void {
  applyChange(file.content, change);
  file.unsynced.push(change);
}

function applyChange(bytes: Bytes, change: FileChange): void {
  if (change.kind === 'truncate') {
    bytes.buffer.fill(0, change.byteLength, bytes.byteLength);
    bytes.byteLength = change.byteLength;
    return;
  }
  const end = change.position + change.bytes.byteLength;
  if (end > bytes.buffer.byteLength) {
    const larger = Buffer.alloc(Math.max(end, 2 * bytes.buffer.byteLength));
    larger.set(bytes.buffer.subarray(0, bytes.byteLength));
    bytes.buffer = larger;
  }
  bytes.buffer.set(change.bytes, change.position);
  bytes.byteLength = Math.max(bytes.byteLength, end);
}

function noBytes(): Bytes {
  return { buffer: Buffer.alloc(0), byteLength: 0 };
}

function copyOf(bytes: Bytes): Bytes {
  return { buffer: Buffer.from(bytes.buffer.subarray(0, bytes.byteLength)), byteLength: bytes.byteLength };
}
