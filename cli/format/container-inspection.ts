import type { ContainerSpec, HealthCheck, Mount } from '../../lib/domain/container-spec.ts';
import type { PortBinding } from '../../lib/domain/local-container.ts';
import type { LocalContainerMessage } from '../../proto/container-messages.ts';

const NANOSECONDS_PER_MS = 1_000_000;
const PERCENT_OF_UNSET = -1;
/** What Docker writes for a time that never came. */
const NEVER = '0001-01-01T00:00:00Z';
const DEFAULT_SHM_BYTES = 67_108_864;

function timeText(timeMs: number | undefined): string {
  return timeMs === undefined || timeMs === 0 ? NEVER : new Date(timeMs).toISOString();
}

function nanoseconds(durationMs: number): number {
  return Math.round(durationMs * NANOSECONDS_PER_MS);
}

function healthOf(container: LocalContainerMessage) {
  if (container.health === '') return {};
  const failures = [...container.healthLog].reverse().findIndex(({ exitCode }) => exitCode === 0);
  return {
    Health: {
      Status: container.health,
      FailingStreak: failures < 0 ? container.healthLog.length : failures,
      Log: container.healthLog.map((probe) => ({
        Start: timeText(probe.startedAtMs),
        End: timeText(probe.endedAtMs),
        ExitCode: probe.exitCode,
        Output: probe.output,
      })),
    },
  };
}

function stateOf(container: LocalContainerMessage) {
  const { state } = container;
  return {
    Status: state,
    Running: state === 'running' || state === 'paused' || state === 'restarting',
    Paused: state === 'paused',
    Restarting: state === 'restarting',
    OOMKilled: container.oomKilled,
    Dead: state === 'dead',
    Pid: container.pid,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: timeText(container.startedAtMs),
    FinishedAt: timeText(container.finishedAtMs),
    ...healthOf(container),
  };
}

type PortMap = Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;

function portMap(ports: readonly PortBinding[], everyAddress: string): PortMap {
  const map: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { containerPort, protocol, hostAddress, hostPort } of ports) {
    const key = `${containerPort}/${protocol}`;
    map[key] = [
      ...(map[key] ?? []),
      {
        HostIp: hostAddress === '' ? everyAddress : hostAddress,
        HostPort: hostPort === 0 ? '' : String(hostPort),
      },
    ];
  }
  return map;
}

function mountOf(mount: Mount, folders: Readonly<Record<string, string>>) {
  const common = { Destination: mount.target, RW: !mount.readOnly };
  if (mount.kind === 'bind') {
    return { Type: 'bind', Source: mount.source, ...common, Propagation: mount.propagation ?? 'rprivate' };
  }
  if (mount.kind === 'tmpfs') return { Type: 'tmpfs', Source: '', ...common, Propagation: '' };
  const Source = folders[mount.target] ?? '';
  return { Type: 'volume', Name: mount.source, Source, ...common, Driver: 'local', Propagation: '' };
}

function bindText(mount: Mount): readonly string[] {
  if (mount.kind === 'tmpfs' || mount.source === '') return [];
  return [`${mount.source}:${mount.target}${mount.readOnly ? ':ro' : ''}`];
}

function processorsAndMemory({ spec }: LocalContainerMessage) {
  const { controlGroup } = spec.container;
  const rates = (list: readonly { path: string; rate: number }[] = []) =>
    list.map(({ path, rate }) => ({ Path: path, Rate: rate }));
  return {
    NanoCpus: spec.limits.nanoCpus ?? 0,
    CpuShares: controlGroup?.cpuShares ?? 0,
    CpuQuota: controlGroup?.cpuQuotaUs ?? 0,
    CpuPeriod: controlGroup?.cpuPeriodUs ?? 0,
    CpusetCpus: controlGroup?.cpusetCpus ?? '',
    CpusetMems: controlGroup?.cpusetMems ?? '',
    Memory: spec.limits.memoryBytes ?? 0,
    MemoryReservation: spec.reservations.memoryBytes ?? 0,
    MemorySwap: controlGroup?.memorySwapBytes ?? 0,
    MemorySwappiness: controlGroup?.memorySwappiness ?? PERCENT_OF_UNSET,
    OomKillDisable: controlGroup?.oomKillDisable ?? false,
    PidsLimit: spec.limits.pids ?? null,
    BlkioWeight: controlGroup?.blockWeight ?? 0,
    BlkioDeviceReadBps: rates(controlGroup?.readBytesPerSecond),
    BlkioDeviceWriteBps: rates(controlGroup?.writeBytesPerSecond),
    BlkioDeviceReadIOps: rates(controlGroup?.readOperationsPerSecond),
    BlkioDeviceWriteIOps: rates(controlGroup?.writeOperationsPerSecond),
  };
}

function securityOptions({ noNewPrivileges, seccompProfile }: ContainerSpec): readonly string[] | null {
  const options = [
    ...(noNewPrivileges === true ? ['no-new-privileges'] : []),
    ...(seccompProfile === undefined ? [] : [`seccomp=${seccompProfile}`]),
  ];
  return options.length === 0 ? null : options;
}

/** `name:address` from the lines that go to /etc/hosts, which begin with the address. */
function extraHosts(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [address = '', ...names] = line.split(/\s+/);
    return names.map((name) => `${name}:${address}`);
  });
}

function hostConfigOf(container: LocalContainerMessage) {
  const { spec } = container;
  const inner = spec.container;
  return {
    Binds: inner.mounts.flatMap(bindText),
    Tmpfs: Object.fromEntries(
      inner.mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [[mount.target, '']] : [])),
    ),
    NetworkMode: spec.network === '' ? 'bridge' : spec.network,
    PortBindings: portMap(spec.ports, ''),
    PublishAllPorts: spec.publishAll,
    RestartPolicy: { Name: spec.restart.name, MaximumRetryCount: spec.restart.maxRetries },
    AutoRemove: spec.autoRemove,
    LogConfig: { Type: inner.logDriver?.name ?? 'json-file', Config: inner.logDriver?.options ?? {} },
    CapAdd: inner.capabilityAdd.length === 0 ? null : inner.capabilityAdd,
    CapDrop: inner.capabilityDrop.length === 0 ? null : inner.capabilityDrop,
    Dns: inner.dns,
    DnsSearch: inner.dnsSearch,
    DnsOptions: inner.dnsOptions,
    ExtraHosts: extraHosts(inner.hosts),
    GroupAdd: inner.groups,
    PidMode: inner.pidMode ?? '',
    IpcMode: inner.ipcMode ?? 'private',
    UTSMode: inner.utsMode ?? '',
    UsernsMode: inner.usernsMode ?? '',
    Privileged: inner.privileged === true,
    ReadonlyRootfs: inner.readOnlyRoot,
    Init: inner.init,
    SecurityOpt: securityOptions(inner),
    ShmSize: inner.shmSizeBytes ?? DEFAULT_SHM_BYTES,
    Sysctls: inner.sysctls,
    OomScoreAdj: inner.oomScoreAdj ?? 0,
    Ulimits: inner.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    Devices: (inner.devices?.mappings ?? []).map((device) => ({
      PathOnHost: device.pathOnHost,
      PathInContainer: device.pathInContainer,
      CgroupPermissions: device.permissions,
    })),
    DeviceCgroupRules: inner.devices?.rules ?? null,
    ...processorsAndMemory(container),
  };
}

function healthcheckOf(health: HealthCheck | undefined) {
  if (health === undefined) return {};
  return {
    Healthcheck: {
      Test: health.test,
      Interval: nanoseconds(health.intervalMs),
      Timeout: nanoseconds(health.timeoutMs),
      Retries: health.retries,
      StartPeriod: nanoseconds(health.startPeriodMs),
      StartInterval: nanoseconds(health.startIntervalMs),
    },
  };
}

const SHORT_ID_LENGTH = 12;
const MS_PER_SECOND = 1_000;

function configOf(container: LocalContainerMessage) {
  const { spec, taskId, serviceName } = container;
  const inner = spec.container;
  return {
    Hostname: inner.hostname ?? container.id.slice(0, SHORT_ID_LENGTH),
    User: inner.user ?? '',
    Tty: inner.tty,
    OpenStdin: inner.openStdin === true,
    Env: inner.env,
    Cmd: inner.args.length === 0 ? null : inner.args,
    Entrypoint: inner.command.length === 0 ? null : inner.command,
    Image: inner.image,
    WorkingDir: inner.workdir ?? '',
    Labels: {
      ...inner.labels,
      ...(taskId === '' ? {} : { 'com.docker.swarm.task.id': taskId }),
      ...(serviceName === '' ? {} : { 'com.docker.swarm.service.name': serviceName }),
    },
    ...(inner.stopSignal === undefined ? {} : { StopSignal: inner.stopSignal }),
    StopTimeout: inner.stopGracePeriodMs / MS_PER_SECOND,
    ...healthcheckOf(inner.health),
  };
}

function networkSettingsOf(container: LocalContainerMessage) {
  const { address, ports, spec } = container;
  const name = spec.network === '' ? 'bridge' : spec.network;
  return {
    Ports: portMap(ports, '0.0.0.0'),
    IPAddress: address,
    Networks: name.startsWith('container:') ? {} : { [name]: { IPAddress: address } },
  };
}

/** A container under the names that Docker's `container inspect` has for what Skep knows of it. */
export function containerInspection(container: LocalContainerMessage) {
  const [path = '', ...args] = container.argv;
  return {
    Id: container.id,
    Created: timeText(container.createdAtMs),
    Path: path,
    Args: args,
    State: stateOf(container),
    Image: container.imageId,
    LogPath: container.logPath,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: 'overlay',
    Platform: 'linux',
    HostConfig: hostConfigOf(container),
    ...(container.writableBytes === undefined ? {} : { SizeRw: container.writableBytes }),
    Mounts: container.spec.container.mounts.map((mount) => mountOf(mount, container.volumeFolders)),
    Config: configOf(container),
    NetworkSettings: networkSettingsOf(container),
  };
}
