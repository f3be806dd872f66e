import type { Constraint } from '../../lib/constraint.ts';
import { nodeMatches, parseConstraints } from '../../lib/constraint.ts';
import type { GenericResource } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import { missingGeneric } from './generic-resources.ts';
import { hostPortKeys, type NodeRow } from './node-table.ts';

/** Why a node cannot take a task; `{count}` stands for `2 nodes`. Undefined = it can. */
export type Refusal = string | undefined;

/** What tasks of one group ask of a node, worked out once for the group. */
export interface Demand {
  readonly serviceId: string;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly generic: readonly GenericResource[];
  readonly image: string;
  readonly imageId: string | undefined;
  readonly constraints: readonly { readonly text: string; readonly parsed: Constraint }[];
  /** Set when a stored constraint cannot be read; no node fits then. */
  readonly constraintProblem: string | undefined;
  readonly hostPorts: readonly string[];
  readonly maxReplicasPerNode: number;
}

/** The demand of a task; every task of its group has the same. */
export function demandOf(task: Task): Demand {
  const { container, reservations, placement } = task.spec;
  let constraints: readonly Constraint[] = [];
  let constraintProblem: string | undefined;
  try {
    constraints = parseConstraints(placement.constraints);
  } catch (thrown) {
    if (!(thrown instanceof SkepError)) throw thrown;
    constraintProblem = thrown.message;
  }
  return {
    serviceId: task.serviceId,
    nanoCpus: reservations.nanoCpus ?? 0,
    memoryBytes: reservations.memoryBytes ?? 0,
    generic: reservations.generic?.items ?? [],
    image: container.image,
    imageId: container.imageId,
    constraints: constraints.map((parsed, index) => ({
      text: placement.constraints[index] ?? '',
      parsed,
    })),
    constraintProblem,
    hostPorts: hostPortKeys(task.ports),
    maxReplicasPerNode: placement.maxReplicasPerNode,
  };
}

type Filter = (demand: Demand, row: NodeRow) => Refusal;

const ready: Filter = (_demand, { node }) =>
  node.status.state === 'ready' && node.spec.availability === 'active'
    ? undefined
    : '{count} not available for new tasks';

const resources: Filter = (demand, row) => {
  if (demand.nanoCpus > 0 && row.freeNanoCpus < demand.nanoCpus) return 'insufficient CPU on {count}';
  if (demand.memoryBytes > 0 && row.freeMemoryBytes < demand.memoryBytes)
    return 'insufficient memory on {count}';
  return undefined;
};

const generic: Filter = (demand, row) => {
  const missing = missingGeneric(row.freeGeneric, demand.generic);
  if (missing === undefined) return undefined;
  return `insufficient ${missing.kind}: ${missing.wanted} asked for, ${missing.free} free on {count}`;
};

const image: Filter = (demand, { node }) => {
  if (demand.imageId === undefined) return undefined;
  const isThere = node.description?.images.some(({ imageId }) => imageId === demand.imageId) ?? false;
  return isThere ? undefined : `image ${demand.image} missing on {count}`;
};

const constraint: Filter = (demand, { node }) => {
  if (demand.constraintProblem !== undefined)
    return `${demand.constraintProblem}, so it holds on none of {count}`;
  const broken = demand.constraints.find(({ parsed }) => !nodeMatches([parsed], node));
  return broken === undefined ? undefined : `constraint ${broken.text} not satisfied on {count}`;
};

const hostPort: Filter = (demand, row) => {
  const taken = demand.hostPorts.find((key) => row.hostPorts.has(key));
  return taken === undefined ? undefined : `host port ${taken} in use on {count}`;
};

const maxReplicas: Filter = (demand, row) => {
  const limit = demand.maxReplicasPerNode;
  if (limit === 0 || (row.taskCountByService.get(demand.serviceId) ?? 0) < limit) return undefined;
  return `limit of ${limit} ${limit === 1 ? 'replica' : 'replicas'} per node reached on {count}`;
};

/** In this order; the first that refuses is the reason that counts. */
const FILTERS: readonly Filter[] = [ready, resources, generic, image, constraint, hostPort, maxReplicas];

/** The first reason why the node cannot take one more task of this demand. */
export function refusal(demand: Demand, row: NodeRow): Refusal {
  for (const filter of FILTERS) {
    const reason = filter(demand, row);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** `no suitable node (insufficient memory on 2 nodes; 1 node not available for new tasks)`, most frequent first. */
export function explain(refusals: Iterable<Refusal>): string {
  const counts = new Map<string, number>();
  for (const reason of refusals) {
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  if (counts.size === 0) return 'no suitable node (the cluster has no nodes)';
  const parts = [...counts]
    .sort(([leftReason, left], [rightReason, right]) => right - left || (leftReason < rightReason ? -1 : 1))
    .map(([reason, count]) => reason.replace('{count}', `${count} ${count === 1 ? 'node' : 'nodes'}`));
  return `no suitable node (${parts.join('; ')})`;
}
