import { constants } from 'node:fs';
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { SkepError } from '../../../lib/errors.ts';
import { formatByteSize } from '../../../lib/units.ts';
import type { CopyToRequest, PathStat } from '../../../proto/container-messages.ts';
import { packTree } from '../../archive/pack-tree.ts';
import { toByteString } from '../../archive/tar-codec.ts';
import { unpackTree } from '../../archive/unpack-tree.ts';
import type { Context } from '../../context.ts';
import { FAILURE_EXIT_CODE, type SkepCommand, UsageError } from '../../usage.ts';
import {
  type CopyDestination,
  type CopySide,
  cleanContainerPath,
  lastName,
  meansFolder,
  parseCopySide,
  planCopy,
  renameRoot,
} from './copy-plan.ts';

const NO_BOUND = { timeoutMs: Number.POSITIVE_INFINITY };
/** Links that lead from one to the next before a destination is given up, as in the kernel. */
const MAX_LINKS = 40;
const NOTHING = new Uint8Array();

interface CopyFlags {
  readonly archive?: boolean;
  readonly followLink?: boolean;
  readonly quiet?: boolean;
}
type ContainerSide = Extract<CopySide, { kind: 'container' }>;

function isLink({ mode }: PathStat): boolean {
  return (mode & constants.S_IFMT) === constants.S_IFLNK;
}

function isFolder({ mode }: PathStat): boolean {
  return (mode & constants.S_IFMT) === constants.S_IFDIR;
}

/** What a path in a container is, links followed when `follow`; undefined when there is nothing. */
async function lookInside(
  context: Context,
  { reference, path }: ContainerSide,
  follow: boolean,
): Promise<{ readonly path: string; readonly status?: PathStat }> {
  let current = cleanContainerPath(path);
  for (let links = 0; links < MAX_LINKS; links++) {
    let status: PathStat;
    try {
      status = await context.containers().statPath({ reference, path: current });
    } catch (thrown) {
      if (!(thrown instanceof SkepError) || thrown.code !== 'NOT_FOUND') throw thrown;
      // A container that is not there is told from a path that is not there by asking for the root.
      if (current !== '/') await context.containers().statPath({ reference, path: '/' });
      return { path: current };
    }
    if (!follow || !isLink(status)) return { path: current, status };
    const target = status.linkTarget;
    current = cleanContainerPath(target.startsWith('/') ? target : `${dirname(current)}/${target}`);
  }
  throw new SkepError('FAILED_PRECONDITION', `too many links at ${reference}:${path}`);
}

/** What a path of this side is, as a destination: a link that leads nowhere stands for the place it names. */
async function lookHere(written: string): Promise<CopyDestination> {
  let path = resolve(written);
  for (let links = 0; links < MAX_LINKS; links++) {
    const status = await lstat(path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined;
      throw thrown;
    });
    if (status === undefined) {
      const parent = await realpath(dirname(path)).catch(() => undefined);
      if (parent === undefined) {
        throw new SkepError('NOT_FOUND', `there is no folder ${dirname(path)} to copy to`);
      }
      return { written, path: resolve(parent, lastName(path)), kind: 'missing' };
    }
    if (!status.isSymbolicLink()) {
      return { written, path: await realpath(path), kind: status.isDirectory() ? 'folder' : 'other' };
    }
    path = resolve(dirname(path), await readlink(path));
  }
  throw new SkepError('FAILED_PRECONDITION', `too many links at ${written}`);
}

/** Passes pieces on, telling how long each is. */
async function* counted<Piece extends Uint8Array>(
  pieces: AsyncIterable<Piece>,
  onBytes: (count: number) => void,
): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield piece;
  }
}

async function* archiveOf(context: Context, reference: string, path: string): AsyncGenerator<Uint8Array> {
  for await (const { data } of context.containers().copyFrom({ reference, path })) yield data;
}

function skipSpeaker(context: Context): (name: string) => void {
  return (name) => {
    context.terminal.writeError(`Warning: ${name} is a device, pipe or socket, and was left out\n`);
    context.exitWith(FAILURE_EXIT_CODE);
  };
}

async function copyOut(
  context: Context,
  source: ContainerSide,
  target: CopySide,
  flags: CopyFlags,
): Promise<number> {
  // A path that can only be a folder means what its link leads to.
  const follow = flags.followLink === true || meansFolder(source.path);
  const found = await lookInside(context, source, follow);
  if (found.status === undefined) {
    throw new SkepError('NOT_FOUND', `there is no ${source.path} in ${source.reference}`);
  }
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
  };
  const archive = counted(archiveOf(context, source.reference, found.path), count);
  if (target.kind !== 'local') {
    if (context.terminal.outputIsTerminal) {
      throw new UsageError('refusing to write an archive to a terminal', 'use a pipe or a file');
    }
    for await (const piece of archive) await context.terminal.writeBytes(piece);
    return bytes;
  }
  const plan = planCopy(
    {
      written: source.path,
      name: lastName(cleanContainerPath(source.path)),
      isFolder: isFolder(found.status),
    },
    await lookHere(target.path),
  );
  await unpackTree(archive, {
    folder: toByteString(plan.folder),
    rename: renameRoot(toByteString(plan.rootName)),
    keepOwner: flags.archive === true,
    onSkip: skipSpeaker(context),
  });
  return bytes;
}

/** The archive of what is copied, with the name that it gets; the content of a folder without one. */
async function sourceHere(
  context: Context,
  written: string,
  destination: CopyDestination,
  flags: CopyFlags,
): Promise<{ readonly folder: string; readonly archive: AsyncIterable<Uint8Array> }> {
  const path = resolve(written);
  const follow = flags.followLink === true || meansFolder(written);
  const status = await (follow ? stat : lstat)(path).catch((cause: unknown) => {
    throw new SkepError('NOT_FOUND', `cannot read ${written}`, { cause });
  });
  const { folder, rootName } = planCopy(
    { written, name: lastName(path), isFolder: status.isDirectory() },
    destination,
  );
  const archive = packTree(toByteString(path), toByteString(rootName), follow, skipSpeaker(context));
  return { folder, archive };
}

async function* uploadOf(
  header: NonNullable<CopyToRequest['header']>,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<CopyToRequest> {
  yield { header, data: NOTHING };
  for await (const data of pieces) yield { data };
}

async function copyIn(
  context: Context,
  source: CopySide,
  target: ContainerSide,
  flags: CopyFlags,
): Promise<number> {
  const found = await lookInside(context, target, true);
  const kind = found.status === undefined ? 'missing' : isFolder(found.status) ? 'folder' : 'other';
  const destination: CopyDestination = { written: target.path, path: found.path, kind };
  if (source.kind !== 'local' && kind !== 'folder') {
    throw new SkepError('FAILED_PRECONDITION', `${target.path} is not a folder in ${target.reference}`, {
      help: 'an archive is unpacked into a folder that is there',
    });
  }
  if (source.kind !== 'local' && context.terminal.inputIsTerminal) {
    throw new UsageError('refusing to read an archive from a terminal', 'use a pipe or a file');
  }
  const { folder, archive } =
    source.kind === 'local'
      ? await sourceHere(context, source.path, destination, flags)
      : { folder: found.path, archive: context.terminal.readInput() };
  let bytes = 0;
  const pieces = counted(archive, (more) => {
    bytes += more;
  });
  const header = { reference: target.reference, path: folder, keepOwner: flags.archive === true };
  await context.containers().copyTo(uploadOf(header, pieces), NO_BOUND);
  return bytes;
}

async function copy(context: Context, from: string, to: string, flags: CopyFlags): Promise<void> {
  const source = parseCopySide(from);
  const target = parseCopySide(to);
  if (source.kind === 'container' && target.kind === 'container') {
    throw new UsageError('copying between containers is not supported', 'copy to this side first');
  }
  if (source.kind !== 'container' && target.kind !== 'container') {
    throw new UsageError('one side must be a container', 'use CONTAINER:PATH');
  }
  const bytes =
    source.kind === 'container'
      ? await copyOut(context, source, target, flags)
      : await copyIn(context, source, target as ContainerSide, flags);
  if (flags.quiet === true || target.kind === 'archive') return;
  context.terminal.writeError(`Successfully copied ${formatByteSize(bytes)} to ${to}\n`);
}

/** `skep cp`. */
export function addCopy(parent: SkepCommand, context: Context): void {
  const command = parent
    .createCommand('cp')
    .description('Copy files between a container and this side; - is a tar archive');
  command
    .argument('<container:path|path|->')
    .argument('<container:path|path|->')
    .option('-a, --archive', 'Keep owners and set-id bits')
    .option('-L, --follow-link', 'Copy what a link leads to instead of the link')
    .option('-q, --quiet', 'Do not say what was copied')
    .action((from: string, to: string, flags: CopyFlags) => copy(context, from, to, flags));
  parent.addCommand(command);
}
