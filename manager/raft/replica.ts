import type { SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import { createLateProposer } from '../store/late-proposer.ts';
import { createStore } from '../store/memory-store.ts';
import type { Replica, ReplicaLeadership } from '../store/replica.ts';
import type { Store } from '../store/store.ts';
import type { MemberId } from './core/entry.ts';
import { type Leadership, type Member, type MemberOptions, startMember } from './member/member.ts';
import type { MemberTls } from './member/transport-settings.ts';
import type { MemberAddress } from './snapshot-envelope.ts';

export interface RaftReplicaOptions {
  /** Holds the log and the snapshots; made when it is missing. One process at a time. */
  readonly folder: string;
  /** 32 bytes; or several keys, newest first, see keys/. */
  readonly key: MemberOptions['key'];
  readonly raftId: MemberId;
  readonly nodeId: string;
  /** Members known beforehand, this one too, by raft id. */
  readonly peers: Readonly<Record<string, MemberAddress>>;
  /** True on the first manager of a new cluster, whose folder is empty. */
  readonly isFirst: boolean;
  /** `host:port` to listen on. */
  readonly listen: string;
  readonly tls: MemberTls;
  /** The member has stopped by itself: its data or its disk is damaged. */
  readonly onFailure: (error: SkepError) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A replica whose managers keep the state themselves. */
export interface RaftReplica extends Replica {
  readonly member: Member;
}

/**
 * Starts this manager's member of the Raft group and the store that it drives. Resolves once what is on the disk is
 * restored; what came after that arrives from the leader. Throws what startMember throws.
 */
export async function startRaftReplica(options: RaftReplicaOptions): Promise<RaftReplica> {
  const { folder, key, raftId, peers, isFirst, listen, tls, onFailure, clock, log } = options;
  const proposer = createLateProposer();
  const store = createStore({ proposer, nowMs: clock.nowMs, log });
  const listeners = new Set<(leadership: ReplicaLeadership) => void>();
  const show = (leadership: Leadership): ReplicaLeadership => ({
    isLeader: leadership.isLeader,
    leaderId: leaderIdOf(store, options, leadership),
    term: leadership.term,
  });
  const member = await startMember({
    folder,
    key,
    id: raftId,
    peers,
    ...(isFirst ? { bootstrapVoters: [raftId] } : {}),
    transport: { listen, tls },
    apply: store.apply,
    snapshot: store.snapshot,
    restore: store.restore,
    onLeadership: (leadership) => {
      for (const listener of [...listeners]) listener(show(leadership));
    },
    onFailure,
    log,
  });
  proposer.connect(member);
  return {
    store,
    member,
    leadership: () => show(member.leadership()),
    onLeadership: (listener) => {
      const own = (leadership: ReplicaLeadership): void => listener(leadership);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    readBarrier: async () => {
      await member.readIndex();
    },
    close: async () => {
      await member.close();
      store.close();
    },
  };
}

/** The node that leads; null when nobody is known to, or the store does not know that member yet. */
function leaderIdOf(store: Store, options: RaftReplicaOptions, leadership: Leadership): string | null {
  if (leadership.leader === 0) return null;
  if (leadership.leader === options.raftId) return options.nodeId;
  for (const node of store.view().nodes.values()) {
    if (node.manager?.raftId === leadership.leader) return node.id;
  }
  return null;
}
