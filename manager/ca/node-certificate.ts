import type { RootAuthority } from '../../lib/domain/cluster.ts';
import type { NodeRole } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Random } from '../../lib/ports.ts';
import { BACKDATE_MS } from './root-authority.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CLIENT_AUTHENTICATION,
  ExtendedKeyUsageExtension,
  importPrivateKey,
  KEY_ALGORITHM,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SERVER_AUTHENTICATION,
  SIGNING_ALGORITHM,
  serialNumber,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.ts';

/** The organizational unit of a node certificate says what its holder may do. */
export const UNIT_OF_ROLE: Readonly<Record<NodeRole, string>> = {
  manager: 'swarm-manager',
  worker: 'swarm-worker',
};
/** A P-256 request has some 400 bytes; this is room for any sane one. */
const MAX_SIGNING_REQUEST_LENGTH = 8_192;

export interface NodeCertificateRequest {
  readonly authority: RootAuthority;
  readonly clusterId: string;
  readonly nodeId: string;
  readonly role: NodeRole;
  /** PKCS #10 in PEM. Only its public key is used: who the node is, the managers say. */
  readonly signingRequestPem: string;
  readonly nowMs: number;
  /** How long from now the certificate is valid. */
  readonly expiryMs: number;
  readonly random: Random;
}

export interface NodeCertificate {
  readonly certificatePem: string;
  /** Whole seconds, as X.509 times are. */
  readonly expiresAtMs: number;
}

/**
 * Signs a node certificate: CN node id, OU role, O cluster id, for servers and clients, valid from an hour ago.
 * Throws INVALID_ARGUMENT when the request cannot be read, is not signed by its own key, or is not for P-256.
 */
export async function signNodeCertificate(request: NodeCertificateRequest): Promise<NodeCertificate> {
  const publicKey = await verifiedPublicKey(request.signingRequestPem);
  const root = new X509Certificate(request.authority.certificatePem);
  const expiresAtMs = Math.floor((request.nowMs + request.expiryMs) / 1_000) * 1_000;
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [request.nodeId] }, { OU: [UNIT_OF_ROLE[request.role]] }, { O: [request.clusterId] }],
    issuer: root.subjectName.toJSON(),
    publicKey,
    signingKey: await importPrivateKey(request.authority.keyPem),
    serialNumber: serialNumber(request.random),
    notBefore: new Date(request.nowMs - BACKDATE_MS),
    notAfter: new Date(expiresAtMs),
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([SERVER_AUTHENTICATION, CLIENT_AUTHENTICATION]),
      // All roots have the same name; this tells them apart before a signature is tried in vain.
      await AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  return { certificatePem: `${certificate.toString('pem')}\n`, expiresAtMs };
}

async function verifiedPublicKey(signingRequestPem: string): Promise<Pkcs10CertificateRequest['publicKey']> {
  const refuse = (why: string, cause?: unknown) =>
    new SkepError('INVALID_ARGUMENT', `the certificate signing request ${why}`, { cause });
  if (signingRequestPem.length > MAX_SIGNING_REQUEST_LENGTH) {
    throw refuse(`is longer than ${MAX_SIGNING_REQUEST_LENGTH} characters`);
  }
  let isProven: boolean;
  let request: Pkcs10CertificateRequest;
  try {
    request = new Pkcs10CertificateRequest(signingRequestPem);
    isProven = await request.verify();
  } catch (thrown) {
    throw refuse('cannot be read', thrown);
  }
  if (!isProven) throw refuse('is not signed by the key that it is for');
  const algorithm: { name: string; namedCurve?: string } = request.publicKey.algorithm;
  if (algorithm.name !== KEY_ALGORITHM.name || algorithm.namedCurve !== KEY_ALGORITHM.namedCurve) {
    throw refuse(`is for a key of kind ${algorithm.namedCurve ?? algorithm.name}; only ECDSA P-256 is taken`);
  }
  return request.publicKey;
}
