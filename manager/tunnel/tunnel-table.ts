import { SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { Wakeup } from '../../lib/wakeup.ts';
import type { TunnelFrame, TunnelOpening, TunnelTarget } from '../../proto/tunnel-messages.ts';
import type { Store } from '../store/store.ts';

/** Tunnels through this leader at once. */
export const MAX_TUNNELS = 256;
/** A node may be between two sessions: how long a tunnel waits for it to come back. */
export const LISTENER_PATIENCE_MS = 3_000;
/** How long a node that was asked may take until it takes up its end. */
export const ANSWER_PATIENCE_MS = 5_000;
/** Messages that wait for a node to take them; a node that takes none is let go. */
const MAX_OUTBOX = 1_000;

/** A node that waits for tunnels. */
export interface Listener {
  readonly nodeId: string;
  readonly wakeup: Wakeup;
  readonly outbox: TunnelOpening[];
  ended: SkepError | undefined;
}

/** Why a tunnel is over; null when everything was said. */
export interface TunnelEnd {
  readonly reason: SkepError | null;
}

export interface Tunnel {
  readonly id: string;
  readonly target: TunnelTarget;
  /** From whoever opened it. */
  readonly requests: AsyncIterator<TunnelFrame>;
  /** From the node, once it has taken up its end. */
  answers: AsyncIterator<TunnelFrame> | undefined;
  /** The listener that was asked. */
  asked: Listener | undefined;
  ended: TunnelEnd | undefined;
  /** Called once at the next change: the node took up its end, or the tunnel ended. */
  readonly waiting: Set<() => void>;
  cancelTimer: () => void;
}

/** Everything the broker knows. The functions of this file keep its two tables in step. */
export interface TunnelTable {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  /** By node id. */
  readonly listeners: Map<string, Listener>;
  /** By id; only those that are not over. */
  readonly tunnels: Map<string, Tunnel>;
  /** Why the broker answers nobody any more. */
  stopped: SkepError | undefined;
}

const TRY_AGAIN = 'try again in a moment';

/** The name that users know a node by. */
function nameOf(table: TunnelTable, nodeId: string): string {
  return table.store.view().nodes.get(nodeId)?.description?.hostname || nodeId;
}

function unavailable(message: string, help: string = TRY_AGAIN): SkepError {
  return new SkepError('UNAVAILABLE', message, { help });
}

/** What the callers of a node are told whose agent went away. */
export function nodeIsLost(table: TunnelTable, nodeId: string): SkepError {
  return unavailable(`the connection to node ${nameOf(table, nodeId)} was lost`);
}

/** Why a node can have no tunnel at present; undefined when nothing is known against it. */
function whyOutOfReach(table: TunnelTable, nodeId: string): SkepError | undefined {
  const node = table.store.view().nodes.get(nodeId);
  if (node === undefined) return new SkepError('NOT_FOUND', `node ${nodeId} was removed from the cluster`);
  if (node.status.state !== 'down') return undefined;
  return unavailable(`node ${nameOf(table, nodeId)} is down`, 'skep node ls shows the nodes');
}

/** Begins a tunnel and asks its node for the other end. Throws when that is refused at once. */
export function addTunnel(
  table: TunnelTable,
  target: TunnelTarget,
  requests: AsyncIterator<TunnelFrame>,
): Tunnel {
  if (table.stopped !== undefined) throw table.stopped;
  const refusal = whyOutOfReach(table, target.nodeId);
  if (refusal !== undefined) throw refusal;
  if (table.tunnels.size >= MAX_TUNNELS) {
    throw new SkepError('RESOURCE_EXHAUSTED', `${MAX_TUNNELS} calls to other nodes are already under way`, {
      help: 'end one of them first, or go to the node itself',
    });
  }
  const tunnel: Tunnel = {
    id: table.newId(),
    target,
    requests,
    answers: undefined,
    asked: undefined,
    ended: undefined,
    waiting: new Set(),
    cancelTimer: () => undefined,
  };
  table.tunnels.set(tunnel.id, tunnel);
  const listener = table.listeners.get(target.nodeId);
  if (listener !== undefined) {
    ask(table, tunnel, listener);
    return tunnel;
  }
  tunnel.cancelTimer = table.clock.schedule(LISTENER_PATIENCE_MS, () =>
    endTunnel(table, tunnel, unavailable(`node ${nameOf(table, target.nodeId)} is not connected`)),
  );
  return tunnel;
}

function ask(table: TunnelTable, tunnel: Tunnel, listener: Listener): void {
  const { id, target } = tunnel;
  tunnel.cancelTimer();
  tunnel.asked = listener;
  tunnel.cancelTimer = table.clock.schedule(ANSWER_PATIENCE_MS, () =>
    endTunnel(table, tunnel, unavailable(`node ${nameOf(table, target.nodeId)} does not answer`)),
  );
  send(listener, { id, method: target.method, close: false });
}

function send(listener: Listener, message: TunnelOpening): void {
  listener.outbox.push(message);
  if (listener.outbox.length > MAX_OUTBOX) {
    listener.outbox.length = 0;
    const text = `node ${listener.nodeId} does not take what it is asked`;
    listener.ended = new SkepError('RESOURCE_EXHAUSTED', text);
  }
  listener.wakeup.wake();
}

/** The node takes up its end. Throws NOT_FOUND when nobody waits for it, PERMISSION_DENIED when it is another's. */
export function joinTunnel(
  table: TunnelTable,
  id: string,
  nodeId: string,
  answers: AsyncIterator<TunnelFrame>,
): Tunnel {
  const tunnel = table.tunnels.get(id);
  if (tunnel === undefined || tunnel.answers !== undefined) {
    throw new SkepError('NOT_FOUND', `nobody waits for tunnel "${id}" any more`);
  }
  if (tunnel.asked?.nodeId !== nodeId) {
    throw new SkepError('PERMISSION_DENIED', `tunnel "${id}" was not given to node ${nodeId}`);
  }
  tunnel.cancelTimer();
  tunnel.answers = answers;
  wakeAll(tunnel);
  return tunnel;
}

function wakeAll(tunnel: Tunnel): void {
  const waiting = [...tunnel.waiting];
  tunnel.waiting.clear();
  for (const wake of waiting) wake();
}

/** Forgets a tunnel and tells both ends; once it is over, nothing changes. `reason` null = everything was said. */
export function endTunnel(table: TunnelTable, tunnel: Tunnel, reason: SkepError | null): void {
  if (tunnel.ended !== undefined) return;
  tunnel.ended = { reason };
  tunnel.cancelTimer();
  table.tunnels.delete(tunnel.id);
  if (reason !== null) recall(table, tunnel);
  wakeAll(tunnel);
}

/** A node that does not read may not see the end of its stream: it is told by its other one. */
function recall(table: TunnelTable, { id, asked, target }: Tunnel): void {
  if (asked === undefined || table.listeners.get(target.nodeId) !== asked) return;
  const place = asked.outbox.findIndex((message) => message.id === id);
  if (place >= 0) asked.outbox.splice(place, 1);
  else send(asked, { id, method: target.method, close: true });
}

/** Makes the listener its node's only one, and asks it for the tunnels that wait. */
export function addListener(table: TunnelTable, listener: Listener): void {
  if (table.stopped !== undefined) throw table.stopped;
  const { nodeId } = listener;
  const previous = table.listeners.get(nodeId);
  if (previous !== undefined) {
    previous.ended = new SkepError('CONFLICT', `node ${nodeId} listens for tunnels elsewhere`);
    previous.wakeup.wake();
    removeListener(table, previous);
  }
  table.listeners.set(nodeId, listener);
  for (const tunnel of table.tunnels.values()) {
    if (tunnel.target.nodeId === nodeId && tunnel.asked === undefined) ask(table, tunnel, listener);
  }
}

/** The listener is gone, and with it the session that its tunnels belong to. */
export function removeListener(table: TunnelTable, listener: Listener): void {
  const { nodeId } = listener;
  if (table.listeners.get(nodeId) === listener) table.listeners.delete(nodeId);
  for (const tunnel of [...table.tunnels.values()]) {
    if (tunnel.asked !== listener) continue;
    endTunnel(table, tunnel, nodeIsLost(table, nodeId));
  }
}

/** Level-triggered: ends the tunnels of nodes that are down or gone. */
export function dropUnreachable(table: TunnelTable): void {
  for (const tunnel of [...table.tunnels.values()]) {
    const reason = whyOutOfReach(table, tunnel.target.nodeId);
    if (reason !== undefined) endTunnel(table, tunnel, reason);
  }
}

/** Ends everything, now and later. Tunnels that carried nothing yet can be opened at the next leader. */
export function stopTable(table: TunnelTable): void {
  const stopped = new SkepError('NOT_LEADER', 'this manager is not the leader any more', { help: TRY_AGAIN });
  table.stopped = stopped;
  for (const tunnel of [...table.tunnels.values()]) {
    const isJoined = tunnel.answers !== undefined;
    endTunnel(table, tunnel, isJoined ? unavailable('the leader changed: the connection ended') : stopped);
  }
  for (const listener of table.listeners.values()) {
    listener.ended = stopped;
    listener.wakeup.wake();
  }
}
