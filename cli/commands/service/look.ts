import type { Context } from '../../context.ts';
import { filterRows, formatInspection, formatList } from '../../format/list.ts';
import { nodeName } from '../../format/node-list.ts';
import { serviceColumns, serviceFilters } from '../../format/service-list.ts';
import { formatServicePretty } from '../../format/service-pretty.ts';
import { arrangeTasks, taskColumns, taskFilters } from '../../format/task-list.ts';
import type { SkepCommand } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { addInspectOptions, addListOptions, type InspectOptions, type ListOptions } from '../list-options.ts';

async function list(context: Context, options: ListOptions): Promise<void> {
  const { services, statuses } = await context.control().listServices({});
  const byId = new Map(statuses.map((status) => [status.serviceId, status]));
  const rows = services
    .map((service) => ({ service, status: byId.get(service.id) }))
    .sort((left, right) => (left.service.spec.name < right.service.spec.name ? -1 : 1));
  const kept = filterRows(rows, options.filter ?? [], serviceFilters);
  context.terminal.writeOut(formatList(serviceColumns, kept, options, ({ service }) => service.id));
}

export interface TaskListOptions extends ListOptions {
  readonly trunc: boolean;
  readonly resolve: boolean;
}

/** Prints tasks with the names of their nodes. */
export async function printTasks(
  context: Context,
  selection: { readonly serviceReferences: readonly string[]; readonly nodeReferences: readonly string[] },
  options: TaskListOptions,
): Promise<void> {
  const control = context.control();
  const [{ tasks }, { nodes }] = await Promise.all([
    control.listTasks({ ...selection, desiredRunning: false }),
    control.listNodes({}),
  ]);
  const names = new Map(nodes.map((node) => [node.id, nodeName(node)]));
  const rows = arrangeTasks(tasks, (id) => (options.resolve ? (names.get(id) ?? id) : id));
  const kept = filterRows(rows, options.filter ?? [], taskFilters);
  const columns = taskColumns(context.terminal.nowMs(), !options.trunc);
  context.terminal.writeOut(formatList(columns, kept, options, ({ task }) => task.id));
}

/** Declares the options of a list of tasks. */
export function addTaskListOptions(command: SkepCommand): SkepCommand {
  addListOptions(command);
  command.option('--no-trunc', 'Show ids and errors uncut');
  command.option('--no-resolve', 'Show ids of nodes instead of names');
  return command;
}

async function inspect(
  context: Context,
  references: readonly string[],
  options: InspectOptions,
): Promise<void> {
  const services = await forEachReference(context, references, (reference) =>
    context.control().getService({ reference }),
  );
  const text =
    options.pretty === true
      ? services.map(formatServicePretty).join('\n')
      : formatInspection(services, options.format);
  context.terminal.writeOut(text);
}

async function remove(context: Context, references: readonly string[]): Promise<void> {
  await forEachReference(context, references, async (reference) => {
    await context.control().removeService({ reference });
    context.terminal.writeOut(`${reference}\n`);
  });
}

/** `skep service ls`, `ps`, `inspect` and `rm`. */
export function addLooks(parent: SkepCommand, context: Context): void {
  const listing = addListOptions(parent.createCommand('ls').alias('list').description('List services'));
  listing.action((options: ListOptions) => list(context, options));
  parent.addCommand(listing);

  const tasks = addTaskListOptions(parent.createCommand('ps').description('List the tasks of services'));
  tasks.argument('<service...>');
  tasks.action((serviceReferences: string[], options: TaskListOptions) =>
    printTasks(context, { serviceReferences, nodeReferences: [] }, options),
  );
  parent.addCommand(tasks);

  const inspecting = addInspectOptions(parent.createCommand('inspect').description('Show services in full'));
  inspecting.argument('<service...>').option('--pretty', 'Show in words instead of JSON');
  inspecting.action((references: string[], options: InspectOptions) => inspect(context, references, options));
  parent.addCommand(inspecting);

  const removing = parent.createCommand('rm').alias('remove').description('Remove services');
  removing.argument('<service...>');
  removing.action((references: string[]) => remove(context, references));
  parent.addCommand(removing);
}
