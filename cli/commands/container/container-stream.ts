import { SkepError } from '../../../lib/errors.ts';
import type { Context } from '../../context.ts';
import { signalExitCode } from './exit-codes.ts';
import { runStream, type StreamEnd, type StreamRequest } from './stream-session.ts';

/** What is passed on waits no longer for the daemon's answer. */
const KILL_TIMEOUT_MS = 15_000;

/** What `--sig-proxy` does, for help. */
export const SIG_PROXY = 'Pass signals on to the container (on unless =false; never with a terminal)';

export interface AttachRequest {
  readonly reference: string;
  readonly start: boolean;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys: readonly number[];
  /** Signals go to the container; without a terminal only, for there its keys send them. */
  readonly passSignals: boolean;
}

/** Sends a signal on; a container that has ended meanwhile takes none, which is nobody's fault. */
async function passSignal(context: Context, reference: string, name: NodeJS.Signals): Promise<void> {
  const request = { reference, signal: name.replace(/^SIG/, '') };
  await context
    .containers()
    .kill(request, { timeoutMs: KILL_TIMEOUT_MS })
    .catch((thrown: unknown) => {
      const isOver =
        thrown instanceof SkepError && ['NOT_FOUND', 'FAILED_PRECONDITION'].includes(thrown.code);
      if (!isOver) context.terminal.writeError(`Error: ${name} did not reach the container\n`);
    });
}

/** Joins the terminal to a container, which it may start. */
export function attachTo(context: Context, request: AttachRequest): Promise<StreamEnd> {
  const { reference, start, tty, stdin, stdout, stderr, detachKeys } = request;
  const stream: StreamRequest = {
    call: (inputs, settings) => context.containers().attach(inputs, settings),
    header: { attach: { reference, stdin, output: stdout || stderr, start } },
    tty,
    stdin,
    stdout,
    stderr,
    detachKeys,
    redraw: !start,
    ...(request.passSignals && !tty
      ? { forward: (name: NodeJS.Signals) => passSignal(context, reference, name) }
      : {}),
  };
  return runStream(context.terminal, stream);
}

/**
 * Ends a command whose stream has ended, with the exit code that tells about it. A stream that was closed without a
 * code is asked about once more: the container may have ended in that moment.
 */
export async function finishAttached(context: Context, reference: string, end: StreamEnd): Promise<void> {
  if (end.kind === 'exited') return context.exitWith(end.exitCode);
  if (end.kind === 'interrupted') return context.exitWith(signalExitCode(end.signal));
  if (end.kind === 'detached') {
    context.terminal.writeError('read escape sequence\n');
    return;
  }
  const container = await context.containers().inspect({ reference, size: false });
  if (container.state === 'exited' || container.state === 'dead') return context.exitWith(container.exitCode);
  throw new SkepError('UNAVAILABLE', `the connection to ${container.name} was closed, and it goes on`, {
    help: `skep attach ${container.name}`,
  });
}
