import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { arch } from 'node:os';
import { resolve } from 'node:path';

import type { LocalContainerSpec } from '../../../lib/domain/local-container.ts';
import { SkepError } from '../../../lib/errors.ts';
import type { Context } from '../../context.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { readSurroundings } from '../service/create.ts';
import { type Flags, listFlag, textFlag } from '../service/flag-values.ts';
import { specOfContainer } from './container-spec.ts';
import { addContainerOptions } from './run-options.ts';

/** Node's names of processors where they differ from those of images. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

async function labelFiles(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const name of names) {
    try {
      files[name] = await readFile(name, 'utf8');
    } catch (cause) {
      throw new SkepError('NOT_FOUND', `cannot read the label file ${name}`, { cause });
    }
  }
  return files;
}

/** The specification that a line of `run` or `create` asks for, with the files read that it names. */
export async function readContainerSpec(
  context: Context,
  image: string,
  args: readonly string[],
  flags: Flags,
): Promise<LocalContainerSpec> {
  const surroundings = await readSurroundings(context, flags);
  return specOfContainer(image, args, flags, {
    ...surroundings,
    files: { ...surroundings.files, ...(await labelFiles(listFlag(flags, 'labelFile'))) },
    resolvePath: (path) => resolve(path),
    platform: `linux/${ARCHITECTURES[arch()] ?? arch()}`,
  });
}

/** Folders of the node that `--volume` names are made when they are missing, as Docker does; `--mount` refuses them. */
async function makeVolumeSources(spec: LocalContainerSpec, flags: Flags): Promise<void> {
  const short = listFlag(flags, 'volume');
  for (const mount of spec.container.mounts) {
    const isShort = short.some((text) => text.split(':')[1] === mount.target);
    if (mount.kind !== 'bind' || !isShort) continue;
    try {
      await mkdir(mount.source, { recursive: true });
    } catch (cause) {
      // A file, a device or a socket that is there is what the user meant.
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new SkepError('FAILED_PRECONDITION', `cannot make the folder ${mount.source}`, { cause });
    }
  }
}

/** A missing image is the commonest refusal, and there is no registry that it would come from. */
function explainMissingImage(thrown: unknown, image: string): unknown {
  const isMissing =
    thrown instanceof SkepError &&
    thrown.code === 'NOT_FOUND' &&
    thrown.help === '' &&
    /image/i.test(thrown.message);
  if (!isMissing) return thrown;
  return new SkepError('NOT_FOUND', thrown.message, {
    help: `bring ${image} to this node: skep image load -i FILE, or skep image import FILE ${image}`,
  });
}

interface IdFile {
  write(id: string): Promise<void>;
  /** Takes the file away when no id was written. */
  close(): Promise<void>;
}

/** Opens the file of `--cidfile`, which must not be there yet, before anything is made. */
async function openIdFile(name: string | undefined): Promise<IdFile> {
  if (name === undefined) return { write: async () => undefined, close: async () => undefined };
  let isWritten = false;
  const file = await open(name, 'wx').catch((cause: unknown) => {
    throw new SkepError('ALREADY_EXISTS', `cannot make the file ${name} for the id of the container`, {
      cause,
      help: 'another container may have written its id there: remove the file, or name another one',
    });
  });
  return {
    write: async (id) => {
      await file.writeFile(id);
      isWritten = true;
    },
    close: async () => {
      await file.close();
      if (!isWritten) await rm(name, { force: true });
    },
  };
}

/** Makes a container and says its warnings; answers with its id. */
export async function createContainer(
  context: Context,
  spec: LocalContainerSpec,
  flags: Flags,
): Promise<string> {
  const idFile = await openIdFile(textFlag(flags, 'cidfile'));
  try {
    await makeVolumeSources(spec, flags);
    const { id, warnings } = await context
      .containers()
      .create({ spec }, { timeoutMs: Number.POSITIVE_INFINITY })
      .catch((thrown: unknown) => {
        throw explainMissingImage(thrown, spec.container.image);
      });
    await idFile.write(id);
    for (const warning of warnings) context.terminal.writeError(`WARNING: ${warning}\n`);
    return id;
  } finally {
    await idFile.close();
  }
}

/** `skep create`. */
export function addCreate(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('create').description('Create a container without starting it');
  command.argument('<image>').argument('[command...]', 'program of the container and its arguments');
  addContainerOptions(command);
  command.endFlagsAtOperand();
  command.action(async (image: string, args: string[], flags: Flags) => {
    if (listFlag(flags, 'attach').length > 0) {
      throw new UsageError('--attach does not go with create', 'use skep start --attach');
    }
    const spec = await readContainerSpec(context, image, args, flags);
    context.terminal.writeOut(`${await createContainer(context, spec, flags)}\n`);
  });
  parent.addCommand(command);
}
