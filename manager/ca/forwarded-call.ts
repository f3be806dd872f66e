import { SkepError } from '../../lib/errors.ts';
import type { Call } from '../../proto/rpc.ts';
import type { StoreView } from '../store/store.ts';
import { authenticatePeer, requireManager } from './authenticate.ts';

/** DER in base 64; empty when the caller showed none. */
const CERTIFICATE_HEADER = 'skep-forwarded-certificate';
const ADDRESS_HEADER = 'skep-forwarded-address';
/** A node's certificate has some 500 bytes; what is longer is none, and would not fit a header. */
const MAX_CERTIFICATE_BYTES = 4_096;

/** True when the caller says that it passes on a call of somebody else. */
export function isForwarded(call: Call): boolean {
  return call.header(ADDRESS_HEADER) !== undefined || call.header(CERTIFICATE_HEADER) !== undefined;
}

/**
 * The headers by which a manager that does not lead passes a call on under the name of its caller; `call` came in
 * on the cluster port. A call is passed on once: throws NOT_LEADER when it was already, because only the leader
 * can judge who passed it on. Throws UNAUTHENTICATED for a certificate that is too long to be one of a node.
 */
export function forwardHeaders(call: Call): Record<string, string> {
  if (isForwarded(call)) {
    throw new SkepError('NOT_LEADER', 'this manager does not lead any more, and nothing was changed', {
      help: 'try again in a moment',
    });
  }
  const certificate = call.peerCertificate ?? new Uint8Array();
  if (certificate.byteLength > MAX_CERTIFICATE_BYTES) {
    throw new SkepError('UNAUTHENTICATED', 'the certificate of the caller is not one of a node');
  }
  return {
    [CERTIFICATE_HEADER]: Buffer.from(certificate).toString('base64'),
    [ADDRESS_HEADER]: call.peerAddress,
  };
}

/**
 * The call as its first caller made it: certificate and address are those that the manager in between saw.
 * Throws PERMISSION_DENIED or UNAUTHENTICATED when somebody who is no manager of this cluster, by certificate
 * and by store, claims to pass a call on.
 */
export function originalCall(call: Call, view: StoreView, nowMs: number): Call {
  if (!isForwarded(call)) return call;
  const { cluster } = view;
  if (cluster === undefined) {
    throw new SkepError('UNAVAILABLE', 'this manager does not know its cluster yet');
  }
  const { certificatePem } = cluster.rootAuthority;
  const peer = authenticatePeer(call.peerCertificate, certificatePem, nowMs, cluster.id);
  requireManager(view, peer, 'passing on calls');
  const certificate = call.header(CERTIFICATE_HEADER);
  const address = call.header(ADDRESS_HEADER);
  if (certificate === undefined || address === undefined || address === '') {
    throw new SkepError('INVALID_ARGUMENT', `manager ${peer.nodeId} passed on a call without saying whose`);
  }
  return {
    peerCertificate: certificate === '' ? null : Buffer.from(certificate, 'base64'),
    peerAddress: address,
    signal: call.signal,
    header: (name) => call.header(name),
  };
}
