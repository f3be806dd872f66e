import { SkepError } from '../../../lib/errors.ts';
import type { RaftMessage, RaftSnapshotChunk } from '../../../proto/raft-messages.ts';
import { decodeDescription, encodeDescription } from '../snapshot-envelope.ts';
import type { SnapshotHead, SnapshotReader, SnapshotWriter, StagedSnapshot } from '../snapshot-file.ts';

/*
 * A snapshot on its way: one chunk with the message and the description, one for each part of the state, and a last one
 * without data whose `totalBytes` is the size of all parts. It is what tells a whole snapshot from a stream that ended.
 */

/** More than any state that a manager can hold in memory. */
const MAX_SNAPSHOT_BYTES = 2 * 1024 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

/** The snapshot as it is sent. Throws what reading it throws, and FAILED_PRECONDITION for one that cannot be sent. */
export async function* sendChunks(
  message: RaftMessage,
  snapshot: SnapshotReader,
): AsyncGenerator<RaftSnapshotChunk> {
  const { description } = snapshot;
  if (description === undefined || !snapshot.isChunked) {
    throw new SkepError('FAILED_PRECONDITION', 'the snapshot there is one of an earlier version', {
      help: 'the next one, which is on its way, can be sent',
    });
  }
  yield { message, totalBytes: 0, data: encodeDescription(description) };
  let totalBytes = 0;
  for await (const data of snapshot.parts()) {
    if (data.byteLength === 0) continue;
    totalBytes += data.byteLength;
    yield { message: undefined, totalBytes: 0, data };
  }
  yield { message: undefined, totalBytes, data: NOTHING };
}

/** What has arrived. */
export interface ReceivedSnapshot {
  /** A MsgSnap. */
  readonly message: RaftMessage;
  readonly staged: StagedSnapshot;
}

export interface ReceiveOptions {
  /** Throws when the message is not from the member that the stream is of. */
  readonly check: (message: RaftMessage) => void;
  readonly open: (head: SnapshotHead) => Promise<SnapshotWriter>;
}

/**
 * Takes a snapshot from a stream straight to the disk, each part before the next is asked for. Throws INVALID_ARGUMENT
 * for chunks that make no snapshot; whatever goes wrong leaves nothing behind.
 */
export async function receiveChunks(
  chunks: AsyncIterable<RaftSnapshotChunk>,
  { check, open }: ReceiveOptions,
): Promise<ReceivedSnapshot> {
  let writer: SnapshotWriter | undefined;
  let message: RaftMessage | undefined;
  let receivedBytes = 0;
  let isWhole = false;
  try {
    for await (const chunk of chunks) {
      if (isWhole || (message === undefined) === (chunk.message === undefined)) throw malformed();
      if (chunk.message !== undefined) {
        message = chunk.message;
        check(message);
        writer = await open(headOf(message, chunk.data));
      } else if (chunk.data.byteLength > 0) {
        receivedBytes += chunk.data.byteLength;
        if (receivedBytes > MAX_SNAPSHOT_BYTES) throw malformed();
        await writer?.add(chunk.data);
      } else {
        isWhole = chunk.totalBytes === receivedBytes;
      }
    }
    if (!isWhole || message === undefined || writer === undefined) throw malformed();
    return { message, staged: await writer.finish() };
  } catch (thrown) {
    await writer?.discard();
    throw thrown;
  }
}

function headOf({ type, snapshot }: RaftMessage, bytes: Uint8Array): SnapshotHead {
  if (type !== 'MsgSnap' || snapshot === undefined) throw malformed();
  const { index, term } = snapshot;
  return { index, term, origin: 'received', description: decodeDescription(bytes) };
}

function malformed(): SkepError {
  return new SkepError('INVALID_ARGUMENT', 'a snapshot arrived in parts that do not make one');
}
