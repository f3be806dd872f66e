import type { Cluster, ClusterSpec } from '../../lib/domain/cluster.ts';
import { SkepError } from '../../lib/errors.ts';
import { validateClusterSpec } from '../../lib/validation/cluster-spec.ts';
import type { ClusterResponse, UpdateClusterRequest } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';
import { requireVersion } from './references.ts';
import type { Outcome } from './rule.ts';
import { structurallyEqual } from './structural-equality.ts';

/** What is fixed when the cluster is made, with the option that sets it. */
const FIXED_FIELDS = [
  ['defaultAddressPools', '--default-addr-pool'],
  ['defaultAddressPoolMaskLength', '--default-addr-pool-mask-length'],
  ['dataPathPort', '--data-path-port'],
] as const satisfies readonly (readonly [keyof ClusterSpec, string])[];

/** The cluster of the store. Throws FAILED_PRECONDITION when there is none yet. */
export function requireCluster(view: StoreView): Cluster {
  if (view.cluster !== undefined) return view.cluster;
  throw new SkepError('FAILED_PRECONDITION', 'there is no cluster here', {
    help: 'make one with skep swarm init',
  });
}

/** The cluster as users see it. Neither the private key nor the unlock key is among what is shown. */
export function showCluster(cluster: Cluster): ClusterResponse {
  const { id, version, createdAtMs, updatedAtMs, spec, joinTokens, rootAuthority } = cluster;
  return {
    id,
    version,
    createdAtMs,
    updatedAtMs,
    spec,
    joinTokens,
    rootCertificatePem: rootAuthority.certificatePem,
  };
}

/** Where new secrets come from. */
export interface NewSecrets {
  /** A join token with the hash of that root and a fresh secret. */
  readonly newJoinToken: (rootCertificatePem: string) => string;
  readonly newUnlockKey: () => string;
}

/** Locked managers have one key: made when they are locked, kept until it is rotated, gone when they are not. */
function nextUnlockKey(cluster: Cluster, spec: ClusterSpec, rotate: boolean, newKey: () => string): string {
  if (spec.autolockManagers) return rotate || cluster.unlockKey === '' ? newKey() : cluster.unlockKey;
  if (!rotate) return '';
  throw new SkepError('FAILED_PRECONDITION', 'cluster: there is no unlock key to rotate: autolock is off', {
    help: 'turn it on with skep swarm update --autolock=true',
  });
}

/**
 * Stores changed settings, new join tokens, and a new unlock key; the old tokens let nobody in any more.
 * Managers that are up take a new unlock key by themselves.
 */
export function updateClusterRule(
  view: StoreView,
  { newJoinToken, newUnlockKey }: NewSecrets,
  request: UpdateClusterRequest,
): Outcome<Cluster> {
  const cluster = requireCluster(view);
  requireVersion('cluster', request.version, cluster.version);
  const spec = request.spec ?? cluster.spec;
  validateClusterSpec(spec);
  for (const [field, option] of FIXED_FIELDS) {
    if (structurallyEqual(spec[field], cluster.spec[field])) continue;
    throw new SkepError('INVALID_ARGUMENT', `cluster: ${option} cannot be changed any more`, {
      help: 'it is set when the cluster is made, with skep swarm init',
    });
  }
  const { certificatePem } = cluster.rootAuthority;
  const joinTokens = {
    worker: request.rotateWorkerToken ? newJoinToken(certificatePem) : cluster.joinTokens.worker,
    manager: request.rotateManagerToken ? newJoinToken(certificatePem) : cluster.joinTokens.manager,
  };
  const unlockKey = nextUnlockKey(cluster, spec, request.rotateUnlockKey, newUnlockKey);
  const next: Cluster = { ...cluster, spec, joinTokens, unlockKey };
  if (structurallyEqual(next, cluster)) return { changes: [], result: cluster };
  return { changes: [{ kind: 'put', object: next }], result: next };
}
