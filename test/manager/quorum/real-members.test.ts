import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { membersOf, quorumControlOf } from '../../../daemon/raft-quorum.ts';
import type { Node } from '../../../lib/domain/node.ts';
import { createManagers } from '../../../manager/quorum/managers.ts';
import { type QuorumLoop, startQuorumLoop } from '../../../manager/quorum/quorum-loop.ts';
import { type Member, startMember } from '../../../manager/raft/member/member.ts';
import { createLateProposer } from '../../../manager/store/late-proposer.ts';
import { createStore, type ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { put, systemClock } from '../dispatcher/cluster-fixture.ts';
import { eventually, SKIP_REASON } from '../raft/member/number-cluster.ts';
import { CLUSTER, demoted, managerNode } from './quorum-samples.ts';

const log = (): void => undefined;

interface Manager {
  readonly nodeId: string;
  readonly raftId: number;
  readonly store: ReplicatedStore;
  readonly member: Member;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A member with its store, and the quorum loop while it leads. */
async function startManager(
  folder: string,
  own: { readonly nodeId: string; readonly raftId: number; readonly listen: string },
  peers: Readonly<Record<string, { readonly address: string; readonly commonName: string }>>,
): Promise<Manager> {
  const { nodeId, raftId, listen } = own;
  const proposer = createLateProposer();
  const store = createStore({ proposer, nowMs: Date.now, log });
  let loop: QuorumLoop | undefined;
  let started: Member | undefined;
  const follow = (isLeader: boolean): void => {
    loop?.close();
    loop = undefined;
    // It may lead before the start is over, and is looked at again then.
    if (!isLeader || started === undefined) return;
    const quorum = quorumControlOf(started, raftId);
    loop = startQuorumLoop({ store, quorum, nodeId, clock: systemClock, log });
  };
  const member = await startMember({
    folder: path.join(folder, nodeId),
    key: new Uint8Array(32).fill(7),
    id: raftId,
    peers: { ...peers, [raftId]: { address: listen, commonName: nodeId } },
    ...(Object.keys(peers).length === 0 ? { bootstrapVoters: [raftId] } : {}),
    transport: { listen },
    apply: store.apply,
    snapshot: store.snapshot,
    restore: store.restore,
    onLeadership: ({ isLeader }) => follow(isLeader),
    log,
    tickMs: 50,
  });
  proposer.connect(member);
  started = member;
  follow(member.leadership().isLeader);
  return {
    nodeId,
    raftId,
    store,
    member,
    close: async () => {
      follow(false);
      store.close();
      await member.close();
    },
  };
}

/** Lets a node join as a manager would: the leader gives it an id, and it starts with that. */
async function join(folder: string, leader: Manager, nodeId: string): Promise<Manager> {
  const { manager: _none, ...node } = managerNode(nodeId, 0);
  await put(leader.store, node);
  const quorum = quorumControlOf(leader.member, leader.raftId);
  const managers = createManagers({ ...leader, quorum, clock: systemClock, log });
  const raftAddress = `127.0.0.1:${await freePort()}`;
  const { raftId, peers } = await managers.join(nodeId, { address: 'unused:1', raftAddress });
  const others = peers.filter((peer) => peer.raftId !== raftId);
  return startManager(
    folder,
    { nodeId, raftId, listen: raftAddress },
    Object.fromEntries(
      others.map((peer) => [peer.raftId, { address: peer.raftAddress, commonName: peer.nodeId }]),
    ),
  );
}

async function votersSeenBy({ member }: Manager): Promise<string> {
  const members = membersOf(await member.status());
  return members.map(({ nodeId, isVoter }) => (isVoter ? nodeId : `(${nodeId})`)).join(' ');
}

function nodeOf({ store }: Manager, id: string): Node {
  const node = store.view().nodes.get(id);
  assert.ok(node !== undefined);
  return node;
}

describe('managers with a quorum of their own', { skip: SKIP_REASON }, () => {
  it('join as learners, vote once they caught up, and leave when they are demoted, the leader too', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'skep-quorum-test-'));
    const started: Manager[] = [];
    try {
      const listen = `127.0.0.1:${await freePort()}`;
      const a = await startManager(folder, { nodeId: 'a', raftId: 1, listen }, {});
      started.push(a);
      await eventually('the first one leads', () => a.member.leadership().isLeader || undefined);
      const first = managerNode('a', 1, { raftAddress: listen, reachability: 'unknown' });
      await put(a.store, { ...CLUSTER, lastRaftId: 1 }, first);
      const b = await join(folder, a, 'b');
      started.push(b);
      const c = await join(folder, a, 'c');
      started.push(c);
      await eventually('all vote', async () => (await votersSeenBy(a)) === 'a b c' || undefined);
      await eventually(
        'all are seen',
        () => nodeOf(c, 'b').manager?.reachability === 'reachable' || undefined,
      );
      assert.deepEqual([nodeOf(a, 'a').manager?.leader, nodeOf(a, 'b').manager?.leader], [true, false]);

      await put(a.store, demoted(nodeOf(a, 'b')));
      await eventually('b is out', () => nodeOf(a, 'b').manager === undefined || undefined);
      assert.equal(await votersSeenBy(a), 'a c');

      await put(a.store, demoted(nodeOf(a, 'a')));
      await eventually('a is out', () => nodeOf(c, 'a').manager === undefined || undefined);
      assert.equal(await votersSeenBy(c), 'c');
      assert.equal(nodeOf(c, 'c').manager?.leader, true);
      assert.equal(nodeOf(c, 'c').manager?.raftId, 3);
    } finally {
      await Promise.all(started.map((manager) => manager.close()));
      await rm(folder, { recursive: true, force: true });
    }
  });
});
