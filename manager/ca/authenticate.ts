import { X509Certificate } from 'node:crypto';

import type { NodeRole } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import type { StoreView } from '../store/store.ts';
import { UNIT_OF_ROLE } from './node-certificate.ts';
import { CLIENT_AUTHENTICATION } from './x509.ts';

/** Who is calling, as its certificate proves. */
export interface AuthenticatedPeer {
  readonly nodeId: string;
  readonly role: NodeRole;
}

const JOIN_AGAIN = 'on that node: skep swarm leave --force, then skep swarm join';

function refuse(message: string, help: string = JOIN_AGAIN, cause?: unknown): SkepError {
  return new SkepError('UNAUTHENTICATED', message, { help, cause });
}

/**
 * Reads the caller's certificate (DER, already proven to be held by the TLS handshake) and verifies it against
 * the root of this cluster. It relies on nothing that the TLS layer thought of the certificate. Throws
 * UNAUTHENTICATED that says why: none given, unreadable, another root or cluster, expired, not valid yet.
 */
export function authenticatePeer(
  peerCertificateDer: Uint8Array | null,
  rootCertificatePem: string,
  nowMs: number,
  clusterId: string,
): AuthenticatedPeer {
  if (peerCertificateDer === null) throw refuse('the caller showed no certificate');
  const certificate = parse(peerCertificateDer);
  const { CN, OU, O } = subjectOf(certificate);
  const subject = CN === '' ? 'the caller' : `node ${CN}`;
  if (!isSignedBy(certificate, rootCertificatePem)) {
    throw refuse(`the certificate of ${subject} is not signed by this cluster's root`);
  }
  if (O !== clusterId) {
    throw refuse(`the certificate of ${subject} is for cluster ${O}, this is cluster ${clusterId}`);
  }
  checkValidity(certificate, subject, nowMs);
  const role = roleOfUnit(OU);
  if (certificate.ca || CN === '' || role === undefined || !isForClients(certificate)) {
    throw refuse(`the certificate of ${subject} is not one of a node`);
  }
  return { nodeId: CN, role };
}

function isSignedBy(certificate: X509Certificate, rootCertificatePem: string): boolean {
  const root = new X509Certificate(rootCertificatePem);
  return certificate.checkIssued(root) && certificate.verify(root.publicKey);
}

function parse(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (thrown) {
    throw refuse('the certificate of the caller cannot be read', JOIN_AGAIN, thrown);
  }
}

function checkValidity(certificate: X509Certificate, subject: string, nowMs: number): void {
  const expiresAtMs = Date.parse(certificate.validTo);
  const beginsAtMs = Date.parse(certificate.validFrom);
  if (nowMs > expiresAtMs) {
    throw refuse(`the certificate of ${subject} expired at ${new Date(expiresAtMs).toISOString()}`);
  }
  if (nowMs < beginsAtMs) {
    throw refuse(
      `the certificate of ${subject} is not valid before ${new Date(beginsAtMs).toISOString()}`,
      'set the clocks of both nodes',
    );
  }
}

/** The parts of a certificate's subject that name a node; empty where absent or given more than once. */
export function subjectOf(certificate: X509Certificate): {
  readonly CN: string;
  readonly OU: string;
  readonly O: string;
} {
  const subject: unknown = certificate.toLegacyObject().subject;
  const part = (name: string): string => {
    const value: unknown = (subject as Readonly<Record<string, unknown>> | undefined)?.[name];
    return typeof value === 'string' ? value : '';
  };
  return { CN: part('CN'), OU: part('OU'), O: part('O') };
}

/** The role that an organizational unit stands for. */
export function roleOfUnit(unit: string): NodeRole | undefined {
  if (unit === UNIT_OF_ROLE.manager) return 'manager';
  return unit === UNIT_OF_ROLE.worker ? 'worker' : undefined;
}

/** Node calls the list of extended key usages `keyUsage`. */
function isForClients(certificate: X509Certificate): boolean {
  return certificate.keyUsage?.includes(CLIENT_AUTHENTICATION) ?? false;
}

/** Throws PERMISSION_DENIED unless the caller is still a node of the cluster. */
export function requireNode(view: StoreView, peer: AuthenticatedPeer): void {
  if (view.nodes.has(peer.nodeId)) return;
  throw new SkepError('PERMISSION_DENIED', `node ${peer.nodeId} was removed from the cluster`, {
    help: JOIN_AGAIN,
  });
}

/**
 * Throws PERMISSION_DENIED unless the caller is a manager, by its certificate and by the store: a node that was
 * demoted loses its rights at once, not when its certificate is renewed. `method` is what it asked for.
 */
export function requireManager(view: StoreView, peer: AuthenticatedPeer, method: string): void {
  requireNode(view, peer);
  if (peer.role === 'manager' && view.nodes.get(peer.nodeId)?.spec.role === 'manager') return;
  throw new SkepError('PERMISSION_DENIED', `node ${peer.nodeId} is a worker; ${method} is for managers`, {
    help: `run it on a manager, or make this node one: skep node update --role manager ${peer.nodeId}`,
  });
}
