import type { VolumeMessage } from '../../proto/volume-messages.ts';
import { type Column, type FilterTests, matchesLabel } from './list.ts';

/** The columns of `volume ls`. */
export const volumeColumns: readonly Column<VolumeMessage>[] = [
  { title: 'DRIVER', field: 'Driver', cell: ({ driver }) => driver },
  { title: 'VOLUME NAME', field: 'Name', cell: ({ name }) => name },
];

function isTrue(value: string): boolean {
  return value === 'true' || value === '1';
}

/** The filters of `volume ls`. */
export const volumeFilters: FilterTests<VolumeMessage> = {
  dangling: ({ users }, value) => (users.length === 0) === isTrue(value),
  driver: ({ driver }, value) => driver === value,
  label: ({ labels }, value) => matchesLabel(labels, value),
  name: ({ name }, value) => name.includes(value),
};
