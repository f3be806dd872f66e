import { X509Certificate } from 'node:crypto';
import { Server } from '@grpc/grpc-js';
import { SkepError } from '../../../lib/errors.ts';
import type { RaftMessage } from '../../../proto/raft-messages.ts';
import { raftMethods } from '../../../proto/raft-services.ts';
import { type Call, MAX_MESSAGE_BYTES, serve } from '../../../proto/rpc.ts';
import type { MemberId } from '../core/entry.ts';
import { FROM_HEADER, TO_HEADER } from './outbox.ts';
import { type ReceivedSnapshot, type ReceiveOptions, receiveChunks } from './snapshot-transfer.ts';
import { checkSubject, listenerCredentials, type Transport } from './transport-settings.ts';

/** Snapshots that arrive at once: that of the leader, and what is left of one of the leader before. */
const MAX_RECEIVING = 2;

export interface InboxOptions {
  readonly id: MemberId;
  readonly transport: Transport;
  /** Common name that a member's certificate must have, where one is known. */
  readonly commonNameOf: (id: MemberId) => string | undefined;
  /** Messages of one member, in order. Must not throw. */
  readonly onMessages: (messages: readonly RaftMessage[]) => void;
  /** Begins to keep a snapshot. */
  readonly openSnapshot: ReceiveOptions['open'];
  /** Takes over a snapshot that is whole. */
  readonly onSnapshot: (received: ReceivedSnapshot) => void;
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
    'grpc.enable_channelz': 0,
  });
  let receiving = 0;
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
      if (receiving >= MAX_RECEIVING) {
        throw new SkepError(
          'UNAVAILABLE',
          `${receiving} snapshots are already on their way to member ${options.id}`,
          {
            help: 'it is sent again in a moment',
          },
        );
      }
      receiving++;
      try {
        const check = (message: RaftMessage): void => checkMessage(message, from, options.id);
        options.onSnapshot(await receiveChunks(chunks, { check, open: options.openSnapshot }));
      } finally {
        receiving--;
      }
      return {};
    },
  });
  const port = await listen(server, options.transport);
  return { port, close: () => server.forceShutdown() };
}

function listen(server: Server, transport: Transport): Promise<number> {
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
  const tls = transport.tls();
  if (tls === undefined) return from;
  if (call.peerCertificate === null) {
    throw new SkepError('UNAUTHENTICATED', `a stream from ${call.peerAddress} shows no certificate`);
  }
  const subject = subjectOf(call.peerCertificate);
  const fault = checkSubject(tls, subject, commonNameOf(from));
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
