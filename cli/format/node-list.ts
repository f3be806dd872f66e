import type { Node } from '../../lib/domain/node.ts';
import { type Column, type FilterTests, matchesLabel } from './list.ts';

/** The word with its first letter large: `Ready`. */
export function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The name a node is shown under: its host name, or its id before it said one. */
export function nodeName(node: Node): string {
  return node.description?.hostname ?? node.id;
}

function managerStatus(node: Node): string {
  if (node.manager === undefined) return '';
  return node.manager.leader ? 'Leader' : capitalize(node.manager.reachability);
}

/** The columns of `node ls`; the node the user sits at is marked with an asterisk. */
export function nodeColumns(selfId: string): readonly Column<Node>[] {
  return [
    { title: 'ID', field: 'ID', cell: (node) => (node.id === selfId ? `${node.id} *` : node.id) },
    { title: 'HOSTNAME', field: 'Hostname', cell: nodeName },
    { title: 'STATUS', field: 'Status', cell: (node) => capitalize(node.status.state) },
    { title: 'AVAILABILITY', field: 'Availability', cell: (node) => capitalize(node.spec.availability) },
    { title: 'MANAGER STATUS', field: 'ManagerStatus', cell: managerStatus },
    {
      title: 'ENGINE VERSION',
      field: 'EngineVersion',
      cell: (node) => node.description?.engineVersion ?? '',
    },
  ];
}

/** The filters of `node ls`. */
export const nodeFilters: FilterTests<Node> = {
  id: (node, value) => node.id.startsWith(value),
  name: (node, value) => nodeName(node).startsWith(value),
  role: (node, value) => node.spec.role === value,
  label: (node, value) => matchesLabel(node.description?.engineLabels ?? {}, value),
  'node.label': (node, value) => matchesLabel(node.spec.labels, value),
};
