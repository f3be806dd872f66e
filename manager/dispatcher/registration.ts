import type { Node, NodeDescription } from '../../lib/domain/node.ts';
import type { Change } from '../../lib/domain/store-object.ts';
import { SkepError } from '../../lib/errors.ts';
import type { StoreView } from '../store/store.ts';
import { isDeepEqual } from './assignment-diff.ts';

/** Images of a node that the store keeps; a description is written again whenever it changes. */
const MAX_IMAGES_KEPT = 2_000;

function bounded(description: NodeDescription): NodeDescription {
  if (description.images.length <= MAX_IMAGES_KEPT) return description;
  return { ...description, images: description.images.slice(0, MAX_IMAGES_KEPT) };
}

/** The node, or PERMISSION_DENIED when the cluster does not have it any more. */
export function requireKnownNode(view: StoreView, nodeId: string): Node {
  const node = view.nodes.get(nodeId);
  if (node !== undefined) return node;
  throw new SkepError('PERMISSION_DENIED', `node ${nodeId} was removed from the cluster`, {
    help: 'on that node: skep swarm leave --force, then skep swarm join',
  });
}

/** What a node's description changes in the store. */
export function describeNode(
  view: StoreView,
  nodeId: string,
  description: NodeDescription,
): readonly Change[] {
  const node = requireKnownNode(view, nodeId);
  const kept = bounded(description);
  if (isDeepEqual(node.description, kept)) return [];
  return [{ kind: 'put', object: { ...node, description: kept } }];
}

/** What the opening of a session changes in the store: the node is ready, at `address`, and as it says. */
export function registerNode(
  view: StoreView,
  nodeId: string,
  description: NodeDescription,
  address: string,
): readonly Change[] {
  const node = requireKnownNode(view, nodeId);
  const status = { state: 'ready', message: '', address } as const;
  const kept = bounded(description);
  if (isDeepEqual(node.status, status) && isDeepEqual(node.description, kept)) return [];
  return [{ kind: 'put', object: { ...node, description: kept, status } }];
}
