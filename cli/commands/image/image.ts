import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

import { SkepError } from '../../../lib/errors.ts';
import type { ImageList, ImageUpload } from '../../../proto/image-messages.ts';
import type { Context } from '../../context.ts';
import { imageColumns, imageFilters, imageRows } from '../../format/image-list.ts';
import { filterRows, formatInspection, formatList } from '../../format/list.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { addInspectOptions, addListOptions, type InspectOptions, type ListOptions } from '../list-options.ts';
import { addListOption } from '../options.ts';
import { type Flags, listFlag, textFlag } from '../service/flag-values.ts';

/** Well below the limit of one message, large enough that the pipe stays full. */
const CHUNK_BYTES = 1024 * 1024;
/** Bounds the upload of an image, disk writes of the daemon included. */
const UPLOAD_TIMEOUT_MS = 30 * 60_000;

/** The bytes of a file, or of standard input for `-`. A file that cannot be opened fails before anything is sent. */
async function openInput(path: string): Promise<Readable> {
  if (path === '-') return process.stdin;
  try {
    return (await open(path)).createReadStream({ highWaterMark: CHUNK_BYTES });
  } catch (cause) {
    throw new SkepError('NOT_FOUND', `cannot read ${path}`, { cause });
  }
}

async function* uploadOf(
  input: Readable,
  header: NonNullable<ImageUpload['header']>,
): AsyncGenerator<ImageUpload> {
  yield { header, data: new Uint8Array() };
  for await (const data of input) yield { data: data as Uint8Array };
}

async function importImage(
  context: Context,
  path: string,
  reference: string,
  moreChanges: readonly string[],
  flags: Flags,
): Promise<void> {
  const changes = listFlag(flags, 'change');
  if (changes.length === 0 && moreChanges.length > 0) {
    throw new UsageError(`too many arguments: "${moreChanges[0] ?? ''}"`, 'give changes after --change');
  }
  const header = {
    reference,
    changes: [...changes, ...moreChanges],
    message: textFlag(flags, 'message') ?? '',
  };
  const answer = await context
    .local()
    .importImage(uploadOf(await openInput(path), header), { timeoutMs: UPLOAD_TIMEOUT_MS });
  context.terminal.writeOut(answer.images.map((image) => `${image.id}\n`).join(''));
}

function loadedNames({ images }: ImageList): readonly string[] {
  return images.flatMap((image) =>
    image.references.length === 0
      ? [`Loaded image ID: ${image.id}`]
      : image.references.map((name) => `Loaded image: ${name}`),
  );
}

async function load(context: Context, flags: Flags): Promise<void> {
  const input = textFlag(flags, 'input') ?? '-';
  if (input === '-' && process.stdin.isTTY === true) {
    throw new UsageError('refusing to read an image from a terminal', 'use --input FILE or a pipe');
  }
  const header = { reference: '', changes: [], message: '' };
  const answer = await context
    .local()
    .loadImages(uploadOf(await openInput(input), header), { timeoutMs: UPLOAD_TIMEOUT_MS });
  if (textFlag(flags, 'input') === undefined || flags.quiet !== true) {
    context.terminal.writeOut(
      loadedNames(answer)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
}

interface ImageListOptions extends ListOptions {
  readonly trunc: boolean;
}

async function list(
  context: Context,
  repository: string | undefined,
  options: ImageListOptions,
): Promise<void> {
  const { images } = await context.local().listImages({});
  const rows = imageRows(images).filter(
    (row) =>
      repository === undefined ||
      repository === row.repository ||
      repository === `${row.repository}:${row.tag}`,
  );
  const kept = filterRows(rows, options.filter ?? [], imageFilters);
  const columns = imageColumns(context.terminal.nowMs(), !options.trunc);
  context.terminal.writeOut(formatList(columns, kept, options, columns[2]?.cell ?? ((row) => row.image.id)));
}

async function remove(context: Context, references: readonly string[], flags: Flags): Promise<void> {
  await forEachReference(context, references, async (reference) => {
    const answer = await context.local().removeImage({ reference, force: flags.force === true });
    const lines = [
      ...answer.untagged.map((name) => `Untagged: ${name}`),
      ...answer.deleted.map((id) => `Deleted: ${id}`),
    ];
    context.terminal.writeOut(lines.map((line) => `${line}\n`).join(''));
  });
}

/** `skep image …`. */
export function addImage(program: SkepCommand, context: Context): void {
  const image = program.createCommand('image').description('Manage the images of this node');
  const importing = image.createCommand('import').description('Make an image from a root file system');
  importing
    .argument('<rootfs.tar|->', 'tar archive, or - for standard input')
    .argument('<name:tag>')
    .argument('[change...]')
    .option('-m, --message <text>', 'Comment on the image');
  addListOption(importing, '-c, --change <instruction>', 'CMD, ENTRYPOINT, ENV, EXPOSE, USER, WORKDIR, …');
  importing.action((path: string, reference: string, more: string[], flags: Flags) =>
    importImage(context, path, reference, more, flags),
  );
  image.addCommand(importing);

  const loading = image.createCommand('load').description('Load images from a docker or OCI archive');
  loading
    .option('-i, --input <file>', 'Read from a file instead of standard input')
    .option('-q, --quiet', 'Do not say what was loaded');
  loading.action((flags: Flags) => load(context, flags));
  image.addCommand(loading);

  const listing = addListOptions(image.createCommand('ls').alias('list').description('List images'));
  listing.argument('[repository[:tag]]').option('--no-trunc', 'Show ids uncut');
  listing.action((repository: string | undefined, options: ImageListOptions) =>
    list(context, repository, options),
  );
  image.addCommand(listing);

  const inspecting = addInspectOptions(image.createCommand('inspect').description('Show images in full'));
  inspecting.argument('<image...>');
  inspecting.action(async (references: string[], options: InspectOptions) => {
    const images = await forEachReference(context, references, (reference) =>
      context.local().inspectImage({ reference }),
    );
    context.terminal.writeOut(formatInspection(images, options.format));
  });
  image.addCommand(inspecting);

  const removing = image.createCommand('rm').alias('remove').description('Remove images');
  removing.argument('<image...>').option('-f, --force', 'Remove even if in use');
  removing.action((references: string[], flags: Flags) => remove(context, references, flags));
  image.addCommand(removing);
  program.addCommand(image);
}
