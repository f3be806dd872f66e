import type { Cluster } from './domain/cluster.ts';
import type { Node } from './domain/node.ts';

/**
 * The highest raft id that was ever given to a manager, 0 for none: the next one is above it, as an id is never given
 * again (swarmkit `design/raft.md`). Nodes count too, for a cluster from before the counter was kept.
 */
export function highestRaftId(state: {
  readonly cluster: Cluster | undefined;
  readonly nodes: ReadonlyMap<string, Node>;
}): number {
  let highest = state.cluster?.lastRaftId ?? 0;
  for (const { manager } of state.nodes.values()) highest = Math.max(highest, manager?.raftId ?? 0);
  return highest;
}
