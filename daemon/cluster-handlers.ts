import type { AuthenticatedPeer } from '../manager/ca/authenticate.ts';
import type { CallAuthorizer } from '../manager/ca/authorize-call.ts';
import { forwardHeaders } from '../manager/ca/forwarded-call.ts';
import type { Call, CallSettings, Handlers } from '../proto/rpc.ts';
import type {
  certificateAuthorityMethods,
  controlMethods,
  dispatcherMethods,
  logBrokerMethods,
  managersMethods,
} from '../proto/services.ts';
import type { tunnelAgentMethods, tunnelMethods } from '../proto/tunnel-services.ts';
import type { Leading } from './leading.ts';
import { FORWARDED_HEADER, type LeaderCalls, type ToLeader } from './to-leader.ts';

function callerOf(peer: AuthenticatedPeer, call: Call) {
  return { nodeId: peer.nodeId, address: call.peerAddress, signal: call.signal };
}

/** The dispatcher's calls, open to every node of the cluster for itself. All but `leader` need the leader. */
export function dispatcherHandlers(
  toLeader: ToLeader,
  authorize: CallAuthorizer,
): Handlers<typeof dispatcherMethods> {
  const caller = (call: Call, method: string) => callerOf(authorize.node(call, method), call);
  const dispatcher = () => toLeader.requireLeading().dispatcher;
  return {
    leader: async (_request, call) => {
      authorize.node(call, 'Leader');
      const isSelf = toLeader.isLeading();
      return { isSelf, address: isSelf ? '' : toLeader.leaderAddress() };
    },
    async *session(request, call) {
      yield* dispatcher().session(request, caller(call, 'Session'));
    },
    heartbeat: async (request, call) => dispatcher().heartbeat(request, caller(call, 'Heartbeat')),
    describe: async (request, call) => dispatcher().describe(request, caller(call, 'Describe')),
    updateTaskStatus: async (request, call) =>
      dispatcher().updateTaskStatus(request, caller(call, 'UpdateTaskStatus')),
    async *assignments(request, call) {
      yield* dispatcher().assignments(request, caller(call, 'Assignments'));
    },
  };
}

/** The log broker's calls, open to every node that has a session. */
export function logBrokerHandlers(
  toLeader: ToLeader,
  authorize: CallAuthorizer,
): Handlers<typeof logBrokerMethods> {
  return {
    async *listen(request, call) {
      const peer = authorize.node(call, 'Listen');
      const { dispatcher, logBroker } = toLeader.requireLeading();
      dispatcher.requireSession(peer.nodeId, request.sessionId);
      yield* logBroker.listen(callerOf(peer, call));
    },
    publish: async (requests, call) => {
      const peer = authorize.node(call, 'Publish');
      return toLeader.requireLeading().logBroker.publish(requests, callerOf(peer, call));
    },
  };
}

/** The nodes' ends of tunnels, open to every node that has a session. */
export function tunnelAgentHandlers(
  toLeader: ToLeader,
  authorize: CallAuthorizer,
): Handlers<typeof tunnelAgentMethods> {
  return {
    async *listen(request, call) {
      const peer = authorize.node(call, 'Listen');
      const { dispatcher, tunnels } = toLeader.requireLeading();
      dispatcher.requireSession(peer.nodeId, request.sessionId);
      yield* tunnels.listen(callerOf(peer, call));
    },
    async *serve(answers, call) {
      const peer = authorize.node(call, 'Serve');
      yield* toLeader.requireLeading().tunnels.serve(answers, callerOf(peer, call));
    },
  };
}

/** The callers' ends of tunnels: for managers, which pass on what users ask of them. */
export function tunnelHandlers(
  toLeader: ToLeader,
  authorize: CallAuthorizer,
): Handlers<typeof tunnelMethods> {
  return {
    async *openTunnel(requests, call) {
      authorize.manager(call, 'OpenTunnel');
      yield* toLeader.requireLeading().tunnels.open(requests, call.signal);
    },
  };
}

/** The certificate authority of any manager: the leader issues, to whoever asked first. */
export function certificateAuthorityCalls(
  authority: Handlers<typeof certificateAuthorityMethods>,
  toLeader: ToLeader,
): Handlers<typeof certificateAuthorityMethods> {
  return {
    getRootCertificate: authority.getRootCertificate,
    issueCertificate: (request, call) =>
      passOn(
        toLeader,
        call,
        () => authority.issueCertificate(request, call),
        (calls, settings) => calls.issueCertificate(request, settings),
      ),
  };
}

/** What managers ask of one another about the quorum; the leader answers. */
export function managersCalls(
  toLeader: ToLeader,
  authorize: CallAuthorizer,
): Handlers<typeof managersMethods> {
  return {
    join: (request, call) =>
      passOn(
        toLeader,
        call,
        ({ managers }) => managers.join(authorize.manager(call, 'Join').nodeId, request),
        (calls, settings) => calls.join(request, settings),
      ),
    leave: (request, call) =>
      passOn(
        toLeader,
        call,
        async ({ managers }) => {
          // One that leaves has become a worker in the store by the time that it asks a second time.
          await managers.leave(authorize.node(call, 'Leave').nodeId);
          return {};
        },
        (calls, settings) => calls.leave(request, settings),
      ),
    announce: (request, call) =>
      passOn(
        toLeader,
        call,
        async ({ managers }) => {
          await managers.announce(authorize.manager(call, 'Announce').nodeId, request);
          return {};
        },
        (calls, settings) => calls.announce(request, settings),
      ),
  };
}

/** Runs a call where the leader is, with the identity of its caller; one that was passed on stays here. */
function passOn<T>(
  toLeader: ToLeader,
  call: Call,
  local: (leading: Leading) => Promise<T>,
  remote: (calls: LeaderCalls, settings: CallSettings) => Promise<T>,
): Promise<T> {
  if (call.header(FORWARDED_HEADER) !== undefined) return toLeader.runHere(local);
  const headers = { ...forwardHeaders(call), [FORWARDED_HEADER]: '1' };
  return toLeader.run(local, (calls) => remote(calls, { signal: call.signal, headers }));
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
