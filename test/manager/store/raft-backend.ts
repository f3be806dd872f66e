import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createSigningRequest } from '../../../daemon/identity/signing-request.ts';
import { systemClock } from '../../../daemon/system-clock.ts';
import { systemRandom } from '../../../daemon/system-random.ts';
import { signNodeCertificate, UNIT_OF_ROLE } from '../../../manager/ca/node-certificate.ts';
import { createRootAuthority } from '../../../manager/ca/root-authority.ts';
import type { MemberTls } from '../../../manager/raft/member/transport-settings.ts';
import { type RaftReplica, startRaftReplica } from '../../../manager/raft/replica.ts';
import type { Replica } from '../../../manager/store/replica.ts';
import { eventually, freePort, SKIP_REASON } from '../raft/member/number-cluster.ts';
import { KEY, withFolder } from '../raft/raft-samples.ts';
import type { Backend } from './compliance.ts';
import { createGroup } from './replica-group.ts';

const CLUSTER_ID = 'cluster-of-the-test';

/** Managers that keep the state themselves. */
export const RAFT_BACKEND: Backend = {
  name: 'Raft',
  skip: SKIP_REASON,
  withReplicas: (count, body) =>
    withFolder(async (folder) => {
      const identities = await createIdentities(count);
      const peers: Record<string, { address: string; commonName: string }> = {};
      for (let place = 1; place <= count; place++) {
        peers[place] = { address: `127.0.0.1:${await freePort()}`, commonName: `node-${place}` };
      }
      let founder: RaftReplica | undefined;
      const start = async (place: number, isNew: boolean): Promise<Replica> => {
        const own = path.join(folder, String(place));
        await mkdir(own, { recursive: true });
        const replica = await startRaftReplica({
          folder: own,
          key: KEY,
          raftId: place,
          nodeId: `node-${place}`,
          peers,
          isFirst: isNew && place === 1,
          listen: peers[place]?.address ?? '',
          tls: identities[place - 1] as MemberTls,
          onFailure: () => undefined,
          clock: systemClock,
          log: () => undefined,
        });
        if (place === 1) founder = replica;
        else if (isNew && founder !== undefined) await enter(founder, place, peers[place]);
        return replica;
      };
      await createGroup(count, start).run(body);
    }),
};

async function enter(
  founder: RaftReplica,
  place: number,
  address: { address: string; commonName: string } | undefined,
): Promise<void> {
  await eventually('the founder leads', () => founder.leadership().isLeader || undefined);
  if (address === undefined) return;
  await founder.member.addMember(place, address);
  await founder.member.promote(place);
}

async function createIdentities(count: number): Promise<readonly MemberTls[]> {
  const nowMs = systemClock.nowMs();
  const authority = await createRootAuthority({ nowMs, random: systemRandom });
  const identities: MemberTls[] = [];
  for (let place = 1; place <= count; place++) {
    const { keyPem, signingRequestPem } = await createSigningRequest();
    const { certificatePem } = await signNodeCertificate({
      authority,
      clusterId: CLUSTER_ID,
      nodeId: `node-${place}`,
      role: 'manager',
      signingRequestPem,
      nowMs,
      expiryMs: 3_600_000,
      random: systemRandom,
    });
    identities.push({
      keyPem,
      certificatePem,
      rootCertificatePem: authority.certificatePem,
      organization: CLUSTER_ID,
      organizationalUnit: UNIT_OF_ROLE.manager,
    });
  }
  return identities;
}
