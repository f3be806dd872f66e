import type {
  Node,
  NodeAvailability,
  NodeDescription,
  NodeRole,
  NodeSpec,
} from '../../../lib/domain/node.ts';
import { SkepError } from '../../../lib/errors.ts';
import { formatGenericResource } from '../../../lib/generic-resource.ts';
import { formatMemory } from '../../../lib/units.ts';
import type { Context } from '../../context.ts';
import { filterRows, formatInspection, formatList } from '../../format/list.ts';
import { capitalize, nodeColumns, nodeFilters, nodeName } from '../../format/node-list.ts';
import type { SkepCommand } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { addInspectOptions, addListOptions, type InspectOptions, type ListOptions } from '../list-options.ts';
import { addListOption } from '../options.ts';
import { type Flags, listFlag, parseLabels, wordFlag } from '../service/flag-values.ts';
import { addTaskListOptions, printTasks, type TaskListOptions } from '../service/look.ts';
import { mergeLabels } from '../service/merge.ts';

/** `self` stands for the node the user sits at, as in Docker. */
async function resolveSelf(context: Context, reference: string): Promise<string> {
  if (reference !== 'self') return reference;
  const { nodeId } = await context.local().info({});
  if (nodeId === '') throw new SkepError('FAILED_PRECONDITION', 'this node is not part of a swarm');
  return nodeId;
}

async function getNode(context: Context, reference: string): Promise<Node> {
  return context.control().getNode({ reference: await resolveSelf(context, reference) });
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const [{ nodes }, info] = await Promise.all([context.control().listNodes({}), context.local().info({})]);
  const sorted = [...nodes].sort((left, right) =>
    nodeName(left).localeCompare(nodeName(right), 'en', { numeric: true }),
  );
  const kept = filterRows(sorted, options.filter ?? [], nodeFilters);
  context.terminal.writeOut(formatList(nodeColumns(info.nodeId), kept, options, (node) => node.id));
}

function genericLines({ generic }: NodeDescription): readonly string[] {
  const items = generic?.items ?? [];
  return items.length === 0 ? [] : [` Generic Resources:\t${items.map(formatGenericResource).join(', ')}`];
}

function pretty(node: Node): string {
  const { description, manager, spec, status } = node;
  const labels = Object.entries(spec.labels).map(([key, value]) => ` - ${key}=${value}`);
  const lines = [
    `ID:\t\t\t${node.id}`,
    ...(labels.length === 0 ? [] : ['Labels:', ...labels]),
    `Hostname:\t\t${nodeName(node)}`,
    `Joined at:\t\t${new Date(node.createdAtMs).toISOString()}`,
    'Status:',
    ` State:\t\t\t${status.state}`,
    ...(status.message === '' ? [] : [` Message:\t\t${status.message}`]),
    ` Availability:\t\t${spec.availability}`,
    ` Address:\t\t${status.address}`,
    ...(manager === undefined
      ? []
      : [
          'Manager Status:',
          ` Address:\t\t${manager.address}`,
          ...(manager.raftAddress === ''
            ? []
            : [` Raft ID:\t\t${manager.raftId}`, ` Raft Address:\t\t${manager.raftAddress}`]),
          ` Raft Status:\t\t${capitalize(manager.reachability)}`,
          ` Leader:\t\t${manager.leader ? 'Yes' : 'No'}`,
        ]),
    ...(description === undefined
      ? []
      : [
          'Platform:',
          ` Operating System:\t${description.os}`,
          ` Architecture:\t\t${description.architecture}`,
          'Resources:',
          ` CPUs:\t\t\t${description.nanoCpus / 1e9}`,
          ` Memory:\t\t${formatMemory(description.memoryBytes)}`,
          ...genericLines(description),
          `Engine Version:\t\t${description.engineVersion}`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

async function inspect(
  context: Context,
  references: readonly string[],
  options: InspectOptions,
): Promise<void> {
  const nodes = await forEachReference(context, references, (reference) => getNode(context, reference));
  const text =
    options.pretty === true ? nodes.map(pretty).join('\n') : formatInspection(nodes, options.format);
  context.terminal.writeOut(text);
}

/** How often a change is made again that met another one of the same node. */
const MAX_ATTEMPTS = 5;

/** Answers with false when the edit gave back what was there, and nothing was asked. */
async function change(
  context: Context,
  reference: string,
  edit: (spec: NodeSpec) => NodeSpec,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const node = await getNode(context, reference);
    const spec = edit(node.spec);
    if (spec === node.spec) return false;
    try {
      await context.control().updateNode({ reference: node.id, version: node.version, spec });
      return true;
    } catch (thrown) {
      // The managers note a node's state in the same object; what the user asked for still makes sense.
      const isConflict = thrown instanceof SkepError && thrown.code === 'CONFLICT';
      if (!isConflict || attempt === MAX_ATTEMPTS) throw thrown;
    }
  }
}

/** The node's specification with the flags of `node update` applied. Throws UsageError. */
export function applyNodeFlags(spec: NodeSpec, flags: Flags): NodeSpec {
  const availability: NodeAvailability | undefined = wordFlag(flags, 'availability', [
    'active',
    'pause',
    'drain',
  ]);
  const role: NodeRole | undefined = wordFlag(flags, 'role', ['worker', 'manager']);
  return {
    role: role ?? spec.role,
    availability: availability ?? spec.availability,
    labels: mergeLabels(
      spec.labels,
      parseLabels('labelAdd', listFlag(flags, 'labelAdd')),
      listFlag(flags, 'labelRm'),
    ),
  };
}

async function setRole(context: Context, references: readonly string[], role: NodeRole): Promise<void> {
  await forEachReference(context, references, async (reference) => {
    const changed = await change(context, reference, (spec) =>
      spec.role === role ? spec : { ...spec, role },
    );
    const done =
      role === 'manager'
        ? `Node ${reference} promoted to a manager in the swarm.`
        : `Manager ${reference} demoted in the swarm.`;
    context.terminal.writeOut(`${changed ? done : `Node ${reference} is already a ${role}.`}\n`);
  });
}

function addLooks(node: SkepCommand, context: Context): void {
  const listing = addListOptions(node.createCommand('ls').alias('list').description('List nodes'));
  listing.action((options: ListOptions) => list(context, options));
  node.addCommand(listing);

  const inspecting = addInspectOptions(node.createCommand('inspect').description('Show nodes in full'));
  inspecting.argument('<node|self...>').option('--pretty', 'Show in words instead of JSON');
  inspecting.action((references: string[], options: InspectOptions) => inspect(context, references, options));
  node.addCommand(inspecting);

  const tasks = addTaskListOptions(node.createCommand('ps').description('List the tasks on nodes'));
  tasks.argument('[node...]');
  tasks.action(async (references: string[], options: TaskListOptions) => {
    const named = references.length === 0 ? ['self'] : references;
    const nodeReferences = await Promise.all(named.map((reference) => resolveSelf(context, reference)));
    await printTasks(context, { serviceReferences: [], nodeReferences }, options);
  });
  node.addCommand(tasks);
}

/** `skep node …`. */
export function addNode(program: SkepCommand, context: Context): void {
  const node = program.createCommand('node').description('Manage the nodes of the swarm');
  addLooks(node, context);
  const updating = node.createCommand('update').description('Change a node');
  updating
    .argument('<node>')
    .option('--availability <word>', 'active, pause or drain')
    .option('--role <word>', 'worker or manager');
  addListOption(updating, '--label-add <key=value>', 'Add or replace a label');
  addListOption(updating, '--label-rm <key>', 'Remove a label');
  updating.action(async (reference: string, flags: Flags) => {
    await change(context, reference, (spec) => applyNodeFlags(spec, flags));
    context.terminal.writeOut(`${reference}\n`);
  });
  node.addCommand(updating);

  for (const [name, role, description] of [
    ['promote', 'manager', 'Make nodes managers'],
    ['demote', 'worker', 'Make nodes workers'],
  ] as const) {
    const command = node.createCommand(name).description(description).argument('<node...>');
    command.action((references: string[]) => setRole(context, references, role));
    node.addCommand(command);
  }

  const removing = node.createCommand('rm').alias('remove').description('Remove nodes that left or are down');
  removing.argument('<node...>').option('-f, --force', 'Remove a node that is up');
  removing.action(async (references: string[], flags: Flags) => {
    await forEachReference(context, references, async (reference) => {
      await context.control().removeNode({ reference, force: flags.force === true });
      context.terminal.writeOut(`${reference}\n`);
    });
  });
  node.addCommand(removing);
  program.addCommand(node);
}
