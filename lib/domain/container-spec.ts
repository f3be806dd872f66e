import type { Labels } from './meta.ts';

export type MountPropagation = 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';

export type Mount =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly propagation?: MountPropagation;
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
}
