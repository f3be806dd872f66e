import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, readlink, stat } from 'node:fs/promises';

import { SkepError } from '../../lib/errors.ts';
import { encodeHeader, fromByteString, paddingFor, TAR_END, type TarMember } from './tar-codec.ts';

/** Pieces of an archive are gathered to this size: a message for each small file would cost more than the file. */
const PIECE_BYTES = 256 * 1024;
const READ_BYTES = 256 * 1024;
const PERMISSIONS = 0o7777;

function pathBuffer(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

function typeOf(status: Stats): string | undefined {
  if (status.isFile()) return '0';
  if (status.isSymbolicLink()) return '2';
  if (status.isDirectory()) return '5';
  return undefined;
}

function memberOf(name: string, type: string, status: Stats, linkName: string): TarMember {
  return {
    name: type === '5' ? `${name}/` : name,
    type,
    linkName,
    sizeBytes: type === '0' ? status.size : 0,
    mode: status.mode & PERMISSIONS,
    uid: status.uid,
    gid: status.gid,
    modifiedAtMs: Math.floor(status.mtimeMs),
  };
}

/** Exactly as many bytes of a file as its header will say; a file that shrinks meanwhile cannot be told any more. */
async function* fileContent(path: string, name: string, follow: boolean): AsyncGenerator<Buffer> {
  const noFollow = follow ? 0 : constants.O_NOFOLLOW;
  const file = await open(pathBuffer(path), constants.O_RDONLY | noFollow);
  try {
    const status = await file.stat();
    yield encodeHeader(memberOf(name, '0', status, ''));
    let left = status.size;
    while (left > 0) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(left, READ_BYTES)));
      if (bytesRead === 0) {
        throw new SkepError('CONFLICT', `${fromByteString(path)} became shorter while it was copied`);
      }
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    yield paddingFor(status.size);
  } finally {
    await file.close();
  }
}

async function childrenOf(path: string): Promise<readonly string[]> {
  const names = await readdir(pathBuffer(path), { encoding: 'buffer' });
  return names.map((name) => name.toString('latin1')).sort();
}

async function* parts(
  path: string,
  rootName: string,
  follow: boolean,
  onSkip: (path: string) => void,
): AsyncGenerator<Buffer> {
  const firstNames = new Map<string, string>();
  const waiting: { readonly path: string; readonly name: string }[] = [{ path, name: rootName }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path: here, name } = next;
    const isRoot = here === path;
    const status = await (isRoot && follow ? stat : lstat)(pathBuffer(here));
    const type = typeOf(status);
    const inode = `${status.dev}:${status.ino}`;
    const firstName = firstNames.get(inode);
    if (type === undefined) onSkip(fromByteString(here));
    else if (type === '2') {
      const target = (await readlink(pathBuffer(here), { encoding: 'buffer' })).toString('latin1');
      yield encodeHeader(memberOf(name, type, status, target));
    } else if (type === '5') {
      // The folder into whose place the content goes is there already.
      if (name !== '') yield encodeHeader(memberOf(name, type, status, ''));
      const prefix = name === '' ? '' : `${name}/`;
      const children = (await childrenOf(here)).map((child) => ({
        path: `${here}/${child}`,
        name: `${prefix}${child}`,
      }));
      waiting.push(...children.reverse());
    } else if (firstName !== undefined) yield encodeHeader(memberOf(name, '1', status, firstName));
    else {
      if (status.nlink > 1) firstNames.set(inode, name);
      yield* fileContent(here, name, isRoot && follow);
    }
  }
  yield TAR_END;
}

/**
 * A file or folder as a tar archive, in pieces. `path` and `rootName` are byte strings; the names in the archive begin
 * with `rootName`, or with nothing before the content of a folder when it is empty. Links are kept as links, but for
 * the path itself with `follow`. What is neither file, folder nor link is left out and said to `onSkip`.
 */
export async function* packTree(
  path: string,
  rootName: string,
  follow: boolean,
  onSkip: (path: string) => void,
): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  for await (const part of parts(path, rootName, follow, onSkip)) {
    gathered.push(part);
    gatheredBytes += part.length;
    if (gatheredBytes < PIECE_BYTES) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    gatheredBytes = 0;
  }
  yield Buffer.concat(gathered);
}
