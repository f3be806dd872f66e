import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { SkepError } from '../../lib/errors.ts';
import type { Resolver } from './resolvers.ts';

/** How long one resolver has for its answer. */
const RESOLVER_TIMEOUT_MS = 2_000;
const LENGTH_BYTES = 2;

/** Asks the resolvers in turn. Rejects with UNAVAILABLE when none of them answered. */
export async function forwardQuery(
  query: Uint8Array,
  transport: 'udp' | 'tcp',
  resolvers: readonly Resolver[],
): Promise<Uint8Array> {
  for (const resolver of resolvers) {
    const ask = transport === 'udp' ? askByUdp : askByTcp;
    const response = await ask(query, resolver).catch(() => null);
    if (response !== null) return response;
  }
  throw new SkepError('UNAVAILABLE', `none of ${resolvers.length} name servers answered`, {
    help: 'look at the nameserver lines in /etc/resolv.conf of the node',
  });
}

/** One socket per question: an unguessable port each time (RFC 5452). */
function askByUdp(query: Uint8Array, resolver: Resolver): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(resolver.address) ? 'udp6' : 'udp4');
    const end = (finish: () => void) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.close();
      finish();
    };
    const timer = setTimeout(() => end(() => reject(new Error('timed out'))), RESOLVER_TIMEOUT_MS);
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('message', (message) => {
      if (answers(message, query)) end(() => resolve(message));
    });
    // A connected socket takes datagrams of this resolver only, and hears when its port is closed.
    socket.on('connect', () => socket.send(query));
    socket.connect(resolver.port, resolver.address);
  });
}

function askByTcp(query: Uint8Array, resolver: Resolver): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect(resolver.port, resolver.address);
    let received = Buffer.alloc(0);
    const end = (finish: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      finish();
    };
    const timer = setTimeout(() => end(() => reject(new Error('timed out'))), RESOLVER_TIMEOUT_MS);
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('close', () => end(() => reject(new Error('closed'))));
    socket.on('connect', () => socket.write(Buffer.concat([lengthPrefix(query.length), query])));
    socket.on('data', (chunk: Buffer) => {
      // One response of at most 65,535 bytes is asked for; what comes after it is not looked at.
      received = Buffer.concat([received, chunk]);
      if (received.length < LENGTH_BYTES) return;
      const whole = LENGTH_BYTES + received.readUInt16BE(0);
      if (received.length < whole) return;
      const response = received.subarray(LENGTH_BYTES, whole);
      end(() => (answers(response, query) ? resolve(response) : reject(new Error('another answer'))));
    });
  });
}

/** The two bytes in front of a message over TCP (RFC 1035, 4.2.2). */
export function lengthPrefix(length: number): Uint8Array {
  return new Uint8Array([length >>> 8, length & 255]);
}

/** Same id, and a response. */
function answers(message: Uint8Array, query: Uint8Array): boolean {
  return (
    message.length >= 12 &&
    message[0] === query[0] &&
    message[1] === query[1] &&
    ((message[2] ?? 0) & 0x80) !== 0
  );
}
