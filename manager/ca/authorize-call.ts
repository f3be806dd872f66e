import { SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { Call } from '../../proto/rpc.ts';
import type { Store } from '../store/store.ts';
import { type AuthenticatedPeer, authenticatePeer, requireManager, requireNode } from './authenticate.ts';
import { originalCall } from './forwarded-call.ts';

export interface CallAuthorizer {
  /** Any node of the cluster. Throws UNAUTHENTICATED or PERMISSION_DENIED. */
  node(call: Call, method: string): AuthenticatedPeer;
  /** Managers only. Throws UNAUTHENTICATED or PERMISSION_DENIED. */
  manager(call: Call, method: string): AuthenticatedPeer;
}

/**
 * Decides for each call on the cluster port whether its caller may make it; every refusal is logged. The caller of a
 * call that a manager passed on is the one who made it first.
 */
export function createCallAuthorizer(options: {
  readonly store: Store;
  readonly nowMs: () => number;
  readonly log: Log;
}): CallAuthorizer {
  const { store, nowMs, log } = options;
  const authorize = (call: Call, method: string, isForManagers: boolean): AuthenticatedPeer => {
    try {
      const view = store.view();
      const { cluster } = view;
      if (cluster === undefined) {
        throw new SkepError('UNAVAILABLE', 'this manager does not know its cluster yet');
      }
      const { certificatePem } = cluster.rootAuthority;
      const { peerCertificate } = originalCall(call, view, nowMs());
      const peer = authenticatePeer(peerCertificate, certificatePem, nowMs(), cluster.id);
      if (isForManagers) requireManager(view, peer, method);
      else requireNode(view, peer);
      return peer;
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      log('warn', 'A call was refused.', { method, caller: call.peerAddress, reason });
      throw thrown;
    }
  };
  return {
    node: (call, method) => authorize(call, method, false),
    manager: (call, method) => authorize(call, method, true),
  };
}
