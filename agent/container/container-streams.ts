import { describeError, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { AttachHeader, ExecHeader, StreamInput, StreamOutput } from '../../proto/container-messages.ts';
import type { ContainerStream } from '../executor/executor.ts';
import { mergeEnv } from '../worker/container-request.ts';
import { requireRunning, startContainer } from './container-actions.ts';
import { containerOnNode } from './describe-container.ts';
import { type FoundContainer, findOnNode } from './find-container.ts';
import type { LocalContext } from './local-context.ts';
import { belongsToService, requireTaskRunning } from './task-actions.ts';

const NO_DATA = new Uint8Array(0);
const OPEN: StreamOutput = { open: true, stream: '', data: NO_DATA, closed: false };

function closing(exitCode: number | null): StreamOutput {
  const last = { open: false, stream: '', data: NO_DATA, closed: true };
  return exitCode === null ? last : { ...last, exitCode };
}

/** Passes on what the user types, as fast as the program takes it. */
async function passInput(
  inputs: AsyncIterator<StreamInput>,
  stream: ContainerStream,
  stdin: boolean,
): Promise<void> {
  for (let next = await inputs.next(); next.done !== true; next = await inputs.next()) {
    const { data, end, size } = next.value;
    if (size !== undefined) stream.resize(size);
    // A program without input is not bothered with its end: it may have ended already.
    if (stdin && data.length > 0) await stream.write(data);
    if (stdin && end) stream.endInput();
  }
  if (stdin) stream.endInput();
}

/** Joins a caller's messages with a stream until the stream ends, or the caller goes. */
async function* pumpStream(
  stream: ContainerStream,
  inputs: AsyncIterator<StreamInput>,
  { stdin, signal, log }: { readonly stdin: boolean; readonly signal: AbortSignal; readonly log: Log },
): AsyncGenerator<StreamOutput> {
  const letGo = () => stream.close();
  signal.addEventListener('abort', letGo, { once: true });
  if (signal.aborted) letGo();
  passInput(inputs, stream, stdin).catch((thrown: unknown) => {
    // The program took no more, or the caller went in the middle: what is left is the output.
    log('debug', 'The input of a stream ended early.', { error: describeError(thrown) });
  });
  try {
    yield OPEN;
    for await (const { stream: name, data } of stream.output) {
      yield { open: false, stream: name, data, closed: false };
    }
    yield closing(await stream.ended);
  } finally {
    signal.removeEventListener('abort', letGo);
    stream.close();
  }
}

async function firstMessage(inputs: AsyncIterator<StreamInput>): Promise<StreamInput> {
  const first = await inputs.next();
  if (first.done === true) throw new SkepError('INVALID_ARGUMENT', 'a stream begins with its header');
  return first.value;
}

function requireAlive(found: FoundContainer): void {
  if (found.kind === 'local') requireRunning(found.record);
  else requireTaskRunning(found.entry);
}

async function startFor(context: LocalContext, found: FoundContainer, header: AttachHeader): Promise<void> {
  if (found.kind === 'task') throw belongsToService(found.entry, 'started');
  const { stdin, output, size } = header;
  // What is held back is let go by the first stream that takes output.
  const streams = { holdOutput: output, stdinOnce: stdin, ...(size === undefined ? {} : { size }) };
  await startContainer(context, found.record, streams);
}

async function attachTo(
  context: LocalContext,
  found: FoundContainer,
  { stdin, output, start }: AttachHeader,
): Promise<ContainerStream | null> {
  try {
    return await context.executor.attach(found.id, { stdin, output });
  } catch (thrown) {
    // It may have ended before anybody could be attached; nothing was there to be read.
    if (start && thrown instanceof SkepError && thrown.code === 'NOT_FOUND') return null;
    throw thrown;
  }
}

/** Attaches the caller to a container's standard streams, and with `start` starts it so that no byte is missed. */
export async function* attachContainer(
  context: LocalContext,
  requests: AsyncIterable<StreamInput>,
  signal: AbortSignal,
): AsyncGenerator<StreamOutput> {
  const inputs = requests[Symbol.asyncIterator]();
  const { attach: header } = await firstMessage(inputs);
  if (header === undefined) throw new SkepError('INVALID_ARGUMENT', 'an attach begins with its header');
  const found = findOnNode(context, header.reference);
  if (header.start) await startFor(context, found, header);
  else requireAlive(found);
  const stream = await attachTo(context, found, header);
  if (stream === null) {
    yield OPEN;
    yield closing(found.kind === 'local' ? found.record.stored.exitCode : null);
    return;
  }
  if (header.size !== undefined) stream.resize(header.size);
  yield* pumpStream(stream, inputs, { stdin: header.stdin, signal, log: context.log });
}

async function runIn(context: LocalContext, header: ExecHeader): Promise<ContainerStream> {
  const found = findOnNode(context, header.reference);
  requireAlive(found);
  const { setting, state } = containerOnNode(context, header.reference);
  if (state === 'paused') {
    throw new SkepError('FAILED_PRECONDITION', `container ${found.name} is paused`, {
      help: `skep unpause ${found.name} lets it go on`,
    });
  }
  const { argv, env, tty, stdin, privileged, size } = header;
  if (argv.length === 0) throw new SkepError('INVALID_ARGUMENT', 'exec needs a command');
  return context.executor.execStream(found.id, argv, {
    env: mergeEnv(setting.env, tty ? ['TERM=xterm'] : [], env),
    workdir: header.workdir === '' ? setting.workdir : header.workdir,
    user: header.user === '' ? setting.user : header.user,
    tty,
    stdin,
    privileged,
    ...(size === undefined ? {} : { size }),
  });
}

/** Runs a program inside a running container, joined with the caller, or with `detach` left to itself. */
export async function* execInContainer(
  context: LocalContext,
  requests: AsyncIterable<StreamInput>,
  signal: AbortSignal,
): AsyncGenerator<StreamOutput> {
  const inputs = requests[Symbol.asyncIterator]();
  const { exec: header } = await firstMessage(inputs);
  if (header === undefined) throw new SkepError('INVALID_ARGUMENT', 'an exec begins with its header');
  const stream = await runIn(context, header.detach ? { ...header, tty: false, stdin: false } : header);
  if (header.detach) {
    stream.close();
    yield OPEN;
    yield closing(null);
    return;
  }
  yield* pumpStream(stream, inputs, { stdin: header.stdin, signal, log: context.log });
}
