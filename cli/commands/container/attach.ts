import { SkepError } from '../../../lib/errors.ts';
import type { LocalContainerMessage } from '../../../proto/container-messages.ts';
import type { Context } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { addDefaultOnOption } from '../options.ts';
import { booleanFlag, type Flags, textFlag } from '../service/flag-values.ts';
import { attachTo, finishAttached, SIG_PROXY } from './container-stream.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { checkInputDevice } from './stream-session.ts';

function checkRunning({ name, state }: LocalContainerMessage): void {
  if (state === 'running') return;
  if (state === 'paused' || state === 'restarting') {
    const help = state === 'paused' ? `skep unpause ${name}` : 'try again in a moment';
    throw new SkepError('FAILED_PRECONDITION', `cannot attach to ${name}: it is ${state}`, { help });
  }
  throw new SkepError('FAILED_PRECONDITION', `cannot attach to ${name}: it does not run`, {
    help: `skep start --attach ${name}`,
  });
}

async function attach(context: Context, reference: string, flags: Flags): Promise<void> {
  const detachKeys = parseDetachKeys(textFlag(flags, 'detachKeys'));
  const container = await context.containers().inspect({ reference, size: false });
  checkRunning(container);
  const { tty, openStdin } = container.spec.container;
  // Commander turns `--no-stdin` into `stdin: false`.
  const stdin = openStdin === true && booleanFlag(flags, 'stdin') !== false;
  checkInputDevice(context.terminal, stdin, tty);
  const end = await attachTo(context, {
    reference: container.id,
    start: false,
    tty,
    stdin,
    stdout: true,
    stderr: true,
    detachKeys,
    passSignals: booleanFlag(flags, 'sigProxy') !== false,
  });
  await finishAttached(context, container.id, end);
}

/** `skep attach`. */
export function addAttach(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('attach').description('Join the terminal to a running container');
  command
    .argument('<container>')
    .option('--no-stdin', 'Do not attach standard input')
    .option('--detach-keys <keys>', 'Keys that detach from a terminal (default ctrl-p,ctrl-q)');
  addDefaultOnOption(command, '--sig-proxy', SIG_PROXY);
  command.action((reference: string, flags: Flags) => attach(context, reference, flags));
  parent.addCommand(command);
}
