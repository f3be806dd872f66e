import type { Node } from '../../lib/domain/node.ts';
import { SkepError } from '../../lib/errors.ts';
import { validateNodeSpec } from '../../lib/validation/node-spec.ts';
import type { UpdateNodeRequest } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';
import { findNode, requireVersion } from './references.ts';
import type { Outcome } from './rule.ts';

function nameOf(node: Node): string {
  return node.description?.hostname ?? node.id;
}

function refuseRoleChange(view: StoreView, node: Node): SkepError {
  const managers = [...view.nodes.values()].filter(({ spec }) => spec.role === 'manager');
  if (node.spec.role === 'manager' && managers.length === 1) {
    return new SkepError('FAILED_PRECONDITION', `node "${nameOf(node)}" is the last manager of the cluster`, {
      help: 'without a manager the cluster could not be changed any more',
    });
  }
  return new SkepError('UNIMPLEMENTED', `node "${nameOf(node)}": the role of a node cannot be changed yet`, {
    help: 'let the machine leave the cluster, and join again with the token of the other role',
  });
}

/** Stores what an operator asks of a node: availability and labels. Throws when it cannot be. */
export function updateNodeRule(view: StoreView, request: UpdateNodeRequest): Outcome<Node> {
  const node = findNode(view, request.reference);
  const subject = `node "${nameOf(node)}"`;
  requireVersion(subject, request.version, node.version);
  if (!request.spec) throw new SkepError('INVALID_ARGUMENT', `${subject}: the new specification is missing`);
  validateNodeSpec(request.spec, subject);
  if (request.spec.role !== node.spec.role) throw refuseRoleChange(view, node);
  const next: Node = { ...node, spec: request.spec };
  return { changes: [{ kind: 'put', object: next }], result: next };
}

/** Removes a node that is down, or any worker by force. A manager is never removed. */
export function removeNodeRule(view: StoreView, reference: string, force: boolean): Outcome<Node> {
  const node = findNode(view, reference);
  if (node.spec.role === 'manager' || node.manager !== undefined) {
    throw new SkepError('FAILED_PRECONDITION', `node "${nameOf(node)}" is a manager and cannot be removed`, {
      help: 'a manager is part of the quorum; only workers can be removed',
    });
  }
  if (node.status.state !== 'down' && !force) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `node "${nameOf(node)}" is not down but ${node.status.state}, and cannot be removed`,
      { help: 'run skep swarm leave on it first, or remove it with --force' },
    );
  }
  return { changes: [{ kind: 'remove', objectKind: 'node', id: node.id }], result: node };
}

/** Every node, managers first, then by name. */
export function listNodes(view: StoreView): readonly Node[] {
  const rank = (node: Node) => (node.spec.role === 'manager' ? 0 : 1);
  return [...view.nodes.values()].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      nameOf(left).localeCompare(nameOf(right), 'en', { numeric: true }) ||
      (left.id < right.id ? -1 : 1),
  );
}
