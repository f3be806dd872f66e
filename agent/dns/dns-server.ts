import type { Socket as UdpSocket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { DecodedPacket, Answer as PacketAnswer } from 'dns-packet';
import { decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';
import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { AnswerCache } from './answer-cache.ts';
import { createAnswerCache } from './answer-cache.ts';
import type { Answer, AnswerRecord } from './answers.ts';
import { answerQuestion } from './answers.ts';
import { forwardQuery, lengthPrefix } from './forwarder.ts';
import type { Resolver } from './resolvers.ts';

/** Forwarded questions under way: of all tasks, and of one, so that no task takes all of them. */
const MAX_IN_FLIGHT = 1_024;
const MAX_IN_FLIGHT_PER_ASKER = 128;
/** Connections over TCP at once, and how long one may be silent. */
const MAX_CONNECTIONS = 256;
const CONNECTION_IDLE_MS = 10_000;
/** RFC 1035 for askers without EDNS; above 1232 an answer might be fragmented (DNS flag day 2020). */
const PLAIN_UDP_BYTES = 512;
const MAX_UDP_BYTES = 1_232;
const MAX_MESSAGE_BYTES = 65_535;
const LENGTH_BYTES = 2;
const HEADER_BYTES = 12;

const AUTHORITATIVE_ANSWER = 1 << 10;
const FORMAT_ERROR = 1;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;
const NOT_IMPLEMENTED = 4;

export interface DnsServerOptions {
  readonly address: string;
  /** 0 = any free port, for tests; UDP and TCP have the same. */
  readonly port: number;
  readonly picture: () => NetworkPicture;
  /** Where other names are asked, in this order. */
  readonly resolvers: readonly Resolver[];
  readonly log: Log;
  readonly nowMs?: () => number;
}

export interface DnsServer {
  /** Resolves with the port once both transports listen. Rejects with FAILED_PRECONDITION when they cannot. */
  listen(): Promise<number>;
  close(): Promise<void>;
}

/** One node's name server: answers from the picture, and asks the node's resolvers for everything else. */
export function createDnsServer(options: DnsServerOptions): DnsServer {
  const udp = createSocket('udp4');
  const connections = new Set<Socket>();
  const handle = createHandler(options);
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    serveConnection(socket, handle);
  });
  tcp.maxConnections = MAX_CONNECTIONS;
  udp.on('message', (query, from) => {
    void handle(query, from.address, 'udp').then((response) => {
      if (response === null || response.length === 0) return;
      udp.send(response, from.port, from.address, () => {});
    });
  });
  return {
    listen: async () => {
      try {
        const port = await bindUdp(udp, options.port, options.address);
        await listenTcp(tcp, port, options.address);
        udp.on('error', (error) => {
          options.log('warn', 'The name server met an error.', { error: describeError(error) });
        });
        return port;
      } catch (cause) {
        throw new SkepError(
          'FAILED_PRECONDITION',
          `DNS cannot listen on ${options.address}:${options.port}`,
          {
            cause,
            help: 'the address must be there, and no other name server on it',
          },
        );
      }
    },
    close: async () => {
      for (const socket of connections) socket.destroy();
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      if (tcp.listening) await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

type Transport = 'udp' | 'tcp';
/** Null = say nothing: it was not a question. */
type Handle = (query: Uint8Array, asker: string, transport: Transport) => Promise<Uint8Array | null>;

function createHandler(options: DnsServerOptions): Handle {
  const cache = createAnswerCache();
  const inFlight = new Map<string, number>();
  let rotation = 0;
  return async (query, asker, transport) => {
    const packet = tryDecode(query);
    if (packet === 'not-a-question') return null;
    if (packet === 'malformed') return failure(query, FORMAT_ERROR);
    const question = packet.questions?.[0];
    if (packet.questions?.length !== 1 || question === undefined) return failure(query, FORMAT_ERROR);
    // The operation is four bits of the third byte; 0 is a query.
    if ((((query[2] ?? 0) >>> 3) & 15) !== 0) return failure(query, NOT_IMPLEMENTED);
    rotation = (rotation + 1) % 0x1_0000;
    const { name, type } = question;
    const answer = answerQuestion(options.picture(), { name, type, asker, rotation });
    if (answer.kind === 'forward') return forward(options, cache, inFlight, query, asker, transport);
    return respond(packet, answer, transport);
  };
}

function tryDecode(query: Uint8Array): DecodedPacket | 'malformed' | 'not-a-question' {
  if (query.length < HEADER_BYTES || ((query[2] ?? 0) & 0x80) !== 0) return 'not-a-question';
  try {
    return decode(Buffer.from(query));
  } catch {
    return 'malformed';
  }
}

function respond(packet: DecodedPacket, answer: Answer, transport: Transport): Uint8Array {
  const records = answer.kind === 'records' ? answer.records.map(packetAnswer) : [];
  const code = answer.kind === 'no-such-name' ? NO_SUCH_NAME : 0;
  const desired = packet.flag_rd ? RECURSION_DESIRED : 0;
  const flags = AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | desired | code;
  const build = (answers: PacketAnswer[], extraFlags: number) =>
    encode({
      type: 'response',
      id: packet.id ?? 0,
      flags: flags | extraFlags,
      questions: packet.questions ?? [],
      answers,
    });
  const whole = build(records, 0);
  const limit = transport === 'tcp' ? MAX_MESSAGE_BYTES : udpLimit(packet);
  if (whole.length <= limit) return whole;
  // The asker takes what fits, or comes again by TCP.
  const fitting = Math.floor((records.length * limit) / (whole.length + HEADER_BYTES));
  return build(records.slice(0, fitting), TRUNCATED_RESPONSE);
}

function udpLimit(packet: DecodedPacket): number {
  const edns = (packet.additionals ?? []).find((record) => record.type === 'OPT');
  const size = edns !== undefined && 'udpPayloadSize' in edns ? Number(edns.udpPayloadSize) : PLAIN_UDP_BYTES;
  return Math.max(PLAIN_UDP_BYTES, Math.min(MAX_UDP_BYTES, size));
}

function packetAnswer(record: AnswerRecord): PacketAnswer {
  const { name, ttl } = record;
  return record.type === 'A'
    ? { type: 'A', class: 'IN', name, ttl, data: record.address }
    : { type: 'PTR', class: 'IN', name, ttl, data: record.target };
}

async function forward(
  options: DnsServerOptions,
  cache: AnswerCache,
  inFlight: Map<string, number>,
  query: Uint8Array,
  asker: string,
  transport: Transport,
): Promise<Uint8Array> {
  const nowMs = options.nowMs ?? Date.now;
  const kept = cache.find(query, nowMs());
  if (kept !== null && (transport === 'tcp' || kept.length <= PLAIN_UDP_BYTES)) return kept;
  const own = inFlight.get(asker) ?? 0;
  const all = [...inFlight.values()].reduce((sum, count) => sum + count, 0);
  if (own >= MAX_IN_FLIGHT_PER_ASKER || all >= MAX_IN_FLIGHT) return failure(query, SERVER_FAILURE);
  inFlight.set(asker, own + 1);
  try {
    const response = await forwardQuery(query, transport, options.resolvers);
    cache.keep(query, response, nowMs());
    return response;
  } catch (error) {
    options.log('debug', 'A name could not be asked for.', { error: describeError(error), asker });
    return failure(query, SERVER_FAILURE);
  } finally {
    const left = (inFlight.get(asker) ?? 1) - 1;
    if (left === 0) inFlight.delete(asker);
    else inFlight.set(asker, left);
  }
}

/** The query's own header and, when it could be read, question, turned into an error response. */
function failure(query: Uint8Array, code: number): Uint8Array {
  const packet = tryDecode(query);
  const questions = typeof packet === 'string' ? [] : (packet.questions ?? []);
  const id = (query[0] ?? 0) * 256 + (query[1] ?? 0);
  const desired = ((query[2] ?? 0) & 1) !== 0 ? RECURSION_DESIRED : 0;
  return encode({ type: 'response', id, flags: RECURSION_AVAILABLE | desired | code, questions });
}

/** Messages over TCP, each behind its length; answered in order, one at a time, so that nothing piles up. */
function serveConnection(socket: Socket, handle: Handle): void {
  const asker = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  let received = Buffer.alloc(0);
  let busy = false;
  socket.setTimeout(CONNECTION_IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const next = async () => {
    if (busy || received.length < LENGTH_BYTES) return;
    const end = LENGTH_BYTES + received.readUInt16BE(0);
    if (received.length < end) return;
    busy = true;
    const query = received.subarray(LENGTH_BYTES, end);
    received = received.subarray(end);
    socket.pause();
    const response = await handle(query, asker, 'tcp');
    busy = false;
    if (response === null || socket.destroyed) {
      socket.destroy();
      return;
    }
    socket.write(Buffer.concat([lengthPrefix(response.length), response]));
    socket.resume();
    await next();
  };
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    void next();
  });
}

function bindUdp(socket: UdpSocket, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.removeListener('error', reject);
      resolve(socket.address().port);
    });
  });
}

function listenTcp(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
