import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import { isDigest, parseReference, repositoryOf } from '../../lib/image-reference.ts';
import type { StoreView } from '../store/store.ts';

/** Most tags that a refusal lists. */
const MAX_TAGS_SHOWN = 8;

export interface PinnedImage {
  readonly imageId: string;
  readonly warnings: readonly string[];
}

function nodeCount(count: number): string {
  return `${count} ${count === 1 ? 'node' : 'nodes'}`;
}

/** Image ids that the reference stands for, with the number of nodes that hold each. */
function candidates(view: StoreView, reference: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of view.nodes.values()) {
    const found = node.description?.images.find(
      ({ imageId, references }) => imageId === reference || references.includes(reference),
    );
    if (found !== undefined) counts.set(found.imageId, (counts.get(found.imageId) ?? 0) + 1);
  }
  return counts;
}

/** References of the same repository that some node holds. Nodes list references in their shortest form. */
function relatedReferences(view: StoreView, reference: string): string[] {
  const repository = repositoryOf(parseReference(reference));
  const related = new Set<string>();
  for (const node of view.nodes.values()) {
    for (const { references } of node.description?.images ?? []) {
      for (const each of references) {
        if (each.startsWith(`${repository}:`) || each.startsWith(`${repository}@`)) related.add(each);
      }
    }
  }
  return [...related].sort();
}

function noSuchImage(view: StoreView, reference: string): SkepError {
  const related = isDigest(reference) ? [] : relatedReferences(view, reference);
  const shown = related.slice(0, MAX_TAGS_SHOWN).join(', ');
  const others =
    related.length === 0 ? '' : `; the nodes have ${shown}${related.length > MAX_TAGS_SHOWN ? ', …' : ''}`;
  return new SkepError('NOT_FOUND', `No such image: ${reference}`, {
    help: `bring it to the nodes with skep image import or skep image load${others}`,
  });
}

/**
 * Looks an image up among those that the nodes say they hold. When the name stands for different images, the
 * one on most nodes is taken, with a warning. Throws NOT_FOUND when no node has it.
 */
export function pinImage(view: StoreView, reference: string): PinnedImage {
  const [chosen, ...others] = [...candidates(view, reference)].sort(
    ([leftId, left], [rightId, right]) => right - left || (leftId < rightId ? -1 : 1),
  );
  if (chosen === undefined) throw noSuchImage(view, reference);
  const [imageId, count] = chosen;
  const warnings: string[] = [];
  if (others.length > 0) {
    const otherNodes = others.reduce((sum, [, nodes]) => sum + nodes, 0);
    warnings.push(
      `${reference} is not the same image everywhere: that of ${nodeCount(count)} is used, ${nodeCount(otherNodes)} hold another`,
    );
  }
  const total = [...view.nodes.values()].filter(({ status }) => status.state === 'ready').length;
  const holding = [...view.nodes.values()].filter(
    ({ status, description }) =>
      status.state === 'ready' && description?.images.some((image) => image.imageId === imageId),
  ).length;
  if (holding < total) {
    warnings.push(`${reference} is on ${holding} of ${nodeCount(total)}; tasks can only run where it is`);
  }
  return { imageId, warnings };
}

/** The container with its image pinned; an image that `before` has pinned under the same name stays so. */
export function pinContainer(
  view: StoreView,
  container: ContainerSpec,
  before?: ContainerSpec,
): { readonly container: ContainerSpec; readonly warnings: readonly string[] } {
  const isUnchanged =
    before?.imageId !== undefined && before.image === container.image && before.imageId === container.imageId;
  if (isUnchanged) return { container, warnings: [] };
  const { imageId, warnings } = pinImage(view, container.image);
  return { container: { ...container, imageId }, warnings };
}
