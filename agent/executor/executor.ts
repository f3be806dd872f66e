import type { Ulimit } from '../../lib/domain/container-spec.ts';
import type { NetlinkMessage } from '../network/netlink-message.ts';

/** The network of a container: the host's own, or a namespace with one link in it. */
export type ContainerNetwork =
  | { readonly kind: 'host' }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'link';
      /** Sent in the node's namespace once the container's namespace exists. */
      readonly hostMessages: readonly NetlinkMessage[];
      /** Sent inside the container's namespace afterwards. */
      readonly containerMessages: readonly NetlinkMessage[];
    };

export interface ContainerBind {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly propagation: 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';
}

export interface ContainerTmpfs {
  readonly target: string;
  readonly readOnly: boolean;
  readonly sizeBytes: number | null;
  readonly mode: number;
}

/** A small file that the node writes for the container and binds into it: /etc/hosts, /etc/resolv.conf. */
export interface ContainerFile {
  readonly target: string;
  readonly content: string;
}

/** Everything about one container, already decided: nothing is looked up in a specification any more. */
export interface ContainerRequest {
  /** Unique on the node; the task id for a task. Letters, digits, `-`, `_`, `.`. */
  readonly id: string;
  /** Unpacked layer directories, absolute, lowest first. */
  readonly layers: readonly string[];
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string;
  /** `name|uid[:group|gid]`, resolved against the image's /etc/passwd and /etc/group; empty = root. */
  readonly user: string;
  readonly hostname: string;
  readonly binds: readonly ContainerBind[];
  readonly tmpfs: readonly ContainerTmpfs[];
  readonly files: readonly ContainerFile[];
  readonly readOnlyRoot: boolean;
  /** A reaper as PID 1 in front of argv. */
  readonly init: boolean;
  /** `CAP_…` names, the whole set. */
  readonly capabilities: readonly string[];
  /** Text of a seccomp profile in Docker's form, or `unconfined`; absent = the default profile. */
  readonly seccompProfile?: string;
  /** No program of the container gains rights by set-id bits or file capabilities; absent = false. */
  readonly noNewPrivileges?: boolean;
  readonly network: ContainerNetwork;
  readonly nanoCpus: number | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
  /** Further groups: names inside the image, or numbers. */
  readonly groups?: readonly string[];
  readonly ulimits?: readonly Ulimit[];
  /** Kernel settings of the container's own namespaces: `net.core.somaxconn`. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** -1000 to 1000; absent = 0. */
  readonly oomScoreAdj?: number;
  /** Size of /dev/shm; absent = 64 MiB. */
  readonly shmSizeBytes?: number;
  /** json-file log; the keeper writes and creates it. */
  readonly logPath: string;
}

export interface ContainerExit {
  /** 128 + signal when a signal ended it. */
  readonly exitCode: number;
  readonly signal: number | null;
  /** The memory limit's killer ended a process of the container. */
  readonly oomKilled: boolean;
  readonly finishedAtMs: number;
}

export interface ContainerState {
  readonly id: string;
  /** As the agent's process namespace sees it. */
  readonly pid: number;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly exit: ContainerExit | null;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** Start of stdout and stderr together, at most 4 KiB. */
  readonly output: string;
}

/**
 * Runs containers. A thin client of the keeper: containers outlive the client, and an exit status is kept
 * until `remove`.
 */
export interface Executor {
  /** Resolves once the program has been exec'd. Rejects with FAILED_PRECONDITION naming the step that failed. */
  start(request: ContainerRequest): Promise<ContainerState>;
  /** Sends a signal to the container's first process; NOT_FOUND when it is gone. */
  signal(id: string, signal: number): Promise<void>;
  /** Kills every process of the container. */
  kill(id: string): Promise<void>;
  /** All containers that the keeper knows, running or ended and not yet removed. */
  list(): Promise<readonly ContainerState[]>;
  /** Forgets an ended container and frees its mounts, cgroups and folders. Idempotent. */
  remove(id: string): Promise<void>;
  /** Runs a program inside a running container (health checks). `timeoutMs` bounds it: it is killed then. */
  exec(
    id: string,
    argv: readonly string[],
    options: {
      readonly env: readonly string[];
      readonly workdir: string;
      readonly user: string;
      readonly timeoutMs: number;
    },
  ): Promise<ExecResult>;
  /** Sends netlink messages in the node's own network namespace; one answer each. */
  netlink(messages: readonly NetlinkMessage[]): Promise<readonly NetlinkAnswer[]>;
  /** Called for each container that ends. Returns the unsubscriber. */
  onExit(listener: (state: ContainerState) => void): () => void;
}

export interface NetlinkAnswer {
  /** 0, or the errno that the kernel answered (positive). */
  readonly errno: number;
  /** The messages of a dump, each with its netlink header. */
  readonly messages: readonly Uint8Array[];
}
