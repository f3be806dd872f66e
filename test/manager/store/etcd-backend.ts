import { systemClock } from '../../../daemon/system-clock.ts';
import { systemRandom } from '../../../daemon/system-random.ts';
import { createEtcdReplica } from '../../../manager/etcd/etcd-replica.ts';
import { SKIP_REASON, withEtcd } from '../etcd/etcd-server.ts';
import type { Backend } from './compliance.ts';
import { createGroup } from './replica-group.ts';

/** Replicas over a real etcd. */
export const ETCD_BACKEND: Backend = {
  name: 'etcd',
  skip: SKIP_REASON,
  withReplicas: (count, body) =>
    withEtcd(async ({ endpoint }) => {
      const group = createGroup(count, (place, isNew) =>
        createEtcdReplica({
          endpoints: [endpoint],
          nodeId: `node-${place}`,
          isFirst: isNew && place === 1,
          clock: systemClock,
          random: systemRandom,
          log: () => undefined,
        }),
      );
      await group.run(body);
    }),
};
