import type { Readable, Writable } from 'node:stream';

import {
  type CallOptions,
  type ChannelCredentials,
  Client,
  type ClientOptions,
  Metadata,
  type Server,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

import { SkepError } from '../lib/errors.ts';
import type { Codec } from './codec.ts';
import { startUnaryCall } from './unary-call.ts';
import { errorToStatus, statusToError } from './wire-error.ts';

/** A call that nobody bounded more tightly ends after this long. */
export const DEFAULT_CALL_TIMEOUT_MS = 15_000;
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

interface MethodBase<Request, Response> {
  readonly path: string;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}
export interface UnaryMethod<Request, Response> extends MethodBase<Request, Response> {
  readonly kind: 'unary';
}
export interface ServerStreamMethod<Request, Response> extends MethodBase<Request, Response> {
  readonly kind: 'serverStream';
}
export interface ClientStreamMethod<Request, Response> extends MethodBase<Request, Response> {
  readonly kind: 'clientStream';
}
export interface BidiMethod<Request, Response> extends MethodBase<Request, Response> {
  readonly kind: 'bidi';
}

/** Declares a call with one request and one answer. */
export function unary<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
): UnaryMethod<Request, Response> {
  return { kind: 'unary', path, request, response };
}

/** Declares a call that is answered by a stream. */
export function serverStream<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
): ServerStreamMethod<Request, Response> {
  return { kind: 'serverStream', path, request, response };
}

/** Declares a call whose request is a stream. */
export function clientStream<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
): ClientStreamMethod<Request, Response> {
  return { kind: 'clientStream', path, request, response };
}

/** Declares a call in which both sides send a stream, each at its own pace. */
export function bidi<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
): BidiMethod<Request, Response> {
  return { kind: 'bidi', path, request, response };
}

/** What a handler knows of its caller. */
export interface Call {
  /** DER of the certificate that the caller proved to hold; null on unix sockets and for callers without one. */
  readonly peerCertificate: Uint8Array | null;
  /** `address:port`, or the socket's path. */
  readonly peerAddress: string;
  /** Aborted when the caller gave up or the connection broke. */
  readonly signal: AbortSignal;
  header(name: string): string | undefined;
}

type Method =
  | UnaryMethod<unknown, unknown>
  | ServerStreamMethod<unknown, unknown>
  | ClientStreamMethod<unknown, unknown>
  | BidiMethod<unknown, unknown>;

/** The methods of one service. */
export type MethodTable = Readonly<Record<string, Method>>;

type HandlerOf<Method> =
  Method extends UnaryMethod<infer Request, infer Response>
    ? (request: Request, call: Call) => Promise<Response>
    : Method extends ServerStreamMethod<infer Request, infer Response>
      ? (request: Request, call: Call) => AsyncIterable<Response>
      : Method extends ClientStreamMethod<infer Request, infer Response>
        ? (requests: AsyncIterable<Request>, call: Call) => Promise<Response>
        : Method extends BidiMethod<infer Request, infer Response>
          ? (requests: AsyncIterable<Request>, call: Call) => AsyncIterable<Response>
          : never;

/** One handler for each method of a table. */
export type Handlers<Table extends MethodTable> = { readonly [Name in keyof Table]: HandlerOf<Table[Name]> };

export interface CallSettings {
  /** Bounds a unary or client-stream call (Infinity lifts it); streams of answers have no bound unless given one. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

type CallerOf<Method> =
  Method extends UnaryMethod<infer Request, infer Response>
    ? (request: Request, settings?: CallSettings) => Promise<Response>
    : Method extends ServerStreamMethod<infer Request, infer Response>
      ? (request: Request, settings?: CallSettings) => AsyncIterable<Response>
      : Method extends ClientStreamMethod<infer Request, infer Response>
        ? (requests: AsyncIterable<Request>, settings?: CallSettings) => Promise<Response>
        : Method extends BidiMethod<infer Request, infer Response>
          ? (requests: AsyncIterable<Request>, settings?: CallSettings) => AsyncIterable<Response>
          : never;

/** A client of one method table over one connection. */
export type RpcClient<Table extends MethodTable> = {
  readonly [Name in keyof Table]: CallerOf<Table[Name]>;
};

/** What all kinds of server call have in common. */
type AnyServerCall = Pick<ServerUnaryCall<unknown, unknown>, 'getAuthContext' | 'getPeer' | 'metadata'> & {
  on(event: 'cancelled', listener: () => void): unknown;
};

/** Looks at nothing before it is asked for: most calls are answered without, and each of these costs time. */
function describeCall(call: AnyServerCall): Call {
  let abort: AbortController | undefined;
  let isCancelled = false;
  // gRPC says this of every call that has ended, answered ones too.
  call.on('cancelled', () => {
    isCancelled = true;
    abort?.abort();
  });
  return {
    get peerCertificate() {
      return call.getAuthContext().sslPeerCertificate?.raw ?? null;
    },
    get peerAddress() {
      return call.getPeer();
    },
    get signal() {
      abort ??= new AbortController();
      if (isCancelled) abort.abort();
      return abort.signal;
    },
    header: (name) => call.metadata.get(name)[0]?.toString(),
  };
}

/** Resolves when the stream takes more, is gone, or `signal` says that nobody wants more. */
function drained(stream: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // What has happened already is not said again.
    if (signal.aborted || stream.destroyed || !stream.writableNeedDrain) return resolve();
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    stream.on('drain', settle);
    stream.on('close', settle);
    signal.addEventListener('abort', settle);
  });
}

/**
 * Tells a source that nobody wants more of it. Nobody waits for that: it may be waiting itself, for someone to type;
 * and what it throws while it cleans up concerns a call that is over.
 */
export function letGo(source: AsyncIterator<unknown> | undefined): void {
  (async () => source?.return?.())().catch(() => undefined);
}

/**
 * The requests of a call. A handler may stop reading them, or read them to the end, without harm to its answers: the
 * iterator that a stream has by itself would destroy the answers with it. Throws CANCELLED when the caller broke off.
 */
async function* requestsOf(stream: Readable, signal: AbortSignal): AsyncGenerator<unknown> {
  const brokenOff = (cause?: unknown) =>
    new SkepError('CANCELLED', 'the caller broke the call off', { cause });
  try {
    yield* stream.iterator({ destroyOnReturn: false });
  } catch (thrown) {
    throw brokenOff(thrown);
  }
  // HTTP/2 tells of a broken stream by its end first, and says that it was broken a moment later: what looks
  // complete may be a half.
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw brokenOff();
}

async function writeAll(
  stream: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  produce: () => AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  let iterator: AsyncIterator<unknown> | undefined;
  // A caller that went away must not leave the producer waiting for its next value.
  signal.addEventListener('abort', () => letGo(iterator), { once: true });
  try {
    iterator = produce()[Symbol.asyncIterator]();
    for (;;) {
      const next = await iterator.next();
      if (next.done === true || signal.aborted) break;
      if (!stream.write(next.value)) await drained(stream, signal);
    }
    stream.end();
  } catch (thrown) {
    stream.emit('error', errorToStatus(thrown));
  } finally {
    letGo(iterator);
  }
}

/** Adds the handlers of a table to a gRPC server. Errors thrown by a handler reach the caller whole. */
export function serve<Table extends MethodTable>(
  server: Server,
  table: Table,
  handlers: Handlers<Table>,
): void {
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(table)) {
    definition[name] = {
      path: method.path,
      requestStream: method.kind === 'clientStream' || method.kind === 'bidi',
      responseStream: method.kind === 'serverStream' || method.kind === 'bidi',
      requestSerialize: serializer(method.request),
      requestDeserialize: (bytes: Buffer) => method.request.decode(bytes),
      responseSerialize: serializer(method.response),
      responseDeserialize: (bytes: Buffer) => method.response.decode(bytes),
    };
    const handler = handlers[name] as (request: unknown, call: Call) => unknown;
    if (method.kind === 'serverStream') {
      implementation[name] = (stream: ServerWritableStream<unknown, unknown>) => {
        const call = describeCall(stream);
        void writeAll(stream, () => handler(stream.request, call) as AsyncIterable<unknown>, call.signal);
      };
    } else if (method.kind === 'bidi') {
      implementation[name] = (stream: ServerDuplexStream<unknown, unknown>) => {
        const call = describeCall(stream);
        // A caller that breaks off ends the requests with an error; the handler sees its signal.
        stream.on('error', () => undefined);
        const requests = requestsOf(stream, call.signal);
        void writeAll(stream, () => handler(requests, call) as AsyncIterable<unknown>, call.signal);
      };
    } else {
      const streaming = method.kind === 'clientStream';
      implementation[name] = (
        grpcCall: ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown>,
        answer: sendUnaryData<unknown>,
      ) => {
        const call = describeCall(grpcCall);
        const request = streaming
          ? requestsOf(grpcCall as ServerReadableStream<unknown, unknown>, call.signal)
          : (grpcCall as ServerUnaryCall<unknown, unknown>).request;
        void Promise.resolve()
          .then(() => handler(request, call))
          .then(
            (response) => answer(null, response),
            (thrown: unknown) => answer(errorToStatus(thrown)),
          );
      };
    }
  }
  server.addService(definition, implementation);
}

function toMetadata(settings: CallSettings | undefined): Metadata {
  const metadata = new Metadata();
  if (settings?.headers === undefined) return metadata;
  for (const [name, value] of Object.entries(settings.headers)) metadata.set(name, value);
  return metadata;
}

function toCallOptions(settings: CallSettings | undefined, bounded: boolean): CallOptions {
  const timeoutMs = settings?.timeoutMs ?? (bounded ? DEFAULT_CALL_TIMEOUT_MS : undefined);
  return timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY
    ? {}
    : { deadline: new Date(Date.now() + timeoutMs) };
}

interface Cancellable {
  cancel(): void;
}

/** Ties a call to a signal; the returned function unties it once the call is over. */
function cancelOnAbort(call: Cancellable, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => undefined;
  const cancel = () => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  return () => signal.removeEventListener('abort', cancel);
}

/** gRPC wants a Buffer; the bytes are not copied for that. */
function serializer(codec: Codec<unknown>): (value: unknown) => Buffer {
  return (value) => {
    const bytes = codec.encode(value);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function callUnary(client: Client, address: string, method: Method) {
  const serialize = serializer(method.request);
  const decode = (bytes: Buffer): unknown => method.response.decode(bytes);
  return (request: unknown, settings?: CallSettings): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const call = startUnaryCall({
        client,
        path: method.path,
        request: serialize(request),
        decode,
        metadata: toMetadata(settings),
        deadline: toCallOptions(settings, true).deadline ?? Number.POSITIVE_INFINITY,
        onDone: (outcome) => {
          untie();
          if (outcome.kind === 'failed') reject(statusToError(outcome.failure, address));
          else resolve(outcome.response);
        },
      });
      const untie = cancelOnAbort(call, settings?.signal);
    });
}

function callServerStream(client: Client, address: string, method: Method) {
  return async function* (request: unknown, settings?: CallSettings): AsyncGenerator<unknown> {
    const stream = client.makeServerStreamRequest(
      method.path,
      serializer(method.request),
      (bytes: Buffer) => method.response.decode(bytes),
      request,
      toMetadata(settings),
      toCallOptions(settings, false),
    );
    const untie = cancelOnAbort(stream, settings?.signal);
    // The stream may fail while nobody is reading; the iteration below reports it.
    stream.on('error', () => undefined);
    try {
      for await (const message of stream) yield message;
    } catch (thrown) {
      throw statusToError(thrown, address);
    } finally {
      untie();
      stream.cancel();
    }
  };
}

/**
 * Sends requests one after another, each only once the call has room for it; after the last one the call is half
 * closed. The returned function ends that and lets go of the source. `onFailure` hears what the source threw.
 */
function sendAll(
  stream: Writable,
  requests: AsyncIterable<unknown>,
  onFailure: (thrown: unknown) => void,
): () => void {
  const over = new AbortController();
  const source = requests[Symbol.asyncIterator]();
  const send = async (): Promise<void> => {
    for (;;) {
      const next = await source.next();
      if (over.signal.aborted) return;
      if (next.done === true) break;
      if (!stream.write(next.value)) await drained(stream, over.signal);
    }
    stream.end();
  };
  send().catch((thrown: unknown) => {
    if (!over.signal.aborted) onFailure(thrown);
  });
  return () => {
    over.abort();
    letGo(source);
  };
}

function callClientStream(client: Client, address: string, method: Method) {
  return (requests: AsyncIterable<unknown>, settings?: CallSettings): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const stream = client.makeClientStreamRequest(
        method.path,
        serializer(method.request),
        (bytes: Buffer) => method.response.decode(bytes),
        toMetadata(settings),
        toCallOptions(settings, true),
        (error, response) => {
          untie();
          stop();
          if (error) reject(statusToError(error, address));
          else resolve(response);
        },
      );
      const untie = cancelOnAbort(stream, settings?.signal);
      stream.on('error', () => undefined);
      const stop = sendAll(stream, requests, (thrown) => {
        stream.cancel();
        reject(thrown);
      });
    });
}

function callBidi(client: Client, address: string, method: Method) {
  return async function* (
    requests: AsyncIterable<unknown>,
    settings?: CallSettings,
  ): AsyncGenerator<unknown> {
    const stream = client.makeBidiStreamRequest(
      method.path,
      serializer(method.request),
      (bytes: Buffer) => method.response.decode(bytes),
      toMetadata(settings),
      toCallOptions(settings, false),
    );
    const untie = cancelOnAbort(stream, settings?.signal);
    stream.on('error', () => undefined);
    let failure: { readonly thrown: unknown } | undefined;
    const stop = sendAll(stream, requests, (thrown) => {
      failure = { thrown };
      stream.cancel();
    });
    try {
      for await (const message of stream) yield message;
    } catch (thrown) {
      throw failure === undefined ? statusToError(thrown, address) : failure.thrown;
    } finally {
      untie();
      stop();
      stream.cancel();
    }
  };
}

export interface Connection<Table extends MethodTable> {
  readonly call: RpcClient<Table>;
  close(): void;
}

/**
 * Opens a (lazy) connection. `address` is `host:port` or `unix:/path`. Every call is bounded in time; errors
 * come back as SkepError.
 */
export function connect<Table extends MethodTable>(
  table: Table,
  address: string,
  credentials: ChannelCredentials,
  options: ClientOptions = {},
): Connection<Table> {
  const client = new Client(address, credentials, {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    ...options,
  });
  const callers = {
    unary: callUnary,
    serverStream: callServerStream,
    clientStream: callClientStream,
    bidi: callBidi,
  } as const;
  const entries = Object.entries(table).map(([name, method]) => [
    name,
    callers[method.kind](client, address, method),
  ]);
  return { call: Object.fromEntries(entries) as RpcClient<Table>, close: () => client.close() };
}
