import { rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { SkepError } from '../lib/errors.ts';
import { newId } from '../lib/identifiers.ts';
import { decodeBackup } from '../manager/backup/backup-decoder.ts';
import { objectsOfBackup, partsOf } from '../manager/backup/backup-state.ts';
import { preparedForRestore } from '../manager/backup/only-manager.ts';
import { createKeyRing } from '../manager/raft/keys/key-ring.ts';
import { seedMember } from '../manager/raft/member/member-rescue.ts';
import type { SwarmInitResponse, SwarmRestoreRequest } from '../proto/messages.ts';
import { activate, raftAddressOf } from './activation.ts';
import { ownAddresses } from './addresses.ts';
import { lockOf } from './identity/cluster-lock.ts';
import { createFirstIdentity } from './identity/first-identity.ts';
import { newNodeSecrets } from './identity/node-secrets.ts';
import { dataKeysOf, managerFolder, raftFolder, secretsPlace } from './manager-role.ts';
import type { MembershipContext } from './membership-context.ts';
import { type NodeState, saveNodeState } from './node-state.ts';

export type RestoreRequest = NonNullable<SwarmRestoreRequest['header']>;

/**
 * Makes this node the only manager of a cluster with the state of a backup. The cluster keeps its authority, so that
 * the nodes of the old one are believed. Throws DATA_LOSS for a backup that is damaged; nothing is kept then.
 */
export async function restoreBackup(
  context: MembershipContext,
  request: RestoreRequest,
  backup: AsyncIterable<Uint8Array>,
): Promise<SwarmInitResponse> {
  const { options, clock, random } = context;
  const addresses = ownAddresses(options, request, networkInterfaces());
  const decoded = await decodeBackup(backup);
  const objects = await objectsOfBackup(decoded);
  const cluster = objects.find((object) => object.kind === 'cluster');
  if (cluster === undefined) throw new SkepError('DATA_LOSS', 'the backup holds no cluster');
  const nodeId = newId(random);
  const nowMs = clock.nowMs();
  const identity = await createFirstIdentity({
    authority: cluster.rootAuthority,
    clusterId: cluster.id,
    nodeId,
    nowMs,
    expiryMs: cluster.spec.certificateExpiryMs,
    random,
  });
  const unnumbered: NodeState = {
    nodeId,
    clusterId: cluster.id,
    role: 'manager',
    raftId: 0,
    storeAddress: '',
    ...addresses,
    dataPathPort: cluster.spec.dataPathPort,
    managers: [{ nodeId, address: addresses.advertiseAddress }],
  };
  const version = decoded.header.index + 1;
  const self = {
    nodeId,
    endpoints: { address: addresses.advertiseAddress, raftAddress: raftAddressOf(unnumbered) },
    certificateExpiresAtMs: identity.expiresAtMs,
  };
  const prepared = preparedForRestore(objects, self, { version, nowMs });
  const own = prepared.find(({ id }) => id === nodeId);
  const state = { ...unnumbered, raftId: own?.kind === 'node' ? (own.manager?.raftId ?? 0) : 0 };
  // Whatever an earlier try left would be taken for this cluster's log.
  await rm(managerFolder(options.dataRoot), { recursive: true, force: true });
  const secrets = newNodeSecrets(secretsPlace(options.dataRoot));
  await secrets.addKeys(lockOf(cluster).unlockKey);
  await seedMember({
    folder: raftFolder(options.dataRoot),
    key: createKeyRing(dataKeysOf(secrets)),
    id: state.raftId,
    address: self.endpoints.raftAddress,
    commonName: nodeId,
    index: version,
    parts: partsOf(prepared),
  });
  await activate(context, state, { identity, secrets }, null);
  await secrets.save(identity);
  await saveNodeState(options.dataRoot, state);
  return {
    nodeId,
    workerToken: cluster.joinTokens.worker,
    managerAddress: addresses.advertiseAddress,
    unlockKey: cluster.unlockKey,
  };
}
