import { formatByteSize } from '../../../lib/units.ts';
import type { Context } from '../../context.ts';
import { filterRows, formatInspection, formatList } from '../../format/list.ts';
import { volumeColumns, volumeFilters } from '../../format/volume-list.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { confirm } from '../confirm.ts';
import { forEachReference } from '../each.ts';
import { addInspectOptions, addListOptions, type InspectOptions, type ListOptions } from '../list-options.ts';
import { addListOption } from '../options.ts';
import { type Flags, listFlag, parseLabels, textFlag } from '../service/flag-values.ts';

/** Content of any size is measured and removed before the daemon answers. */
const REMOVE_TIMEOUT_MS = 30 * 60_000;

async function create(context: Context, name: string, flags: Flags): Promise<void> {
  for (const option of listFlag(flags, 'opt'))
    throw new UsageError(`--opt ${option} is not supported by Skep`);
  const volume = await context.local().createVolume({
    name,
    driver: textFlag(flags, 'driver') ?? 'local',
    labels: parseLabels('label', listFlag(flags, 'label')),
  });
  context.terminal.writeOut(`${volume.name}\n`);
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const { volumes } = await context.local().listVolumes({});
  const sorted = [...volumes].sort((left, right) => (left.name < right.name ? -1 : 1));
  const kept = filterRows(sorted, options.filter ?? [], volumeFilters);
  context.terminal.writeOut(formatList(volumeColumns, kept, options, ({ name }) => name));
}

async function remove(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  await forEachReference(context, names, async (reference) => {
    const request = { reference, force: flags.force === true };
    await context.local().removeVolume(request, { timeoutMs: REMOVE_TIMEOUT_MS });
    context.terminal.writeOut(`${reference}\n`);
  });
}

async function prune(context: Context, flags: Flags): Promise<void> {
  const all = flags.all === true;
  const labels = listFlag(flags, 'filter').map((filter) => {
    if (filter.startsWith('label=')) return filter.slice('label='.length);
    throw new UsageError(`invalid filter "${filter}"`, 'use label=');
  });
  const kind = all ? 'all' : 'anonymous';
  const warning = `WARNING! This will remove ${kind} local volumes not used by at least one container.\n`;
  const question = `${warning}Are you sure you want to continue? [y/N] `;
  if (flags.force !== true && !(await confirm(context.terminal, question))) return;
  const request = { all, labels };
  const answer = await context.local().pruneVolumes(request, { timeoutMs: REMOVE_TIMEOUT_MS });
  const deleted = answer.deleted.map((name) => `${name}\n`).join('');
  context.terminal.writeOut(
    `${deleted === '' ? '' : `Deleted Volumes:\n${deleted}\n`}Total reclaimed space: ${formatByteSize(answer.reclaimedBytes)}\n`,
  );
}

function addCreate(volume: SkepCommand, context: Context): void {
  const creating = volume.createCommand('create').description('Create a volume on this node');
  creating.argument('[volume]').option('-d, --driver <driver>', 'local (the default and the only one)');
  addListOption(creating, '--label <key=value>', 'Add a label');
  addListOption(creating, '-o, --opt <key=value>', 'Options of the driver');
  creating.action((name: string | undefined, flags: Flags) => create(context, name ?? '', flags));
  volume.addCommand(creating);
}

function addPrune(volume: SkepCommand, context: Context): void {
  const pruning = volume.createCommand('prune').description('Remove anonymous volumes that nothing uses');
  pruning
    .option('-a, --all', 'Remove volumes with a name too')
    .option('-f, --force', 'Do not ask for confirmation');
  addListOption(pruning, '--filter <label=key[=value]>', 'Remove only volumes with a label');
  pruning.action((flags: Flags) => prune(context, flags));
  volume.addCommand(pruning);
}

/** `skep volume …`. */
export function addVolume(program: SkepCommand, context: Context): void {
  const volume = program.createCommand('volume').description('Manage the volumes of this node');
  addCreate(volume, context);

  const listing = addListOptions(volume.createCommand('ls').alias('list').description('List volumes'));
  listing.action((options: ListOptions) => list(context, options));
  volume.addCommand(listing);

  const inspecting = addInspectOptions(volume.createCommand('inspect').description('Show volumes in full'));
  inspecting.argument('<volume...>');
  inspecting.action(async (references: string[], options: InspectOptions) => {
    const volumes = await forEachReference(context, references, (reference) =>
      context.local().inspectVolume({ reference }),
    );
    context.terminal.writeOut(formatInspection(volumes, options.format));
  });
  volume.addCommand(inspecting);

  const removing = volume.createCommand('rm').alias('remove').description('Remove volumes');
  removing.argument('<volume...>').option('-f, --force', 'A volume that is not there is no error');
  removing.action((names: string[], flags: Flags) => remove(context, names, flags));
  volume.addCommand(removing);
  addPrune(volume, context);
  program.addCommand(volume);
}
