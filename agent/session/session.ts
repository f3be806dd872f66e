import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import type { Node, NodeDescription } from '../../lib/domain/node.ts';
import type { Task } from '../../lib/domain/task.ts';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { ManagerAddress, SessionMessage } from '../../proto/messages.ts';
import type { Connection } from '../../proto/rpc.ts';
import type { dispatcherMethods } from '../../proto/services.ts';
import {
  type AssignmentState,
  applyAssignments,
  pictureOf,
  tasksOf,
  touchesNetwork,
} from './assignment-state.ts';
import type { StatusReporter } from './status-reporter.ts';

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;
/** A session whose first message does not come within this long is given up. */
const REGISTER_TIMEOUT_MS = 5_000;

export interface SessionDependencies {
  /** Addresses to try, in turn; grows with what managers say. */
  readonly managers: () => readonly ManagerAddress[];
  readonly connectTo: (address: string) => Connection<typeof dispatcherMethods>;
  readonly describeNode: () => NodeDescription;
  readonly reporter: StatusReporter;
  readonly clock: Clock;
  readonly log: Log;
  readonly onTasks: (tasks: ReadonlyMap<string, Task>) => void;
  readonly onPicture: (picture: NetworkPicture) => void;
  /** The node as the managers see it, and where they are. */
  readonly onSession: (message: SessionMessage) => void;
  /** Runs while a session is open, for further streams over the same connection. */
  readonly whileOpen?: (address: string, sessionId: string, signal: AbortSignal) => Promise<void>;
  /** The managers do not know this node any more. */
  readonly onRejected: (error: SkepError) => void;
}

export interface Session {
  /** The node's description changed (an image came): tell the managers. */
  describe(): void;
  node(): Node | null;
  /** Opens the session again over a new connection, with the credentials of now. */
  reopen(): void;
  close(): Promise<void>;
}

type Client = Connection<typeof dispatcherMethods>['call'];

function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = clock.schedule(delayMs, settle);
    function settle(): void {
      cancel();
      signal.removeEventListener('abort', settle);
      resolve();
    }
    signal.addEventListener('abort', settle);
  });
}

async function heartbeats(
  client: Client,
  first: SessionMessage,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let periodMs = first.heartbeatPeriodMs;
  while (!signal.aborted) {
    await delay(clock, periodMs, signal);
    if (signal.aborted) return;
    const answer = await client.heartbeat(
      { sessionId: first.sessionId },
      { timeoutMs: periodMs * 2, signal },
    );
    periodMs = answer.periodMs;
  }
}

async function assignments(
  client: Client,
  sessionId: string,
  dependencies: SessionDependencies,
  signal: AbortSignal,
): Promise<void> {
  let state: AssignmentState | null = null;
  for await (const message of client.assignments({ sessionId }, { signal })) {
    state = applyAssignments(state, message);
    if (state === null)
      throw new SkepError('DATA_LOSS', 'the assignments stream has a gap; it is opened again');
    if (touchesNetwork(message)) dependencies.onPicture(pictureOf(state));
    dependencies.onTasks(tasksOf(state));
  }
  throw new SkepError('UNAVAILABLE', 'the manager ended the assignments stream');
}

async function sessionMessages(
  messages: AsyncIterator<SessionMessage>,
  dependencies: SessionDependencies,
): Promise<void> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true) throw new SkepError('UNAVAILABLE', 'the manager ended the session');
    dependencies.onSession(next.value);
  }
}

interface OpenSession {
  readonly client: Client;
  readonly sessionId: string;
}

/**
 * Keeps one session with a manager: registers, beats, follows the assignments, reports statuses. When any
 * of it fails the whole session is opened again, with growing pauses, at the next manager.
 */
export function openSession(dependencies: SessionDependencies): Session {
  const { clock, log, reporter } = dependencies;
  const stop = new AbortController();
  let open: OpenSession | null = null;
  let node: Node | null = null;
  let endPresent: () => void = () => undefined;

  async function runOnce(address: string): Promise<void> {
    const connection = dependencies.connectTo(address);
    const abort = new AbortController();
    const end = () => abort.abort();
    endPresent = end;
    stop.signal.addEventListener('abort', end);
    const client = connection.call;
    try {
      const request = { description: dependencies.describeNode() };
      const messages = client.session(request, { signal: abort.signal })[Symbol.asyncIterator]();
      const cancelTimeout = clock.schedule(REGISTER_TIMEOUT_MS, end);
      const first = await messages.next();
      cancelTimeout();
      if (first.done === true) throw new SkepError('UNAVAILABLE', `${address} did not open a session`);
      const { sessionId } = first.value;
      node = first.value.node;
      dependencies.onSession(first.value);
      open = { client, sessionId };
      log('info', 'The session with a manager is open.', { address });
      await Promise.race([
        sessionMessages(messages, dependencies),
        heartbeats(client, first.value, clock, abort.signal),
        assignments(client, sessionId, dependencies, abort.signal),
        reporter.run(async (updates) => {
          await client.updateTaskStatus({ sessionId, updates }, { signal: abort.signal });
        }, abort.signal),
        dependencies.whileOpen?.(address, sessionId, abort.signal) ?? new Promise<never>(() => undefined),
      ]);
    } finally {
      open = null;
      stop.signal.removeEventListener('abort', end);
      end();
      connection.close();
    }
  }

  async function runForever(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const managers = dependencies.managers();
      const address = managers[attempt % Math.max(1, managers.length)]?.address;
      const startedAtMs = clock.nowMs();
      try {
        if (address === undefined) throw new SkepError('UNAVAILABLE', 'no manager is known');
        await runOnce(address);
      } catch (thrown) {
        if (stop.signal.aborted) return;
        if (thrown instanceof SkepError && thrown.code === 'UNAUTHENTICATED') dependencies.onRejected(thrown);
        log('warn', 'The session with a manager ended.', { address, error: describeError(thrown) });
      }
      // A session that lasted starts the pauses anew.
      if (clock.nowMs() - startedAtMs > MAX_BACKOFF_MS) backoffMs = FIRST_BACKOFF_MS;
      await delay(clock, backoffMs, stop.signal);
      backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
    }
  }

  const running = runForever();
  return {
    describe() {
      if (open === null) return;
      const { client, sessionId } = open;
      client.describe({ sessionId, description: dependencies.describeNode() }).catch((thrown: unknown) => {
        log('warn', 'The node could not describe itself anew; the next session will.', {
          error: describeError(thrown),
        });
      });
    },
    node: () => node,
    reopen: () => endPresent(),
    async close() {
      stop.abort();
      await running;
    },
  };
}
