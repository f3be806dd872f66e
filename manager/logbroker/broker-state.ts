import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { Wakeup } from '../../lib/wakeup.ts';
import type { LogSubscription } from '../../proto/messages.ts';
import type { Store, StoreView } from '../store/store.ts';
import {
  type LogPart,
  losePart,
  type OpenRequest,
  partOptions,
  resumePublishers,
  warn,
} from './log-request.ts';
import { selectionExists, selectTasks, whyNotAsked } from './log-selection.ts';

/** How long a node may take to connect before the user is told that it is not there. */
const LISTENER_PATIENCE_MS = 3_000;
/** A node that has begun to answer and then sends nothing for this long has failed. */
const PUBLISH_PATIENCE_MS = 20_000;
/** Messages that wait for a node to take them; a node that takes none is let go. */
const MAX_OUTBOX = 1_000;

/** A node that waits to be asked for logs. */
export interface Listener {
  readonly nodeId: string;
  readonly wakeup: Wakeup;
  readonly outbox: LogSubscription[];
  ended: SkepError | undefined;
}

/** Everything the broker knows. The functions of this file keep its three tables in step. */
export interface BrokerState {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  /** By node id. */
  readonly listeners: Map<string, Listener>;
  readonly requests: Set<OpenRequest>;
  /** By part id. */
  readonly parts: Map<string, { readonly open: OpenRequest; readonly part: LogPart }>;
  /** Why the broker answers nobody any more. */
  stopped: SkepError | undefined;
}

/** Ends every stream, now and later. */
export function stopBroker(state: BrokerState, reason: SkepError): void {
  state.stopped = reason;
  for (const listener of state.listeners.values()) {
    listener.ended = reason;
    listener.wakeup.wake();
  }
  for (const open of state.requests) open.wakeup.wake();
}

/** Makes the listener its node's only one. */
export function addListener(state: BrokerState, listener: Listener): void {
  if (state.stopped !== undefined) throw state.stopped;
  const previous = state.listeners.get(listener.nodeId);
  if (previous !== undefined) {
    previous.ended = new SkepError('CONFLICT', `node ${listener.nodeId} listens for log requests elsewhere`);
    previous.wakeup.wake();
    removeListener(state, previous);
  }
  state.listeners.set(listener.nodeId, listener);
  for (const open of state.requests) open.wakeup.wake();
}

/** The listener is gone: what it was asked for will not come, or not from this connection. */
export function removeListener(state: BrokerState, listener: Listener): void {
  if (state.listeners.get(listener.nodeId) !== listener) return;
  state.listeners.delete(listener.nodeId);
  const hostname = state.store.view().nodes.get(listener.nodeId)?.description?.hostname;
  for (const { open, part } of [...state.parts.values()]) {
    if (part.nodeId !== listener.nodeId) continue;
    losePart(open, part, `node ${hostname ?? listener.nodeId} went away`);
    state.parts.delete(part.id);
  }
}

function send(listener: Listener, message: LogSubscription): void {
  listener.outbox.push(message);
  if (listener.outbox.length > MAX_OUTBOX) {
    listener.outbox.length = 0;
    const text = `node ${listener.nodeId} does not take its log requests`;
    listener.ended = new SkepError('RESOURCE_EXHAUSTED', text);
  }
  listener.wakeup.wake();
}

/**
 * Level-triggered: asks the nodes of tasks that nobody was asked for yet, and says which cannot be asked. Parts
 * that went silent are given up.
 */
export function coverTasks(state: BrokerState, open: OpenRequest): void {
  const nowMs = state.clock.nowMs();
  const { options, selector } = open.request;
  const view = state.store.view();
  for (const part of [...open.parts.values()]) {
    const isSilent = part.lines.length === 0 && nowMs - part.lastActivityMs >= PUBLISH_PATIENCE_MS;
    if (isSilent && !options.follow && !part.done) {
      losePart(open, part, `node ${part.nodeId} does not answer`);
      state.parts.delete(part.id);
    }
    if (part.done && part.lines.length === 0) forgetPart(open, part, view);
  }
  const uncovered = selectTasks(view, selector).filter((task) => !open.covered.has(task.id));
  for (const [nodeId, tasks] of byNode(uncovered)) {
    const listener = state.listeners.get(nodeId);
    const patienceIsOver = nowMs - open.openedAtMs >= LISTENER_PATIENCE_MS;
    const reason = whyNotAsked(nodeId, view.nodes.get(nodeId), listener !== undefined, patienceIsOver);
    if (reason !== undefined) {
      warn(open, `${reason}: the logs of its tasks cannot be read`);
      // Who follows gets them once the node is back.
      if (!options.follow) for (const task of tasks) open.covered.add(task.id);
    } else if (listener !== undefined) {
      askNode(state, open, listener, tasks);
    }
  }
}

/** Drops a part that was read to its end, and what is remembered of tasks that the store has dropped. */
function forgetPart(open: OpenRequest, part: LogPart, view: StoreView): void {
  open.parts.delete(part.id);
  for (const taskId of part.taskIds) {
    if (view.tasks.has(taskId)) continue;
    open.covered.delete(taskId);
    open.newestMs.delete(taskId);
  }
}

function byNode(tasks: readonly Task[]): ReadonlyMap<string, readonly Task[]> {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const group = groups.get(task.nodeId);
    if (group === undefined) groups.set(task.nodeId, [task]);
    else group.push(task);
  }
  return groups;
}

function askNode(state: BrokerState, open: OpenRequest, listener: Listener, tasks: readonly Task[]): void {
  const taskIds = tasks.map((task) => task.id);
  const isFirst = state.clock.nowMs() - open.openedAtMs < LISTENER_PATIENCE_MS;
  const part: LogPart = {
    id: state.newId(),
    nodeId: listener.nodeId,
    taskIds: new Set(taskIds),
    lines: [],
    done: false,
    lastActivityMs: state.clock.nowMs(),
    waiting: new Set(),
  };
  open.parts.set(part.id, part);
  state.parts.set(part.id, { open, part });
  for (const taskId of taskIds) open.covered.add(taskId);
  send(listener, { id: part.id, taskIds, options: partOptions(open, taskIds, isFirst), close: false });
}

/** True when nothing more can come. Who follows waits until what is followed is gone. */
export function isComplete(state: BrokerState, open: OpenRequest): boolean {
  for (const part of open.parts.values()) {
    if (part.lines.length > 0 || !part.done) return false;
  }
  const { options, selector } = open.request;
  const view = state.store.view();
  // Nothing that is wanted can be written once that time is over.
  const isOver = options.untilMs !== undefined && state.clock.nowMs() > options.untilMs;
  if (options.follow && !isOver) return !selectionExists(view, selector);
  return selectTasks(view, selector).every((task) => open.covered.has(task.id));
}

/** Forgets a request, and tells the nodes that still work for it to stop. */
export function closeRequest(state: BrokerState, open: OpenRequest): void {
  state.requests.delete(open);
  for (const part of open.parts.values()) {
    state.parts.delete(part.id);
    resumePublishers(part);
    const listener = state.listeners.get(part.nodeId);
    if (part.done || listener === undefined) continue;
    part.done = true;
    send(listener, { id: part.id, taskIds: [], options: open.request.options, close: true });
  }
}
