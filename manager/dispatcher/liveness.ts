import { DEFAULT_CLUSTER_SPEC, HEARTBEATS_BEFORE_DOWN } from '../../lib/defaults.ts';
import type { Node, NodeState } from '../../lib/domain/node.ts';
import type { Change } from '../../lib/domain/store-object.ts';
import type { StoreView } from '../store/store.ts';
import type { SessionTable } from './session-table.ts';

/**
 * How long a new leader waits for agents that have not found it yet, besides the missed heartbeats: as long
 * as an agent may take to give an attempt up (5 s) and to pause before the next (2 s).
 */
export const LEADER_START_GRACE_MS = 7_000;
/** Heartbeats are spread by this part of their period, so that agents do not fall into step. */
const PERIOD_JITTER = 0.1;

/** The cluster's heartbeat period. */
export function heartbeatPeriodMs(view: StoreView): number {
  return view.cluster?.spec.heartbeatPeriodMs ?? DEFAULT_CLUSTER_SPEC.heartbeatPeriodMs;
}

/** The period to tell one agent: the cluster's, up to a tenth more or less; `fraction` is random, 0…1. */
export function jitteredPeriodMs(periodMs: number, fraction: number): number {
  return Math.round(periodMs * (1 - PERIOD_JITTER + 2 * PERIOD_JITTER * fraction));
}

/** What the managers think of the nodes' presence at one moment. */
export interface LivenessDecision {
  readonly changes: readonly Change[];
  /** Nodes whose session has missed too many heartbeats. */
  readonly expired: readonly string[];
  /** When the next node would be missed; undefined when none would. */
  readonly nextAtMs: number | undefined;
}

/**
 * Level-triggered: compares what was heard of each node with the state in the store. A node with a live session
 * is ready; one that was not heard of for HEARTBEATS_BEFORE_DOWN periods is down. A new leader, which has heard
 * of nobody, gives every node LEADER_START_GRACE_MS more.
 */
export function judgeNodes(
  view: StoreView,
  table: SessionTable,
  startedAtMs: number,
  nowMs: number,
): LivenessDecision {
  const changes: Change[] = [];
  const expired: string[] = [];
  let nextAtMs: number | undefined;
  for (const node of view.nodes.values()) {
    const hasSession = table.sessions.has(node.id);
    const sighting = table.sightings.get(node.id) ?? {
      seenAtMs: Math.max(startedAtMs + LEADER_START_GRACE_MS, node.createdAtMs),
      periodMs: heartbeatPeriodMs(view),
    };
    const missedAtMs = sighting.seenAtMs + HEARTBEATS_BEFORE_DOWN * sighting.periodMs;
    if (nowMs < missedAtMs) {
      nextAtMs = Math.min(nextAtMs ?? missedAtMs, missedAtMs);
      if (hasSession && node.status.state !== 'ready') changes.push(withState(node, 'ready', ''));
      continue;
    }
    if (hasSession) expired.push(node.id);
    if (node.status.state !== 'down') {
      changes.push(withState(node, 'down', `nothing heard for ${HEARTBEATS_BEFORE_DOWN} heartbeats`));
    }
  }
  return { changes, expired, nextAtMs };
}

/** A new leader has heard of nobody: nodes that were ready become unknown until their agents report. */
export function unknownNodes(view: StoreView): readonly Change[] {
  const changes: Change[] = [];
  for (const node of view.nodes.values()) {
    if (node.status.state !== 'ready') continue;
    changes.push(withState(node, 'unknown', 'the leader changed, not heard of yet'));
  }
  return changes;
}

function withState(node: Node, state: NodeState, message: string): Change {
  return { kind: 'put', object: { ...node, status: { ...node.status, state, message } } };
}
