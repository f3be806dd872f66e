import { SkepError } from '../../../lib/errors.ts';
import type { FileChange } from '../../../proto/container-messages.ts';
import type { Context } from '../../context.ts';
import { containerInspection } from '../../format/container-inspection.ts';
import { hostEndpoint } from '../../format/container-list.ts';
import { formatInspection } from '../../format/list.ts';
import type { SkepCommand } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { addInspectOptions, type InspectOptions } from '../list-options.ts';
import { addDefaultOnOption, addListOption } from '../options.ts';
import { booleanFlag, type Flags, listFlag, textFlag } from '../service/flag-values.ts';

const NO_BOUND = { timeoutMs: Number.POSITIVE_INFINITY };
const CHANGE_LETTERS: Readonly<Record<FileChange['kind'], string>> = {
  added: 'A',
  changed: 'C',
  deleted: 'D',
};
/** Columns of `top` stand as far apart as Docker's. */
const TOP_COLUMN_WIDTH = 20;
const TOP_COLUMN_GAP = 3;

function topTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) =>
    Math.max(TOP_COLUMN_WIDTH, ...lines.map((line) => (line[column] ?? '').length + TOP_COLUMN_GAP)),
  );
  const text = (line: readonly string[]) =>
    titles.map((_, column) => (line[column] ?? '').padEnd(widths[column] ?? 0)).join('');
  return lines.map((line) => `${text(line).trimEnd()}\n`).join('');
}

function addTop(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('top').description('List the processes of a container');
  command.argument('<container>').argument('[ps options...]', 'as for ps (default -ef)');
  command.allowUnknownOption().endFlagsAtOperand();
  command.action(async (reference: string, psArguments: string[]) => {
    const { titles, processes } = await context.containers().top({ reference, psArguments });
    context.terminal.writeOut(
      topTable(
        titles,
        processes.map(({ fields }) => fields),
      ),
    );
  });
  parent.addCommand(command);
}

function addDiff(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('diff').description('Show which files a container changed');
  command.argument('<container>').action(async (reference: string) => {
    const { changes } = await context.containers().diff({ reference }, NO_BOUND);
    const lines = changes.map(({ kind, path }) => `${CHANGE_LETTERS[kind]} ${path}\n`);
    context.terminal.writeOut(lines.join(''));
  });
  parent.addCommand(command);
}

function addCommit(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('commit').description('Make an image of what a container changed');
  command
    .argument('<container>')
    .argument('[name:tag]')
    .option('-a, --author <name>', 'Who made it')
    .option('-m, --message <text>', 'Comment on the image');
  addListOption(command, '-c, --change <instruction>', 'CMD, ENTRYPOINT, ENV, EXPOSE, USER, WORKDIR, …');
  addDefaultOnOption(command, '-p, --pause', 'Pause the container meanwhile (on unless =false)');
  command.action(async (reference: string, image: string | undefined, flags: Flags) => {
    const request = {
      reference,
      image: image ?? '',
      message: textFlag(flags, 'message') ?? '',
      author: textFlag(flags, 'author') ?? '',
      changes: listFlag(flags, 'change'),
      pause: booleanFlag(flags, 'pause') !== false,
    };
    const { imageId } = await context.containers().commit(request, NO_BOUND);
    context.terminal.writeOut(`${imageId}\n`);
  });
  parent.addCommand(command);
}

function addInspect(parent: SkepCommand, context: Context): void {
  const command = addInspectOptions(parent.createCommand('inspect').description('Show containers in full'));
  command.argument('<container...>').option('-s, --size', 'Show what each wrote');
  command.action(async (references: string[], options: InspectOptions & { readonly size?: boolean }) => {
    const size = options.size === true;
    const containers = await forEachReference(context, references, (reference) =>
      context.containers().inspect({ reference, size }),
    );
    const inspections = containers.map(containerInspection);
    context.terminal.writeOut(formatInspection(inspections, options.format));
  });
  parent.addCommand(command);
}

async function port(context: Context, reference: string, wanted: string | undefined): Promise<void> {
  const { name, ports } = await context.containers().inspect({ reference, size: false });
  const key = wanted === undefined || wanted.includes('/') ? wanted : `${wanted}/tcp`;
  const kept = ports.filter((each) => key === undefined || `${each.containerPort}/${each.protocol}` === key);
  if (key !== undefined && kept.length === 0) {
    throw new SkepError('NOT_FOUND', `port ${key} of ${name} is not published`, {
      help: `skep port ${name} lists those that are`,
    });
  }
  const lines = kept.map((each) =>
    key === undefined
      ? `${each.containerPort}/${each.protocol} -> ${hostEndpoint(each)}\n`
      : `${hostEndpoint(each)}\n`,
  );
  context.terminal.writeOut(lines.join(''));
}

function addPort(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('port').description('Show where on the node ports are published');
  command.argument('<container>').argument('[port[/protocol]]');
  command.action((reference: string, wanted: string | undefined) => port(context, reference, wanted));
  parent.addCommand(command);
}

/** `skep top`, `diff`, `commit`, `inspect`, `port`. */
export function addLook(parent: SkepCommand, context: Context): void {
  addTop(parent, context);
  addDiff(parent, context);
  addCommit(parent, context);
  addInspect(parent, context);
  addPort(parent, context);
}
