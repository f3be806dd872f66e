import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { keeperError } from '../agent/executor/keeper-errors.ts';
import {
  concatBytes,
  decodeMessage,
  encodeRequest,
  encodeSteps,
  FIELDS,
  type Field,
  fieldNumber,
  numberField,
  type Step,
  splitFrames,
  stringField,
} from '../agent/executor/protocol.ts';
import { SkepError } from '../lib/errors.ts';

/** Runs the one-shot keeper: agent/keeper/one_shot.c. It takes our standard streams as they are. */

export interface OneShotRequest {
  /** For errors: `create`, `exec`. */
  readonly what: string;
  readonly steps: readonly Step[];
  /** CLONE_NEW… flags; 0 when it enters a container. */
  readonly namespaces: number;
  /** The first process of the container to enter; 0 = a new one. */
  readonly joinPid: number;
  readonly birthFolder: string | null;
  /** Where the program waits for its start. */
  readonly gatePath: string | null;
  readonly consoleSocket: string | null;
  /** The end of the program is awaited and told. */
  readonly wait: boolean;
  /** Run when the container is set up but for its hooks; it goes on when this has resolved. */
  readonly runHooks: (pid: number) => Promise<void>;
}

export interface OneShotProgram {
  readonly pid: number;
  /** Its exit code, 128 + signal for a signal; never resolves without `wait`. */
  readonly ended: Promise<number>;
}

const REQUEST_NUMBER = 1;

function encode(request: OneShotRequest): Uint8Array {
  const { joinPid, birthFolder, gatePath, consoleSocket } = request;
  return encodeRequest(joinPid === 0 ? 'start' : 'exec', REQUEST_NUMBER, [
    numberField(FIELDS.namespaces, request.namespaces),
    ...(joinPid === 0 ? [] : [numberField(FIELDS.join, joinPid)]),
    ...(birthFolder === null ? [] : [stringField(FIELDS.cgroup, birthFolder)]),
    ...(gatePath === null ? [] : [stringField(FIELDS.gate, gatePath)]),
    ...(consoleSocket === null ? [] : [stringField(FIELDS.consoleSocket, consoleSocket)]),
    ...(request.wait ? [numberField(FIELDS.wait, 1)] : []),
    encodeSteps(request.steps),
  ]);
}

/** The answers' fields in turn; ends with the connection. INTERNAL, FAILED_PRECONDITION: what the keeper refused. */
async function* readAnswers(channel: Socket, what: string): AsyncGenerator<readonly Field[]> {
  let received: Uint8Array = new Uint8Array();
  for await (const chunk of channel) {
    if (!(chunk instanceof Uint8Array)) continue;
    const { messages, rest } = splitFrames(concatBytes([received, chunk]));
    received = rest;
    for (const bytes of messages) {
      const message = decodeMessage(bytes);
      if (message.kind === 'error') throw keeperError(what, message.failure);
      if (message.kind === 'ok') yield message.fields;
    }
  }
}

function launch(keeperPath: string): { readonly child: ChildProcess; readonly channel: Socket } {
  const child = spawn(keeperPath, ['--one-shot'], { stdio: [0, 1, 2, 'pipe'], env: {} });
  const channel = child.stdio[3];
  if (!(channel instanceof Socket)) throw new SkepError('INTERNAL', 'no connection to the one-shot keeper');
  return { child, channel };
}

async function nextAnswer(
  answers: AsyncGenerator<readonly Field[]>,
  what: string,
): Promise<readonly Field[]> {
  const next = await answers.next();
  if (next.done === true) throw new SkepError('INTERNAL', `${what}: the keeper ended without an answer`);
  return next.value;
}

/** Resolves once the program runs, or waits at its gate. Rejects as `readAnswers` does; then nothing of it is left but groups. */
export async function runOneShot(keeperPath: string, request: OneShotRequest): Promise<OneShotProgram> {
  const frame = encode(request);
  const { child, channel } = launch(keeperPath);
  const broken = new Promise<never>((_, reject) => {
    const fail = (cause: Error): void =>
      reject(
        new SkepError('FAILED_PRECONDITION', `the keeper ${keeperPath} could not be started`, { cause }),
      );
    child.once('error', fail);
  });
  broken.catch(() => {});
  channel.write(frame);
  const answers = readAnswers(channel, request.what);
  try {
    let fields = await Promise.race([nextAnswer(answers, request.what), broken]);
    if (fieldNumber(fields, FIELDS.waiting) === 1) {
      await request.runHooks(fieldNumber(fields, FIELDS.pid));
      channel.write('G');
      fields = await nextAnswer(answers, request.what);
    }
    const pid = fieldNumber(fields, FIELDS.pid);
    if (!request.wait) channel.destroy();
    const ended = request.wait
      ? nextAnswer(answers, request.what).then((last) => fieldNumber(last, FIELDS.exitCode))
      : new Promise<never>(() => {});
    return { pid, ended };
  } catch (error) {
    // Without the byte that it waits for, the keeper kills what it made.
    channel.destroy();
    await new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve();
      else child.once('exit', () => resolve());
    });
    throw error;
  }
}
