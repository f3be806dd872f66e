import type { AssignmentItem, AssignmentKey, AssignmentMessage } from '../lib/domain/assignment.ts';
import type { ClusterSpec, JoinTokens } from '../lib/domain/cluster.ts';
import type { Meta } from '../lib/domain/meta.ts';
import type { Network, NetworkSpec } from '../lib/domain/network.ts';
import type { Node, NodeDescription, NodeSpec } from '../lib/domain/node.ts';
import type { Service, ServiceSpec } from '../lib/domain/service.ts';
import type { Change, StoreObject } from '../lib/domain/store-object.ts';
import type { Task, TaskStatus } from '../lib/domain/task.ts';
import { SkepError } from '../lib/errors.ts';
import { type Codec, mappedCodec, messageCodec } from './codec.ts';
// Imported after codec.ts, which switches Long off first.
import { skep } from './generated/skep.js';

const types = skep.v1;

// --- the log ---

/** What one log entry holds. */
export interface Transaction {
  readonly changes: readonly Change[];
  readonly proposedAtMs: number;
}

type WireChange = { kind: string; objectKind?: string; id?: string } & Partial<Record<string, unknown>>;

function changeToWire(change: Change): WireChange {
  return change.kind === 'put'
    ? { kind: 'put', [change.object.kind]: change.object }
    : { kind: 'remove', objectKind: change.objectKind, id: change.id };
}

function changeFromWire(wire: WireChange): Change {
  if (wire.kind === 'remove') {
    return { kind: 'remove', objectKind: wire.objectKind as StoreObject['kind'], id: wire.id ?? '' };
  }
  const object = wire.cluster ?? wire.node ?? wire.service ?? wire.task ?? wire.network;
  if (wire.kind !== 'put' || object === undefined) {
    throw new SkepError('DATA_LOSS', `a transaction holds a change of unknown kind "${wire.kind}"`);
  }
  return { kind: 'put', object: object as StoreObject };
}

interface WireTransaction {
  readonly changes: readonly WireChange[];
  readonly proposedAtMs: number;
}

export const transactionCodec: Codec<Transaction> = mappedCodec<Transaction, WireTransaction>(
  types.Transaction,
  ({ changes, proposedAtMs }) => ({ changes: changes.map(changeToWire), proposedAtMs }),
  ({ changes, proposedAtMs }) => ({ changes: changes.map(changeFromWire), proposedAtMs }),
);

// --- objects ---

export const taskCodec = messageCodec<Task>(types.Task);
export const nodeCodec = messageCodec<Node>(types.Node);
export const networkCodec = messageCodec<Network>(types.Network);
export const serviceCodec = messageCodec<Service>(types.Service);

// --- errors ---

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly causes: readonly string[];
}
export const errorDetailCodec = messageCodec<ErrorDetail>(types.ErrorDetail);

export type Empty = Record<string, never>;
export const emptyCodec = messageCodec<Empty>(types.Empty);

// --- certificate authority ---

export interface RootCertificate {
  readonly certificatePem: string;
}
export const rootCertificateCodec = messageCodec<RootCertificate>(types.RootCertificate);

export interface IssueCertificateRequest {
  readonly signingRequestPem: string;
  readonly token: string;
  readonly availability: string;
}
export const issueCertificateRequestCodec = messageCodec<IssueCertificateRequest>(
  types.IssueCertificateRequest,
);

export interface IssueCertificateResponse {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: string;
  readonly certificatePem: string;
  /** UDP port of the cluster's overlay. */
  readonly dataPathPort: number;
}
export const issueCertificateResponseCodec = messageCodec<IssueCertificateResponse>(
  types.IssueCertificateResponse,
);

// --- managers among themselves ---

/** Where a manager is reached. */
export interface ManagerEndpoints {
  /** host:port of its API. */
  readonly address: string;
  /** host:port of its replication. */
  readonly raftAddress: string;
}
export const joinManagersRequestCodec = messageCodec<ManagerEndpoints>(types.JoinManagersRequest);
export const announceManagerRequestCodec = messageCodec<ManagerEndpoints>(types.AnnounceManagerRequest);

export interface RaftPeer {
  readonly raftId: number;
  readonly nodeId: string;
  readonly raftAddress: string;
}
export interface JoinManagersResponse {
  /** Given to nobody before; 0 where etcd keeps the state. */
  readonly raftId: number;
  readonly peers: readonly RaftPeer[];
  readonly storeAddress: string;
  /** Empty while managers are not locked. */
  readonly unlockKey: string;
}
export const joinManagersResponseCodec = messageCodec<JoinManagersResponse>(types.JoinManagersResponse);

// --- dispatcher ---

/** Who leads, as far as the manager that was asked knows. */
export interface LeaderResponse {
  readonly isSelf: boolean;
  /** host:port of the leader's API; empty while nobody is known to lead. */
  readonly address: string;
}
export const leaderResponseCodec = messageCodec<LeaderResponse>(types.LeaderResponse);

export interface SessionRequest {
  readonly description: NodeDescription;
}
export const sessionRequestCodec = messageCodec<SessionRequest>(types.SessionRequest);

export interface ManagerAddress {
  readonly nodeId: string;
  readonly address: string;
}

export interface SessionMessage {
  readonly sessionId: string;
  readonly heartbeatPeriodMs: number;
  readonly managers: readonly ManagerAddress[];
  readonly node: Node;
}
export const sessionMessageCodec = messageCodec<SessionMessage>(types.SessionMessage);

export interface SessionReference {
  readonly sessionId: string;
}
export const heartbeatRequestCodec = messageCodec<SessionReference>(types.HeartbeatRequest);
export const assignmentsRequestCodec = messageCodec<SessionReference>(types.AssignmentsRequest);
export const listenRequestCodec = messageCodec<SessionReference>(types.ListenRequest);

export interface HeartbeatResponse {
  readonly periodMs: number;
}
export const heartbeatResponseCodec = messageCodec<HeartbeatResponse>(types.HeartbeatResponse);

export interface DescribeRequest {
  readonly sessionId: string;
  readonly description: NodeDescription;
}
export const describeRequestCodec = messageCodec<DescribeRequest>(types.DescribeRequest);

export interface TaskStatusUpdate {
  readonly taskId: string;
  readonly status: TaskStatus;
}
export interface UpdateTaskStatusRequest {
  readonly sessionId: string;
  readonly updates: readonly TaskStatusUpdate[];
}
export const updateTaskStatusRequestCodec = messageCodec<UpdateTaskStatusRequest>(
  types.UpdateTaskStatusRequest,
);

type WireItem = Record<string, unknown> & { kind: string };

/** Keeps the fields of the item's own kind: lists that another kind uses come off the wire empty. */
function itemFromWire(wire: WireItem): AssignmentItem {
  const fields = ITEM_FIELDS[wire.kind];
  if (fields === undefined) {
    throw new SkepError('INVALID_ARGUMENT', `the assignments hold an item of unknown kind "${wire.kind}"`);
  }
  return Object.fromEntries(fields.map((field) => [field, wire[field]])) as unknown as AssignmentItem;
}

const ITEM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  task: ['kind', 'id', 'task'],
  peer: ['kind', 'id', 'hostname', 'dataPathAddress', 'routerAddress'],
  network: ['kind', 'id', 'name', 'subnet', 'internal', 'ingress'],
  balancer: ['kind', 'id', 'name', 'mode', 'vips', 'ports'],
  backend: ['kind', 'id', 'serviceId', 'nodeId', 'taskName', 'attachments', 'ready'],
};

interface WireAssignmentMessage {
  readonly kind: 'complete' | 'incremental';
  readonly appliesTo: string;
  readonly resultsIn: string;
  readonly updates: readonly WireItem[];
  readonly removals: readonly AssignmentKey[];
}

export const assignmentMessageCodec: Codec<AssignmentMessage> = mappedCodec<
  AssignmentMessage,
  WireAssignmentMessage
>(
  types.AssignmentMessage,
  (message) => ({ ...message, updates: message.updates as unknown as readonly WireItem[] }),
  (wire) => ({ ...wire, updates: wire.updates.map(itemFromWire) }),
);

// --- logs ---

export interface LogOptions {
  readonly follow: boolean;
  /** Lines from the end; negative = all. */
  readonly tail: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

export interface LogSubscription {
  readonly id: string;
  readonly taskIds: readonly string[];
  readonly options: LogOptions;
  readonly close: boolean;
}
export const logSubscriptionCodec = messageCodec<LogSubscription>(types.LogSubscription);

export interface LogLine {
  readonly taskId: string;
  readonly serviceId: string;
  readonly nodeId: string;
  readonly stream: 'stdout' | 'stderr';
  readonly timestampMs: number;
  readonly data: Uint8Array;
  /** RFC 3339 with nanoseconds, as the log has it. */
  readonly time?: string;
}
export interface PublishLogsRequest {
  readonly subscriptionId: string;
  readonly lines: readonly LogLine[];
  readonly done: boolean;
  /** Of the tasks asked for: those whose log driver keeps nothing. */
  readonly unkeptTaskIds?: readonly string[];
}
export const publishLogsRequestCodec = messageCodec<PublishLogsRequest>(types.PublishLogsRequest);

export interface LogsRequest {
  readonly selector: { readonly serviceIds: readonly string[]; readonly taskIds: readonly string[] };
  readonly options: LogOptions;
}
export const logsRequestCodec = messageCodec<LogsRequest>(types.LogsRequest);

export interface LogsMessage {
  readonly lines: readonly LogLine[];
  readonly warning: string;
}
export const logsMessageCodec = messageCodec<LogsMessage>(types.LogsMessage);

// --- control ---

export interface ObjectRequest {
  readonly reference: string;
}
export const objectRequestCodec = messageCodec<ObjectRequest>(types.ObjectRequest);

export interface RemoveRequest {
  readonly reference: string;
  readonly force: boolean;
}
export const removeRequestCodec = messageCodec<RemoveRequest>(types.RemoveRequest);

export interface CreateServiceRequest {
  readonly spec: ServiceSpec;
}
export const createServiceRequestCodec = messageCodec<CreateServiceRequest>(types.CreateServiceRequest);

export interface UpdateServiceRequest {
  readonly reference: string;
  /** Version the caller read; 0 = whatever is there. */
  readonly version: number;
  readonly spec?: ServiceSpec;
  readonly rollback: boolean;
}
export const updateServiceRequestCodec = messageCodec<UpdateServiceRequest>(types.UpdateServiceRequest);

export interface ServiceResponse {
  readonly service: Service;
  readonly warnings: readonly string[];
}
export const serviceResponseCodec = messageCodec<ServiceResponse>(types.ServiceResponse);

export interface ServiceStatus {
  readonly serviceId: string;
  readonly running: number;
  readonly desired: number;
}
export interface ListServicesResponse {
  readonly services: readonly Service[];
  readonly statuses: readonly ServiceStatus[];
}
export const listServicesResponseCodec = messageCodec<ListServicesResponse>(types.ListServicesResponse);

export interface ListTasksRequest {
  readonly serviceReferences: readonly string[];
  readonly nodeReferences: readonly string[];
  readonly desiredRunning: boolean;
}
export const listTasksRequestCodec = messageCodec<ListTasksRequest>(types.ListTasksRequest);

export interface ListTasksResponse {
  readonly tasks: readonly Task[];
}
export const listTasksResponseCodec = messageCodec<ListTasksResponse>(types.ListTasksResponse);

export interface ListNodesResponse {
  readonly nodes: readonly Node[];
}
export const listNodesResponseCodec = messageCodec<ListNodesResponse>(types.ListNodesResponse);

export interface UpdateNodeRequest {
  readonly reference: string;
  readonly version: number;
  readonly spec: NodeSpec;
}
export const updateNodeRequestCodec = messageCodec<UpdateNodeRequest>(types.UpdateNodeRequest);

export interface CreateNetworkRequest {
  readonly spec: NetworkSpec;
}
export const createNetworkRequestCodec = messageCodec<CreateNetworkRequest>(types.CreateNetworkRequest);

export interface ListNetworksResponse {
  readonly networks: readonly Network[];
}
export const listNetworksResponseCodec = messageCodec<ListNetworksResponse>(types.ListNetworksResponse);

export interface UpdateClusterRequest {
  readonly version: number;
  readonly spec?: ClusterSpec;
  readonly rotateWorkerToken: boolean;
  readonly rotateManagerToken: boolean;
  readonly rotateUnlockKey: boolean;
}
export const updateClusterRequestCodec = messageCodec<UpdateClusterRequest>(types.UpdateClusterRequest);

/** The cluster as users see it: without its private key. */
export interface ClusterResponse extends Meta {
  readonly spec: ClusterSpec;
  readonly joinTokens: JoinTokens;
  readonly rootCertificatePem: string;
}
export const clusterResponseCodec = messageCodec<ClusterResponse>(types.ClusterResponse);

export interface UnlockKeyResponse {
  /** Empty while managers are not locked. */
  readonly unlockKey: string;
}
export const unlockKeyResponseCodec = messageCodec<UnlockKeyResponse>(types.UnlockKeyResponse);

/** Parts of a backup in order; see manager/backup. */
export interface BackupChunk {
  readonly data: Uint8Array;
}
export const backupChunkCodec = messageCodec<BackupChunk>(types.BackupChunk);

export interface WatchRequest {
  readonly serviceReferences: readonly string[];
}
export const watchRequestCodec = messageCodec<WatchRequest>(types.WatchRequest);

export interface WatchMessage {
  readonly index: number;
}
export const watchMessageCodec = messageCodec<WatchMessage>(types.WatchMessage);

// --- the node the user sits at ---

export interface SwarmInitRequest {
  readonly advertiseAddress: string;
  readonly listenAddress: string;
  readonly dataPathAddress: string;
  readonly availability: string;
  readonly spec: ClusterSpec;
  /** Begin anew as the only manager, with the state that this node has. */
  readonly forceNewCluster: boolean;
  /** `etcd://host:port[,host:port…]`; empty: the managers keep the state themselves. */
  readonly storeAddress: string;
}
export const swarmInitRequestCodec = messageCodec<SwarmInitRequest>(types.SwarmInitRequest);

export interface SwarmInitResponse {
  readonly nodeId: string;
  readonly workerToken: string;
  readonly managerAddress: string;
  /** Empty unless managers are locked. */
  readonly unlockKey: string;
}
export const swarmInitResponseCodec = messageCodec<SwarmInitResponse>(types.SwarmInitResponse);

export const swarmUnlockRequestCodec = messageCodec<UnlockKeyResponse>(types.SwarmUnlockRequest);

/** The first message carries the header, the others the backup. */
export interface SwarmRestoreRequest {
  readonly header?: {
    readonly advertiseAddress: string;
    readonly listenAddress: string;
    readonly dataPathAddress: string;
  };
  readonly data: Uint8Array;
}
export const swarmRestoreRequestCodec = messageCodec<SwarmRestoreRequest>(types.SwarmRestoreRequest);

export interface SwarmJoinRequest {
  readonly token: string;
  readonly remoteAddress: string;
  readonly advertiseAddress: string;
  readonly listenAddress: string;
  readonly dataPathAddress: string;
  readonly availability: string;
}
export const swarmJoinRequestCodec = messageCodec<SwarmJoinRequest>(types.SwarmJoinRequest);

export interface SwarmJoinResponse {
  readonly nodeId: string;
  readonly role: string;
}
export const swarmJoinResponseCodec = messageCodec<SwarmJoinResponse>(types.SwarmJoinResponse);

export interface SwarmLeaveRequest {
  readonly force: boolean;
}
export const swarmLeaveRequestCodec = messageCodec<SwarmLeaveRequest>(types.SwarmLeaveRequest);

/** `locked`: a manager that waits for the unlock key. */
export type SwarmState = 'inactive' | 'pending' | 'active' | 'locked' | 'error';

export interface QuorumMember {
  readonly raftId: number;
  readonly nodeId: string;
  readonly raftAddress: string;
  readonly voter: boolean;
  /** Known to the leader only: heard of lately. */
  readonly reachable?: boolean;
}

/** A manager's part in keeping the state. */
export interface QuorumInfo {
  /** `etcd://…`; empty: raft. */
  readonly storeAddress: string;
  readonly raftId: number;
  readonly term: number;
  readonly appliedIndex: number;
  /** Node id of the leader; empty while there is none. */
  readonly leaderId: string;
  readonly members: readonly QuorumMember[];
}

export interface NodeInfo {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly swarmState: SwarmState;
  readonly role: string;
  readonly error: string;
  readonly version: string;
  readonly hostname: string;
  readonly advertiseAddress: string;
  readonly managers: readonly ManagerAddress[];
  readonly containersRunning: number;
  readonly images: number;
  readonly dataRoot: string;
  readonly runRoot: string;
  readonly pid: number;
  /** Only on a manager. */
  readonly quorum?: QuorumInfo;
}
export const nodeInfoCodec = messageCodec<NodeInfo>(types.NodeInfo);
