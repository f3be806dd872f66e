import { formatByteSize } from '../../lib/units.ts';
import type { ImageMessage } from '../../proto/image-messages.ts';
import { type Column, type FilterTests, matchesLabel } from './list.ts';
import { shortId } from './table.ts';
import { formatAgo } from './time-ago.ts';

/** An image under one of its names; without a name both parts read `<none>`. */
export interface ImageRow {
  readonly image: ImageMessage;
  readonly repository: string;
  readonly tag: string;
}

function splitReference(image: ImageMessage, reference: string): ImageRow {
  const colon = reference.lastIndexOf(':');
  // A colon before the last slash belongs to the port of a registry.
  if (colon <= reference.lastIndexOf('/')) return { image, repository: reference, tag: '<none>' };
  return { image, repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** One row per name of every image, newest first. */
export function imageRows(images: readonly ImageMessage[]): readonly ImageRow[] {
  return [...images]
    .sort((left, right) => right.createdAtMs - left.createdAtMs)
    .flatMap((image) =>
      image.references.length === 0
        ? [{ image, repository: '<none>', tag: '<none>' }]
        : image.references.map((reference) => splitReference(image, reference)),
    );
}

/** The columns of `image ls`; `whole` shows ids uncut. */
export function imageColumns(nowMs: number, whole: boolean): readonly Column<ImageRow>[] {
  return [
    { title: 'REPOSITORY', field: 'Repository', cell: ({ repository }) => repository },
    { title: 'TAG', field: 'Tag', cell: ({ tag }) => tag },
    { title: 'IMAGE ID', field: 'ID', cell: ({ image }) => (whole ? image.id : shortId(image.id)) },
    { title: 'CREATED', field: 'CreatedSince', cell: ({ image }) => formatAgo(image.createdAtMs, nowMs) },
    { title: 'SIZE', field: 'Size', cell: ({ image }) => formatByteSize(image.sizeBytes) },
  ];
}

/** The filters of `image ls`. */
export const imageFilters: FilterTests<ImageRow> = {
  reference: ({ repository, tag }, value) => value === repository || value === `${repository}:${tag}`,
  label: ({ image }, value) => matchesLabel(image.config.labels, value),
};
