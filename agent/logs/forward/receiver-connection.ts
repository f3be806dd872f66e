import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { ensureError, SkepError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/ports.ts';
import type { LogReceiver } from '../../../lib/validation/log-driver.ts';
import { SEND_TIMEOUT_MS } from './forward-plan.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** A way to a receiver, open until it is lost or closed. */
export interface ReceiverConnection {
  /** Resolves when the system took the messages; rejects with UNAVAILABLE when it did not, or not in time. */
  send(messages: readonly string[]): Promise<void>;
  /** Why the connection is of no use any more; null while it stands. */
  failure(): SkepError | null;
  close(): void;
}

function unavailable(what: string, cause?: unknown): SkepError {
  return new SkepError('UNAVAILABLE', what, cause === undefined ? {} : { cause });
}

/** The receiver as users write it. */
export function receiverName(receiver: LogReceiver): string {
  if (receiver.kind === 'tcp') return `tcp://${receiver.host}:${receiver.port}`;
  const { transport } = receiver;
  if (transport.kind === 'unix') return `unix://${transport.path}`;
  return `${transport.kind}://${transport.host}:${transport.port}`;
}

/** Settles as the action does, or rejects when that takes too long. */
async function within<T>(clock: Clock, limitMs: number, what: string, action: Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    cancel = clock.schedule(limitMs, () => reject(unavailable(`${what} within ${limitMs} ms`)));
  });
  try {
    return await Promise.race([action, limit]);
  } finally {
    cancel();
  }
}

function streamTo(name: string, socket: Socket, clock: Clock): ReceiverConnection {
  let failure: SkepError | null = null;
  const fail = (what: string, cause?: unknown): void => {
    failure ??= unavailable(`${name} ${what}`, cause);
    socket.destroy();
  };
  socket.on('error', (error) => fail('is lost', error));
  socket.on('close', () => fail('has closed the connection'));
  // Nothing is expected from a receiver of logs, but an end of the connection is only seen by who reads.
  socket.resume();
  socket.setKeepAlive(true, SEND_TIMEOUT_MS);
  return {
    send: async (messages) => {
      if (failure !== null) throw failure;
      const written = new Promise<void>((resolve, reject) => {
        socket.write(messages.map((message) => `${message}\n`).join(''), (error) => {
          if (error === undefined || error === null) resolve();
          else reject(unavailable(`${name} is lost`, error));
        });
      });
      await within(clock, SEND_TIMEOUT_MS, `${name} takes nothing`, written);
    },
    failure: () => failure,
    close: () => {
      failure ??= unavailable(`${name} was let go`);
      socket.destroy();
    },
  };
}

async function openStream(name: string, socket: Socket, clock: Clock): Promise<ReceiverConnection> {
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => reject(unavailable(`${name} cannot be reached`, error)));
  });
  try {
    await within(clock, CONNECT_TIMEOUT_MS, `${name} does not answer`, connected);
  } catch (thrown) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw thrown;
  }
  socket.removeAllListeners('error');
  return streamTo(name, socket, clock);
}

async function openDatagrams(
  name: string,
  host: string,
  port: number,
  clock: Clock,
): Promise<ReceiverConnection> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let failure: SkepError | null = null;
  let isClosed = false;
  // A receiver that is not there refuses what was sent before.
  socket.on('error', (error) => {
    failure ??= unavailable(`${name} refuses`, error);
  });
  try {
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, host, () => resolve());
    });
    await within(clock, CONNECT_TIMEOUT_MS, `${name} cannot be found`, connected);
  } catch (thrown) {
    socket.close();
    throw unavailable(`${name} cannot be reached`, ensureError(thrown));
  }
  const sendOne = (message: string): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(message, (error) => {
        if (error === null) resolve();
        else reject(unavailable(`${name} refuses`, error));
      });
    });
  return {
    send: async (messages) => {
      // One after the other: a burst would only overrun the receiver's buffer.
      for (const message of messages) {
        if (failure !== null) throw failure;
        await sendOne(message);
      }
    },
    failure: () => failure,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      failure ??= unavailable(`${name} was let go`);
      socket.close();
    },
  };
}

/** Connects to a receiver. Rejects with UNAVAILABLE, the receiver named, when that does not succeed in time. */
export function connectReceiver(receiver: LogReceiver, clock: Clock): Promise<ReceiverConnection> {
  const name = receiverName(receiver);
  const transport = receiver.kind === 'tcp' ? receiver : receiver.transport;
  if (transport.kind === 'unix') return openStream(name, connect(transport.path), clock);
  if (transport.kind === 'udp') return openDatagrams(name, transport.host, transport.port, clock);
  return openStream(name, connect(transport.port, transport.host), clock);
}
