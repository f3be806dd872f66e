import type { ManagerStatus, Node } from '../../lib/domain/node.ts';
import { describeError, SkepError } from '../../lib/errors.ts';
import { nodeName, refuseManagerLoss } from '../../lib/manager-loss.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import { highestRaftId } from '../../lib/raft-id.ts';
import type { JoinManagersResponse, ManagerEndpoints } from '../../proto/messages.ts';
import type { Store, StoreView } from '../store/store.ts';
import { answersNow, keepsQuorumWithout, observeMembers } from './members.ts';
import type { QuorumControl } from './quorum-control.ts';
import { removeMember } from './quorum-loop.ts';

/** Tries of one change of the quorum while another one is under way. */
const MAX_TRIES = 20;
const RETRY_MS = 250;
/** How long a manager that leaves waits until it is no member any more. */
export const LEAVE_TIMEOUT_MS = 10_000;
/** How often it is looked whether this manager still leads meanwhile. */
const LEAVE_LOOK_MS = 250;

export interface ManagersDependencies {
  readonly store: Store;
  /** Null where etcd keeps the state. */
  readonly quorum: QuorumControl | null;
  /** This manager's node. */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What managers ask of their leader; `nodeId` is the caller, as its certificate proves. */
export interface Managers {
  /**
   * Makes the caller, which has no part in the quorum or lost its disk, a new learner with an id of its own.
   * Asked again it gives another id, and the former one goes.
   */
  join(nodeId: string, endpoints: ManagerEndpoints): Promise<JoinManagersResponse>;
  /**
   * Makes the caller a worker and resolves once it has no part in the quorum any more. Asked again it only
   * waits. Rejects with UNAVAILABLE when that takes too long, or when the lead was handed over meanwhile.
   */
  leave(nodeId: string): Promise<void>;
  /** Tells all where the caller is reached from now on. */
  announce(nodeId: string, endpoints: ManagerEndpoints): Promise<void>;
}

/** Serves the managers on the leader. Refuses with a SkepError; NOT_LEADER when this manager does not lead. */
export function createManagers(dependencies: ManagersDependencies): Managers {
  return {
    join: (nodeId, endpoints) => join(dependencies, nodeId, endpoints),
    leave: (nodeId) => leave(dependencies, nodeId),
    announce: (nodeId, endpoints) => announce(dependencies, nodeId, endpoints),
  };
}

const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/;

function requireEndpoint(name: string, text: string): void {
  const port = Number(HOST_AND_PORT.exec(text)?.[2] ?? 0);
  if (port >= 1 && port <= 65_535) return;
  throw new SkepError(
    'INVALID_ARGUMENT',
    `a manager's ${name} must be host:port, not "${text.slice(0, 80)}"`,
  );
}

function checkEndpoints(quorum: QuorumControl | null, endpoints: ManagerEndpoints): void {
  requireEndpoint('address', endpoints.address);
  if (quorum !== null) requireEndpoint('replication address', endpoints.raftAddress);
}

function requireManagerNode(view: StoreView, nodeId: string): Node {
  const node = view.nodes.get(nodeId);
  if (node === undefined) {
    throw new SkepError('PERMISSION_DENIED', `node ${nodeId} was removed from the cluster`);
  }
  if (node.spec.role === 'manager') return node;
  throw new SkepError('FAILED_PRECONDITION', `node "${nodeName(node)}" is a worker now`, {
    help: `make it a manager: skep node promote ${nodeId}`,
  });
}

async function join(
  dependencies: ManagersDependencies,
  nodeId: string,
  endpoints: ManagerEndpoints,
): Promise<JoinManagersResponse> {
  const { store, quorum, log } = dependencies;
  checkEndpoints(quorum, endpoints);
  if (nodeId === dependencies.nodeId) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `node ${nodeId} leads the managers: it is one of them already`,
    );
  }
  const highest = Math.max(0, ...((await quorum?.members()) ?? []).map(({ raftId }) => raftId));
  const raftId = await giveRaftId(dependencies, nodeId, endpoints, highest);
  if (quorum !== null) {
    await removeFormerMembers(dependencies, quorum, nodeId, raftId);
    await addMember(dependencies, quorum, { raftId, raftAddress: endpoints.raftAddress, nodeId });
  }
  log('info', 'A manager joined the others.', { nodeId, raftId, address: endpoints.address });
  const { cluster } = store.view();
  const peers = ((await quorum?.members()) ?? []).map(({ raftId, nodeId, raftAddress }) => ({
    raftId,
    nodeId,
    raftAddress,
  }));
  return { raftId, peers, storeAddress: cluster?.storeAddress ?? '', unlockKey: cluster?.unlockKey ?? '' };
}

/** Writes the node's new part into the store before anything knows of it, so that no id is ever given twice. */
async function giveRaftId(
  { store, quorum }: ManagersDependencies,
  nodeId: string,
  { address, raftAddress }: ManagerEndpoints,
  highestMember: number,
): Promise<number> {
  let raftId = 0;
  await store.update((view) => {
    const node = requireManagerNode(view, nodeId);
    const { cluster } = view;
    if (cluster === undefined) throw new SkepError('FAILED_PRECONDITION', 'there is no cluster here');
    const status = { address, leader: false, reachability: 'unknown' } as const;
    if (quorum === null) {
      const manager: ManagerStatus = { ...status, raftId: 0, raftAddress: '' };
      return [{ kind: 'put', object: { ...node, manager } }];
    }
    raftId = Math.max(highestRaftId(view), highestMember) + 1;
    return [
      { kind: 'put', object: { ...cluster, lastRaftId: raftId } },
      { kind: 'put', object: { ...node, manager: { ...status, raftId, raftAddress } } },
    ];
  });
  return raftId;
}

/** What the node was before it lost its disk. What cannot go yet goes later, by the quorum loop. */
async function removeFormerMembers(
  { clock, log }: ManagersDependencies,
  quorum: QuorumControl,
  nodeId: string,
  raftId: number,
): Promise<void> {
  const { members } = observeMembers(new Map(), await quorum.members(), clock.nowMs());
  const former = members.find((member) => member.nodeId === nodeId && member.raftId < raftId);
  if (former === undefined || !keepsQuorumWithout(members, former.raftId, answersNow)) return;
  try {
    await removeMember(quorum, former.raftId);
  } catch (thrown) {
    log('debug', 'The former member of a node could not be removed yet.', {
      nodeId,
      raftId: former.raftId,
      error: describeError(thrown),
    });
  }
}

async function addMember(
  { store, clock }: ManagersDependencies,
  quorum: QuorumControl,
  member: Parameters<QuorumControl['add']>[0],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if (store.view().nodes.get(member.nodeId)?.manager?.raftId !== member.raftId) {
      throw new SkepError(
        'CONFLICT',
        `node ${member.nodeId} was given another part in the quorum meanwhile`,
        {
          help: 'ask again',
        },
      );
    }
    try {
      await quorum.add(member);
      return;
    } catch (thrown) {
      const code = thrown instanceof SkepError ? thrown.code : 'INTERNAL';
      // An attempt of which we did not hear may have come through.
      if (code === 'ALREADY_EXISTS') return;
      if (code !== 'UNAVAILABLE' || attempt >= MAX_TRIES) throw thrown;
    }
    await pause(clock, RETRY_MS);
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(delayMs, resolve));
}

async function leave(dependencies: ManagersDependencies, nodeId: string): Promise<void> {
  const { store, quorum, clock, log } = dependencies;
  let isNews = false;
  await store.update((view) => {
    const node = view.nodes.get(nodeId);
    if (node?.spec.role !== 'manager') return [];
    isNews = true;
    const refusal = refuseManagerLoss({
      leaving: node,
      nodes: view.nodes.values(),
      verb: 'demoted',
      managersVote: quorum !== null,
    });
    if (refusal !== undefined) throw refusal;
    return [{ kind: 'put', object: { ...node, spec: { ...node.spec, role: 'worker' } } }];
  });
  if (isNews) log('info', 'A manager leaves the others.', { nodeId });
  const untilMs = clock.nowMs() + LEAVE_TIMEOUT_MS;
  while (store.view().nodes.get(nodeId)?.manager !== undefined) {
    await requireStillLeading(store, nodeId);
    if (clock.nowMs() >= untilMs) throw stillMember(nodeId, 'that takes longer than expected');
    await pause(clock, LEAVE_LOOK_MS);
  }
}

async function requireStillLeading(store: Store, nodeId: string): Promise<void> {
  try {
    await store.update(() => []);
  } catch (thrown) {
    throw stillMember(nodeId, 'another manager takes the lead', thrown);
  }
}

/** Not NOT_LEADER: the node is a worker from now on. */
function stillMember(nodeId: string, why: string, cause?: unknown): SkepError {
  return new SkepError('UNAVAILABLE', `node ${nodeId} is still part of the quorum: ${why}`, {
    help: 'ask again in a moment',
    cause,
  });
}

async function announce(
  { store, quorum, log }: ManagersDependencies,
  nodeId: string,
  endpoints: ManagerEndpoints,
): Promise<void> {
  checkEndpoints(quorum, endpoints);
  const { address } = endpoints;
  const raftAddress = quorum === null ? '' : endpoints.raftAddress;
  let raftId = 0;
  await store.update((view) => {
    const node = requireManagerNode(view, nodeId);
    if (node.manager === undefined) {
      throw new SkepError('FAILED_PRECONDITION', `node "${nodeName(node)}" has not joined the managers yet`, {
        help: 'it joins them first',
      });
    }
    raftId = node.manager.raftId;
    if (node.manager.address === address && node.manager.raftAddress === raftAddress) return [];
    return [{ kind: 'put', object: { ...node, manager: { ...node.manager, address, raftAddress } } }];
  });
  if (quorum === null) return;
  const member = (await quorum.members()).find((candidate) => candidate.raftId === raftId);
  if (member === undefined || member.raftAddress === raftAddress) return;
  await quorum.announce(raftId, raftAddress);
  log('info', 'A manager is reached at another address now.', { nodeId, raftId, raftAddress });
}
