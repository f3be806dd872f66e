import { SkepError } from '../../lib/errors.ts';
import { newId } from '../../lib/identifiers.ts';
import { hostOfPeer } from '../../lib/peer-address.ts';
import type { Clock, Log, Random } from '../../lib/ports.ts';
import type { Wakeup } from '../../lib/wakeup.ts';
import type { ManagerAddress } from '../../proto/messages.ts';
import type { Store, StoreView } from '../store/store.ts';
import { heartbeatPeriodMs } from './liveness.ts';
import {
  closeSession,
  createSessionTable,
  forgetNode,
  openSession,
  type SessionTable,
} from './session-table.ts';

/** The node that calls, as its certificate proves. */
export interface Caller {
  readonly nodeId: string;
  /** `address:port` of the connection. */
  readonly address: string;
  /** Aborted when the node gave up or its connection broke. */
  readonly signal: AbortSignal;
}

export interface DispatcherOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Where agents find managers, this one included. */
  readonly managers: () => readonly ManagerAddress[];
}

/** A session that is open here, and the streams that depend on it. */
export interface OpenSession {
  readonly id: string;
  readonly nodeId: string;
  readonly streams: Set<Wakeup>;
  /** The newest stream of assignments; an older one ends. */
  assignments: Wakeup | undefined;
  /** Why it is over; its streams throw this. */
  ended: SkepError | undefined;
}

/** The sessions of one leader. Only the functions of this file change it. */
export interface OpenSessions {
  readonly table: SessionTable;
  readonly byNode: Map<string, OpenSession>;
  /** Why there are none any more. */
  stopped: SkepError | undefined;
}

/** No sessions. */
export function createOpenSessions(): OpenSessions {
  return { table: createSessionTable(), byNode: new Map(), stopped: undefined };
}

/** Ends a session: its streams are woken and throw the reason. */
export function endSession(sessions: OpenSessions, session: OpenSession, reason: SkepError): void {
  session.ended = reason;
  closeSession(sessions.table, session);
  if (sessions.byNode.get(session.nodeId) === session) sessions.byNode.delete(session.nodeId);
  for (const stream of session.streams) stream.wake();
}

/** Ends all sessions for good. */
export function endAllSessions(sessions: OpenSessions, reason: SkepError): void {
  sessions.stopped = reason;
  for (const session of [...sessions.byNode.values()]) endSession(sessions, session, reason);
}

/** Throws when there can be no sessions any more. */
export function requireRunning(sessions: OpenSessions): void {
  if (sessions.stopped !== undefined) throw sessions.stopped;
}

/** The node's present session. Throws NOT_FOUND when that is another or none. */
export function requireOpenSession(sessions: OpenSessions, nodeId: string, sessionId: string): OpenSession {
  requireRunning(sessions);
  const session = sessions.byNode.get(nodeId);
  if (session?.id === sessionId) return session;
  throw new SkepError('NOT_FOUND', `node ${nodeId} has no session "${sessionId}" with this manager`, {
    help: 'the agent opens another by itself',
  });
}

/** Opens a session; an earlier one of the same node ends. */
export function admitNode(sessions: OpenSessions, options: DispatcherOptions, caller: Caller): OpenSession {
  const { nodeId } = caller;
  const id = newId(options.random);
  const previous = sessions.byNode.get(nodeId);
  if (previous !== undefined) {
    const address = hostOfPeer(caller.address);
    options.log('warn', 'A node opened another session; the earlier one ends.', { nodeId, address });
    const message = `node ${nodeId} opened another session from ${address}`;
    const help = 'if this repeats, two machines share one identity';
    endSession(sessions, previous, new SkepError('CONFLICT', message, { help }));
  }
  const periodMs = heartbeatPeriodMs(options.store.view());
  openSession(sessions.table, { id, nodeId }, { seenAtMs: options.clock.nowMs(), periodMs });
  const session: OpenSession = { id, nodeId, streams: new Set(), assignments: undefined, ended: undefined };
  sessions.byNode.set(nodeId, session);
  return session;
}

/** Lets every stream look at the store, and ends the sessions of nodes that it does not have any more. */
export function wakeSessions(sessions: OpenSessions, view: StoreView): void {
  for (const session of [...sessions.byNode.values()]) {
    if (!view.nodes.has(session.nodeId)) {
      const message = `node ${session.nodeId} was removed from the cluster`;
      endSession(sessions, session, new SkepError('PERMISSION_DENIED', message));
    }
    for (const stream of session.streams) stream.wake();
  }
  for (const nodeId of [...sessions.table.sightings.keys()]) {
    if (!view.nodes.has(nodeId)) forgetNode(sessions.table, nodeId);
  }
}
