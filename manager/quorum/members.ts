import type { Node } from '../../lib/domain/node.ts';
import { quorumOf } from '../../lib/manager-loss.ts';
import { highestRaftId } from '../../lib/raft-id.ts';
import type { StoreView } from '../store/store.ts';
import type { QuorumMemberState } from './quorum-control.ts';

/**
 * A member that was not heard of for so long is unreachable. Raft forgets once per election timeout (1 to 2 s)
 * whom it heard of, so a single look that finds nothing means nothing.
 */
export const UNREACHABLE_AFTER_MS = 3_000;

export type Reachability = 'unknown' | 'unreachable' | 'reachable';

/** When each member was last found reachable, or first seen, by raft id. */
export type Sightings = ReadonlyMap<number, { readonly atMs: number; readonly wasHeard: boolean }>;

/** A member as seen over a while, besides this moment: what users are shown must not flicker. */
export interface ObservedMember extends QuorumMemberState {
  readonly reachability: Reachability;
}

/** What is known of the members after one more look at them. */
export function observeMembers(
  earlier: Sightings,
  members: readonly QuorumMemberState[],
  nowMs: number,
): { readonly sightings: Sightings; readonly members: readonly ObservedMember[] } {
  const sightings = new Map<number, { readonly atMs: number; readonly wasHeard: boolean }>();
  const observed = members.map((member): ObservedMember => {
    const sighting = member.isReachable
      ? { atMs: nowMs, wasHeard: true }
      : (earlier.get(member.raftId) ?? { atMs: nowMs, wasHeard: false });
    sightings.set(member.raftId, sighting);
    const isSilent = nowMs - sighting.atMs >= UNREACHABLE_AFTER_MS;
    if (isSilent) return { ...member, reachability: 'unreachable' };
    return { ...member, reachability: sighting.wasHeard ? 'reachable' : 'unknown' };
  });
  return { sightings, members: observed };
}

/**
 * True when those who vote after the member is gone have a quorum of members that `answers`. A learner may always go;
 * the last voter never.
 */
export function keepsQuorumWithout(
  members: readonly ObservedMember[],
  raftId: number,
  answers: (member: ObservedMember) => boolean,
): boolean {
  const voters = members.filter(({ isVoter }) => isVoter);
  if (!voters.some((voter) => voter.raftId === raftId)) return true;
  const remaining = voters.filter((voter) => voter.raftId !== raftId);
  return remaining.filter(answers).length >= quorumOf(remaining.length);
}

/** Heard of at this moment: what counts before a voter is taken away. */
export function answersNow({ isReachable }: ObservedMember): boolean {
  return isReachable;
}

/**
 * Why a member has no place any more; undefined when it has, or when the store may just not say so yet. A raft id is
 * given once, so it alone says whose member it is.
 */
export function reasonToRemove(view: StoreView, member: ObservedMember): string | undefined {
  // The store gives an id before the member is added: one above all that were given is newer than this view.
  if (member.raftId > highestRaftId(view)) return undefined;
  const owner = [...view.nodes.values()].find((node) => isMemberOf(member, node));
  if (owner !== undefined) return owner.spec.role === 'manager' ? undefined : 'its node is a worker now';
  return view.nodes.has(member.nodeId)
    ? 'its node came back as another member'
    : 'its node was removed from the cluster';
}

/** True when the member is the part that the store gave this node. */
export function isMemberOf(member: ObservedMember, node: Node): boolean {
  return member.raftId === node.manager?.raftId;
}
