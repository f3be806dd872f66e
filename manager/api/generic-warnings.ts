import type { ServiceSpec } from '../../lib/domain/service.ts';
import type { StoreView } from '../store/store.ts';

/**
 * Sentences about generic resources of which no single node has enough at present: the service is stored, but its tasks
 * wait, as a node may be told of more when it is started again.
 */
export function genericWarnings(view: StoreView, spec: ServiceSpec): readonly string[] {
  const nodes = [...view.nodes.values()];
  return (spec.task.reservations.generic?.items ?? []).flatMap(({ kind, count }) => {
    const most = nodes.map(({ description }) =>
      (description?.generic?.items ?? [])
        .filter((item) => item.kind === kind)
        .reduce((sum, item) => sum + item.count, 0),
    );
    const largest = Math.max(0, ...most);
    if (largest >= count) return [];
    return [`no node has ${count} ${kind} at present, the most is ${largest}; the tasks wait until one does`];
  });
}
