/** One manager's part in the quorum, as the leader sees it. */
export interface QuorumMemberState {
  readonly raftId: number;
  /** host:port of its replication. */
  readonly raftAddress: string;
  readonly nodeId: string;
  readonly isVoter: boolean;
  /** Heard of within an election timeout; the leader itself always is. */
  readonly isReachable: boolean;
  /** Holds all that is committed, or nearly so: it could be made a voter. */
  readonly isCaughtUp: boolean;
}

/** What the leader can see and change of the quorum. Absent where etcd keeps the state. */
export interface QuorumControl {
  readonly raftId: number;
  members(): Promise<readonly QuorumMemberState[]>;
  /** Adds a learner. Each change resolves once it is applied; UNAVAILABLE when it should be tried again. */
  add(member: {
    readonly raftId: number;
    readonly raftAddress: string;
    readonly nodeId: string;
  }): Promise<void>;
  promote(raftId: number): Promise<void>;
  remove(raftId: number): Promise<void>;
  announce(raftId: number, raftAddress: string): Promise<void>;
  /** To that member, or to the one that is furthest. */
  transfer(raftId?: number): Promise<void>;
}
