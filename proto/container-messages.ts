import type { LocalContainerSpec, LocalContainerState, PortBinding } from '../lib/domain/local-container.ts';
import { messageCodec } from './codec.ts';
// Imported after codec.ts, which switches Long off first.
import { skep } from './generated/skep.js';

const types = skep.v1;

export interface HealthProbeMessage {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly exitCode: number;
  readonly output: string;
}

/** A container of a node as users see it, a task's too. */
export interface LocalContainerMessage {
  readonly id: string;
  readonly name: string;
  readonly spec: LocalContainerSpec;
  readonly state: LocalContainerState;
  readonly imageId: string;
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly exitCode: number;
  /** 0 unless it runs. */
  readonly pid: number;
  readonly oomKilled: boolean;
  /** Why it could not be started; empty otherwise. */
  readonly error: string;
  readonly restartCount: number;
  /** `starting`, `healthy`, `unhealthy`; empty without a health check. */
  readonly health: string;
  /** Empty where it has no network of its own. */
  readonly address: string;
  /** With the ports that were chosen. */
  readonly ports: readonly PortBinding[];
  /** What it runs, the image's part included. */
  readonly argv: readonly string[];
  readonly logPath: string;
  /** Of a task's container; empty for a container of this node alone. */
  readonly taskId: string;
  readonly serviceName: string;
  /** Filled by inspect: the folder on the node of each volume, by target. */
  readonly volumeFolders: Readonly<Record<string, string>>;
  readonly healthLog: readonly HealthProbeMessage[];
  /** Bytes of the writable layer, when they were asked for. */
  readonly writableBytes?: number;
}
export const localContainerCodec = messageCodec<LocalContainerMessage>(types.LocalContainer);

export interface CreateContainerRequest {
  readonly spec: LocalContainerSpec;
}
export const createContainerRequestCodec = messageCodec<CreateContainerRequest>(types.CreateContainerRequest);

export interface CreateContainerResponse {
  readonly id: string;
  readonly warnings: readonly string[];
}
export const createContainerResponseCodec = messageCodec<CreateContainerResponse>(
  types.CreateContainerResponse,
);

export interface ContainerReference {
  /**
   * Name, id or unique start of an id of a container of the node; or the name (`web.1`, `web.1.<id>`) or id of a task
   * anywhere.
   */
  readonly reference: string;
}
export const containerReferenceCodec = messageCodec<ContainerReference>(types.ContainerReference);

export interface StopContainerRequest extends ContainerReference {
  /** Empty = the container's own. */
  readonly signal: string;
  /** Absent = the container's own grace period; negative = no bound. */
  readonly graceMs?: number;
}
export const stopContainerRequestCodec = messageCodec<StopContainerRequest>(types.StopContainerRequest);

export interface KillContainerRequest extends ContainerReference {
  /** Empty = KILL. */
  readonly signal: string;
}
export const killContainerRequestCodec = messageCodec<KillContainerRequest>(types.KillContainerRequest);

export interface RemoveContainerRequest extends ContainerReference {
  readonly force: boolean;
  /** Its volumes without a name too. */
  readonly volumes: boolean;
}
export const removeContainerRequestCodec = messageCodec<RemoveContainerRequest>(types.RemoveContainerRequest);

export interface RenameContainerRequest extends ContainerReference {
  readonly name: string;
}
export const renameContainerRequestCodec = messageCodec<RenameContainerRequest>(types.RenameContainerRequest);

export interface WaitContainerRequest extends ContainerReference {
  /** `not-running`, `next-exit`, `removed`; empty = `not-running`. */
  readonly condition: string;
}
export const waitContainerRequestCodec = messageCodec<WaitContainerRequest>(types.WaitContainerRequest);

export interface WaitContainerResponse {
  readonly exitCode: number;
  readonly error: string;
}
export const waitContainerResponseCodec = messageCodec<WaitContainerResponse>(types.WaitContainerResponse);

export interface ListContainersRequest {
  /** Those that do not run too. */
  readonly all: boolean;
  readonly size: boolean;
}
export const listContainersRequestCodec = messageCodec<ListContainersRequest>(types.ListContainersRequest);

export interface ListContainersResponse {
  readonly containers: readonly LocalContainerMessage[];
}
export const listContainersResponseCodec = messageCodec<ListContainersResponse>(types.ListContainersResponse);

export interface InspectContainerRequest extends ContainerReference {
  readonly size: boolean;
}
export const inspectContainerRequestCodec = messageCodec<InspectContainerRequest>(
  types.InspectContainerRequest,
);

export interface FileChange {
  readonly kind: 'added' | 'changed' | 'deleted';
  readonly path: string;
}
export interface DiffContainerResponse {
  readonly changes: readonly FileChange[];
}
export const diffContainerResponseCodec = messageCodec<DiffContainerResponse>(types.DiffContainerResponse);

export interface TopContainerRequest extends ContainerReference {
  /** Arguments of ps; empty = `-ef`. */
  readonly psArguments: readonly string[];
}
export const topContainerRequestCodec = messageCodec<TopContainerRequest>(types.TopContainerRequest);

export interface TopContainerResponse {
  readonly titles: readonly string[];
  readonly processes: readonly { readonly fields: readonly string[] }[];
}
export const topContainerResponseCodec = messageCodec<TopContainerResponse>(types.TopContainerResponse);

export interface CommitContainerRequest extends ContainerReference {
  /** Empty = the image gets no name. */
  readonly image: string;
  readonly message: string;
  readonly author: string;
  /** Instructions as for an import: CMD, ENTRYPOINT, ENV, … */
  readonly changes: readonly string[];
  /** False: the container goes on while its files are read. */
  readonly pause: boolean;
}
export const commitContainerRequestCodec = messageCodec<CommitContainerRequest>(types.CommitContainerRequest);

export interface CommitContainerResponse {
  readonly imageId: string;
}
export const commitContainerResponseCodec = messageCodec<CommitContainerResponse>(
  types.CommitContainerResponse,
);

export interface ContainerLogsRequest extends ContainerReference {
  readonly follow: boolean;
  /** Lines from the end; negative = all. */
  readonly tail: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}
export const containerLogsRequestCodec = messageCodec<ContainerLogsRequest>(types.ContainerLogsRequest);

export interface ContainerLogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly timestampMs: number;
  /** RFC 3339 with nanoseconds, as the log has it. */
  readonly time: string;
  readonly data: Uint8Array;
}
export interface ContainerLogsMessage {
  readonly lines: readonly ContainerLogLine[];
}
export const containerLogsMessageCodec = messageCodec<ContainerLogsMessage>(types.ContainerLogsMessage);

export interface ContainerStatsRequest {
  /** Empty = every running container of the node. */
  readonly references: readonly string[];
  /** False: one sample and the end. */
  readonly stream: boolean;
}
export const containerStatsRequestCodec = messageCodec<ContainerStatsRequest>(types.ContainerStatsRequest);

export interface ContainerUsage {
  readonly id: string;
  readonly name: string;
  readonly sampledAtMs: number;
  /** Of one processor since the sample before, 1 = a whole one; absent in a container's first sample. */
  readonly cpuRatio?: number;
  readonly cpuTimeMs: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly processes: number;
}
export interface ContainerStatsMessage {
  readonly containers: readonly ContainerUsage[];
}
export const containerStatsMessageCodec = messageCodec<ContainerStatsMessage>(types.ContainerStatsMessage);

export interface StatPathRequest extends ContainerReference {
  readonly path: string;
}
export const statPathRequestCodec = messageCodec<StatPathRequest>(types.StatPathRequest);

export interface PathStat {
  readonly name: string;
  readonly sizeBytes: number;
  /** As stat(2) has it, type included. */
  readonly mode: number;
  readonly modifiedAtMs: number;
  /** Of a symbolic link, resolved inside the container; empty otherwise. */
  readonly linkTarget: string;
}
export const pathStatCodec = messageCodec<PathStat>(types.PathStat);

export interface CopyFromRequest extends ContainerReference {
  /** The file or folder; its last name is the first name in the archive. */
  readonly path: string;
}
export const copyFromRequestCodec = messageCodec<CopyFromRequest>(types.CopyFromRequest);

/** A piece of a tar archive. */
export interface ArchiveChunk {
  readonly data: Uint8Array;
}
export const archiveChunkCodec = messageCodec<ArchiveChunk>(types.ArchiveChunk);

export interface CopyToHeader extends ContainerReference {
  /** An existing folder in the container, into which the archive is unpacked. */
  readonly path: string;
  /** Owners as in the archive; false = root. */
  readonly keepOwner: boolean;
}
/** The first message carries the header, the others data. */
export interface CopyToRequest {
  readonly header?: CopyToHeader;
  readonly data: Uint8Array;
}
export const copyToRequestCodec = messageCodec<CopyToRequest>(types.CopyToRequest);

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface AttachHeader extends ContainerReference {
  readonly stdin: boolean;
  readonly output: boolean;
  /** Starts the container with this stream attached from its first byte on. */
  readonly start: boolean;
  readonly size?: TerminalSize;
}

export interface ExecHeader extends ContainerReference {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  /** Empty = the container's; `user` likewise. */
  readonly workdir: string;
  readonly user: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly privileged: boolean;
  /** Nobody waits: the answer comes once it runs, and its output goes nowhere. */
  readonly detach: boolean;
  readonly size?: TerminalSize;
}

/** The first message carries a header, the others input: bytes, their end, or a new size of the terminal. */
export interface StreamInput {
  readonly attach?: AttachHeader;
  readonly exec?: ExecHeader;
  readonly data: Uint8Array;
  readonly end: boolean;
  readonly size?: TerminalSize;
}
export const streamInputCodec = messageCodec<StreamInput>(types.StreamInput);

/** The first message says that the stream is open; then output; the last one is `closed` and carries the exit code. */
export interface StreamOutput {
  readonly open: boolean;
  /** `stdout` or `stderr`; with a terminal, everything is `stdout`. */
  readonly stream: string;
  readonly data: Uint8Array;
  /** Absent in the last message of an attach that ended before the container did. */
  readonly exitCode?: number;
  readonly closed: boolean;
}
export const streamOutputCodec = messageCodec<StreamOutput>(types.StreamOutput);
