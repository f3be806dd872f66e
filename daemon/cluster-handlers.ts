import type { AuthenticatedPeer } from '../manager/ca/authenticate.ts';
import type { CallAuthorizer } from '../manager/ca/authorize-call.ts';
import type { Dispatcher } from '../manager/dispatcher/dispatcher.ts';
import type { LogBroker } from '../manager/logbroker/log-broker.ts';
import type { Call, Handlers } from '../proto/rpc.ts';
import type { controlMethods, dispatcherMethods, logBrokerMethods } from '../proto/services.ts';

function callerOf(peer: AuthenticatedPeer, call: Call) {
  return { nodeId: peer.nodeId, address: call.peerAddress, signal: call.signal };
}

/** The dispatcher's calls, open to every node of the cluster for itself. */
export function dispatcherHandlers(
  dispatcher: Dispatcher,
  authorize: CallAuthorizer,
): Handlers<typeof dispatcherMethods> {
  const caller = (call: Call, method: string) => callerOf(authorize.node(call, method), call);
  return {
    async *session(request, call) {
      yield* dispatcher.session(request, caller(call, 'Session'));
    },
    heartbeat: async (request, call) => dispatcher.heartbeat(request, caller(call, 'Heartbeat')),
    describe: async (request, call) => dispatcher.describe(request, caller(call, 'Describe')),
    updateTaskStatus: async (request, call) =>
      dispatcher.updateTaskStatus(request, caller(call, 'UpdateTaskStatus')),
    async *assignments(request, call) {
      yield* dispatcher.assignments(request, caller(call, 'Assignments'));
    },
  };
}

/** The log broker's calls, open to every node that has a session. */
export function logBrokerHandlers(
  logBroker: LogBroker,
  dispatcher: Dispatcher,
  authorize: CallAuthorizer,
): Handlers<typeof logBrokerMethods> {
  return {
    async *listen(request, call) {
      const peer = authorize.node(call, 'Listen');
      dispatcher.requireSession(peer.nodeId, request.sessionId);
      yield* logBroker.listen(callerOf(peer, call));
    },
    publish: async (requests, call) =>
      logBroker.publish(requests, callerOf(authorize.node(call, 'Publish'), call)),
  };
}

type Control = Handlers<typeof controlMethods>;
type AnyHandler = (request: unknown, call: Call) => unknown;

/** The control interface on the cluster port: each call first refuses whoever is no manager. */
export function managersOnly(handlers: Control, authorize: CallAuthorizer): Control {
  const guarded = Object.entries(handlers).map(([name, handler]) => {
    const method = name.charAt(0).toUpperCase() + name.slice(1);
    return [
      name,
      (request: unknown, call: Call) => {
        authorize.manager(call, method);
        return (handler as AnyHandler)(request, call);
      },
    ];
  });
  return Object.fromEntries(guarded) as Control;
}
