import { describeError, SkepError } from '../../../lib/errors.ts';
import type { ContainersClient, Context } from '../../context.ts';
import { FAILURE_EXIT_CODE, type SkepCommand } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { type Flags, integerFlag, textFlag } from '../service/flag-values.ts';

/** Containers that one command line stops, removes or awaits at once. */
const MAX_AT_ONCE = 50;
const NO_BOUND = { timeoutMs: Number.POSITIVE_INFINITY };

type Outcome = { readonly text: string } | { readonly thrown: unknown };

/**
 * Does something to every container at once, as far as {@link MAX_AT_ONCE} goes, for a container may take seconds to
 * stop. What came of each is said in the order of the command line; one that fails does not keep the others back.
 */
async function forAll(
  context: Context,
  references: readonly string[],
  act: (reference: string) => Promise<string>,
): Promise<void> {
  const outcomes = new Map<number, Promise<Outcome>>();
  let next = 0;
  const settle = (index: number): Promise<Outcome> =>
    act(references[index] ?? '').then(
      (text) => ({ text }),
      (thrown: unknown) => ({ thrown }),
    );
  const startMore = () => {
    for (; next < references.length && next < MAX_AT_ONCE; next++) outcomes.set(next, settle(next));
  };
  startMore();
  for (let index = 0; index < references.length; index++) {
    const outcome = await outcomes.get(index);
    if (next < references.length) outcomes.set(next, settle(next++));
    if (outcome === undefined) continue;
    if ('text' in outcome) context.terminal.writeOut(`${outcome.text}\n`);
    else {
      if (references.length === 1) throw outcome.thrown;
      context.terminal.writeError(`Error: ${describeError(outcome.thrown)}\n`);
      context.exitWith(FAILURE_EXIT_CODE);
    }
  }
}

/** `stop` and `restart`: the same flags and the same request. */
function addStopping(
  parent: SkepCommand,
  context: Context,
  name: 'stop' | 'restart',
  description: string,
): void {
  const command = parent.createCommand(name).description(description);
  command
    .argument('<container...>')
    .option('-t, --timeout <seconds>', 'Time from the signal to the kill (-1 = no kill)')
    .option('-s, --signal <signal>', 'Signal to send first')
    .option('--time <seconds>', 'The same as --timeout');
  command.action(async (references: string[], flags: Flags) => {
    const seconds = integerFlag(flags, 'timeout') ?? integerFlag(flags, 'time');
    const request = {
      signal: textFlag(flags, 'signal') ?? '',
      ...(seconds === undefined ? {} : { graceMs: seconds < 0 ? -1 : seconds * 1_000 }),
    };
    await forAll(context, references, async (reference) => {
      await context.containers()[name]({ ...request, reference }, NO_BOUND);
      return reference;
    });
  });
  parent.addCommand(command);
}

/** A command that takes nothing but containers. */
function addPlain(
  parent: SkepCommand,
  context: Context,
  name: 'pause' | 'unpause',
  description: string,
): void {
  const command = parent.createCommand(name).description(description);
  command.argument('<container...>').action(async (references: string[]) => {
    await forEachReference(context, references, async (reference) => {
      await context.containers()[name]({ reference });
      context.terminal.writeOut(`${reference}\n`);
    });
  });
  parent.addCommand(command);
}

function addKill(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('kill').description('Send a signal to containers');
  command.argument('<container...>').option('-s, --signal <signal>', 'Signal to send (default KILL)');
  command.action(async (references: string[], flags: Flags) => {
    await forEachReference(context, references, async (reference) => {
      await context.containers().kill({ reference, signal: textFlag(flags, 'signal') ?? '' });
      context.terminal.writeOut(`${reference}\n`);
    });
  });
  parent.addCommand(command);
}

function addRemove(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('rm').alias('remove').description('Remove containers');
  command
    .argument('<container...>')
    .option('-f, --force', 'Kill those that run; one that is not there is no error')
    .option('-v, --volumes', 'Remove their volumes without a name too');
  command.action(async (references: string[], flags: Flags) => {
    const request = { force: flags.force === true, volumes: flags.volumes === true };
    await forAll(context, references, async (reference) => {
      try {
        await context.containers().remove({ ...request, reference }, NO_BOUND);
      } catch (thrown) {
        if (!request.force || !(thrown instanceof SkepError) || thrown.code !== 'NOT_FOUND') throw thrown;
      }
      return reference;
    });
  });
  parent.addCommand(command);
}

function addRename(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('rename').description('Give a container another name');
  command.argument('<container>').argument('<name>');
  command.action(async (reference: string, name: string) => {
    await context.containers().rename({ reference, name });
  });
  parent.addCommand(command);
}

async function exitCodeAfter(containers: ContainersClient, reference: string): Promise<string> {
  const { exitCode } = await containers.wait({ reference, condition: '' }, NO_BOUND);
  return String(exitCode);
}

function addWait(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('wait').description('Wait until containers end, and print exit codes');
  command.argument('<container...>');
  command.action((references: string[]) =>
    forAll(context, references, (reference) => exitCodeAfter(context.containers(), reference)),
  );
  parent.addCommand(command);
}

/** `skep stop`, `restart`, `kill`, `pause`, `unpause`, `rm`, `rename`, `wait`. */
export function addLifecycle(parent: SkepCommand, context: Context): void {
  addStopping(parent, context, 'stop', 'Stop containers');
  addStopping(parent, context, 'restart', 'Stop containers and start them again');
  addKill(parent, context);
  addPlain(parent, context, 'pause', 'Freeze every process of containers');
  addPlain(parent, context, 'unpause', 'Let frozen containers go on');
  addRemove(parent, context);
  addRename(parent, context);
  addWait(parent, context);
}
