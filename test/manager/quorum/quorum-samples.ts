import type { Cluster } from '../../../lib/domain/cluster.ts';
import type { ManagerStatus, Node } from '../../../lib/domain/node.ts';
import { SkepError } from '../../../lib/errors.ts';
import type { ObservedMember } from '../../../manager/quorum/members.ts';
import type { QuorumControl } from '../../../manager/quorum/quorum-control.ts';
import { clusterObject, nodeObject } from '../dispatcher/cluster-fixture.ts';

export const CLUSTER: Cluster = { ...clusterObject(), lastRaftId: 9 };

/** A manager's node that has the part `raftId` in the quorum. */
export function managerNode(id: string, raftId: number, status: Partial<ManagerStatus> = {}): Node {
  return nodeObject(id, {
    spec: { role: 'manager', availability: 'active', labels: {} },
    manager: {
      raftId,
      address: `${id}:2377`,
      raftAddress: `${id}:2378`,
      leader: false,
      reachability: 'reachable',
      ...status,
    },
  });
}

/** The node after its demotion. */
export function demoted(node: Node): Node {
  return { ...node, spec: { ...node.spec, role: 'worker' } };
}

/** A voter that answers. */
export function voter(raftId: number, nodeId: string, changes: Partial<ObservedMember> = {}): ObservedMember {
  return {
    raftId,
    nodeId,
    raftAddress: `${nodeId}:2378`,
    isVoter: true,
    isCaughtUp: true,
    isReachable: true,
    reachability: 'reachable',
    ...changes,
  };
}

interface ModelMember {
  readonly raftId: number;
  readonly nodeId: string;
  raftAddress: string;
  isVoter: boolean;
  isUp: boolean;
}

/**
 * Members as Raft would keep them. What must never happen is collected in `violations`: a step that leaves the voters
 * that are up without a quorum, an id given twice, a leader that removes itself, a lead given to one who cannot take it.
 */
export function createModelQuorum(own: { readonly raftId: number; readonly nodeId: string }) {
  const members = new Map<number, ModelMember>();
  const steps: string[] = [];
  const violations: string[] = [];
  const mustHold = (holds: boolean, what: string): void => {
    if (!holds) violations.push(what);
  };
  const given: number[] = [];
  let refusals: SkepError[] = [];
  const put = (raftId: number, nodeId: string, isVoter: boolean): void => {
    mustHold(!given.includes(raftId), `raft id ${raftId} is given once`);
    given.push(raftId);
    members.set(raftId, { raftId, nodeId, raftAddress: `${nodeId}:2378`, isVoter, isUp: true });
  };
  const find = (raftId: number): ModelMember => {
    const member = members.get(raftId);
    if (member === undefined) throw new SkepError('NOT_FOUND', `member ${raftId} is not one`);
    return member;
  };
  const hasQuorum = (): boolean => {
    const voters = [...members.values()].filter(({ isVoter }) => isVoter);
    return voters.filter(({ isUp }) => isUp).length > voters.length / 2;
  };
  const step = (text: string, change: () => void): void => {
    const refusal = refusals.shift();
    if (refusal !== undefined) throw refusal;
    change();
    steps.push(text);
    mustHold(hasQuorum(), `there is a quorum after: ${steps.join(', ')}`);
  };
  put(own.raftId, own.nodeId, true);
  let leader = own.raftId;
  const control: QuorumControl = {
    get raftId() {
      return leader;
    },
    members: async () =>
      [...members.values()].map(({ isUp, ...member }) => ({
        ...member,
        isReachable: isUp,
        isCaughtUp: isUp,
      })),
    add: async ({ raftId, nodeId, raftAddress }) =>
      step(`add ${raftId}`, () => {
        put(raftId, nodeId, false);
        find(raftId).raftAddress = raftAddress;
      }),
    promote: async (raftId) =>
      step(`promote ${raftId}`, () => {
        find(raftId).isVoter = true;
      }),
    remove: async (raftId) =>
      step(`remove ${raftId}`, () => {
        mustHold(raftId !== leader, 'the leader does not remove itself');
        find(raftId);
        members.delete(raftId);
      }),
    announce: async (raftId, raftAddress) =>
      step(`announce ${raftId} ${raftAddress}`, () => {
        find(raftId).raftAddress = raftAddress;
      }),
    transfer: async (raftId = 0) =>
      step(`transfer ${raftId}`, () => {
        mustHold(find(raftId).isVoter && find(raftId).isUp, 'it goes to a voter that is up');
        leader = raftId;
      }),
  };
  return {
    control,
    members,
    steps,
    violations,
    put,
    hasQuorum,
    lead(raftId: number) {
      leader = raftId;
    },
    /** The next steps fail so. */
    refuse(...errors: readonly SkepError[]) {
      refusals = [...refusals, ...errors];
    },
  };
}

export type ModelQuorum = ReturnType<typeof createModelQuorum>;
