import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../lib/errors.ts';
import type { ManagerAddress } from '../proto/messages.ts';
import { FIRST_RAFT_ID } from './new-cluster.ts';

/** What a node remembers of its membership. */
export interface NodeState {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: 'worker' | 'manager';
  /** Of a manager that takes part in keeping the state; 0 for all others. */
  readonly raftId: number;
  /** `etcd://…` on a manager of a cluster whose state etcd keeps; empty otherwise. */
  readonly storeAddress: string;
  /** host:port that the managers' API listens on. */
  readonly listenAddress: string;
  /** host:port that others reach this node at. */
  readonly advertiseAddress: string;
  /** Address that overlay traffic is sent to. */
  readonly dataPathAddress: string;
  readonly dataPathPort: number;
  /** Managers as last heard of. */
  readonly managers: readonly ManagerAddress[];
}

function pathOf(dataRoot: string): string {
  return join(dataRoot, 'node.json');
}

type StoredState = Omit<NodeState, 'raftId' | 'storeAddress'> & {
  readonly raftId?: number;
  readonly storeAddress?: string;
};

/** The only manager of a cluster that was made before managers had raft ids is the first one. */
function complete(stored: StoredState): NodeState {
  const raftId = stored.raftId ?? (stored.role === 'manager' ? FIRST_RAFT_ID : 0);
  return { ...stored, raftId, storeAddress: stored.storeAddress ?? '' };
}

/** The stored membership; null when the node is in no cluster. DATA_LOSS when the file cannot be read. */
export async function loadNodeState(dataRoot: string): Promise<NodeState | null> {
  let text: string;
  try {
    text = await readFile(pathOf(dataRoot), 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
  try {
    return complete(JSON.parse(text) as StoredState);
  } catch (cause) {
    throw new SkepError('DATA_LOSS', `${pathOf(dataRoot)} cannot be read`, {
      help: 'move it away and join the cluster again',
      cause,
    });
  }
}

/** Replaces the stored membership in one step. */
export async function saveNodeState(dataRoot: string, state: NodeState): Promise<void> {
  const path = pathOf(dataRoot);
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** Forgets the membership. */
export async function removeNodeState(dataRoot: string): Promise<void> {
  await rm(pathOf(dataRoot), { force: true });
}
