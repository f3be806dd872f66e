import { SkepError } from '../../lib/errors.ts';
import { hostOfPeer } from '../../lib/peer-address.ts';
import { createWakeup } from '../../lib/wakeup.ts';
import type { SessionMessage, SessionRequest } from '../../proto/messages.ts';
import { isDeepEqual } from './assignment-diff.ts';
import { heartbeatPeriodMs } from './liveness.ts';
import {
  admitNode,
  type Caller,
  type DispatcherOptions,
  endSession,
  type OpenSession,
  type OpenSessions,
  requireRunning,
} from './open-sessions.ts';
import { registerNode, requireKnownNode } from './registration.ts';

/** Registers the node and keeps telling it about itself and the managers, until the session ends. */
export async function* streamSession(
  sessions: OpenSessions,
  options: DispatcherOptions,
  request: SessionRequest,
  caller: Caller,
): AsyncGenerator<SessionMessage> {
  requireRunning(sessions);
  const { nodeId, signal } = caller;
  const address = hostOfPeer(caller.address);
  await options.store.update((view) => registerNode(view, nodeId, request.description, address));
  requireRunning(sessions);
  if (signal.aborted) return;
  const session = admitNode(sessions, options, caller);
  const stream = createWakeup(signal);
  session.streams.add(stream);
  options.log('info', 'A node opened a session.', { nodeId, address });
  try {
    let told: SessionMessage | undefined;
    while (!signal.aborted) {
      if (session.ended !== undefined) throw session.ended;
      const message = sessionMessage(options, session);
      if (told === undefined || isNews(told, message)) yield message;
      told = message;
      await stream.next();
    }
  } finally {
    if (session.ended === undefined) {
      options.log('info', 'The session of a node ended.', { nodeId });
      endSession(sessions, session, new SkepError('CANCELLED', `the session of node ${nodeId} ended`));
    }
  }
}

function sessionMessage(options: DispatcherOptions, session: OpenSession): SessionMessage {
  const view = options.store.view();
  return {
    sessionId: session.id,
    heartbeatPeriodMs: heartbeatPeriodMs(view),
    managers: options.managers(),
    node: requireKnownNode(view, session.nodeId),
  };
}

/** Only what an agent acts on; its own description and status come from itself. */
function isNews(told: SessionMessage, message: SessionMessage): boolean {
  return (
    told.heartbeatPeriodMs !== message.heartbeatPeriodMs ||
    told.node.routerAddress !== message.node.routerAddress ||
    !isDeepEqual(told.node.spec, message.node.spec) ||
    !isDeepEqual(told.managers, message.managers)
  );
}
