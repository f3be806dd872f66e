import type { Network, NetworkSpec } from '../../../lib/domain/network.ts';
import type { Context } from '../../context.ts';
import {
  type Column,
  type FilterTests,
  filterRows,
  formatInspection,
  formatList,
  matchesLabel,
} from '../../format/list.ts';
import { shortId } from '../../format/table.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { addInspectOptions, addListOptions, type InspectOptions, type ListOptions } from '../list-options.ts';
import { addListOption, addUnsupportedOptions } from '../options.ts';
import { booleanFlag, type Flags, listFlag, parseLabels, textFlag } from '../service/flag-values.ts';

const UNSUPPORTED = [
  'aux-address',
  'config-from',
  'config-only',
  'gateway',
  'ip-range',
  'ipam-driver',
  'ipam-opt',
  'ipv4',
  'ipv6',
  'scope',
];

const columns: readonly Column<Network>[] = [
  { title: 'NETWORK ID', field: 'ID', cell: (network) => shortId(network.id) },
  { title: 'NAME', field: 'Name', cell: (network) => network.spec.name },
  { title: 'DRIVER', field: 'Driver', cell: (network) => network.spec.driver },
  { title: 'SCOPE', field: 'Scope', cell: () => 'swarm' },
];

const filters: FilterTests<Network> = {
  id: (network, value) => network.id.startsWith(value),
  name: (network, value) => network.spec.name.includes(value),
  driver: (network, value) => network.spec.driver === value,
  label: (network, value) => matchesLabel(network.spec.labels, value),
};

/** The specification that a `network create` line asks for. Throws UsageError. */
export function networkSpecOf(name: string, flags: Flags): NetworkSpec {
  const driver = textFlag(flags, 'driver') ?? 'overlay';
  if (driver !== 'overlay') {
    throw new UsageError(`networks of driver "${driver}" cannot be created`, 'use --driver overlay');
  }
  for (const option of listFlag(flags, 'opt'))
    throw new UsageError(`--opt ${option} is not supported by Skep`);
  const subnets = listFlag(flags, 'subnet');
  if (subnets.length > 1) throw new UsageError('a network has one subnet', 'give --subnet once');
  const [subnet] = subnets;
  return {
    name,
    labels: parseLabels('label', listFlag(flags, 'label')),
    driver,
    ...(subnet === undefined ? {} : { subnet }),
    internal: booleanFlag(flags, 'internal') === true,
    attachable: booleanFlag(flags, 'attachable') === true,
    ingress: booleanFlag(flags, 'ingress') === true,
  };
}

async function create(context: Context, name: string, flags: Flags): Promise<void> {
  const network = await context.control().createNetwork({ spec: networkSpecOf(name, flags) });
  context.terminal.writeOut(`${network.id}\n`);
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const { networks } = await context.control().listNetworks({});
  const sorted = [...networks].sort((left, right) => (left.spec.name < right.spec.name ? -1 : 1));
  const kept = filterRows(sorted, options.filter ?? [], filters);
  context.terminal.writeOut(formatList(columns, kept, options, (network) => shortId(network.id)));
}

/** `skep network …`. */
export function addNetwork(program: SkepCommand, context: Context): void {
  const network = program.createCommand('network').description('Manage networks');
  const creating = network.createCommand('create').description('Create an overlay network');
  creating
    .argument('<name>')
    .option('-d, --driver <driver>', 'overlay (the default and the only one)')
    .option('--internal', 'No way out of the network')
    .option('--attachable', 'Containers outside of services may join')
    .option('--ingress', 'The network of published ports');
  addListOption(creating, '--subnet <cidr>', 'Subnet; absent = next free one');
  addListOption(creating, '--label <key=value>', 'Add a label');
  addListOption(creating, '-o, --opt <key=value>', 'Options of the driver');
  addUnsupportedOptions(creating, UNSUPPORTED);
  creating.action((name: string, flags: Flags) => create(context, name, flags));
  network.addCommand(creating);

  const listing = addListOptions(network.createCommand('ls').alias('list').description('List networks'));
  listing.action((options: ListOptions) => list(context, options));
  network.addCommand(listing);

  const inspecting = addInspectOptions(network.createCommand('inspect').description('Show networks in full'));
  inspecting.argument('<network...>');
  inspecting.action(async (references: string[], options: InspectOptions) => {
    const networks = await forEachReference(context, references, (reference) =>
      context.control().getNetwork({ reference }),
    );
    context.terminal.writeOut(formatInspection(networks, options.format));
  });
  network.addCommand(inspecting);

  const removing = network.createCommand('rm').alias('remove').description('Remove networks');
  removing.argument('<network...>');
  removing.action(async (references: string[]) => {
    await forEachReference(context, references, async (reference) => {
      await context.control().removeNetwork({ reference });
      context.terminal.writeOut(`${reference}\n`);
    });
  });
  network.addCommand(removing);
  program.addCommand(network);
}
