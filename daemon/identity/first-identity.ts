import type { RootAuthority } from '../../lib/domain/cluster.ts';
import type { Random } from '../../lib/ports.ts';
import { signNodeCertificate } from '../../manager/ca/node-certificate.ts';
import { type NodeIdentity, readIdentity } from './node-identity.ts';
import { createSigningRequest } from './signing-request.ts';

/** The identity of the first manager, signed on the spot by the root that it has just made. */
export async function createFirstIdentity(options: {
  readonly authority: RootAuthority;
  readonly clusterId: string;
  readonly nodeId: string;
  readonly nowMs: number;
  readonly expiryMs: number;
  readonly random: Random;
}): Promise<NodeIdentity> {
  const { keyPem, signingRequestPem } = await createSigningRequest();
  const { certificatePem } = await signNodeCertificate({ ...options, role: 'manager', signingRequestPem });
  return readIdentity(options.authority.certificatePem, certificatePem, keyPem);
}
