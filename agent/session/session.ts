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
/** While managers elect a leader, which takes about a second, the pauses stay short. */
const MAX_LEADERLESS_BACKOFF_MS = 300;
/** A session whose first message does not come within this long is given up. */
const REGISTER_TIMEOUT_MS = 5_000;
/** A manager that does not say within this long who leads is passed over. */
const LEADER_TIMEOUT_MS = 2_000;

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
  onMessage: (message: SessionMessage) => void,
): Promise<void> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true) throw new SkepError('UNAVAILABLE', 'the manager ended the session');
    onMessage(next.value);
  }
}

interface OpenSession {
  readonly client: Client;
  readonly sessionId: string;
}

/** Where the leader is, by the word of a manager; null when that one leads. Throws NOT_LEADER when it knows none. */
async function findLeader(client: Client, signal: AbortSignal): Promise<string | null> {
  const { isSelf, address } = await client.leader({}, { timeoutMs: LEADER_TIMEOUT_MS, signal });
  if (isSelf) return null;
  if (address !== '') return address;
  throw new SkepError('NOT_LEADER', 'the managers have no leader at present');
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
  const lastErrors = new Map<string, string>();
  let endPresent: () => void = () => undefined;

  function hear(message: SessionMessage): void {
    node = message.node;
    dependencies.onSession(message);
  }

  /** Resolves with the leader's address at once when `address` is another manager's. */
  async function runOnce(address: string): Promise<string | null> {
    const connection = dependencies.connectTo(address);
    const abort = new AbortController();
    const end = () => abort.abort();
    endPresent = end;
    stop.signal.addEventListener('abort', end);
    const client = connection.call;
    try {
      const leader = await findLeader(client, abort.signal);
      if (leader !== null) return leader;
      const request = { description: dependencies.describeNode() };
      const messages = client.session(request, { signal: abort.signal })[Symbol.asyncIterator]();
      const cancelTimeout = clock.schedule(REGISTER_TIMEOUT_MS, end);
      const first = await messages.next();
      cancelTimeout();
      if (first.done === true) throw new SkepError('UNAVAILABLE', `${address} did not open a session`);
      const { sessionId } = first.value;
      hear(first.value);
      open = { client, sessionId };
      lastErrors.clear();
      log('info', 'The session with a manager is open.', { address });
      await Promise.race([
        sessionMessages(messages, hear),
        heartbeats(client, first.value, clock, abort.signal),
        assignments(client, sessionId, dependencies, abort.signal),
        reporter.run(async (updates) => {
          await client.updateTaskStatus({ sessionId, updates }, { signal: abort.signal });
        }, abort.signal),
        dependencies.whileOpen?.(address, sessionId, abort.signal) ?? new Promise<never>(() => undefined),
      ]);
      return null;
    } finally {
      open = null;
      stop.signal.removeEventListener('abort', end);
      end();
      connection.close();
    }
  }

  async function runForever(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    let leader: string | null = null;
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      const managers = dependencies.managers();
      const address = leader ?? managers[attempt % Math.max(1, managers.length)]?.address;
      const wasSentHere = leader !== null;
      leader = null;
      let maxBackoffMs = MAX_BACKOFF_MS;
      const startedAtMs = clock.nowMs();
      try {
        if (address === undefined) throw new SkepError('UNAVAILABLE', 'no manager is known');
        leader = await runOnce(address);
        // Two managers that each believe in the other must not make a circle without a pause.
        if (leader !== null && !wasSentHere) continue;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        const code = thrown instanceof SkepError ? thrown.code : 'INTERNAL';
        if (code === 'UNAUTHENTICATED') dependencies.onRejected(thrown as SkepError);
        if (code === 'NOT_LEADER') maxBackoffMs = MAX_LEADERLESS_BACKOFF_MS;
        const error = describeError(thrown);
        // An outage may be long: what is wrong with a manager is said once.
        if (lastErrors.get(address ?? '') !== error) {
          log('warn', 'The session with a manager ended.', { address, error });
        }
        lastErrors.set(address ?? '', error);
      }
      // A session that lasted starts the pauses anew.
      if (clock.nowMs() - startedAtMs > MAX_BACKOFF_MS) backoffMs = FIRST_BACKOFF_MS;
      backoffMs = Math.min(backoffMs, maxBackoffMs);
      await delay(clock, backoffMs, stop.signal);
      backoffMs *= 2;
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
