import type { ManagerStatus, Node } from '../../lib/domain/node.ts';
import type { Change, StoreObject } from '../../lib/domain/store-object.ts';
import { SkepError } from '../../lib/errors.ts';
import { highestRaftId } from '../../lib/raft-id.ts';
import type { ManagerEndpoints } from '../../proto/messages.ts';
import type { StoreView } from '../store/store.ts';

const FROM_BACKUP = 'restored; not heard of since';

/** The manager that goes on alone. */
export interface OnlyManager {
  /** Of a node that the objects know, or of a new one. */
  readonly nodeId: string;
  /** An empty raft address: etcd keeps the state, and there are no raft ids. */
  readonly endpoints: ManagerEndpoints;
  /** Of the node's own certificate. */
  readonly certificateExpiresAtMs: number;
  /** The raft id that the node has already; absent: a new one, never used before. */
  readonly raftId?: number;
}

/**
 * What makes a cluster that of one manager: it alone is a manager, with a raft id above all that were ever given, and
 * all others are workers. Of no node is known whether it is up. Join tokens, unlock key, services and tasks stay. A
 * cluster that has lost its quorum is given these changes before anything else; in several transactions where it has
 * more nodes than one holds, for the managers come first. Throws FAILED_PRECONDITION when there is no cluster.
 */
export function changesForOnlyManager(
  view: Pick<StoreView, 'cluster' | 'nodes'>,
  self: OnlyManager,
): readonly Change[] {
  const { cluster } = view;
  if (cluster === undefined) throw new SkepError('FAILED_PRECONDITION', 'there is no cluster to go on with');
  const others = [...view.nodes.values()].filter(({ id }) => id !== self.nodeId);
  const highest = highestRaftId(view);
  const hasRaft = self.endpoints.raftAddress !== '';
  const raftId = hasRaft ? (self.raftId ?? highest + 1) : 0;
  const changed: StoreObject[] = [
    {
      ...cluster,
      lastRaftId: Math.max(highest, raftId),
      storeAddress: hasRaft ? '' : cluster.storeAddress,
    },
    asOnlyManager(view.nodes.get(self.nodeId), self, raftId),
    ...others.filter(isManager).map(asWorker),
    ...others.filter((node) => !isManager(node)).map(asWorker),
  ];
  return changed.map((object) => ({ kind: 'put', object }));
}

/**
 * The objects of a backup as those of a cluster of one manager. What changes gets `version`, which must be above the
 * index of the backup, and the time `nowMs`; all else stays as it was, in its order.
 */
export function preparedForRestore(
  objects: readonly StoreObject[],
  self: OnlyManager,
  { version, nowMs }: { readonly version: number; readonly nowMs: number },
): readonly StoreObject[] {
  const nodes = objects.flatMap((object) => (object.kind === 'node' ? [[object.id, object] as const] : []));
  const cluster = objects.find((object) => object.kind === 'cluster');
  const changes = changesForOnlyManager({ cluster, nodes: new Map(nodes) }, self);
  const changed = new Map(
    changes.flatMap((change) =>
      change.kind === 'put' ? [[keyOf(change.object), change.object] as const] : [],
    ),
  );
  const stamped = (object: StoreObject): StoreObject => ({ ...object, version, updatedAtMs: nowMs });
  const kept = objects.map((object) => {
    const replacement = changed.get(keyOf(object));
    changed.delete(keyOf(object));
    return replacement === undefined ? object : stamped(replacement);
  });
  return [...kept, ...[...changed.values()].map((object) => ({ ...stamped(object), createdAtMs: nowMs }))];
}

function keyOf({ kind, id }: StoreObject): string {
  return `${kind} ${id}`;
}

function isManager({ spec, manager }: Node): boolean {
  return spec.role === 'manager' || manager !== undefined;
}

function asWorker({ manager: _, ...node }: Node): Node {
  return { ...node, spec: { ...node.spec, role: 'worker' }, status: unknownStatus(node) };
}

function asOnlyManager(node: Node | undefined, self: OnlyManager, raftId: number): Node {
  const { nodeId, endpoints, certificateExpiresAtMs } = self;
  const known: Node = node ?? blankNode(nodeId);
  const manager: ManagerStatus = {
    raftId,
    address: endpoints.address,
    raftAddress: endpoints.raftAddress,
    leader: true,
    reachability: 'reachable',
  };
  return {
    ...known,
    spec: { ...known.spec, role: 'manager' },
    status: unknownStatus(known),
    manager,
    certificateExpiresAtMs,
  };
}

function unknownStatus({ status }: Pick<Node, 'status'>): Node['status'] {
  return { state: 'unknown', message: FROM_BACKUP, address: status.address };
}

function blankNode(id: string): Node {
  return {
    kind: 'node',
    id,
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    spec: { role: 'manager', availability: 'active', labels: {} },
    status: { state: 'unknown', message: '', address: '' },
    routerAddress: '',
    certificateExpiresAtMs: 0,
  };
}
