import type { QuorumControl, QuorumMemberState } from '../manager/quorum/quorum-control.ts';
import type { Member } from '../manager/raft/member/member.ts';
import type { MemberStatus } from '../manager/raft/member/thread-messages.ts';
import type { StoreView } from '../manager/store/store.ts';
import type { QuorumMember } from '../proto/messages.ts';

/** A member this close behind the leader's commit index, and following, can be made a voter. */
const CAUGHT_UP_ENTRIES = 256;

/** What a member's status says of all members; what only a leader knows is false elsewhere. */
export function membersOf(status: MemberStatus): readonly QuorumMemberState[] {
  const { voters, votersOutgoing, learners, learnersNext } = status.confState;
  const ids = new Set([...voters, ...votersOutgoing, ...learners, ...learnersNext]);
  return [...ids]
    .sort((left, right) => left - right)
    .map((raftId) => {
      const progress = status.progress.get(raftId);
      const isSelf = raftId === status.id;
      return {
        raftId,
        raftAddress: status.addresses[raftId]?.address ?? '',
        nodeId: status.addresses[raftId]?.commonName ?? '',
        isVoter: voters.includes(raftId) || votersOutgoing.includes(raftId),
        isReachable: isSelf || progress?.isRecentlyActive === true,
        isCaughtUp:
          isSelf ||
          (progress?.state === 'StateReplicate' && progress.match >= status.commit - CAUGHT_UP_ENTRIES),
      };
    });
}

/** The managers by the store's word: where etcd keeps the state, all of them are equal. */
export function membersInStore({ nodes }: StoreView): readonly QuorumMember[] {
  return [...nodes.values()].flatMap(({ id, manager }) => {
    if (manager === undefined) return [];
    const { raftId, raftAddress, reachability } = manager;
    return [{ raftId, nodeId: id, raftAddress, voter: true, reachable: reachability === 'reachable' }];
  });
}

/** The quorum as the leader's loop sees and changes it. */
export function quorumControlOf(member: Member, raftId: number): QuorumControl {
  return {
    raftId,
    members: async () => membersOf(await member.status()),
    add: ({ raftId: added, raftAddress, nodeId }) =>
      member.addMember(added, { address: raftAddress, commonName: nodeId }),
    promote: (promoted) => member.promote(promoted),
    remove: (removed) => member.removeMember(removed),
    announce: async (moved, raftAddress) => {
      const commonName = (await member.status()).addresses[moved]?.commonName;
      await member.announceAddress(moved, {
        address: raftAddress,
        ...(commonName === undefined ? {} : { commonName }),
      });
    },
    transfer: async (to) => {
      await member.transferLeadership(to ?? (await furthestVoter(member)));
    },
  };
}

/** The voter besides the leader that holds the most; 0 when there is none. */
async function furthestVoter(member: Member): Promise<number> {
  const { id, confState, progress } = await member.status();
  let best = { id: 0, match: -1 };
  for (const [other, { match, isRecentlyActive }] of progress) {
    if (other === id || !confState.voters.includes(other) || !isRecentlyActive) continue;
    if (match > best.match) best = { id: other, match };
  }
  return best.id;
}
