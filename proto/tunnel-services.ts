import { bidi, serverStream } from './rpc.ts';
import { tunnelFrameCodec, tunnelListenRequestCodec, tunnelOpeningCodec } from './tunnel-messages.ts';

/** What agents keep open to the leader, so that managers reach them. */
export const tunnelAgentMethods = {
  /** The tunnels that the node is to serve. */
  listen: serverStream('/skep.v1.Tunnel/Listen', tunnelListenRequestCodec, tunnelOpeningCodec),
  /** The node's end of one tunnel: answers go up, requests come down. */
  serve: bidi('/skep.v1.Tunnel/Serve', tunnelFrameCodec, tunnelFrameCodec),
} as const;

/** What managers ask of the leader: a call to a node. */
export const tunnelMethods = {
  openTunnel: bidi('/skep.v1.Tunnel/Open', tunnelFrameCodec, tunnelFrameCodec),
} as const;
