import type { Context } from '../../context.ts';
import { containerFilters, formatContainers, newestFirst } from '../../format/container-list.ts';
import { filterRows } from '../../format/list.ts';
import type { SkepCommand } from '../../usage.ts';
import { addListOptions, type ListOptions } from '../list-options.ts';
import { type Flags, integerFlag } from '../service/flag-values.ts';

interface ContainerListOptions extends ListOptions {
  readonly all?: boolean;
  readonly trunc: boolean;
  readonly latest?: boolean;
  readonly size?: boolean;
}

/** Filters that only containers which ended can pass ask for those too. */
function asksForEnded(filters: readonly string[]): boolean {
  return filters.some((filter) => /^(?:status|exited)=/.test(filter));
}

async function list(context: Context, options: ContainerListOptions, flags: Flags): Promise<void> {
  const last = options.latest === true ? 1 : (integerFlag(flags, 'last') ?? -1);
  const filters = options.filter ?? [];
  const size = options.size === true;
  // Containers that another filter compares with may have ended.
  const compares = filters.some((filter) => /^(?:before|since)=/.test(filter));
  const showsEnded = options.all === true || last >= 0 || asksForEnded(filters);
  const answer = await context.containers().list({ all: showsEnded || compares, size });
  const all = newestFirst(answer.containers);
  const live = all.filter(({ state }) => ['running', 'paused', 'restarting'].includes(state));
  const matching = filterRows(showsEnded ? all : live, filters, containerFilters(all));
  const kept = last >= 0 ? matching.slice(0, last) : matching;
  const choices = { ...options, whole: !options.trunc, size };
  context.terminal.writeOut(formatContainers(kept, choices, context.terminal.nowMs()));
}

/** `skep ps`, or with another name `skep container ls`. */
export function addList(
  parent: SkepCommand,
  context: Context,
  name: string,
  aliases: readonly string[],
): void {
  const command = addListOptions(parent.createCommand(name).description('List the containers of this node'));
  command
    .aliases([...aliases])
    .option('-a, --all', 'Show those that do not run too')
    .option('-n, --last <count>', 'Show the containers made last, running or not')
    .option('-l, --latest', 'Show the container made last, running or not')
    .option('-s, --size', 'Show what each wrote')
    .option('--no-trunc', 'Show ids and commands uncut')
    .action((options: ContainerListOptions & Flags) => list(context, options, options));
  parent.addCommand(command);
}
