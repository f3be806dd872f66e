import type { Replica } from '../../../manager/store/replica.ts';
import { eventually } from '../raft/member/number-cluster.ts';
import type { ReplicaGroup } from './compliance.ts';

/** Replicas 1 to `count`, made by `start`; it is called again for each on a restart. */
export function createGroup(count: number, start: (place: number, isFirst: boolean) => Promise<Replica>) {
  let open: Replica[] = [];
  const closeAll = async (): Promise<void> => {
    const closing = open;
    open = [];
    await Promise.all(closing.map((replica) => replica.close()));
  };
  const startAll = async (isFirst: boolean): Promise<void> => {
    for (let place = 1; place <= count; place++) open.push(await start(place, isFirst));
  };
  const group: ReplicaGroup = {
    all: () => [...open],
    leader: () => eventually('somebody leads', () => open.find((replica) => replica.leadership().isLeader)),
    close: async (replica) => {
      open = open.filter((one) => one !== replica);
      await replica.close();
    },
    restart: async () => {
      await closeAll();
      await startAll(false);
    },
  };
  return {
    group,
    /** Starts them, runs `body` and closes what is open then. */
    run: async (body: (group: ReplicaGroup) => Promise<void>): Promise<void> => {
      try {
        await startAll(true);
        await body(group);
      } finally {
        await closeAll();
      }
    },
  };
}
