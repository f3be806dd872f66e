import type { AssignmentMessage } from '../../lib/domain/assignment.ts';
import { SkepError } from '../../lib/errors.ts';
import type {
  DescribeRequest,
  Empty,
  HeartbeatResponse,
  SessionMessage,
  SessionReference,
  SessionRequest,
  UpdateTaskStatusRequest,
} from '../../proto/messages.ts';
import { streamAssignments } from './assignment-stream.ts';
import { heartbeatPeriodMs, jitteredPeriodMs, unknownNodes } from './liveness.ts';
import { startLivenessCheck } from './liveness-check.ts';
import { createNetworkPictures } from './network-picture.ts';
import {
  type Caller,
  createOpenSessions,
  type DispatcherOptions,
  endAllSessions,
  requireOpenSession,
  wakeSessions,
} from './open-sessions.ts';
import { createPacer } from './pacer.ts';
import { describeNode } from './registration.ts';
import { createReportQueue } from './report-queue.ts';
import { streamSession } from './session-stream.ts';
import { recordHeartbeat } from './session-table.ts';

/** After a change, agents are told at most every so often: what changes together travels together. */
const ASSIGNMENT_GAP_MS = 20;

/** The leader's end of every agent's streams. A manager makes one when it becomes leader, and stops it after. */
export interface Dispatcher {
  /** Takes up the work of a new leader, which has heard of nobody. Resolves when the store says so. */
  start(): Promise<void>;
  /** Ends every session for good; agents look for the leader again. */
  stop(): void;
  /** Registers the node, and keeps telling it about itself and the managers. The node's newest session wins. */
  session(request: SessionRequest, caller: Caller): AsyncIterable<SessionMessage>;
  /** Throws NOT_FOUND when the node has no such session: it has to open another. */
  heartbeat(request: SessionReference, caller: Caller): Promise<HeartbeatResponse>;
  describe(request: DescribeRequest, caller: Caller): Promise<Empty>;
  /** One complete set, then increments that follow each other without a gap. */
  assignments(request: SessionReference, caller: Caller): AsyncIterable<AssignmentMessage>;
  /** Resolves once the statuses are in the store. Unknown tasks are accepted and ignored. */
  updateTaskStatus(request: UpdateTaskStatusRequest, caller: Caller): Promise<Empty>;
  /** Throws NOT_FOUND unless this is the node's present session. */
  requireSession(nodeId: string, sessionId: string): void;
}

/** See {@link Dispatcher}. Callers are authenticated before they come here. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, clock, random } = options;
  const sessions = createOpenSessions();
  const pictures = createNetworkPictures();
  const reports = createReportQueue(store, clock);
  const pacer = createPacer(clock, ASSIGNMENT_GAP_MS, () => wakeSessions(sessions, store.view()));
  const cleanUp: (() => void)[] = [];

  return {
    async start() {
      cleanUp.push(
        store.watch(() => pacer.request()),
        startLivenessCheck(sessions, options, clock.nowMs()),
      );
      await store.update((view) =>
        // Nodes that report while this is under way keep what they reported.
        unknownNodes(view).filter(
          (change) => change.kind === 'put' && !sessions.table.sessions.has(change.object.id),
        ),
      );
    },
    stop() {
      if (sessions.stopped !== undefined) return;
      const reason = new SkepError('UNAVAILABLE', 'this manager is not the leader any more', {
        help: 'the agent finds the leader by itself',
      });
      for (const undo of cleanUp) undo();
      pacer.stop();
      reports.stop(reason);
      endAllSessions(sessions, reason);
    },
    session: (request, caller) => streamSession(sessions, options, request, caller),
    async *assignments(request, caller) {
      const session = requireOpenSession(sessions, caller.nodeId, request.sessionId);
      yield* streamAssignments(store, pictures, session, caller);
    },
    async heartbeat(request, caller) {
      requireOpenSession(sessions, caller.nodeId, request.sessionId);
      const periodMs = jitteredPeriodMs(heartbeatPeriodMs(store.view()), random.fraction());
      recordHeartbeat(sessions.table, caller.nodeId, request.sessionId, {
        seenAtMs: clock.nowMs(),
        periodMs,
      });
      return { periodMs };
    },
    async describe(request, caller) {
      requireOpenSession(sessions, caller.nodeId, request.sessionId);
      await store.update((view) => describeNode(view, caller.nodeId, request.description));
      return {};
    },
    async updateTaskStatus(request, caller) {
      requireOpenSession(sessions, caller.nodeId, request.sessionId);
      await reports.add(request.updates.map((update) => ({ nodeId: caller.nodeId, ...update })));
      return {};
    },
    requireSession: (nodeId, sessionId) => void requireOpenSession(sessions, nodeId, sessionId),
  };
}
