import { createHash, X509Certificate as ParsedCertificate, timingSafeEqual } from 'node:crypto';

import type { JoinTokens, RootAuthority } from '../../lib/domain/cluster.ts';
import type { NodeRole } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import { formatJoinToken, formatRootHash, newJoinSecret } from '../../lib/join-token.ts';
import type { Random } from '../../lib/ports.ts';
import {
  BasicConstraintsExtension,
  exportPrivateKey,
  KEY_ALGORITHM,
  KeyUsageFlags,
  KeyUsagesExtension,
  SIGNING_ALGORITHM,
  SubjectKeyIdentifierExtension,
  serialNumber,
  X509CertificateGenerator,
} from './x509.ts';

export const ROOT_COMMON_NAME = 'swarm-ca';
/** As in swarmkit `ca/config.go`: 20 years. */
const ROOT_LIFETIME_MS = 20 * 365 * 24 * 3_600_000;
/** Certificates begin an hour early, so that a node whose clock is behind accepts them. */
export const BACKDATE_MS = 3_600_000;

/** A new root for one cluster: an ECDSA P-256 key and its self-signed certificate, both PEM. */
export async function createRootAuthority(options: {
  readonly nowMs: number;
  readonly random: Random;
}): Promise<RootAuthority> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [ROOT_COMMON_NAME] }],
    keys,
    serialNumber: serialNumber(options.random),
    notBefore: new Date(options.nowMs - BACKDATE_MS),
    notAfter: new Date(options.nowMs + ROOT_LIFETIME_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      // No certificate authority below this one: it signs nodes and nothing else.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    keyPem: await exportPrivateKey(keys.privateKey),
  };
}

/** The hash that join tokens carry of a root certificate. Throws INVALID_ARGUMENT when the PEM is not one. */
export function rootCertificateHash(certificatePem: string): string {
  let der: Uint8Array;
  try {
    der = new ParsedCertificate(certificatePem).raw;
  } catch (thrown) {
    throw new SkepError('INVALID_ARGUMENT', 'the root certificate cannot be read', { cause: thrown });
  }
  return formatRootHash(createHash('sha256').update(der).digest());
}

/** A new token for one role; store it in the cluster's `joinTokens`. */
export function createJoinToken(rootCertificatePem: string, random: Random): string {
  return formatJoinToken({
    rootHash: rootCertificateHash(rootCertificatePem),
    secret: newJoinSecret(random),
  });
}

/** The first two tokens of a cluster. */
export function createJoinTokens(rootCertificatePem: string, random: Random): JoinTokens {
  return {
    worker: createJoinToken(rootCertificatePem, random),
    manager: createJoinToken(rootCertificatePem, random),
  };
}

/**
 * The role that a token grants, undefined when it is none of the cluster's. Digests are compared, both of them
 * always, so that the time taken tells nothing about the tokens.
 */
export function roleOfToken(token: string, tokens: JoinTokens): NodeRole | undefined {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const given = digest(token.trim());
  const isWorker = timingSafeEqual(given, digest(tokens.worker));
  const isManager = timingSafeEqual(given, digest(tokens.manager));
  if (isManager) return 'manager';
  return isWorker ? 'worker' : undefined;
}
