import type { Node, NodeRole } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import { nodeName, refuseManagerLoss } from '../../lib/manager-loss.ts';
import { validateNodeSpec } from '../../lib/validation/node-spec.ts';
import type { UpdateNodeRequest } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';
import { findNode, requireVersion } from './references.ts';
import type { Outcome } from './rule.ts';

/** Throws unless the role may change so: a worker may always become a manager. */
function checkRoleChange(view: StoreView, node: Node, role: NodeRole): void {
  if (role === 'manager' || node.spec.role === role) return;
  const refusal = refuseLoss(view, node, 'demoted');
  if (refusal !== undefined) throw refusal;
}

function refuseLoss(view: StoreView, leaving: Node, verb: 'demoted' | 'removed'): SkepError | undefined {
  const managersVote = view.cluster === undefined || view.cluster.storeAddress === '';
  return refuseManagerLoss({ leaving, nodes: view.nodes.values(), verb, managersVote });
}

/**
 * Stores what an operator asks of a node: role, availability and labels. Throws when it cannot be. A change of the
 * role takes effect later: the quorum follows the store.
 */
export function updateNodeRule(view: StoreView, request: UpdateNodeRequest): Outcome<Node> {
  const node = findNode(view, request.reference);
  const subject = `node "${nodeName(node)}"`;
  requireVersion(subject, request.version, node.version);
  if (!request.spec) throw new SkepError('INVALID_ARGUMENT', `${subject}: the new specification is missing`);
  validateNodeSpec(request.spec, subject);
  checkRoleChange(view, node, request.spec.role);
  const next: Node = { ...node, spec: request.spec };
  return { changes: [{ kind: 'put', object: next }], result: next };
}

/** Removes a node that is down, or any worker by force; a manager only by force, once it does not answer. */
export function removeNodeRule(view: StoreView, reference: string, force: boolean): Outcome<Node> {
  const node = findNode(view, reference);
  if (node.spec.role === 'manager' || node.manager !== undefined) checkManagerRemoval(view, node, force);
  if (node.status.state !== 'down' && !force) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `node "${nodeName(node)}" is not down but ${node.status.state}, and cannot be removed`,
      { help: 'run skep swarm leave on it first, or remove it with --force' },
    );
  }
  return { changes: [{ kind: 'remove', objectKind: 'node', id: node.id }], result: node };
}

function checkManagerRemoval(view: StoreView, node: Node, force: boolean): void {
  const subject = `node "${nodeName(node)}"`;
  if (node.spec.role !== 'manager' && !isGone(node)) {
    throw new SkepError('FAILED_PRECONDITION', `${subject} is a manager still, and cannot be removed yet`, {
      help: 'it was demoted and is about to leave the quorum: try again in a moment',
    });
  }
  if (!force || !isGone(node)) {
    const demote = `skep node demote ${node.id}`;
    throw new SkepError('FAILED_PRECONDITION', `${subject} is a manager and cannot be removed`, {
      help: isGone(node) ? `it does not answer: ${demote}, or remove it with --force` : `first: ${demote}`,
    });
  }
  const refusal = refuseLoss(view, node, 'removed');
  if (refusal !== undefined) throw refusal;
}

/** True for a manager that nobody hears of: neither the other managers nor, before it joined them, the dispatcher. */
function isGone({ manager, status }: Node): boolean {
  if (manager === undefined) return status.state === 'down';
  if (manager.leader || manager.reachability === 'reachable') return false;
  return manager.reachability === 'unreachable' || status.state === 'down';
}

/** Every node, managers first, then by name. */
export function listNodes(view: StoreView): readonly Node[] {
  const rank = (node: Node) => (node.spec.role === 'manager' ? 0 : 1);
  return [...view.nodes.values()].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      nodeName(left).localeCompare(nodeName(right), 'en', { numeric: true }) ||
      (left.id < right.id ? -1 : 1),
  );
}
