import type { Node } from './domain/node.ts';
import { SkepError } from './errors.ts';

/** Most names that an error lists. */
const MAX_LISTED = 5;

/** The name that users know a node by. */
export function nodeName(node: Node): string {
  return node.description?.hostname ?? node.id;
}

/** How many of so many voters must agree. */
export function quorumOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

export interface ManagerLoss {
  readonly leaving: Node;
  readonly nodes: Iterable<Node>;
  /** What is to happen to the node: "node … cannot be demoted". */
  readonly verb: 'demoted' | 'removed';
  /** False where etcd keeps the state: its quorum is none of ours. */
  readonly managersVote: boolean;
}

/**
 * Why a node cannot stop being a manager, undefined when it can: it is the last one, or too few of those that
 * remain answer to be a quorum of themselves. A manager that never joined the others counts for nothing.
 */
export function refuseManagerLoss({
  leaving,
  nodes,
  verb,
  managersVote,
}: ManagerLoss): SkepError | undefined {
  const others = [...nodes].filter(({ id, spec }) => spec.role === 'manager' && id !== leaving.id);
  const remaining = others.filter(({ manager }) => manager !== undefined);
  const takesPart = leaving.manager !== undefined;
  const subject = `node "${nodeName(leaving)}"`;
  if (takesPart ? remaining.length === 0 : others.length === 0) {
    return new SkepError('FAILED_PRECONDITION', `${subject} is the last manager of the cluster`, {
      help: 'without a manager the cluster could not be changed any more',
    });
  }
  if (!takesPart || !managersVote) return undefined;
  const silent = remaining.filter(({ manager }) => manager?.reachability !== 'reachable');
  const reachable = remaining.length - silent.length;
  const needed = quorumOf(remaining.length);
  if (reachable >= needed) return undefined;
  const are = reachable === 1 ? 'is' : 'are';
  return new SkepError(
    'FAILED_PRECONDITION',
    `${subject} cannot be ${verb}: ${reachable} of the ${remaining.length} managers that remain ${are} reachable, ${needed} needed for a quorum`,
    { help: `bring back or demote first: ${listNames(silent)}` },
  );
}

function listNames(nodes: readonly Node[]): string {
  const names = nodes.slice(0, MAX_LISTED).map(nodeName).join(', ');
  return nodes.length > MAX_LISTED ? `${names}, …` : names;
}
