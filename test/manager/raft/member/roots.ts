import { randomBytes } from 'node:crypto';
import { createSigningRequest } from '../../../../daemon/identity/signing-request.ts';
import type { NodeRole } from '../../../../lib/domain/node.ts';
import type { Random } from '../../../../lib/ports.ts';
import { signNodeCertificate, UNIT_OF_ROLE } from '../../../../manager/ca/node-certificate.ts';
import { createRootAuthority } from '../../../../manager/ca/root-authority.ts';
import type { MemberTls } from '../../../../manager/raft/member/transport-settings.ts';

const CLUSTER_ID = 'cluster-of-the-test';
const random: Random = { bytes: (length) => randomBytes(length), fraction: Math.random };

export type Identity = Pick<MemberTls, 'certificatePem' | 'keyPem'>;

/** A certificate authority of a cluster. */
export interface Roots {
  readonly rootCertificatePem: string;
  identity(nodeId: string, role: NodeRole): Promise<Identity>;
}

/** A fresh one. */
export async function createRoots(): Promise<Roots> {
  const nowMs = Date.now();
  const authority = await createRootAuthority({ nowMs, random });
  return {
    rootCertificatePem: authority.certificatePem,
    identity: async (nodeId, role) => {
      const { keyPem, signingRequestPem } = await createSigningRequest();
      const { certificatePem } = await signNodeCertificate({
        authority,
        clusterId: CLUSTER_ID,
        nodeId,
        role,
        signingRequestPem,
        nowMs,
        expiryMs: 3_600_000,
        random,
      });
      return { keyPem, certificatePem };
    },
  };
}

/** The settings of a manager with that identity. */
export function tlsOf(roots: Roots, identity: Identity): MemberTls {
  return {
    ...identity,
    rootCertificatePem: roots.rootCertificatePem,
    organization: CLUSTER_ID,
    organizationalUnit: UNIT_OF_ROLE.manager,
  };
}
