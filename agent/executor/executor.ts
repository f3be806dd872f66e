import type {
  BindRecursion,
  ControlGroupSettings,
  DeviceMapping,
  Ulimit,
} from '../../lib/domain/container-spec.ts';
import type { NetlinkMessage } from '../network/netlink-message.ts';

/** The network of a container: the host's own, or a namespace with one link in it. */
export type ContainerNetwork =
  | { readonly kind: 'host' }
  | { readonly kind: 'none' }
  /** That of a running container. */
  | { readonly kind: 'container'; readonly id: string }
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
  /** Absent = `enabled`. */
  readonly recursive?: BindRecursion;
  /**
   * A volume or a file of the node's making: where users are mapped, the owners on its disk are the container's own
   * numbers. Other folders of the node keep their owners, which a container with mapped users is none of.
   */
  readonly ofNode?: boolean;
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

/** Where the keeper puts what the container prints. */
export type ContainerLog =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'json-file';
      /** Size at which the file is closed and renamed to `<logPath>.1`; null = never. */
      readonly maxBytes: number | null;
      /** Files in all, the one being written included. */
      readonly maxFiles: number;
    };

/** Whose namespace: a new one, the node's, or that of a running container. */
export type NamespaceChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'host' }
  | { readonly kind: 'container'; readonly id: string };

/** A run of user or group ids inside the container and what they are on the node. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** Who the users and groups of a container are on the node. */
export interface IdMap {
  readonly users: readonly IdRange[];
  readonly groups: readonly IdRange[];
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
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
  /** Absent = one file without a bound. */
  readonly log?: ContainerLog;
  /** Absolute; holds the writable layer, which then outlives the container. Absent = it goes with the container. */
  readonly writableFolder?: string;
  /** What is in `writableFolder` need not outlive a crash of the machine, nor be mounted again with its `work` folder. */
  readonly writableIsVolatile?: boolean;
  /** Standard streams are one terminal. */
  readonly tty?: boolean;
  readonly terminalSize?: TerminalSize;
  /** Standard input is a pipe, or the terminal, which `attach` writes to; absent = /dev/null. */
  readonly openStdin?: boolean;
  /** Input ends with the first attached stream that ends it; absent = it stays open. */
  readonly stdinOnce?: boolean;
  /** Nothing is read from the program until a stream is attached, or ten seconds have passed. */
  readonly holdOutput?: boolean;
  readonly memoryReservationBytes?: number | null;
  readonly controlGroup?: ControlGroupSettings;
  readonly privileged?: boolean;
  readonly devices?: readonly DeviceMapping[];
  /** As in cgroup v1's devices.allow. */
  readonly deviceRules?: readonly string[];
  /** Absent = its own. A network namespace is chosen by `network`. */
  readonly pidNamespace?: NamespaceChoice;
  readonly ipcNamespace?: NamespaceChoice;
  readonly utsNamespace?: NamespaceChoice;
  /** A user namespace with these ids; absent = the node's own users. */
  readonly idMap?: IdMap;
  /** Of an IPC namespace of its own: may others join it; `none` = no, and no /dev/shm. Absent = `private`. */
  readonly ipcSharing?: 'private' | 'shareable' | 'none';
  /** Filled in by the executor: the container whose user namespace is joined. */
  readonly usersOf?: string;
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
  /** Absent = false. */
  readonly paused?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** Start of stdout and stderr together, at most 4 KiB. */
  readonly output: string;
}

export interface OutputPiece {
  /** With a terminal, everything is `stdout`. */
  readonly stream: 'stdout' | 'stderr';
  readonly data: Uint8Array;
}

/** One end of a container's, or of an entered program's, standard streams. */
export interface ContainerStream {
  /**
   * Ends with the program's output, with `close`, or with the keeper; for one reader. Who reads slowly slows the
   * program; who takes nothing for a minute while others wait is let go, which throws DEADLINE_EXCEEDED here.
   */
  readonly output: AsyncIterable<OutputPiece>;
  /** Resolves once more may be written. CANCELLED when the other side takes nothing any more. */
  write(data: Uint8Array): Promise<void>;
  /** After what was written. A terminal has no end of input. */
  endInput(): void;
  resize(size: TerminalSize): void;
  /** Exit code of the program, once its last output has arrived here; null when the stream ended before it. */
  readonly ended: Promise<number | null>;
  /** Lets go. An entered program loses its terminal or its input; a container goes on. */
  close(): void;
}

export interface StreamedExec {
  readonly env: readonly string[];
  readonly workdir: string;
  readonly user: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  /** All capabilities, and no system call filter. */
  readonly privileged: boolean;
  readonly size?: TerminalSize;
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
  /** A stream over the standard streams of a running container. NOT_FOUND when it does not run. */
  attach(
    id: string,
    options: { readonly stdin: boolean; readonly output: boolean },
  ): Promise<ContainerStream>;
  /**
   * Runs a program inside a running container on a stream of its own. NOT_FOUND; FAILED_PRECONDITION when the
   * container is paused, or the program cannot be run: `startFailureExitCode` of the error is 127 or 126 then.
   */
  execStream(id: string, argv: readonly string[], options: StreamedExec): Promise<ContainerStream>;
  /** Stops every process of the container where it is, and lets them go on. NOT_FOUND when it does not run. */
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
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
