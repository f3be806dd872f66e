import type { Change } from '../../lib/domain/store-object.ts';
import { SkepError, toSkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import { createWakeup } from '../../lib/wakeup.ts';
import { letGo } from '../../proto/rpc.ts';
import { BLANK_FRAME, MAX_PIECE_BYTES } from '../../proto/tunnel-frames.ts';
import type { TunnelFrame, TunnelOpening } from '../../proto/tunnel-messages.ts';
import type { Store } from '../store/store.ts';
import {
  addListener,
  addTunnel,
  dropUnreachable,
  endTunnel,
  joinTunnel,
  type Listener,
  nodeIsLost,
  removeListener,
  stopTable,
  type Tunnel,
  type TunnelTable,
} from './tunnel-table.ts';

export interface TunnelBrokerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** A new tunnel id. */
  readonly newId: () => string;
}

/** The node that calls, as its certificate proves. */
export interface TunnelNode {
  readonly nodeId: string;
  readonly signal: AbortSignal;
}

/**
 * Joins the calls of managers to the nodes that are to answer them. It holds no frame: each side is read only when the
 * other one takes what was read, so that whoever is slow slows down the other end of the tunnel.
 */
export interface TunnelBroker {
  /** What a node is to take up, and to let go of. The node's newest stream wins. */
  listen(caller: TunnelNode): AsyncIterable<TunnelOpening>;
  /** The node's end of a tunnel: takes answers, gives requests. */
  serve(answers: AsyncIterable<TunnelFrame>, caller: TunnelNode): AsyncIterable<TunnelFrame>;
  /** The caller's end: takes requests, gives answers; the first one says that the node is there. */
  open(requests: AsyncIterable<TunnelFrame>, signal: AbortSignal): AsyncIterable<TunnelFrame>;
  /** What is held at present. */
  load(): { readonly listeners: number; readonly tunnels: number };
  /** Ends all streams. */
  stop(): void;
}

/** See {@link TunnelBroker}. */
export function createTunnelBroker(options: TunnelBrokerOptions): TunnelBroker {
  const table: TunnelTable = { ...options, listeners: new Map(), tunnels: new Map(), stopped: undefined };
  const touchesNode = (change: Change) =>
    (change.kind === 'put' ? change.object.kind : change.objectKind) === 'node';
  const unwatch = options.store.watch((changes) => {
    if (table.tunnels.size > 0 && changes.some(touchesNode)) dropUnreachable(table);
  });
  return {
    listen: (caller) => streamOpenings(table, caller),
    serve: (answers, caller) => serveTunnel(table, answers, caller),
    open: (requests, signal) => openTunnel(table, requests, signal),
    load: () => ({ listeners: table.listeners.size, tunnels: table.tunnels.size }),
    stop() {
      unwatch();
      stopTable(table);
    },
  };
}

async function* streamOpenings(table: TunnelTable, caller: TunnelNode): AsyncGenerator<TunnelOpening> {
  const { nodeId, signal } = caller;
  const listener: Listener = { nodeId, wakeup: createWakeup(signal), outbox: [], ended: undefined };
  addListener(table, listener);
  try {
    while (!signal.aborted) {
      const next = listener.outbox.shift();
      if (next !== undefined) yield next;
      else if (listener.ended !== undefined) throw listener.ended;
      else await listener.wakeup.next();
    }
  } finally {
    removeListener(table, listener);
  }
}

/** Runs while one end of a tunnel is there: its end is the end of the tunnel. */
async function* holdEnd(
  table: TunnelTable,
  tunnel: Tunnel,
  { signal, lost }: { readonly signal: AbortSignal; readonly lost: SkepError },
  frames: () => AsyncGenerator<TunnelFrame>,
): AsyncGenerator<TunnelFrame> {
  const onAbort = (): void => endTunnel(table, tunnel, lost);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    yield* frames();
  } catch (thrown) {
    endTunnel(table, tunnel, toSkepError(thrown));
    throw thrown;
  } finally {
    signal.removeEventListener('abort', onAbort);
    endTunnel(table, tunnel, lost);
  }
}

async function* openTunnel(
  table: TunnelTable,
  frames: AsyncIterable<TunnelFrame>,
  signal: AbortSignal,
): AsyncGenerator<TunnelFrame> {
  const requests = frames[Symbol.asyncIterator]();
  try {
    const first = await requests.next();
    const target = first.done === true ? undefined : first.value.target;
    if (target === undefined) throw new SkepError('INVALID_ARGUMENT', 'a tunnel begins with its target');
    const tunnel = addTunnel(table, target, requests);
    const lost = callerIsGone();
    yield* holdEnd(table, tunnel, { signal, lost }, async function* () {
      while (tunnel.answers === undefined && tunnel.ended === undefined) await changeOf(tunnel);
      if (tunnel.answers !== undefined) {
        yield { ...BLANK_FRAME, accepted: true };
        const source = { frames: tunnel.answers, lost: nodeIsLost(table, target.nodeId) };
        // Whoever has the last answer may be gone before it is asked for more.
        yield* relay(tunnel, source, () => endTunnel(table, tunnel, null));
      }
      if (tunnel.ended?.reason) throw tunnel.ended.reason;
    });
  } finally {
    letGo(requests);
  }
}

async function* serveTunnel(
  table: TunnelTable,
  frames: AsyncIterable<TunnelFrame>,
  { nodeId, signal }: TunnelNode,
): AsyncGenerator<TunnelFrame> {
  const answers = frames[Symbol.asyncIterator]();
  try {
    const first = await answers.next();
    if (first.done === true) throw new SkepError('INVALID_ARGUMENT', 'an end of a tunnel begins with its id');
    const tunnel = joinTunnel(table, first.value.id, nodeId, answers);
    const lost = nodeIsLost(table, nodeId);
    yield* holdEnd(table, tunnel, { signal, lost }, async function* () {
      yield* relay(tunnel, { frames: tunnel.requests, lost: callerIsGone() }, () => undefined);
      // The stream that brings the answers is this one: it stays open for them.
      while (tunnel.ended === undefined) await changeOf(tunnel);
      if (tunnel.ended.reason !== null) throw tunnel.ended.reason;
    });
  } finally {
    letGo(answers);
  }
}

function callerIsGone(): SkepError {
  return new SkepError('CANCELLED', 'the caller is gone');
}

/** Resolves when the tunnel is joined or ends. */
function changeOf(tunnel: Tunnel): Promise<void> {
  return new Promise((resolve) => void tunnel.waiting.add(resolve));
}

interface Source {
  readonly frames: AsyncIterator<TunnelFrame>;
  /** What to say when they stop before the last one. */
  readonly lost: SkepError;
}

/** Passes frames on up to the last one, or until the tunnel is over. `onLast` is called before the last one. */
async function* relay(
  tunnel: Tunnel,
  { frames, lost }: Source,
  onLast: () => void,
): AsyncGenerator<TunnelFrame> {
  for (;;) {
    const next = await nextFrame(tunnel, frames);
    if (next === undefined) return;
    if (next === 'broken' || next.done === true) throw lost;
    const { message, more, end, error } = next.value;
    if (message !== undefined && message.byteLength > MAX_PIECE_BYTES) {
      throw new SkepError('INVALID_ARGUMENT', `a frame has more than ${MAX_PIECE_BYTES} bytes`);
    }
    const isLast = end || error !== undefined;
    if (isLast) onLast();
    yield { ...BLANK_FRAME, more, end, ...(message && { message }), ...(error && { error }) };
    if (isLast) return;
  }
}

/** Undefined when the tunnel ended before the frame came. */
function nextFrame(
  tunnel: Tunnel,
  source: AsyncIterator<TunnelFrame>,
): Promise<IteratorResult<TunnelFrame> | 'broken' | undefined> {
  return new Promise((resolve) => {
    if (tunnel.ended !== undefined) return resolve(undefined);
    const giveUp = () => resolve(undefined);
    tunnel.waiting.add(giveUp);
    const settle = (next: IteratorResult<TunnelFrame> | 'broken'): void => {
      tunnel.waiting.delete(giveUp);
      resolve(next);
    };
    source.next().then(settle, () => settle('broken'));
  });
}
