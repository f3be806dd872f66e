/** One agent's presence. */
export interface Session {
  readonly id: string;
  readonly nodeId: string;
}

/** The last sign of life of a node, and when the next one is due. */
export interface Sighting {
  readonly seenAtMs: number;
  /** The period that the agent was last told to keep. */
  readonly periodMs: number;
}

/** What one leader knows of the agents. Only the functions of this file change it. */
export interface SessionTable {
  /** By node id: a node has one session, the newest. */
  readonly sessions: Map<string, Session>;
  /** By node id; kept when a session ends. */
  readonly sightings: Map<string, Sighting>;
}

/** A table without sessions. */
export function createSessionTable(): SessionTable {
  return { sessions: new Map(), sightings: new Map() };
}

/** Makes the session the node's only one; returns the one that it replaces. */
export function openSession(table: SessionTable, session: Session, sighting: Sighting): Session | undefined {
  const previous = table.sessions.get(session.nodeId);
  table.sessions.set(session.nodeId, session);
  table.sightings.set(session.nodeId, sighting);
  return previous;
}

/** Ends the session if it is still the node's own. */
export function closeSession(table: SessionTable, session: Pick<Session, 'id' | 'nodeId'>): void {
  if (table.sessions.get(session.nodeId)?.id === session.id) table.sessions.delete(session.nodeId);
}

/** Notes a heartbeat. False when the node has no such session. */
export function recordHeartbeat(
  table: SessionTable,
  nodeId: string,
  sessionId: string,
  sighting: Sighting,
): boolean {
  if (table.sessions.get(nodeId)?.id !== sessionId) return false;
  table.sightings.set(nodeId, sighting);
  return true;
}

/** Forgets nodes that the cluster no longer has. */
export function forgetNode(table: SessionTable, nodeId: string): void {
  table.sessions.delete(nodeId);
  table.sightings.delete(nodeId);
}
