import { constants } from 'node:fs';
import {
  type FileHandle,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  symlink,
  unlink,
} from 'node:fs/promises';

import { SkepError } from '../../lib/errors.ts';
import { fromByteString, type TarMember } from './tar-codec.ts';
import { readTar, type TarPart } from './tar-reader.ts';

/** Members of one archive. */
export const MAX_MEMBERS = 2_000_000;
const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Without the owner, programs that run as their owner would run as whoever copies. */
const HARMLESS_PERMISSIONS = 0o1777;
const PRIVATE_FOLDER = 0o700;
const DEFAULT_FOLDER = 0o755;
const MS_PER_SECOND = 1_000;

export interface UnpackOptions {
  /** Byte string of an existing folder; nothing is written outside it. */
  readonly folder: string;
  /** Gives a member another name below the folder; '' is the folder itself. Throws on one that has no place there. */
  readonly rename: (name: string) => string;
  readonly keepOwner: boolean;
  /** Told of what cannot be made here: devices and pipes. */
  readonly onSkip: (name: string) => void;
}

function pathBuffer(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/** A name inside an open folder, whatever becomes of the path that led to the folder. */
function inside(folder: FileHandle, name: string): Buffer {
  return pathBuffer(`/proc/self/fd/${folder.fd}/${name}`);
}

function refused(name: string, why: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `"${fromByteString(name)}" is not unpacked: ${why}`);
}

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException).code;
}

/** The parts of a relative name; INVALID_ARGUMENT when it leads out of the folder. */
function componentsOf(name: string): readonly string[] {
  const components = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || components.includes('..'))
    throw refused(name, 'it leads out of the destination');
  return components;
}

interface Tree {
  /** Opens the folder at these parts, made where it is missing; a link on the way is refused, not followed. */
  openFolder(components: readonly string[]): Promise<FileHandle>;
  close(): Promise<void>;
}

async function openChild(parent: FileHandle, child: string, name: string): Promise<FileHandle> {
  for (;;) {
    try {
      return await open(inside(parent, child), OPEN_FOLDER);
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === 'ELOOP' || code === 'ENOTDIR') {
        const status = await lstat(inside(parent, child));
        const what = status.isSymbolicLink() ? 'a link' : 'no folder';
        throw refused(name, `"${fromByteString(child)}" on its way is ${what}`);
      }
      if (code !== 'ENOENT') throw thrown;
    }
    await mkdir(inside(parent, child), DEFAULT_FOLDER);
  }
}

/** Folders below the root, the last one kept open: members of one folder follow one another. */
async function openTree(rootPath: string): Promise<Tree> {
  const root = await open(pathBuffer(rootPath), constants.O_RDONLY | constants.O_DIRECTORY);
  let lastPath = '';
  let last: FileHandle | undefined;
  const forget = async () => {
    await last?.close();
    last = undefined;
  };
  return {
    openFolder: async (components) => {
      const path = components.join('/');
      if (path === '') return root;
      if (last !== undefined && path === lastPath) return last;
      await forget();
      let current = root;
      for (const child of components) {
        const next = await openChild(current, child, path).finally(() =>
          current === root ? undefined : current.close(),
        );
        current = next;
      }
      last = current;
      lastPath = path;
      return current;
    },
    close: async () => {
      await forget();
      await root.close();
    },
  };
}

/** Takes away what stands in the place of a new file or link; a folder stays. */
async function makeRoom(parent: FileHandle, leaf: string, name: string): Promise<void> {
  try {
    await unlink(inside(parent, leaf));
  } catch (thrown) {
    if (codeOf(thrown) === 'EISDIR') throw refused(name, 'a folder is in its place');
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
}

function permissionsOf(member: TarMember, keepOwner: boolean): number {
  return keepOwner ? member.mode : member.mode & HARMLESS_PERMISSIONS;
}

async function writeFile(place: Buffer, { member, data }: TarPart, keepOwner: boolean): Promise<void> {
  const file = await open(place, NEW_FILE, 0o600);
  try {
    for await (const part of data) {
      for (let at = 0; at < part.length; ) at += (await file.write(part, at)).bytesWritten;
    }
    if (keepOwner) await file.chown(member.uid, member.gid);
    await file.chmod(permissionsOf(member, keepOwner));
    await file.utimes(member.modifiedAtMs / MS_PER_SECOND, member.modifiedAtMs / MS_PER_SECOND);
  } finally {
    await file.close();
  }
}

async function makeSymbolicLink(place: Buffer, member: TarMember, keepOwner: boolean): Promise<void> {
  await symlink(pathBuffer(member.linkName), place);
  if (keepOwner) await lchown(place, member.uid, member.gid);
  await lutimes(place, member.modifiedAtMs / MS_PER_SECOND, member.modifiedAtMs / MS_PER_SECOND);
}

/** A second name for a file of the same archive. */
async function makeHardLink(options: UnpackOptions, name: string, member: TarMember): Promise<void> {
  const target = componentsOf(options.rename(member.linkName));
  const components = componentsOf(name);
  const trees = [await openTree(options.folder), await openTree(options.folder)] as const;
  try {
    const from = await trees[0].openFolder(target.slice(0, -1));
    const to = await trees[1].openFolder(components.slice(0, -1));
    const source = inside(from, target.at(-1) ?? '.');
    const status = await lstat(source).catch(() => undefined);
    if (status?.isFile() !== true) throw refused(name, 'it is a hard link to what is no file of the archive');
    await link(source, inside(to, components.at(-1) ?? '.'));
  } finally {
    await trees[0].close();
    await trees[1].close();
  }
}

interface FolderToFinish {
  readonly components: readonly string[];
  readonly member: TarMember;
}

async function makeFolder(parent: FileHandle, leaf: string, name: string): Promise<void> {
  try {
    await mkdir(inside(parent, leaf), PRIVATE_FOLDER);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
    const status = await lstat(inside(parent, leaf));
    if (!status.isDirectory()) throw refused(name, 'something that is no folder is in its place');
  }
}

async function finishFolder(tree: Tree, { components, member }: FolderToFinish, keepOwner: boolean) {
  const folder = await tree.openFolder(components);
  if (keepOwner) await folder.chown(member.uid, member.gid);
  await folder.chmod(permissionsOf(member, keepOwner));
  await folder.utimes(member.modifiedAtMs / MS_PER_SECOND, member.modifiedAtMs / MS_PER_SECOND);
}

async function placeMember(
  tree: Tree,
  options: UnpackOptions,
  part: TarPart,
  folders: FolderToFinish[],
): Promise<void> {
  const { member } = part;
  const name = options.rename(member.name);
  const components = componentsOf(name);
  const leaf = components.at(-1);
  if (leaf === undefined) {
    if (member.type === '5') return;
    throw refused(name, 'it has no name');
  }
  const parent = await tree.openFolder(components.slice(0, -1));
  if (member.type === '5') {
    await makeFolder(parent, leaf, name);
    folders.push({ components, member });
    return;
  }
  if (!'012'.includes(member.type)) return options.onSkip(fromByteString(name));
  await makeRoom(parent, leaf, name);
  if (member.type === '0') await writeFile(inside(parent, leaf), part, options.keepOwner);
  else if (member.type === '2') await makeSymbolicLink(inside(parent, leaf), member, options.keepOwner);
  else await makeHardLink(options, name, member);
}

/**
 * Unpacks a tar archive below a folder. Whatever the archive says, nothing is written outside the folder: names that
 * climb, links on the way to a name and hard links to what is no plain file are refused with INVALID_ARGUMENT, also
 * when somebody swaps a folder for a link meanwhile. What was unpacked before a refusal stays.
 */
export async function unpackTree(bytes: AsyncIterable<Uint8Array>, options: UnpackOptions): Promise<void> {
  const tree = await openTree(options.folder);
  const folders: FolderToFinish[] = [];
  let members = 0;
  try {
    for await (const part of readTar(bytes)) {
      if (++members > MAX_MEMBERS) {
        throw new SkepError('RESOURCE_EXHAUSTED', `the archive has more than ${MAX_MEMBERS} members`);
      }
      await placeMember(tree, options, part, folders);
    }
    // Last, and the deepest first: a folder that may not be written to could take nothing before.
    for (const folder of folders.reverse()) await finishFolder(tree, folder, options.keepOwner);
  } finally {
    await tree.close();
  }
}
