import type { Store } from './store.ts';

/** Who leads, as far as this manager knows. */
export interface ReplicaLeadership {
  /** True while this manager may change the store; only then do the control loops run here. */
  readonly isLeader: boolean;
  /** Node id of the leader; null while nobody is known to lead. */
  readonly leaderId: string | null;
  /** Grows with every leader: a term of Raft, a revision of etcd. */
  readonly term: number;
}

/** This manager's copy of the store, with what keeps it the same as all the others. */
export interface Replica {
  readonly store: Store;
  leadership(): ReplicaLeadership;
  /** Called at each change of leadership. Returns the unsubscriber. */
  onLeadership(listener: (leadership: ReplicaLeadership) => void): () => void;
  /**
   * Resolves once everything that was acknowledged before the call, by any manager, is in `store.view()`. Rejects
   * with UNAVAILABLE when no leader confirms that in time.
   */
  readBarrier(): Promise<void>;
  /** Stops taking part; hands leadership over first if there is somebody to take it. */
  close(): Promise<void>;
}
