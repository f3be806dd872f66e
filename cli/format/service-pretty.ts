import { formatDevice } from '../../lib/device.ts';
import type {
  ContainerSpec,
  ControlGroupSettings,
  DeviceRate,
  Mount,
} from '../../lib/domain/container-spec.ts';
import type { Resources, Service, UpdatePolicy } from '../../lib/domain/service.ts';
import { formatGenericResource } from '../../lib/generic-resource.ts';
import { formatUlimitRange } from '../../lib/ulimit.ts';
import { formatDuration, formatMemory } from '../../lib/units.ts';

type Line = readonly [label: string, value: string | number | undefined];

function block(title: string, lines: readonly Line[]): readonly string[] {
  const shown = lines.filter(([, value]) => value !== undefined && value !== '');
  return shown.length === 0 ? [] : [title, ...shown.map(([label, value]) => ` ${label}:\t${value}`)];
}

function policyLines(policy: UpdatePolicy): readonly Line[] {
  return [
    ['Parallelism', policy.parallelism],
    ['Delay', policy.delayMs === 0 ? undefined : formatDuration(policy.delayMs)],
    ['On failure', policy.failureAction],
    ['Monitoring Period', formatDuration(policy.monitorMs)],
    ['Max failure ratio', policy.maxFailureRatio],
    ['Update order', policy.order],
  ];
}

function resourceLines(resources: Resources): readonly Line[] {
  return [
    ['CPU', resources.nanoCpus === undefined ? undefined : resources.nanoCpus / 1e9],
    ['Memory', resources.memoryBytes === undefined ? undefined : formatMemory(resources.memoryBytes)],
    ['Pids', resources.pids],
    ['Generic Resources', resources.generic?.items.map(formatGenericResource).join(', ')],
  ];
}

function mountSource(mount: Mount): string {
  return mount.kind === 'tmpfs' || mount.source === '' ? '' : `${mount.source} `;
}

function rates(list: readonly DeviceRate[]): string {
  return list.map(({ path, rate }) => `${path}:${rate}`).join(', ');
}

/** Under the names of the flags, as Docker has no words of its own for them. */
function controlGroupLines(settings: ControlGroupSettings | undefined): readonly Line[] {
  if (settings === undefined) return [];
  const { memorySwapBytes } = settings;
  return [
    ['CPU shares', settings.cpuShares],
    ['CPU quota (µs)', settings.cpuQuotaUs],
    ['CPU period (µs)', settings.cpuPeriodUs],
    ['CPU set', settings.cpusetCpus],
    ['Memory nodes', settings.cpusetMems],
    [
      'Memory and swap',
      memorySwapBytes === undefined || memorySwapBytes === -1
        ? memorySwapBytes && 'unlimited'
        : formatMemory(memorySwapBytes),
    ],
    ['Swappiness', settings.memorySwappiness],
    ['OOM killer', settings.oomKillDisable === true ? 'disabled' : undefined],
    ['Block weight', settings.blockWeight],
    ['Read rate (B/s)', rates(settings.readBytesPerSecond)],
    ['Write rate (B/s)', rates(settings.writeBytesPerSecond)],
    ['Reads per second', rates(settings.readOperationsPerSecond)],
    ['Writes per second', rates(settings.writeOperationsPerSecond)],
  ];
}

function containerLines(container: ContainerSpec): readonly Line[] {
  return [
    ['Image', container.image],
    ['Image id', container.imageId],
    ['Command', container.command.join(' ')],
    ['Args', container.args.join(' ')],
    ['Env', container.env.join(' ')],
    ['Dir', container.workdir],
    ['User', container.user],
    ['Groups', container.groups.join(', ')],
    ['Init', String(container.init)],
    ['Pid mode', container.pidMode],
    ['Ipc mode', container.ipcMode],
    ['Uts mode', container.utsMode],
    ['Userns mode', container.usernsMode],
    ['OOM score', container.oomScoreAdj],
    ['Shm size', container.shmSizeBytes === undefined ? undefined : formatMemory(container.shmSizeBytes)],
    [
      'Mounts',
      container.mounts
        .map(
          (mount) =>
            `${mount.kind} ${mountSource(mount)}→ ${mount.target}${mount.readOnly ? ' (read-only)' : ''}`,
        )
        .join(', '),
    ],
    ['Privileged', container.privileged === true ? 'true' : undefined],
    ['Devices', container.devices?.mappings.map(formatDevice).join(', ')],
    ['Device rules', container.devices?.rules.join(', ')],
    ['Health check', container.health?.test.join(' ')],
  ];
}

function labels(entries: Readonly<Record<string, string>>): readonly string[] {
  return block(
    'Labels:',
    Object.entries(entries).map(([key, value]) => [key, value || '(empty)']),
  );
}

function headLines({ id, spec, updateStatus }: Service): readonly string[] {
  const mode = spec.mode.kind === 'global' ? 'Global' : 'Replicated';
  return [
    `ID:\t\t${id}`,
    `Name:\t\t${spec.name}`,
    ...labels(spec.labels),
    `Service Mode:\t${mode}`,
    ...(spec.mode.kind === 'replicated' ? [` Replicas:\t${spec.mode.replicas}`] : []),
    ...(updateStatus === undefined
      ? []
      : block('UpdateStatus:', [
          ['State', updateStatus.state],
          ['Started', new Date(updateStatus.startedAtMs).toISOString()],
          [
            'Completed',
            updateStatus.completedAtMs === undefined
              ? undefined
              : new Date(updateStatus.completedAtMs).toISOString(),
          ],
          ['Message', updateStatus.message],
        ])),
  ];
}

/** A service in words, in the order of Docker's `service inspect --pretty`. */
export function formatServicePretty(service: Service): string {
  const { spec, endpoint } = service;
  const { constraints, maxReplicasPerNode } = spec.task.placement;
  const ports = endpoint?.ports ?? spec.endpoint.ports;
  const lines = [
    ...headLines(service),
    ...block('Placement:', [
      ['Constraints', constraints.join(', ')],
      ['Max Replicas Per Node', maxReplicasPerNode === 0 ? undefined : maxReplicasPerNode],
    ]),
    ...block('UpdateConfig:', policyLines(spec.update)),
    ...block('RollbackConfig:', policyLines(spec.rollback)),
    ...block('ContainerSpec:', containerLines(spec.task.container)),
    ...block('SysCtls:', Object.entries(spec.task.container.sysctls)),
    ...block(
      'Ulimits:',
      spec.task.container.ulimits.map((limit) => [limit.name, formatUlimitRange(limit)]),
    ),
    ...block('ControlGroup:', controlGroupLines(spec.task.container.controlGroup)),
    ...block('Limits:', resourceLines(spec.task.limits)),
    ...block('Reservations:', resourceLines(spec.task.reservations)),
    ...block('Networks:', [['Ids', spec.task.networks.map(({ target }) => target).join(' ')]]),
    `Endpoint Mode:\t${spec.endpoint.mode}`,
    ...(ports.length === 0 ? [] : ['Ports:']),
    ...ports.flatMap((port) => [
      ` PublishedPort = ${port.publishedPort}`,
      `  Protocol = ${port.protocol}`,
      `  TargetPort = ${port.targetPort}`,
      `  PublishMode = ${port.publishMode}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
