import type { Service } from '../../../lib/domain/service.ts';
import { SkepError } from '../../../lib/errors.ts';
import type { Context } from '../../context.ts';
import type { Operation } from '../../format/progress.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { awaitConvergence } from './convergence.ts';
import { readSurroundings } from './create.ts';
import { booleanFlag, type Flags, listFlag } from './flag-values.ts';
import { addUpdateOptions } from './options.ts';
import { applyUpdateFlags, type NetworkIds } from './spec-flags.ts';

interface Waiting {
  readonly detach: boolean;
  readonly quiet: boolean;
}

function waitingOf(flags: Flags): Waiting {
  return { detach: booleanFlag(flags, 'detach') === true, quiet: booleanFlag(flags, 'quiet') === true };
}

async function follow(
  context: Context,
  before: Service,
  operation: Operation,
  { detach, quiet }: Waiting,
): Promise<void> {
  if (detach) return;
  await awaitConvergence(context, {
    serviceId: before.id,
    serviceName: before.spec.name,
    operation,
    earlierStatus: before.updateStatus,
    quiet,
  });
}

async function networkIds(context: Context, flags: Flags): Promise<NetworkIds> {
  if (listFlag(flags, 'networkAdd').length + listFlag(flags, 'networkRm').length === 0) return {};
  const { networks } = await context.control().listNetworks({});
  return Object.fromEntries(networks.map((network) => [network.spec.name, network.id]));
}

async function rollBack(context: Context, reference: string, waiting: Waiting): Promise<void> {
  const before = await context.control().getService({ reference });
  const request = { reference: before.id, version: before.version, rollback: true };
  const { warnings } = await context.control().updateService(request);
  for (const warning of warnings) context.terminal.writeError(`Warning: ${warning}\n`);
  context.terminal.writeOut(`${reference}\n`);
  await follow(context, before, 'rollback', waiting);
}

async function update(context: Context, reference: string, flags: Flags): Promise<void> {
  if (booleanFlag(flags, 'rollback') === true) {
    const others = Object.keys(flags).filter(
      (key) => !['rollback', 'detach', 'quiet'].includes(key) && flags[key] !== true,
    );
    if (others.length > 0 || flags.force === true) {
      throw new UsageError('--rollback cannot be combined with flags that change the service');
    }
    return rollBack(context, reference, waitingOf(flags));
  }
  const before = await context.control().getService({ reference });
  const surroundings = await readSurroundings(context, flags);
  const spec = applyUpdateFlags(before.spec, flags, surroundings, await networkIds(context, flags));
  const request = { reference: before.id, version: before.version, spec, rollback: false };
  const { warnings } = await context.control().updateService(request);
  for (const warning of warnings) context.terminal.writeError(`Warning: ${warning}\n`);
  context.terminal.writeOut(`${reference}\n`);
  await follow(context, before, 'update', waitingOf(flags));
}

interface Scale {
  readonly reference: string;
  readonly replicas: number;
}

/** Reads `NAME=REPLICAS`. Throws UsageError. */
export function parseScale(text: string): Scale {
  const match = /^([^=]+)=(\d{1,9})$/.exec(text);
  if (match === null)
    throw new UsageError(`invalid scale "${text}"`, 'use SERVICE=REPLICAS, for example web=5');
  return { reference: match[1] ?? '', replicas: Number(match[2]) };
}

async function scaleOne(context: Context, { reference, replicas }: Scale): Promise<Service> {
  const before = await context.control().getService({ reference });
  if (before.spec.mode.kind !== 'replicated') {
    throw new SkepError('FAILED_PRECONDITION', `${reference}: only a replicated service can be scaled`);
  }
  const spec = { ...before.spec, mode: { kind: 'replicated', replicas } as const };
  const request = { reference: before.id, version: before.version, spec, rollback: false };
  await context.control().updateService(request);
  context.terminal.writeOut(`${reference} scaled to ${replicas}\n`);
  return before;
}

async function scale(context: Context, words: readonly string[], flags: Flags): Promise<void> {
  const scales = words.map(parseScale);
  const byReference = new Map(scales.map((entry) => [entry.reference, entry]));
  if (byReference.size < scales.length) throw new UsageError('a service is named twice');
  const changed = await forEachReference(context, [...byReference.keys()], (reference) =>
    scaleOne(context, byReference.get(reference) ?? { reference, replicas: 0 }),
  );
  for (const before of changed) await follow(context, before, 'update', waitingOf(flags));
}

function addWaitOptions(command: SkepCommand): void {
  command.option('-d, --detach', 'Do not wait for the service to converge');
  command.option('-q, --quiet', 'Wait without showing progress');
}

/** `skep service update`, `scale` and `rollback`. */
export function addUpdates(parent: SkepCommand, context: Context): void {
  const updating = parent.createCommand('update').description('Change a service');
  updating.argument('<service>');
  addUpdateOptions(updating);
  updating.action((reference: string, flags: Flags) => update(context, reference, flags));
  parent.addCommand(updating);

  const scaling = parent.createCommand('scale').description('Set the number of replicas of services');
  scaling.argument('<service=replicas...>');
  addWaitOptions(scaling);
  scaling.action((words: string[], flags: Flags) => scale(context, words, flags));
  parent.addCommand(scaling);

  const rolling = parent
    .createCommand('rollback')
    .description('Return a service to its previous specification');
  rolling.argument('<service>');
  addWaitOptions(rolling);
  rolling.action((reference: string, flags: Flags) => rollBack(context, reference, waitingOf(flags)));
  parent.addCommand(rolling);
}
