import type { NodeAvailability } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import { parseJoinToken } from '../../lib/join-token.ts';
import { rootCertificateHash } from '../../manager/ca/root-authority.ts';
import { type CallSettings, connect } from '../../proto/rpc.ts';
import { certificateAuthorityMethods } from '../../proto/services.ts';
import { channelCredentials, joiningCredentials, unverifiedCredentials } from './channel-credentials.ts';
import type { IdentityHolder } from './identity-holder.ts';
import { type NodeIdentity, readIdentity } from './node-identity.ts';
import { createSigningRequest } from './signing-request.ts';

/** Long enough for a slow quorum, short enough for a person who waits. */
const CALL_TIMEOUT_MS = 15_000;

export interface JoinRequest {
  /** `host:port` of any manager. */
  readonly address: string;
  readonly token: string;
  readonly availability?: NodeAvailability;
  readonly signal?: AbortSignal;
}

/** A new node, and what it must know of its cluster from the start. */
export interface JoinedNode extends NodeIdentity {
  /** UDP port of the cluster's overlay. */
  readonly dataPathPort: number;
}

/**
 * Becomes a node of the cluster at `address`. The root certificate is fetched from whoever answers there, and
 * believed only when its hash is the token's; the token itself goes to nobody before that. Throws
 * INVALID_ARGUMENT (no token), PERMISSION_DENIED (wrong root, wrong token), UNAVAILABLE.
 */
export async function joinCluster(request: JoinRequest): Promise<JoinedNode> {
  const { address, token } = request;
  const { rootHash } = parseJoinToken(token);
  const settings: CallSettings = {
    timeoutMs: CALL_TIMEOUT_MS,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  const rootCertificatePem = await fetchRootCertificate(address, rootHash, settings);
  const { keyPem, signingRequestPem } = await createSigningRequest();
  const connection = connect(certificateAuthorityMethods, address, joiningCredentials(rootCertificatePem));
  try {
    const { certificatePem, dataPathPort } = await connection.call.issueCertificate(
      { signingRequestPem, token: token.trim(), availability: request.availability ?? '' },
      settings,
    );
    return { ...readIdentity(rootCertificatePem, certificatePem, keyPem), dataPathPort };
  } finally {
    connection.close();
  }
}

async function fetchRootCertificate(
  address: string,
  rootHash: string,
  settings: CallSettings,
): Promise<string> {
  const connection = connect(certificateAuthorityMethods, address, unverifiedCredentials());
  try {
    const { certificatePem } = await connection.call.getRootCertificate({}, settings);
    if (rootCertificateHash(certificatePem) === rootHash) return certificatePem;
  } finally {
    connection.close();
  }
  throw new SkepError('PERMISSION_DENIED', `the root certificate of ${address} does not match the token`, {
    help: 'is this the address of a manager of that cluster? compare: skep swarm join-token worker',
  });
}

/** Asks the managers in turn for a new certificate, for a new key, authorized by the present certificate. */
export async function renewIdentity(
  identities: IdentityHolder,
  managerAddresses: readonly string[],
): Promise<NodeIdentity> {
  const { rootCertificatePem } = identities.current();
  const { keyPem, signingRequestPem } = await createSigningRequest();
  let failure: unknown = new SkepError('UNAVAILABLE', 'no manager is known to renew the certificate');
  for (const address of managerAddresses) {
    const connection = connect(certificateAuthorityMethods, address, channelCredentials(identities));
    try {
      const { certificatePem } = await connection.call.issueCertificate(
        { signingRequestPem, token: '', availability: '' },
        { timeoutMs: CALL_TIMEOUT_MS },
      );
      return readIdentity(rootCertificatePem, certificatePem, keyPem);
    } catch (thrown) {
      failure = thrown;
    } finally {
      connection.close();
    }
  }
  throw failure;
}
