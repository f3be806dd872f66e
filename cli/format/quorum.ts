import type { NodeInfo, QuorumInfo, QuorumMember } from '../../proto/messages.ts';

/** How many voting managers must reach each other for the swarm to take changes. */
function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/**
 * One sentence when the managers cannot take changes, and what would help; undefined when they can, as far as
 * this manager knows. Only a leader knows who answers, so without one the sentence counts who is needed.
 */
export function quorumTrouble(quorum: QuorumInfo): string | undefined {
  if (quorum.storeAddress !== '') {
    if (quorum.leaderId !== '') return undefined;
    return `no manager leads at present; see whether the store answers: ${quorum.storeAddress}`;
  }
  const voters = quorum.members.filter(({ voter }) => voter);
  const needed = majorityOf(voters.length);
  const lost = voters.filter((member) => member.reachable === false).length;
  if (quorum.leaderId !== '' && voters.length - lost >= needed) return undefined;
  const counts =
    quorum.leaderId === ''
      ? `no manager leads: of ${plural(voters.length, 'voting manager')} ${needed} must reach each other`
      : `only ${voters.length - lost} of ${plural(voters.length, 'voting manager')} can be reached, ${needed} are needed`;
  return (
    `${counts}. Start those that are missing; when they are lost for good, ` +
    "run 'skep swarm init --force-new-cluster' on this one"
  );
}

function reachabilityOf(member: QuorumMember, info: NodeInfo): string {
  if (member.nodeId === info.nodeId) return 'this node';
  if (member.reachable === undefined) return '';
  return member.reachable ? 'reachable' : 'unreachable';
}

function memberLine(member: QuorumMember, info: NodeInfo, quorum: QuorumInfo): string {
  // Where another store keeps the state, managers have neither votes nor addresses for replication.
  const vote = quorum.storeAddress !== '' ? '' : member.voter ? 'voter' : 'learner';
  const leads = member.nodeId !== '' && member.nodeId === quorum.leaderId;
  const told = [vote, leads ? 'leader' : '', reachabilityOf(member, info)].filter((word) => word !== '');
  const name = member.nodeId || `raft id ${member.raftId}`;
  return `    ${[name, member.raftAddress].filter((part) => part !== '').join(' ')} (${told.join(', ')})`;
}

function roleOf(info: NodeInfo, quorum: QuorumInfo): string {
  if (quorum.leaderId !== '' && quorum.leaderId === info.nodeId) return 'leader';
  const self = quorum.members.find(({ raftId }) => raftId === quorum.raftId);
  return self?.voter === false ? 'learner' : 'follower';
}

/** The lines of `skep info` on a manager's part in keeping the state; none on a worker. */
export function quorumLines(info: NodeInfo): readonly string[] {
  const { quorum } = info;
  if (quorum === undefined) return [];
  const trouble = quorumTrouble(quorum);
  return [
    '  Quorum:',
    ...(quorum.storeAddress === '' ? [] : [`   Store: ${quorum.storeAddress}`]),
    `   Role: ${roleOf(info, quorum)}`,
    `   Leader: ${quorum.leaderId || 'none'}`,
    `   Term: ${quorum.term}`,
    `   Applied Index: ${quorum.appliedIndex}`,
    ...(quorum.members.length === 0
      ? []
      : ['   Members:', ...quorum.members.map((member) => memberLine(member, info, quorum))]),
    ...(trouble === undefined ? [] : [`   Error: ${trouble}`]),
  ];
}
