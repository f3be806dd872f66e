import type { ManagerStatus, Node } from '../../lib/domain/node.ts';
import type { Change } from '../../lib/domain/store-object.ts';
import type { StoreView } from '../store/store.ts';
import {
  answersNow,
  isMemberOf,
  keepsQuorumWithout,
  type ObservedMember,
  type Reachability,
  reasonToRemove,
} from './members.ts';

/** One step that changes who takes part. */
export type QuorumAction =
  | { readonly kind: 'announce'; readonly raftId: number; readonly raftAddress: string }
  | { readonly kind: 'promote'; readonly raftId: number; readonly nodeId: string }
  | { readonly kind: 'remove'; readonly raftId: number; readonly nodeId: string; readonly reason: string }
  | { readonly kind: 'transfer'; readonly raftId: number; readonly reason: string };

/** What is to be done, and what cannot be done for now. */
export interface QuorumDecision {
  readonly changes: readonly Change[];
  /** In order of urgency. Only the first may be done; the others are decided anew after it. */
  readonly actions: readonly QuorumAction[];
  /** Removals that have to wait, each as a sentence. */
  readonly blocked: readonly string[];
}

export interface QuorumSelf {
  readonly nodeId: string;
  readonly raftId: number;
}

/**
 * Compares the managers of the store with the members of the quorum, as the leader `self` sees both. The store
 * says who should be one. No step leaves the voters without a quorum that answers.
 */
export function decideQuorum(
  view: StoreView,
  members: readonly ObservedMember[],
  self: QuorumSelf,
): QuorumDecision {
  const changes = [...view.nodes.values()].flatMap((node) => {
    const manager = nextStatus(node, members, self);
    return changeTo(node, manager);
  });
  return { changes, ...decideActions(view, members, self) };
}

/**
 * The same where etcd keeps the state: no members, so a manager is one as long as its role says so, and counts
 * as reachable while its agent has a session.
 */
export function decideWithoutQuorum(view: StoreView, leaderNodeId: string): readonly Change[] {
  return [...view.nodes.values()].flatMap((node) => {
    if (node.manager === undefined) return [];
    if (node.spec.role !== 'manager') return changeTo(node, undefined);
    const leader = node.id === leaderNodeId;
    const reachability = leader ? 'reachable' : reachabilityOfSession(node);
    return changeTo(node, { ...node.manager, leader, reachability });
  });
}

function reachabilityOfSession({ status }: Node): Reachability {
  if (status.state === 'ready') return 'reachable';
  return status.state === 'unknown' ? 'unknown' : 'unreachable';
}

function changeTo(node: Node, manager: ManagerStatus | undefined): readonly Change[] {
  const present = node.manager;
  if (
    present?.leader === manager?.leader &&
    present?.reachability === manager?.reachability &&
    (present === undefined) === (manager === undefined)
  ) {
    return [];
  }
  const { manager: _former, ...worker } = node;
  return [{ kind: 'put', object: manager === undefined ? worker : { ...worker, manager } }];
}

function nextStatus(
  node: Node,
  members: readonly ObservedMember[],
  self: QuorumSelf,
): ManagerStatus | undefined {
  if (node.manager === undefined) return undefined;
  const isWorker = node.spec.role !== 'manager';
  const member = members.find((candidate) => isMemberOf(candidate, node));
  if (isWorker && member === undefined && !members.some(({ nodeId }) => nodeId === node.id)) return undefined;
  // While a new leader has heard nothing yet, what its predecessor knew is the best guess.
  const isUnheard = member?.reachability === 'unknown';
  const reachability = isUnheard ? node.manager.reachability : (member?.reachability ?? 'unknown');
  return { ...node.manager, leader: node.id === self.nodeId, reachability };
}

function decideActions(
  view: StoreView,
  members: readonly ObservedMember[],
  self: QuorumSelf,
): Pick<QuorumDecision, 'actions' | 'blocked'> {
  const wanted = members.filter((member) => reasonToRemove(view, member) === undefined);
  const announcements = wanted.flatMap((member) => decideAnnouncement(view, member));
  const promotions = wanted
    .filter((member) => !member.isVoter && member.isCaughtUp && member.isReachable)
    .map(({ raftId, nodeId }): QuorumAction => ({ kind: 'promote', raftId, nodeId }));
  const removals: QuorumAction[] = [];
  const urgentRemovals: QuorumAction[] = [];
  const transfers: QuorumAction[] = [];
  const blocked: string[] = [];
  for (const member of members) {
    const reason = reasonToRemove(view, member);
    if (reason === undefined) continue;
    const { raftId, nodeId } = member;
    if (!keepsQuorumWithout(members, raftId, answersNow)) {
      // A voter may seem silent for a moment only: the next look tells.
      if (keepsQuorumWithout(members, raftId, ({ reachability }) => reachability === 'reachable')) continue;
      blocked.push(
        `Member ${raftId} of node ${nodeId} stays, although ${reason}: without it too few voters would answer.`,
      );
    } else if (raftId === self.raftId) {
      transfers.push(...decideTransfer(wanted, reason));
    } else {
      // One that does not answer only makes the quorum harder to reach: it goes before another one comes.
      const list = member.reachability === 'reachable' ? removals : urgentRemovals;
      list.push({ kind: 'remove', raftId, nodeId, reason });
    }
  }
  return {
    actions: [...announcements, ...urgentRemovals, ...promotions, ...removals, ...transfers],
    blocked,
  };
}

/** The store's address counts: the manager itself gave it, or the last part of announcing it was cut short. */
function decideAnnouncement(view: StoreView, member: ObservedMember): readonly QuorumAction[] {
  const owner = [...view.nodes.values()].find((node) => isMemberOf(member, node));
  const { raftId } = member;
  const raftAddress = owner?.manager?.raftAddress ?? '';
  return raftAddress === '' || raftAddress === member.raftAddress
    ? []
    : [{ kind: 'announce', raftId, raftAddress }];
}

/** A leader cannot remove itself well: the next one does it. */
function decideTransfer(wanted: readonly ObservedMember[], reason: string): readonly QuorumAction[] {
  const successors = wanted.filter(({ isVoter, isReachable }) => isVoter && isReachable);
  const successor = successors.find(({ isCaughtUp }) => isCaughtUp) ?? successors[0];
  return successor === undefined ? [] : [{ kind: 'transfer', raftId: successor.raftId, reason }];
}
