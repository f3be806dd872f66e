import { emptyCodec } from './messages.ts';
import { raftFrameCodec, raftSnapshotChunkCodec } from './raft-messages.ts';
import { clientStream } from './rpc.ts';

/** What members of the consensus say to one another. */
export const raftMethods = {
  send: clientStream('/skep.v1.Raft/Send', raftFrameCodec, emptyCodec),
  sendSnapshot: clientStream('/skep.v1.Raft/SendSnapshot', raftSnapshotChunkCodec, emptyCodec),
} as const;
