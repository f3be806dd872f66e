import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureError, SkepError } from '../../lib/errors.ts';
import {
  concatBytes,
  decodeMessage,
  encodeRequest,
  type Field,
  type KeeperFailure,
  type KeptContainer,
  MAX_ANSWER_BYTES,
  type RequestKind,
  splitFrames,
} from './protocol.ts';

/** A request that the keeper refused: `failure` says what and why. The executor turns it into a SkepError. */
export interface KeeperRefusal {
  readonly refused: KeeperFailure;
}

export type KeeperReply = { readonly fields: readonly Field[] } | KeeperRefusal;

/** One connection to the keeper. It never reconnects: whoever holds it makes a new one. */
export interface KeeperClient {
  /** DEADLINE_EXCEEDED after `timeoutMs`; UNAVAILABLE when the connection ends before the answer. */
  request(kind: RequestKind, fields: readonly Uint8Array[], timeoutMs: number): Promise<KeeperReply>;
  close(): void;
}

export interface KeeperClientEvents {
  onExit(container: KeptContainer): void;
  /** Once, when the connection is gone without `close`. */
  onLost(reason: Error): void;
}

/** Requests under way on one connection; the agent asks for far less at a time. */
const MAX_PENDING = 16_384;
const CONNECT_TIMEOUT_MS = 5_000;
const CROWDED_PAUSE_MS = 5;

interface Pending {
  readonly resolve: (reply: KeeperReply) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

function trySocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (cause: Error): void => {
      socket.destroy();
      reject(new SkepError('UNAVAILABLE', `no keeper answers on ${path}`, { cause }));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(new Error('the connection took too long')));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** More connections wait to be accepted than the system allows (net.core.somaxconn); it is over in a moment. */
function isCrowded(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN';
}

/** A connection to the keeper's socket. UNAVAILABLE when nobody serves it. */
export async function openKeeperSocket(path: string): Promise<Socket> {
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  for (;;) {
    try {
      return await trySocket(path);
    } catch (error) {
      if (!isCrowded(error) || performance.now() > deadline) throw error;
    }
    await sleep(CROWDED_PAUSE_MS);
  }
}

/** Collects chunks and hands on every whole message. The returned function throws DATA_LOSS on nonsense. */
export function frameReader(receive: (message: Uint8Array) => void): (chunk: Uint8Array) => void {
  let parts: Uint8Array[] = [];
  let buffered = 0;
  return (chunk) => {
    parts.push(chunk);
    buffered += chunk.length;
    if (buffered > 2 * MAX_ANSWER_BYTES) throw new SkepError('DATA_LOSS', 'the keeper sent too long a frame');
    const { messages, rest } = splitFrames(parts.length === 1 ? chunk : concatBytes(parts));
    parts = rest.length === 0 ? [] : [rest];
    buffered = rest.length;
    for (const message of messages) receive(message);
  };
}

/** Connects to the keeper's socket. UNAVAILABLE when nobody serves it. */
export async function connectKeeper(path: string, events: KeeperClientEvents): Promise<KeeperClient> {
  const socket = await openKeeperSocket(path);
  const pending = new Map<number, Pending>();
  let lastRequest = 0;
  let ended = false;

  const take = (request: number): Pending | undefined => {
    const found = pending.get(request);
    if (found === undefined) return undefined;
    clearTimeout(found.timer);
    pending.delete(request);
    return found;
  };

  const end = (reason: Error, wanted: boolean): void => {
    if (ended) return;
    ended = true;
    socket.destroy();
    const error = new SkepError('UNAVAILABLE', 'the connection to the keeper ended', { cause: reason });
    for (const request of [...pending.keys()]) take(request)?.reject(error);
    if (!wanted) events.onLost(error);
  };

  const receive = (bytes: Uint8Array): void => {
    const message = decodeMessage(bytes);
    if (message.kind === 'exit') {
      // Whoever waits for an answer that came before this event goes first, and knows the container by then.
      setImmediate(events.onExit, message.container);
      return;
    }
    // An answer that nobody waits for any more came after its deadline.
    const waiting = take(message.request);
    if (message.kind === 'ok') waiting?.resolve({ fields: message.fields });
    else waiting?.resolve({ refused: message.failure });
  };

  const readFrames = frameReader(receive);
  socket.on('data', (chunk: Uint8Array) => {
    try {
      readFrames(chunk);
    } catch (error) {
      end(ensureError(error), false);
    }
  });
  socket.on('error', (error) => end(error, false));
  socket.on('close', () => end(new Error('the keeper closed it'), false));

  return {
    request: (kind, fields, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (ended) throw new SkepError('UNAVAILABLE', 'the connection to the keeper ended');
        if (pending.size >= MAX_PENDING) {
          throw new SkepError('RESOURCE_EXHAUSTED', `${MAX_PENDING} requests wait for the keeper already`);
        }
        lastRequest = lastRequest >= 0xffff_fffe ? 1 : lastRequest + 1;
        const request = lastRequest;
        const frame = encodeRequest(kind, request, fields);
        const timer = setTimeout(() => {
          const text = `the keeper did not answer the ${kind} request within ${timeoutMs} ms`;
          take(request)?.reject(new SkepError('DEADLINE_EXCEEDED', text));
        }, timeoutMs);
        pending.set(request, { resolve, reject, timer });
        socket.write(frame);
      }),
    close: () => end(new Error('closed by the agent'), true),
  };
}
