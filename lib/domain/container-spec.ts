import type { Labels } from './meta.ts';

export type MountPropagation = 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';

/**
 * enabled: mounts below the source come along, read-only ones as far as the kernel can; disabled: they do not;
 * writable: they come along and stay as they are; readonly: they come along read-only, or the start fails.
 */
export type BindRecursion = 'enabled' | 'disabled' | 'writable' | 'readonly';

export type Mount =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly propagation?: MountPropagation;
      /** What becomes of mounts below the source; absent = `enabled`. */
      readonly recursive?: BindRecursion;
    }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly readOnly: boolean;
      readonly sizeBytes?: number;
      /** Permission bits of the mount's root, 0o1777 when absent. */
      readonly mode?: number;
    }
  | {
      readonly kind: 'volume';
      /** Name of a volume of the node, made on first use; empty = one of the task's own, removed with it. */
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** True: what the image has at the target is not copied into an empty volume. */
      readonly noCopy?: boolean;
    };

/** A resource limit of processes (setrlimit(2)); -1 = unlimited. */
export interface Ulimit {
  /** Without RLIMIT_, in small letters: `nofile`. */
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** A device node of the host that the container gets. */
export interface DeviceMapping {
  readonly pathOnHost: string;
  readonly pathInContainer: string;
  /** Some of `r`, `w` and `m` (mknod). */
  readonly permissions: string;
}

export interface DeviceAccess {
  readonly mappings: readonly DeviceMapping[];
  /** As in cgroup v1's devices.allow: `c 10:200 rwm`. */
  readonly rules: readonly string[];
}

export interface DeviceRate {
  /** Of the block device on the node. */
  readonly path: string;
  /** Bytes or operations a second. */
  readonly rate: number;
}

/** Limits of the container's control group beyond processors, memory and processes. Absent = the kernel's default. */
export interface ControlGroupSettings {
  /** Relative share of the processors, 2 to 262144; 1024 is everyone's. */
  readonly cpuShares?: number;
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  /** `0-2,4`. */
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  /** Memory and swap together; -1 = no bound on swap. */
  readonly memorySwapBytes?: number;
  /** 0 to 100. */
  readonly memorySwappiness?: number;
  readonly oomKillDisable?: boolean;
  /** 10 to 1000. */
  readonly blockWeight?: number;
  readonly readBytesPerSecond: readonly DeviceRate[];
  readonly writeBytesPerSecond: readonly DeviceRate[];
  readonly readOperationsPerSecond: readonly DeviceRate[];
  readonly writeOperationsPerSecond: readonly DeviceRate[];
}

/** How a container's output is kept. */
export interface LogDriver {
  /** `json-file`, `none`, `syslog` or `tcp`. */
  readonly name: string;
  readonly options: Labels;
}

export interface HealthCheck {
  /** `['NONE']`, `['CMD', argv…]` or `['CMD-SHELL', command]`, as in an image's configuration. */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
}

/** What one container of a service is asked to be. */
export interface ContainerSpec {
  /** The reference as the user gave it, tag completed: `web:1`, `web:latest`. */
  readonly image: string;
  /** `sha256:…` of the image's configuration, pinned when the service was created or updated. */
  readonly imageId?: string;
  /** Replaces the image's entrypoint when not empty. */
  readonly command: readonly string[];
  /** Replaces the image's default arguments when not empty. */
  readonly args: readonly string[];
  /** `KEY=value`; values may hold `{{.Task.Name}}` and the like. */
  readonly env: readonly string[];
  readonly labels: Labels;
  readonly workdir?: string;
  /** `name|uid[:group|gid]`, looked up inside the image. */
  readonly user?: string;
  readonly hostname?: string;
  readonly mounts: readonly Mount[];
  /** `address name…` lines that are added to /etc/hosts. */
  readonly hosts: readonly string[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly stopSignal?: string;
  readonly stopGracePeriodMs: number;
  readonly health?: HealthCheck;
  readonly readOnlyRoot: boolean;
  readonly init: boolean;
  readonly tty: boolean;
  /** `CAP_…` names. */
  readonly capabilityAdd: readonly string[];
  readonly capabilityDrop: readonly string[];
  /** Further groups of the first process: names inside the image, or numbers. */
  readonly groups: readonly string[];
  readonly ulimits: readonly Ulimit[];
  /** Kernel settings of the container's own namespaces: `net.core.somaxconn`. */
  readonly sysctls: Labels;
  /** -1000 to 1000; absent = 0. */
  readonly oomScoreAdj?: number;
  /** Size of /dev/shm; absent = 64 MiB. */
  readonly shmSizeBytes?: number;
  /** True: no program gains rights by set-id bits or file capabilities. */
  readonly noNewPrivileges?: boolean;
  /** Absent = the default filter; `unconfined` = none; else the text of a profile in Docker's JSON form. */
  readonly seccompProfile?: string;
  /** Standard input is kept open for whoever attaches. */
  readonly openStdin?: boolean;
  /** Everything that the node's root may do, but for the namespaces. */
  readonly privileged?: boolean;
  readonly devices?: DeviceAccess;
  /** `host`, or `container:` and a reference; absent = its own. */
  readonly pidMode?: string;
  /** `private`, `shareable`, `none`, `host`, or `container:` and a reference; absent = `private`. */
  readonly ipcMode?: string;
  /** `host`; absent = its own. */
  readonly utsMode?: string;
  /** `host` = no mapping of users even where the node maps by default; `private` = a mapping; absent = the node's default. */
  readonly usernsMode?: string;
  readonly controlGroup?: ControlGroupSettings;
  /** Absent = the node's default. */
  readonly logDriver?: LogDriver;
}
