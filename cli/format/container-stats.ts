import { formatByteSize, formatMemory } from '../../lib/units.ts';
import type { ContainerUsage } from '../../proto/container-messages.ts';
import { type Column, formatList } from './list.ts';
import { shortId } from './table.ts';

const PERCENT = 100;
const UNKNOWN = '--';

/** A container with its usage; one that does not run has none. */
export interface UsageRow {
  readonly id: string;
  readonly name: string;
  readonly usage?: ContainerUsage;
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? UNKNOWN : `${(ratio * PERCENT).toFixed(2)}%`;
}

function memoryRatio({ memoryBytes, memoryLimitBytes }: ContainerUsage): number {
  return memoryLimitBytes > 0 ? memoryBytes / memoryLimitBytes : 0;
}

function pair(left: string, right: string): string {
  return `${left} / ${right}`;
}

function usageColumns(whole: boolean): readonly Column<UsageRow>[] {
  const cell = (show: (usage: ContainerUsage) => string, missing = UNKNOWN) => {
    return ({ usage }: UsageRow) => (usage === undefined ? missing : show(usage));
  };
  const none = pair(UNKNOWN, UNKNOWN);
  return [
    { title: 'CONTAINER ID', field: 'ID', cell: ({ id }) => (whole ? id : shortId(id)) },
    { title: 'NAME', field: 'Name', cell: ({ name }) => name },
    { title: 'CPU %', field: 'CPUPerc', cell: cell(({ cpuRatio }) => percent(cpuRatio)) },
    {
      title: 'MEM USAGE / LIMIT',
      field: 'MemUsage',
      cell: cell(
        (usage) => pair(formatMemory(usage.memoryBytes), formatMemory(usage.memoryLimitBytes)),
        none,
      ),
    },
    { title: 'MEM %', field: 'MemPerc', cell: cell((usage) => percent(memoryRatio(usage))) },
    {
      title: 'NET I/O',
      field: 'NetIO',
      cell: cell((usage) => pair(formatByteSize(usage.receivedBytes), formatByteSize(usage.sentBytes)), none),
    },
    {
      title: 'BLOCK I/O',
      field: 'BlockIO',
      cell: cell((usage) => pair(formatByteSize(usage.readBytes), formatByteSize(usage.writtenBytes)), none),
    },
    { title: 'PIDS', field: 'PIDs', cell: cell(({ processes }) => String(processes)) },
  ];
}

/** Usage as `stats` shows it: a table, JSON or a template. */
export function formatUsage(rows: readonly UsageRow[], format: string | undefined, whole: boolean): string {
  const columns = usageColumns(whole);
  const byName = columns.concat({ title: 'CONTAINER', field: 'Container', cell: ({ id }) => id });
  const isTable = format === undefined || format === 'table';
  return formatList(isTable ? columns : byName, rows, { format }, ({ id }) => id);
}
