import { SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import { createWakeup } from '../../lib/wakeup.ts';
import type {
  Empty,
  LogSubscription,
  LogsMessage,
  LogsRequest,
  PublishLogsRequest,
} from '../../proto/messages.ts';
import type { Store } from '../store/store.ts';
import {
  addListener,
  type BrokerState,
  closeRequest,
  coverTasks,
  isComplete,
  type Listener,
  removeListener,
  stopBroker,
} from './broker-state.ts';
import { takeAvailable, takeInOrder } from './line-merge.ts';
import { type OpenRequest, openRequest, resumePublishers } from './log-request.ts';
import { requireSelection } from './log-selection.ts';
import { receiveLines } from './receive-lines.ts';

/** Requests answered at once; each holds a bounded number of lines. */
const MAX_REQUESTS = 64;
/** Lines in one message to the user. */
const MAX_LINES_PER_MESSAGE = 256;
/** How often a request looks whether a node has gone silent, besides being woken. */
const CHECK_PERIOD_MS = 1_000;

export interface LogBrokerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** A new subscription id. */
  readonly newId: () => string;
  readonly log: Log;
}

/** The node that calls, as its certificate proves. */
export interface LogCaller {
  readonly nodeId: string;
  readonly signal: AbortSignal;
}

/** Brings the lines that nodes hold to the users that ask for them; nothing is kept here. */
export interface LogBroker {
  /** What a node is to send, and what it need not send any more. The node's newest stream wins. */
  listen(caller: LogCaller): AsyncIterable<LogSubscription>;
  /** Takes a node's lines; it is read only as fast as the user takes them. NOT_FOUND = nobody wants them. */
  publish(requests: AsyncIterable<PublishLogsRequest>, caller: LogCaller): Promise<Empty>;
  /** Lines as they come when following, else in the order of their times; ends when every node is done. */
  logs(request: LogsRequest, signal: AbortSignal): AsyncIterable<LogsMessage>;
  /** Ends all streams. */
  stop(): void;
}

/** See {@link LogBroker}. */
export function createLogBroker(options: LogBrokerOptions): LogBroker {
  const state: BrokerState = {
    ...options,
    listeners: new Map(),
    requests: new Set(),
    parts: new Map(),
    stopped: undefined,
  };
  return {
    listen: (caller) => streamSubscriptions(state, caller),
    publish: async (requests, caller) => {
      await receiveLines(state, requests, caller);
      return {};
    },
    logs: (request, signal) => streamLogs(state, request, signal),
    stop: () => stopBroker(state, new SkepError('UNAVAILABLE', 'this manager is not the leader any more')),
  };
}

async function* streamSubscriptions(state: BrokerState, caller: LogCaller): AsyncGenerator<LogSubscription> {
  const { signal } = caller;
  const listener: Listener = {
    nodeId: caller.nodeId,
    wakeup: createWakeup(signal),
    outbox: [],
    ended: undefined,
  };
  addListener(state, listener);
  try {
    while (!signal.aborted) {
      const next = listener.outbox.shift();
      if (next !== undefined) yield next;
      else if (listener.ended !== undefined) throw listener.ended;
      else await listener.wakeup.next();
    }
  } finally {
    removeListener(state, listener);
  }
}

async function* streamLogs(
  state: BrokerState,
  request: LogsRequest,
  signal: AbortSignal,
): AsyncGenerator<LogsMessage> {
  requireSelection(state.store.view(), request.selector);
  if (state.requests.size >= MAX_REQUESTS) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `${MAX_REQUESTS} requests for logs are already being answered`,
      {
        help: 'end one of them first',
      },
    );
  }
  const open = openRequest(request, state.clock.nowMs(), createWakeup(signal));
  state.requests.add(open);
  const unwatch = state.store.watch(() => open.wakeup.wake());
  let cancelCheck: () => void = () => undefined;
  try {
    while (!signal.aborted) {
      if (state.stopped !== undefined) throw state.stopped;
      coverTasks(state, open);
      const message = nextMessage(state, open);
      if (message !== undefined) {
        yield message;
        continue;
      }
      if (isComplete(state, open)) return;
      cancelCheck();
      cancelCheck = state.clock.schedule(CHECK_PERIOD_MS, () => open.wakeup.wake());
      await open.wakeup.next();
    }
  } finally {
    cancelCheck();
    unwatch();
    closeRequest(state, open);
  }
}

function nextMessage(state: BrokerState, open: OpenRequest): LogsMessage | undefined {
  const warning = open.warnings.shift();
  if (warning !== undefined) return { lines: [], warning };
  const parts = [...open.parts.values()];
  const lines = open.request.options.follow
    ? takeAvailable(parts, MAX_LINES_PER_MESSAGE)
    : takeInOrder(parts, MAX_LINES_PER_MESSAGE, state.clock.nowMs());
  if (lines.length === 0) return undefined;
  for (const part of parts) resumePublishers(part);
  return { lines, warning: '' };
}
