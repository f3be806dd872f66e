import { ensureError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import type { RaftFrame, RaftMessage } from '../../../proto/raft-messages.ts';
import { raftMethods } from '../../../proto/raft-services.ts';
import { type Connection, connect } from '../../../proto/rpc.ts';
import { type Entry, type MemberId, totalEntryBytes } from '../core/entry.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import type { SnapshotReader } from '../snapshot-file.ts';
import { sendChunks } from './snapshot-transfer.ts';
import { peerChannelOptions, peerCredentials, type Transport } from './transport-settings.ts';

/** Beyond this a member that does not take its messages loses them: the core sends what matters again. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
/** What one frame holds, unless a single message is larger. Far below the limit of gRPC messages. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const MESSAGE_OVERHEAD_BYTES = 64;
const RETRY_MS = 100;
/** A stream that lasted so long did work; its end is news. */
const WORKING_STREAM_MS = 5_000;
/** A snapshot that takes longer than this is begun anew. */
const SNAPSHOT_TIMEOUT_MS = 10 * 60_000;

/** The headers of each stream: who sends, and who is meant. */
export const FROM_HEADER = 'skep-raft-from';
export const TO_HEADER = 'skep-raft-to';

export interface OutboxOptions {
  readonly id: MemberId;
  readonly transport: Transport;
  readonly log: Log;
  /** The connection to that member broke, or messages to it were dropped. */
  readonly onUnreachable: (id: MemberId) => void;
}

/** The messages on their way to the other members. */
export interface Outbox {
  /** Opens, moves and closes connections so that they fit the addresses. */
  setAddresses(addresses: ReadonlyMap<MemberId, MemberAddress>): void;
  /** Queues a message; one to a member without an address is dropped. Nothing leaves before `flush`. */
  send(message: RaftMessage): void;
  /** Lets all that is queued go, one frame for each member. */
  flush(): void;
  /** Streams a snapshot, as fast as the member takes it; resolves once it has all of it. */
  sendSnapshot(message: RaftMessage, snapshot: SnapshotReader): Promise<void>;
  close(): void;
}

interface Peer {
  readonly memberId: MemberId;
  readonly address: MemberAddress;
  connection: Connection<typeof raftMethods>;
  /** The stream in use is to end once all before is sent, and the next one to begin on a new connection. */
  mustReconnect: boolean;
  queue: RaftMessage[];
  queuedBytes: number;
  wake: (() => void) | undefined;
  isClosed: boolean;
  /** Counts the streams: one that broke must not take the frames of the next. */
  stream: number;
}

/** Connects to nobody until `setAddresses`. */
export function createOutbox(options: OutboxOptions): Outbox {
  const peers = new Map<MemberId, Peer>();
  const dirty = new Set<Peer>();
  const sending = new Set<Peer['connection']>();

  const open = (memberId: MemberId, address: MemberAddress): void => {
    const peer: Peer = {
      memberId,
      address,
      connection: connectTo(address, options),
      mustReconnect: false,
      queue: [],
      queuedBytes: 0,
      wake: undefined,
      isClosed: false,
      stream: 0,
    };
    peers.set(memberId, peer);
    void keepStreaming(peer, options);
  };

  const close = (peer: Peer): void => {
    peer.isClosed = true;
    peer.wake?.();
    peer.connection.close();
    peers.delete(peer.memberId);
    dirty.delete(peer);
  };

  options.transport.onRenewal(() => {
    for (const peer of peers.values()) {
      peer.mustReconnect = true;
      peer.wake?.();
    }
  });

  return {
    setAddresses: (addresses) => {
      for (const peer of [...peers.values()]) {
        const next = addresses.get(peer.memberId);
        const { address, commonName } = peer.address;
        if (next?.address !== address || next.commonName !== commonName) close(peer);
      }
      for (const [id, address] of addresses) if (id !== options.id && !peers.has(id)) open(id, address);
    },
    send: (message) => {
      const peer = peers.get(message.to);
      if (peer === undefined) return;
      const bytes = messageBytes(message);
      if (peer.queuedBytes + bytes > MAX_QUEUED_BYTES && peer.queue.length > 0) {
        options.onUnreachable(peer.memberId);
        return;
      }
      peer.queue.push(message);
      peer.queuedBytes += bytes;
      dirty.add(peer);
    },
    flush: () => {
      for (const peer of dirty) peer.wake?.();
      dirty.clear();
    },
    sendSnapshot: async (message, snapshot) => {
      const peer = peers.get(message.to);
      if (peer === undefined) throw new Error(`no address of member ${message.to} is known`);
      // On a connection of its own: heartbeats must not queue up behind it.
      const connection = connectTo(peer.address, options);
      sending.add(connection);
      try {
        await connection.call.sendSnapshot(sendChunks(message, snapshot), {
          timeoutMs: SNAPSHOT_TIMEOUT_MS,
          headers: headersTo(options.id, message.to),
        });
      } finally {
        sending.delete(connection);
        connection.close();
      }
    },
    close: () => {
      for (const peer of [...peers.values()]) close(peer);
      for (const connection of sending) connection.close();
    },
  };
}

function connectTo({ address, commonName }: MemberAddress, { transport }: OutboxOptions): Peer['connection'] {
  return connect(raftMethods, address, peerCredentials(transport, commonName), peerChannelOptions(transport));
}

function headersTo(from: MemberId, to: MemberId): Record<string, string> {
  return { [FROM_HEADER]: String(from), [TO_HEADER]: String(to) };
}

/** One stream after the other, as long as the member is one. */
async function keepStreaming(peer: Peer, options: OutboxOptions): Promise<void> {
  let isKnownToFail = false;
  while (!peer.isClosed) {
    const startedAtMs = Date.now();
    if (peer.mustReconnect) reconnect(peer, options);
    try {
      const headers = headersTo(options.id, peer.memberId);
      await peer.connection.call.send(framesOf(peer), { timeoutMs: Number.POSITIVE_INFINITY, headers });
    } catch (thrown) {
      if (peer.isClosed) return;
      isKnownToFail &&= Date.now() - startedAtMs < WORKING_STREAM_MS;
      if (!isKnownToFail) {
        options.log('warn', 'A member cannot be reached.', {
          member: peer.memberId,
          address: peer.address.address,
          error: ensureError(thrown).message,
        });
      }
      isKnownToFail = true;
    }
    if (peer.isClosed) return;
    if (peer.mustReconnect) continue;
    // What waits is old by the time that the member is back; the core sends what is still needed.
    peer.queue = [];
    peer.queuedBytes = 0;
    peer.stream++;
    peer.wake?.();
    options.onUnreachable(peer.memberId);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function reconnect(peer: Peer, options: OutboxOptions): void {
  peer.mustReconnect = false;
  peer.connection.close();
  peer.connection = connectTo(peer.address, options);
  peer.stream++;
}

async function* framesOf(peer: Peer): AsyncGenerator<RaftFrame> {
  const { stream } = peer;
  while (!peer.isClosed && !peer.mustReconnect && peer.stream === stream) {
    if (peer.queue.length > 0) {
      yield takeFrame(peer);
      continue;
    }
    await new Promise<void>((resolve) => {
      peer.wake = resolve;
    });
  }
}

function takeFrame(peer: Peer): RaftFrame {
  let bytes = 0;
  let count = 0;
  for (const message of peer.queue) {
    bytes += messageBytes(message);
    if (count > 0 && bytes > MAX_FRAME_BYTES) break;
    count++;
  }
  const messages = peer.queue.splice(0, count);
  for (const message of messages) peer.queuedBytes -= messageBytes(message);
  return { messages };
}

function messageBytes(message: RaftMessage): number {
  return MESSAGE_OVERHEAD_BYTES + totalEntryBytes(message.entries as readonly Entry[]);
}
