import { createFirstIdentity } from '../../../daemon/identity/first-identity.ts';
import type { NodeIdentity } from '../../../daemon/identity/node-identity.ts';
import { systemRandom } from '../../../daemon/system-random.ts';
import { createRootAuthority } from '../../../manager/ca/root-authority.ts';

/** An identity signed by a root of its own. */
export async function sampleIdentity(nodeId = 'node1'): Promise<NodeIdentity> {
  const nowMs = Date.now();
  const authority = await createRootAuthority({ nowMs, random: systemRandom });
  return createFirstIdentity({
    authority,
    clusterId: 'cluster1',
    nodeId,
    nowMs,
    expiryMs: 3_600_000,
    random: systemRandom,
  });
}
