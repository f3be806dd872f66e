import type { Clock, Random } from '../../../lib/ports.ts';
import type { Chance } from '../../manager/raft/core/simulation/chance.ts';
import type { ClusterCheck } from '../checks/cluster-check.ts';
import type { ConsensusCheck } from '../checks/consensus-check.ts';
import type { Network } from '../world/network.ts';
import type { Rpc } from '../world/rpc.ts';
import type { Schedule } from '../world/schedule.ts';

/** The world as its parts see it. */
export interface Surroundings {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly network: Network;
  readonly rpc: Rpc;
  readonly clock: Clock;
  readonly random: Random;
  readonly consensusCheck: ConsensusCheck;
  readonly clusterCheck: ClusterCheck;
  /** Where agents and clients look for a leader. */
  readonly managerNames: () => readonly string[];
  /** Something is wrong: the simulation ends here. */
  readonly fail: (error: Error) => void;
}
