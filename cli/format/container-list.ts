import type { PortBinding } from '../../lib/domain/local-container.ts';
import { formatByteSize } from '../../lib/units.ts';
import type { LocalContainerMessage } from '../../proto/container-messages.ts';
import { type Column, type FilterTests, formatList, type ListChoices, matchesLabel } from './list.ts';
import { ellipsis, shortId } from './table.ts';
import { formatAge, formatAgo } from './time-ago.ts';

const MAX_COMMAND_LENGTH = 20;

/** Lists take the beginning of an id for the whole. */
function hasIdOrName(container: LocalContainerMessage, value: string): boolean {
  return container.id.startsWith(value) || container.name === value;
}

function healthWord(container: LocalContainerMessage): string {
  if (container.health === '') return '';
  return container.health === 'starting' ? ' (health: starting)' : ` (${container.health})`;
}

/** `Up 5 minutes (healthy)`, `Exited (0) 3 hours ago`, in Docker's words. */
export function containerStatus(container: LocalContainerMessage, nowMs: number): string {
  const { state, startedAtMs = 0, finishedAtMs = 0, exitCode } = container;
  const up = `Up ${formatAge(Math.max(0, nowMs - startedAtMs))}`;
  switch (state) {
    case 'running':
      return `${up}${healthWord(container)}`;
    case 'paused':
      return `${up} (Paused)`;
    case 'restarting':
      return `Restarting (${exitCode}) ${formatAgo(finishedAtMs, nowMs)}`;
    case 'exited':
      return `Exited (${exitCode}) ${formatAgo(finishedAtMs, nowMs)}`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
  }
}

/** Where on the node a port is reached: `0.0.0.0:8080`, `[::1]:8080`. */
export function hostEndpoint({ hostAddress, hostPort }: PortBinding): string {
  const address = hostAddress === '' ? '0.0.0.0' : hostAddress;
  return `${address.includes(':') ? `[${address}]` : address}:${hostPort}`;
}

/** True when a port continues the range that ends with `last`. */
function follows(port: PortBinding, last: PortBinding): boolean {
  return (
    port.protocol === last.protocol &&
    port.hostAddress === last.hostAddress &&
    port.hostPort === last.hostPort + 1 &&
    port.containerPort === last.containerPort + 1
  );
}

/** `0.0.0.0:8080->80/tcp, 0.0.0.0:9000-9002->9000-9002/tcp`; ports in a row are one range. */
export function formatPorts(ports: readonly PortBinding[]): string {
  const ordered = [...ports].sort(
    (left, right) =>
      left.protocol.localeCompare(right.protocol) ||
      left.hostAddress.localeCompare(right.hostAddress) ||
      left.containerPort - right.containerPort ||
      left.hostPort - right.hostPort,
  );
  const ranges: { readonly first: PortBinding; last: PortBinding }[] = [];
  for (const port of ordered) {
    const range = ranges.at(-1);
    if (range !== undefined && follows(port, range.last)) range.last = port;
    else ranges.push({ first: port, last: port });
  }
  return ranges
    .map(({ first, last }) => {
      const isRange = first !== last;
      const outside = `${hostEndpoint(first)}${isRange ? `-${last.hostPort}` : ''}`;
      const inside = `${first.containerPort}${isRange ? `-${last.containerPort}` : ''}`;
      return `${outside}->${inside}/${first.protocol}`;
    })
    .join(', ');
}

function commandText(container: LocalContainerMessage, whole: boolean): string {
  const text = container.argv.join(' ');
  return JSON.stringify(whole ? text : ellipsis(text, MAX_COMMAND_LENGTH));
}

function mountNames(container: LocalContainerMessage): readonly string[] {
  return container.spec.container.mounts.flatMap((mount) =>
    mount.kind === 'tmpfs' || mount.source === '' ? [] : [mount.source],
  );
}

function networkName(container: LocalContainerMessage): string {
  return container.spec.network === '' ? 'bridge' : container.spec.network;
}

/** The image as the user named it; its id once the name is gone. */
function imageName(container: LocalContainerMessage): string {
  return container.spec.container.image === '' ? shortId(container.imageId) : container.spec.container.image;
}

/** What the table of `ps` shows; the others are for templates. */
const TABLE_FIELDS = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'];

function containerColumns(nowMs: number, whole: boolean): readonly Column<LocalContainerMessage>[] {
  return [
    { title: 'CONTAINER ID', field: 'ID', cell: ({ id }) => (whole ? id : shortId(id)) },
    { title: 'IMAGE', field: 'Image', cell: imageName },
    { title: 'COMMAND', field: 'Command', cell: (container) => commandText(container, whole) },
    { title: 'CREATED', field: 'RunningFor', cell: ({ createdAtMs }) => formatAgo(createdAtMs, nowMs) },
    {
      title: 'CREATED AT',
      field: 'CreatedAt',
      cell: ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    },
    { title: 'STATUS', field: 'Status', cell: (container) => containerStatus(container, nowMs) },
    { title: 'STATE', field: 'State', cell: ({ state }) => state },
    { title: 'PORTS', field: 'Ports', cell: ({ ports }) => formatPorts(ports) },
    { title: 'NAMES', field: 'Names', cell: ({ name }) => name },
    { title: 'SIZE', field: 'Size', cell: ({ writableBytes = 0 }) => formatByteSize(writableBytes) },
    {
      title: 'LABELS',
      field: 'Labels',
      cell: ({ spec }) =>
        Object.entries(spec.container.labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
    },
    { title: 'MOUNTS', field: 'Mounts', cell: (container) => mountNames(container).join(',') },
    { title: 'NETWORKS', field: 'Networks', cell: networkName },
    {
      title: 'LOCAL VOLUMES',
      field: 'LocalVolumes',
      cell: ({ spec }) => String(spec.container.mounts.filter(({ kind }) => kind === 'volume').length),
    },
    { title: 'SERVICE', field: 'Service', cell: ({ serviceName }) => serviceName },
    { title: 'TASK', field: 'Task', cell: ({ taskId }) => taskId },
  ];
}

export interface ContainerListChoices extends ListChoices {
  readonly whole: boolean;
  readonly size: boolean;
}

/** The list of `ps`, as the user asked for it; templates know more fields than the table shows. */
export function formatContainers(
  containers: readonly LocalContainerMessage[],
  choices: ContainerListChoices,
  nowMs: number,
): string {
  const columns = containerColumns(nowMs, choices.whole);
  const isTable = choices.format === undefined || choices.format === 'table';
  const shown = choices.size ? [...TABLE_FIELDS, 'Size'] : TABLE_FIELDS;
  const chosen = isTable ? columns.filter(({ field }) => shown.includes(field)) : columns;
  return formatList(chosen, containers, choices, ({ id }) => (choices.whole ? id : shortId(id)));
}

/** Newest first, as Docker lists them. */
export function newestFirst(containers: readonly LocalContainerMessage[]): readonly LocalContainerMessage[] {
  return [...containers].sort(
    (left, right) => right.createdAtMs - left.createdAtMs || left.id.localeCompare(right.id),
  );
}

function isImage({ spec, imageId }: LocalContainerMessage, value: string): boolean {
  const { image } = spec.container;
  const isIdStart = /^(?:sha256:)?[0-9a-f]{3,64}$/.test(value);
  return (
    image === value ||
    (!value.includes(':') && image === `${value}:latest`) ||
    (isIdStart && imageId.replace(/^sha256:/, '').startsWith(value.replace(/^sha256:/, '')))
  );
}

function hasPort(ports: readonly PortBinding[], value: string, side: 'hostPort' | 'containerPort'): boolean {
  const [range = '', protocol = 'tcp'] = value.split('/');
  const [first = '', last = first] = range.split('-');
  return ports.some(
    (port) => port.protocol === protocol && port[side] >= Number(first) && port[side] <= Number(last),
  );
}

/** The filters of `ps`; `all` is what `before` and `since` refer to. */
export function containerFilters(all: readonly LocalContainerMessage[]): FilterTests<LocalContainerMessage> {
  const madeAtMs = (reference: string) => all.find((other) => hasIdOrName(other, reference))?.createdAtMs;
  return {
    id: ({ id }, value) => id.startsWith(value),
    name: ({ name }, value) => name.includes(value.replace(/^\//, '')),
    label: ({ spec }, value) => matchesLabel(spec.container.labels, value),
    status: ({ state }, value) => state === value,
    exited: ({ state, exitCode }, value) => state === 'exited' && exitCode === Number(value),
    health: ({ health }, value) => (health === '' ? 'none' : health) === value,
    ancestor: isImage,
    network: (container, value) => networkName(container) === value,
    volume: ({ spec }, value) =>
      spec.container.mounts.some(
        (mount) => mount.target === value || (mount.kind !== 'tmpfs' && mount.source === value),
      ),
    publish: ({ ports }, value) => hasPort(ports, value, 'hostPort'),
    expose: ({ ports }, value) => hasPort(ports, value, 'containerPort'),
    'is-task': ({ taskId }, value) => (taskId !== '') === (value === 'true'),
    before: ({ createdAtMs }, value) => createdAtMs < (madeAtMs(value) ?? Number.NEGATIVE_INFINITY),
    since: ({ createdAtMs }, value) => createdAtMs > (madeAtMs(value) ?? Number.POSITIVE_INFINITY),
  };
}
