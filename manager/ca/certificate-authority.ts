import type { Cluster } from '../../lib/domain/cluster.ts';
import type { Node, NodeAvailability, NodeRole } from '../../lib/domain/node.ts';
import type { Change } from '../../lib/domain/store-object.ts';
import { SkepError } from '../../lib/errors.ts';
import { parseJoinToken } from '../../lib/join-token.ts';
import { hostOfPeer } from '../../lib/peer-address.ts';
import type { Log, Random } from '../../lib/ports.ts';
import type { IssueCertificateRequest, IssueCertificateResponse } from '../../proto/messages.ts';
import type { Call, Handlers } from '../../proto/rpc.ts';
import type { certificateAuthorityMethods } from '../../proto/services.ts';
import type { Store, StoreView } from '../store/store.ts';
import { authenticatePeer, requireNode } from './authenticate.ts';
import { type FailureTable, isBlocked, recordFailure } from './failure-limit.ts';
import { originalCall } from './forwarded-call.ts';
import { signNodeCertificate } from './node-certificate.ts';
import { roleOfToken } from './root-authority.ts';

export interface CertificateAuthorityOptions {
  readonly store: Store;
  readonly nowMs: () => number;
  /** A new node id. */
  readonly newId: () => string;
  readonly random: Random;
  readonly log: Log;
}

const AVAILABILITIES: readonly NodeAvailability[] = ['active', 'pause', 'drain'];

/**
 * The two calls that are open to callers without a certificate. `issueCertificate` joins a node that has a
 * token, and renews the certificate of one that shows its present one; the role of a renewed certificate is
 * the one in the store. A call that another manager passed on counts as its first caller's. Refusals are logged and
 * change nothing.
 */
export function certificateAuthorityHandlers(
  options: CertificateAuthorityOptions,
): Handlers<typeof certificateAuthorityMethods> {
  const failures: FailureTable = new Map();
  const { store, nowMs, log } = options;
  const countRefusals = async <T>(caller: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (isRefusal(thrown)) {
        recordFailure(failures, caller, nowMs());
        log('warn', 'A certificate was refused.', { caller, reason: thrown.message });
      }
      throw thrown;
    }
  };
  return {
    getRootCertificate: async () => ({
      certificatePem: requireCluster(store.view()).rootAuthority.certificatePem,
    }),
    issueCertificate: async (request, call) => {
      // Whoever falsely claims to pass on a call is refused under its own address.
      const original = await countRefusals(hostOfPeer(call.peerAddress), async () =>
        originalCall(call, store.view(), nowMs()),
      );
      const caller = hostOfPeer(original.peerAddress);
      if (isBlocked(failures, caller, nowMs())) {
        throw new SkepError('RESOURCE_EXHAUSTED', `${caller} was refused too often, it has to wait a minute`);
      }
      return countRefusals(caller, () =>
        request.token === '' ? renewCertificate(options, request, original) : joinNode(options, request),
      );
    },
  };
}

/** What says nothing about the caller. */
const NO_REFUSALS: ReadonlySet<string> = new Set(['UNAVAILABLE', 'NOT_LEADER', 'INTERNAL']);

function isRefusal(thrown: unknown): thrown is SkepError {
  return thrown instanceof SkepError && !NO_REFUSALS.has(thrown.code);
}

function requireCluster(view: StoreView): Cluster {
  if (view.cluster !== undefined) return view.cluster;
  throw new SkepError('UNAVAILABLE', 'this manager does not know its cluster yet', {
    help: 'try again in a moment',
  });
}

/** The role that the token grants now. Throws PERMISSION_DENIED when it grants none. */
function authorizeToken(cluster: Cluster, token: string): NodeRole {
  const role = roleOfToken(token, cluster.joinTokens);
  if (role !== undefined) return role;
  parseJoinToken(token);
  throw new SkepError('PERMISSION_DENIED', 'the join token is not valid for this cluster', {
    help: 'it may have been rotated; print it again on a manager: skep swarm join-token worker',
  });
}

function parseAvailability(text: string): NodeAvailability {
  const known = AVAILABILITIES.find((availability) => availability === text);
  if (known !== undefined) return known;
  if (text === '') return 'active';
  throw new SkepError('INVALID_ARGUMENT', `"${text}" is not an availability`, {
    help: `one of ${AVAILABILITIES.join(', ')}`,
  });
}

async function joinNode(
  options: CertificateAuthorityOptions,
  request: IssueCertificateRequest,
): Promise<IssueCertificateResponse> {
  const cluster = requireCluster(options.store.view());
  const role = authorizeToken(cluster, request.token);
  const availability = parseAvailability(request.availability);
  const nodeId = options.newId();
  const { certificatePem, expiresAtMs } = await sign(options, cluster, nodeId, role, request);
  const node = newNode(nodeId, role, availability, expiresAtMs);
  await options.store.update((view) => {
    // The token may have been rotated while the certificate was signed.
    authorizeToken(requireCluster(view), request.token);
    return [{ kind: 'put', object: node }];
  });
  options.log('info', 'A node joined the cluster.', { nodeId, role });
  const { dataPathPort } = cluster.spec;
  return { nodeId, clusterId: cluster.id, role, certificatePem, dataPathPort };
}

/** A node as it enters the store: not heard of yet. */
export function newNode(
  nodeId: string,
  role: NodeRole,
  availability: NodeAvailability,
  certificateExpiresAtMs: number,
): Node {
  return {
    kind: 'node',
    id: nodeId,
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    spec: { role, availability, labels: {} },
    status: { state: 'unknown', message: 'joined, not heard of yet', address: '' },
    routerAddress: '',
    certificateExpiresAtMs,
  };
}

async function renewCertificate(
  options: CertificateAuthorityOptions,
  request: IssueCertificateRequest,
  call: Call,
): Promise<IssueCertificateResponse> {
  const view = options.store.view();
  const cluster = requireCluster(view);
  const peer = authenticatePeer(
    call.peerCertificate,
    cluster.rootAuthority.certificatePem,
    options.nowMs(),
    cluster.id,
  );
  requireNode(view, peer);
  const role = roleToGrant(view.nodes.get(peer.nodeId), peer.role);
  const { certificatePem, expiresAtMs } = await sign(options, cluster, peer.nodeId, role, request);
  await options.store.update((latest): readonly Change[] => {
    requireNode(latest, peer);
    const node = latest.nodes.get(peer.nodeId);
    if (node === undefined) return [];
    if (roleToGrant(node, role) !== role) {
      throw new SkepError('CONFLICT', `the role of node ${node.id} changed meanwhile`, { help: 'try again' });
    }
    return [{ kind: 'put', object: { ...node, certificateExpiresAtMs: expiresAtMs } }];
  });
  options.log('info', 'A node certificate was renewed.', { nodeId: peer.nodeId, role });
  const { dataPathPort } = cluster.spec;
  return { nodeId: peer.nodeId, clusterId: cluster.id, role, certificatePem, dataPathPort };
}

/**
 * The role of the next certificate: the store's. A manager that was demoted is a member of the quorum until it is
 * removed, and the others talk to it as a manager until then; first the quorum, then the certificate.
 */
function roleToGrant(node: Node | undefined, present: NodeRole): NodeRole {
  if (node?.spec.role !== 'worker' || node.manager === undefined) return node?.spec.role ?? present;
  throw new SkepError('UNAVAILABLE', `node ${node.id} is to be a worker, but is still part of the quorum`, {
    help: 'try again in a moment',
  });
}

function sign(
  options: CertificateAuthorityOptions,
  cluster: Cluster,
  nodeId: string,
  role: NodeRole,
  request: IssueCertificateRequest,
) {
  return signNodeCertificate({
    authority: cluster.rootAuthority,
    clusterId: cluster.id,
    nodeId,
    role,
    signingRequestPem: request.signingRequestPem,
    nowMs: options.nowMs(),
    expiryMs: cluster.spec.certificateExpiryMs,
    random: options.random,
  });
}
