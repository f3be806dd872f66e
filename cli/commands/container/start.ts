import type { Context } from '../../context.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { forEachReference } from '../each.ts';
import { addDefaultOnOption } from '../options.ts';
import { booleanFlag, type Flags, textFlag } from '../service/flag-values.ts';
import { attachTo, finishAttached, SIG_PROXY } from './container-stream.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { programFailureExitCode } from './exit-codes.ts';
import { checkInputDevice } from './stream-session.ts';

async function startAttached(context: Context, reference: string, flags: Flags): Promise<void> {
  const detachKeys = parseDetachKeys(textFlag(flags, 'detachKeys'));
  const { id, spec } = await context.containers().inspect({ reference, size: false });
  const { tty, openStdin } = spec.container;
  const stdin = flags.interactive === true && openStdin === true;
  checkInputDevice(context.terminal, stdin, tty);
  // Docker's -i attaches the output too.
  const end = await attachTo(context, {
    reference: id,
    start: true,
    tty,
    stdin,
    stdout: true,
    stderr: true,
    detachKeys,
    passSignals: booleanFlag(flags, 'sigProxy') !== false,
  });
  await finishAttached(context, id, end);
}

async function start(context: Context, references: readonly string[], flags: Flags): Promise<void> {
  if (flags.attach === true || flags.interactive === true) {
    const [reference = '', ...more] = references;
    if (more.length > 0) throw new UsageError('you cannot start and attach multiple containers at once');
    return startAttached(context, reference, flags);
  }
  await forEachReference(context, references, async (reference) => {
    await context.containers().start({ reference }, { timeoutMs: Number.POSITIVE_INFINITY });
    context.terminal.writeOut(`${reference}\n`);
  });
}

/** `skep start`. */
export function addStart(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('start').description('Start containers that do not run');
  command
    .argument('<container...>')
    .option('-a, --attach', 'Show its output, and end with its exit code')
    .option('-i, --interactive', 'Attach its standard input')
    .option('--detach-keys <keys>', 'Keys that detach from a terminal (default ctrl-p,ctrl-q)');
  addDefaultOnOption(command, '--sig-proxy', SIG_PROXY);
  command.failWith(programFailureExitCode);
  command.action((references: string[], flags: Flags) => start(context, references, flags));
  parent.addCommand(command);
}
