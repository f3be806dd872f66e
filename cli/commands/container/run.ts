import { SkepError } from '../../../lib/errors.ts';
import type { Context } from '../../context.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { addDefaultOnOption } from '../options.ts';
import { booleanFlag, type Flags, listFlag, textFlag } from '../service/flag-values.ts';
import { attachTo, finishAttached, SIG_PROXY } from './container-stream.ts';
import { createContainer, readContainerSpec } from './create.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { runFailureExitCode } from './exit-codes.ts';
import { addContainerOptions } from './run-options.ts';
import { checkInputDevice } from './stream-session.ts';

const STREAMS = ['stdin', 'stdout', 'stderr'] as const;
type Stream = (typeof STREAMS)[number];

/** Which streams a line of `run` joins: those that `--attach` names, else all but an input that nobody asked for. */
function attachedStreams(flags: Flags): readonly Stream[] {
  const isInteractive = flags.interactive === true;
  const named = listFlag(flags, 'attach').map((word) => {
    const stream = STREAMS.find((known) => known === word.toLowerCase());
    if (stream === undefined) {
      throw new UsageError(`invalid value "${word}" for --attach`, 'use stdin, stdout or stderr');
    }
    return stream;
  });
  if (named.length === 0) return isInteractive ? STREAMS : ['stdout', 'stderr'];
  // Input that the container does not keep open has nowhere to go.
  return named.filter((stream) => stream !== 'stdin' || isInteractive);
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof SkepError && thrown.code === 'NOT_FOUND';
}

/** A container that never ran is of no use to a `--rm`; the daemon may have taken it away already. */
async function discard(context: Context, id: string): Promise<void> {
  await context
    .containers()
    .remove({ reference: id, force: true, volumes: true })
    .catch(() => undefined);
}

/** Returns when a container that removes itself is gone: its name is free then. */
async function awaitRemoval(context: Context, id: string): Promise<void> {
  const request = { reference: id, condition: 'removed' };
  await context
    .containers()
    .wait(request, { timeoutMs: Number.POSITIVE_INFINITY })
    .catch((thrown: unknown) => {
      if (!isGone(thrown)) throw thrown;
    });
}

async function runAttached(context: Context, id: string, flags: Flags, autoRemove: boolean): Promise<void> {
  const streams = attachedStreams(flags);
  const end = await attachTo(context, {
    reference: id,
    start: true,
    tty: flags.tty === true,
    stdin: streams.includes('stdin'),
    stdout: streams.includes('stdout'),
    stderr: streams.includes('stderr'),
    detachKeys: parseDetachKeys(textFlag(flags, 'detachKeys')),
    passSignals: booleanFlag(flags, 'sigProxy') !== false,
  });
  await finishAttached(context, id, end);
  if (autoRemove && (end.kind === 'exited' || end.kind === 'closed')) await awaitRemoval(context, id);
}

async function run(context: Context, image: string, args: readonly string[], flags: Flags): Promise<void> {
  const isDetached = flags.detach === true;
  if (isDetached && listFlag(flags, 'attach').length > 0) {
    throw new UsageError('conflicting options: --attach and --detach');
  }
  parseDetachKeys(textFlag(flags, 'detachKeys'));
  const isReading = !isDetached && attachedStreams(flags).includes('stdin');
  checkInputDevice(context.terminal, isReading, flags.tty === true);
  const spec = await readContainerSpec(context, image, args, flags);
  const id = await createContainer(context, spec, flags);
  try {
    if (!isDetached) return await runAttached(context, id, flags, spec.autoRemove);
    await context.containers().start({ reference: id }, { timeoutMs: Number.POSITIVE_INFINITY });
    context.terminal.writeOut(`${id}\n`);
  } catch (thrown) {
    // Only a container that could not be started: one that ran is the daemon's to remove.
    if (spec.autoRemove && thrown instanceof SkepError && thrown.code === 'FAILED_PRECONDITION') {
      await discard(context, id);
    }
    throw thrown;
  }
}

/** `skep run`. */
export function addRun(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('run').description('Create a container and start it');
  command
    .argument('<image>')
    .argument('[command...]', 'program of the container and its arguments')
    .option('-d, --detach', 'Do not wait for it: print its id')
    .option('--detach-keys <keys>', 'Keys that detach from a terminal (default ctrl-p,ctrl-q)');
  addContainerOptions(command);
  addDefaultOnOption(command, '--sig-proxy', SIG_PROXY);
  command.endFlagsAtOperand().failWith(runFailureExitCode);
  command.action((image: string, args: string[], flags: Flags) => run(context, image, args, flags));
  parent.addCommand(command);
}
