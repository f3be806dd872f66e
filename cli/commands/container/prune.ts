import { formatByteSize } from '../../../lib/units.ts';
import type { LocalContainerMessage } from '../../../proto/container-messages.ts';
import type { Context } from '../../context.ts';
import { type FilterTests, filterRows, matchesLabel } from '../../format/list.ts';
import type { SkepCommand } from '../../usage.ts';
import { confirm } from '../confirm.ts';
import { forEachReference } from '../each.ts';
import { addListOption } from '../options.ts';
import { type Flags, listFlag } from '../service/flag-values.ts';
import { parseSince } from '../service/logs.ts';

const ENDED: readonly LocalContainerMessage['state'][] = ['created', 'exited', 'dead'];

function pruneFilters(nowMs: number): FilterTests<LocalContainerMessage> {
  return {
    until: ({ createdAtMs }, value) => createdAtMs < parseSince(value, nowMs),
    label: ({ spec }, value) => matchesLabel(spec.container.labels, value),
    'label!': ({ spec }, value) => !matchesLabel(spec.container.labels, value),
  };
}

async function prune(context: Context, flags: Flags): Promise<void> {
  const { terminal } = context;
  const warning = 'WARNING! This will remove all stopped containers.\n';
  const question = `${warning}Are you sure you want to continue? [y/N] `;
  if (flags.force !== true && !(await confirm(terminal, question))) return;
  const { containers } = await context.containers().list({ all: true, size: true });
  // The containers of tasks belong to their service, which keeps a history of them.
  const ended = containers.filter(({ state, taskId }) => ENDED.includes(state) && taskId === '');
  const chosen = filterRows(ended, listFlag(flags, 'filter'), pruneFilters(terminal.nowMs()));
  const sizes = new Map(chosen.map(({ id, writableBytes = 0 }) => [id, writableBytes]));
  const removed = await forEachReference(
    context,
    chosen.map(({ id }) => id),
    async (reference) => {
      await context.containers().remove({ reference, force: false, volumes: false });
      return reference;
    },
  );
  const lines = removed.map((id) => `${id}\n`).join('');
  const reclaimedBytes = removed.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
  terminal.writeOut(
    `${lines === '' ? '' : `Deleted Containers:\n${lines}\n`}Total reclaimed space: ${formatByteSize(reclaimedBytes)}\n`,
  );
}

/** `skep container prune`. */
export function addPrune(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('prune').description('Remove every container that does not run');
  command.option('-f, --force', 'Do not ask for confirmation');
  addListOption(command, '--filter <key=value>', 'Only those with a label, or made until= a time');
  command.action((flags: Flags) => prune(context, flags));
  parent.addCommand(command);
}
