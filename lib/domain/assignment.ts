import type { EndpointMode, PortConfig, VirtualAddress } from './service.ts';
import type { Task, TaskAttachment } from './task.ts';

/** How another node is reached, under the overlay and in it. */
export interface PeerItem {
  readonly kind: 'peer';
  /** Node id. */
  readonly id: string;
  readonly hostname: string;
  readonly dataPathAddress: string;
  readonly routerAddress: string;
}

export interface NetworkItem {
  readonly kind: 'network';
  /** Network id. */
  readonly id: string;
  readonly name: string;
  readonly subnet: string;
  readonly internal: boolean;
  readonly ingress: boolean;
}

/** A service as DNS, VIP and mesh see it. */
export interface BalancerItem {
  readonly kind: 'balancer';
  /** Service id. */
  readonly id: string;
  readonly name: string;
  readonly mode: EndpointMode;
  readonly vips: readonly VirtualAddress[];
  /** With their published numbers. */
  readonly ports: readonly PortConfig[];
}

/** A task with addresses: it is routed to while it exists, and takes new connections while `ready`. */
export interface BackendItem {
  readonly kind: 'backend';
  /** Task id. */
  readonly id: string;
  readonly serviceId: string;
  readonly nodeId: string;
  /** `web.3.<task id>`. */
  readonly taskName: string;
  readonly attachments: readonly TaskAttachment[];
  /** RUNNING, wanted RUNNING, on a node that is up. */
  readonly ready: boolean;
}

export interface TaskItem {
  readonly kind: 'task';
  readonly id: string;
  readonly task: Task;
}

/** What the managers tell one agent: its own tasks, and the network picture that is the same for all. */
export type AssignmentItem = TaskItem | PeerItem | NetworkItem | BalancerItem | BackendItem;
export type AssignmentItemKind = AssignmentItem['kind'];

export interface AssignmentKey {
  readonly kind: AssignmentItemKind;
  readonly id: string;
}

/** One message of the assignments stream. `appliesTo` must equal the last `resultsIn`, else the stream is reopened. */
export interface AssignmentMessage {
  readonly kind: 'complete' | 'incremental';
  /** Empty for a complete set. */
  readonly appliesTo: string;
  readonly resultsIn: string;
  readonly updates: readonly AssignmentItem[];
  readonly removals: readonly AssignmentKey[];
}

/** The network part of the assignments, as the agent's network and DNS read it. */
export interface NetworkPicture {
  readonly peers: readonly PeerItem[];
  readonly networks: readonly NetworkItem[];
  readonly balancers: readonly BalancerItem[];
  readonly backends: readonly BackendItem[];
}
