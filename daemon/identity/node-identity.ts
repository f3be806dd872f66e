import { createPrivateKey, X509Certificate } from 'node:crypto';

import type { NodeRole } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import { roleOfUnit, subjectOf } from '../../manager/ca/authenticate.ts';

/** Who this node is in its cluster, and what proves it. */
export interface NodeIdentity {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: NodeRole;
  readonly rootCertificatePem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The certificate's own times; it begins an hour before it was issued. */
  readonly beginsAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Puts an identity together from its three PEM texts. Throws DATA_LOSS when they cannot be read, do not belong
 * together, or the certificate is not one of a node.
 */
export function readIdentity(
  rootCertificatePem: string,
  certificatePem: string,
  keyPem: string,
): NodeIdentity {
  const refuse = (why: string, cause?: unknown) =>
    new SkepError('DATA_LOSS', `the identity of this node ${why}`, {
      help: 'leave and join again: skep swarm leave --force, then skep swarm join',
      cause,
    });
  try {
    const root = new X509Certificate(rootCertificatePem);
    const certificate = new X509Certificate(certificatePem);
    if (!certificate.verify(root.publicKey)) throw refuse("is not signed by its cluster's root");
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem)))
      throw refuse('has a key that does not fit its certificate');
    const { CN, OU, O } = subjectOf(certificate);
    const role = roleOfUnit(OU);
    if (CN === '' || O === '' || role === undefined) throw refuse('names no node');
    return {
      nodeId: CN,
      clusterId: O,
      role,
      rootCertificatePem,
      certificatePem,
      keyPem,
      beginsAtMs: Date.parse(certificate.validFrom),
      expiresAtMs: Date.parse(certificate.validTo),
    };
  } catch (thrown) {
    throw thrown instanceof SkepError ? thrown : refuse('cannot be read', thrown);
  }
}
