import type { Socket } from 'node:net';
import { ensureError, SkepError } from '../../lib/errors.ts';
import type { ContainerStream, OutputPiece } from './executor.ts';
import { frameReader, openKeeperSocket } from './keeper-client.ts';
import { keeperError } from './keeper-errors.ts';
import { encodeRequest, type RequestKind } from './protocol.ts';
import {
  decodeStreamMessage,
  encodeEndOfInput,
  encodeInput,
  encodeResize,
  type StreamMessage,
} from './stream-frames.ts';

/** Output that nobody took yet; the socket is not read above it, and the keeper slows the program in its turn. */
const MAX_QUEUED_BYTES = 256 * 1024;
/** A keeper that does not take what was written before `close` is left by then. */
const CLOSE_TIMEOUT_MS = 5_000;

interface OutputQueue {
  readonly pieces: AsyncIterable<OutputPiece>;
  push(piece: OutputPiece): void;
  /** Nothing more comes; `failure` is thrown once all is taken. */
  end(failure: Error | null): void;
  /** Nothing more is wanted. */
  drop(): void;
}

/** `flow` is told whether there is room. */
function createOutputQueue(flow: (open: boolean) => void): OutputQueue {
  let queue: OutputPiece[] = [];
  let queuedBytes = 0;
  let over = false;
  let failed: Error | null = null;
  let wake = (): void => {};

  async function* take(): AsyncGenerator<OutputPiece, void> {
    for (;;) {
      const piece = queue.shift();
      if (piece !== undefined) {
        queuedBytes -= piece.data.length;
        if (queuedBytes <= MAX_QUEUED_BYTES) flow(true);
        yield piece;
        continue;
      }
      if (failed !== null) throw failed;
      if (over) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    pieces: { [Symbol.asyncIterator]: take },
    push: (piece) => {
      if (over) return;
      queue.push(piece);
      queuedBytes += piece.data.length;
      if (queuedBytes > MAX_QUEUED_BYTES) flow(false);
      wake();
    },
    end: (failure) => {
      if (over) return;
      over = true;
      failed = failure;
      wake();
    },
    drop: () => {
      over = true;
      queue = [];
      failed = null;
      flow(true);
      wake();
    },
  };
}

interface InputWriter {
  write(frames: readonly Uint8Array[]): Promise<void>;
  /** Resolves once what was written before has left. */
  idle(): Promise<void>;
  /** The other side takes nothing any more. */
  lose(): void;
}

/** Sends one write after the other, each as fast as the socket takes it. */
function createInputWriter(socket: Socket): InputWriter {
  let last: Promise<void> = Promise.resolve();
  let lost = false;
  let wake = (): void => {};
  socket.on('drain', () => wake());

  const send = async (frames: readonly Uint8Array[]): Promise<void> => {
    for (const frame of frames) {
      if (!lost && !socket.write(frame)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (lost) throw new SkepError('CANCELLED', 'the program takes no input any more');
    }
  };

  return {
    write: (frames) => {
      const sent = last.then(() => send(frames));
      last = sent.catch(() => {});
      return sent;
    },
    idle: () => last,
    lose: () => {
      lost = true;
      wake();
    },
  };
}

interface StreamEvents {
  onMessage(message: StreamMessage): void;
  /** Once: the connection is gone. */
  onLost(reason: Error): void;
}

function listen(socket: Socket, events: StreamEvents): void {
  const readFrames = frameReader((bytes) => events.onMessage(decodeStreamMessage(bytes)));
  let reason = new Error('the keeper closed the connection');
  socket.on('data', (chunk: Uint8Array) => {
    try {
      readFrames(chunk);
    } catch (error) {
      socket.destroy(ensureError(error));
    }
  });
  socket.on('error', (error) => {
    reason = error;
  });
  socket.on('close', () => events.onLost(reason));
}

interface Answer {
  readonly promise: Promise<void>;
  settle(failure: Error | null): void;
}

function expectAnswer(what: string, timeoutMs: number): Answer {
  let settle = (_failure: Error | null): void => {};
  const promise = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new SkepError('DEADLINE_EXCEEDED', `${what}: no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    settle = (failure) => {
      clearTimeout(timer);
      if (failure === null) resolve();
      else reject(failure);
    };
  });
  return { promise, settle };
}

/** A stream over a connection that is asked to become one by the request; `answer` tells whether it did. */
function pumpStream(socket: Socket, what: string, answer: Answer): ContainerStream {
  const output = createOutputQueue((open) => {
    if (open) socket.resume();
    else socket.pause();
  });
  const input = createInputWriter(socket);
  let closed = false;
  let finish = (_exitCode: number | null): void => {};
  const ended = new Promise<number | null>((resolve) => {
    finish = resolve;
  });

  const end = (exitCode: number | null, failure: Error | null): void => {
    closed = true;
    finish(exitCode);
    input.lose();
    output.end(failure);
    socket.destroy();
  };
  const receive = (message: StreamMessage): void => {
    if (message.kind === 'output') output.push(message);
    else if (message.kind === 'input-lost') input.lose();
    else if (message.kind === 'ended') end(message.exitCode, null);
    else if (message.kind === 'let-go') {
      const code = message.comesBack === true ? 'UNAVAILABLE' : 'DEADLINE_EXCEEDED';
      end(null, new SkepError(code, `${what}: the stream was ended: ${message.reason}`));
    } else if (message.message.kind === 'error') answer.settle(keeperError(what, message.message.failure));
    else answer.settle(null);
  };
  listen(socket, {
    onMessage: receive,
    onLost: (reason) => {
      answer.settle(
        new SkepError('UNAVAILABLE', `${what}: the keeper ended the connection`, { cause: reason }),
      );
      end(null, null);
    },
  });

  return {
    output: output.pieces,
    write: (data) => {
      if (!closed) return input.write(encodeInput(data));
      return Promise.reject(new SkepError('CANCELLED', `${what}: the stream is closed`));
    },
    endInput: () => {
      if (!closed) void input.write([encodeEndOfInput()]).catch(() => {});
    },
    resize: (size) => {
      if (!closed) socket.write(encodeResize(size));
    },
    ended,
    close: () => {
      if (closed) return;
      closed = true;
      finish(null);
      output.drop();
      setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
      void input.idle().then(() => socket.end());
    },
  };
}

/**
 * Opens a connection of its own to the keeper and makes it a stream by one request. Rejects with what the keeper
 * answered, its words behind `what`; UNAVAILABLE when there is no keeper or it went away; DEADLINE_EXCEEDED after
 * `timeoutMs`.
 */
export async function openContainerStream(
  socketPath: string,
  kind: RequestKind,
  fields: readonly Uint8Array[],
  what: string,
  timeoutMs: number,
): Promise<ContainerStream> {
  const frame = encodeRequest(kind, 1, fields);
  const socket = await openKeeperSocket(socketPath);
  const answer = expectAnswer(what, timeoutMs);
  const stream = pumpStream(socket, what, answer);
  socket.write(frame);
  try {
    await answer.promise;
    return stream;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
