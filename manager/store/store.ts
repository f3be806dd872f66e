import type { Cluster } from '../../lib/domain/cluster.ts';
import type { Network } from '../../lib/domain/network.ts';
import type { Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Change } from '../../lib/domain/store-object.ts';
import type { Task } from '../../lib/domain/task.ts';

/** The state at one log index. Reads are synchronous; the maps keep insertion order. */
export interface StoreView {
  /** Index of the last entry applied. */
  readonly index: number;
  /** At most one exists. */
  readonly cluster: Cluster | undefined;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly services: ReadonlyMap<string, Service>;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly networks: ReadonlyMap<string, Network>;
  tasksOfService(serviceId: string): readonly Task[];
  tasksOfNode(nodeId: string): readonly Task[];
}

/** What a controller decides in one pass. */
export interface Decision {
  readonly changes: readonly Change[];
  /** Look again at this moment even when nothing changes; absent = only a change matters. */
  readonly wakeAtMs?: number;
}

/** What a decision may know besides the state. */
export interface DecisionContext {
  readonly nowMs: number;
  /** A new object id. */
  readonly newId: () => string;
}

/** A control loop's brain: looks at the whole state, returns what should change. Called again after each change. */
export type Decide = (view: StoreView, context: DecisionContext) => Decision;

/** What the store knows of consensus. */
export interface Proposer {
  /** Resolves with the entry's index once it is durable on a quorum and applied here. Rejects with UNAVAILABLE. */
  propose(entry: Uint8Array): Promise<number>;
  /** Index of the last entry applied. */
  version(): number;
  /** True while this member may propose. */
  isLeader(): boolean;
}

export interface Store {
  /** The live state; read it synchronously, do not keep it over an await. */
  view(): StoreView;
  /**
   * Runs `decide` on the newest state, including transactions still on their way to the log, and proposes its
   * changes as one transaction; transactions queued in one turn share one log entry. Resolves with the index
   * that holds them (or the present index when there were none). A throw inside `decide` changes nothing.
   */
  update(decide: (view: StoreView) => readonly Change[]): Promise<number>;
  /** Called after each applied entry, with what it changed. Returns the unsubscriber. */
  watch(listener: (changes: readonly Change[], index: number) => void): () => void;
}
