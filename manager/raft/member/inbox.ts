import { X509Certificate } from 'node:crypto';
import { Server } from '@grpc/grpc-js';
import { SkepError } from '../../../lib/errors.ts';
import type { RaftMessage, RaftSnapshotChunk } from '../../../proto/raft-messages.ts';
import { raftMethods } from '../../../proto/raft-services.ts';
import { type Call, MAX_MESSAGE_BYTES, serve } from '../../../proto/rpc.ts';
import type { MemberId } from '../core/entry.ts';
import { FROM_HEADER, TO_HEADER } from './outbox.ts';
import { checkSubject, listenerCredentials, type TransportSettings } from './transport-settings.ts';

/** More than any state that a manager can hold in memory. */
const MAX_SNAPSHOT_BYTES = 2 * 1024 * 1024 * 1024;

export interface InboxOptions {
  readonly id: MemberId;
  readonly transport: TransportSettings;
  /** Common name that a member's certificate must have, where one is known. */
  readonly commonNameOf: (id: MemberId) => string | undefined;
  /** Messages of one member, in order. Must not throw. */
  readonly onMessages: (messages: readonly RaftMessage[]) => void;
  /** A MsgSnap with the payload of its snapshot. */
  readonly onSnapshot: (message: RaftMessage, payload: Uint8Array) => void;
}

/** The listener for the other members. */
export interface Inbox {
  readonly port: number;
  close(): void;
}

/** Listens; throws UNAVAILABLE when the address cannot be had. */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': 2_000,
    'grpc.keepalive_timeout_ms': 2_000,
  });
  serve(server, raftMethods, {
    send: async (frames, call) => {
      const from = authenticate(call, options);
      for await (const { messages } of frames) {
        for (const message of messages) checkMessage(message, from, options.id);
        if (messages.some(({ type }) => type === 'MsgSnap')) {
          throw new SkepError('INVALID_ARGUMENT', `member ${from} sent a snapshot among its messages`);
        }
        options.onMessages(messages);
      }
      return {};
    },
    sendSnapshot: async (chunks, call) => {
      const from = authenticate(call, options);
      const { message, payload } = await collect(chunks);
      checkMessage(message, from, options.id);
      options.onSnapshot(message, payload);
      return {};
    },
  });
  const port = await listen(server, options.transport);
  return { port, close: () => server.forceShutdown() };
}

function listen(server: Server, transport: TransportSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(transport.listen, listenerCredentials(transport), (cause, port) => {
      if (cause === null) resolve(port);
      else reject(new SkepError('UNAVAILABLE', `members cannot be served on ${transport.listen}`, { cause }));
    });
  });
}

/** The member at the other end. With TLS its certificate is of a valid chain by now. */
function authenticate(call: Call, { id, transport, commonNameOf }: InboxOptions): MemberId {
  const from = Number(call.header(FROM_HEADER));
  if (!Number.isSafeInteger(from) || from <= 0 || from === id) {
    throw new SkepError('INVALID_ARGUMENT', `a stream from ${call.peerAddress} names no other member`);
  }
  if (call.header(TO_HEADER) !== String(id)) {
    const meant = call.header(TO_HEADER);
    throw new SkepError('FAILED_PRECONDITION', `this is member ${id}, not ${meant}`, {
      help: 'the address belongs to another member by now',
    });
  }
  if (transport.tls === undefined) return from;
  if (call.peerCertificate === null) {
    throw new SkepError('UNAUTHENTICATED', `a stream from ${call.peerAddress} shows no certificate`);
  }
  const subject = subjectOf(call.peerCertificate);
  const fault = checkSubject(transport.tls, subject, commonNameOf(from));
  if (fault !== undefined) throw fault;
  return from;
}

/** The three attributes that count, from a subject of one per line. */
function subjectOf(der: Uint8Array): { O: string; OU: string; CN: string } {
  const found = { O: '', OU: '', CN: '' };
  for (const line of new X509Certificate(der).subject.split('\n')) {
    const at = line.indexOf('=');
    const name = line.slice(0, at);
    if (name === 'O' || name === 'OU' || name === 'CN') found[name] = line.slice(at + 1);
  }
  return found;
}

function checkMessage(message: RaftMessage, from: MemberId, to: MemberId): void {
  if (message.from === from && message.to === to) return;
  throw new SkepError(
    'PERMISSION_DENIED',
    `member ${from} sent a message from ${message.from} to ${message.to} over its stream to ${to}`,
  );
}

async function collect(
  chunks: AsyncIterable<RaftSnapshotChunk>,
): Promise<{ readonly message: RaftMessage; readonly payload: Uint8Array }> {
  let head: RaftMessage | undefined;
  let payload = Buffer.alloc(0);
  let at = 0;
  for await (const { message, totalBytes, data } of chunks) {
    if (message !== undefined) {
      if (head !== undefined || totalBytes > MAX_SNAPSHOT_BYTES) break;
      head = message;
      payload = Buffer.allocUnsafe(totalBytes);
    }
    if (at + data.byteLength > payload.byteLength) break;
    payload.set(data, at);
    at += data.byteLength;
  }
  if (head?.type === 'MsgSnap' && at === payload.byteLength) return { message: head, payload };
  throw new SkepError('INVALID_ARGUMENT', 'a snapshot arrived in parts that do not make one');
}
