import { messageCodec } from './codec.ts';
// Imported after codec.ts, which switches Long off first.
import { skep } from './generated/skep.js';
import type { ErrorDetail, SessionReference } from './messages.ts';

const types = skep.v1;

export const tunnelListenRequestCodec = messageCodec<SessionReference>(types.TunnelListenRequest);

/** The agent is to take up its end of a tunnel, or to let go of it. */
export interface TunnelOpening {
  readonly id: string;
  /** Path of the method that is called. */
  readonly method: string;
  /** True: the tunnel of that id is over. */
  readonly close: boolean;
}
export const tunnelOpeningCodec = messageCodec<TunnelOpening>(types.TunnelOpening);

export interface TunnelTarget {
  readonly nodeId: string;
  readonly method: string;
}

/** One step in one direction of a tunnel; see `tunnel.proto` for their order. */
export interface TunnelFrame {
  /** In the first frame of the agent; empty otherwise. */
  readonly id: string;
  /** In the first frame of who opens the tunnel. */
  readonly target?: TunnelTarget;
  /** The agent has taken up its end. */
  readonly accepted: boolean;
  /** A message of the method, or a piece of one. */
  readonly message?: Uint8Array;
  /** The message goes on in the next frame. */
  readonly more: boolean;
  /** Nothing follows in this direction. */
  readonly end: boolean;
  /** Why nothing follows. */
  readonly error?: ErrorDetail;
}
export const tunnelFrameCodec = messageCodec<TunnelFrame>(types.TunnelFrame);
