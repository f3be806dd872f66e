import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Leadership } from '../../manager/raft/member/member.ts';
import type { MemberStatus } from '../../manager/raft/member/thread-messages.ts';
import { type Child, eventually, freePort, startChild } from './child.ts';
import type { ManagerQuestion } from './manager-process.ts';
import type { MemberQuestion, MemberSettings } from './member-process.ts';

export interface BenchMember {
  readonly id: number;
  readonly front: string;
  readonly child: Child;
  leadership(): Promise<Leadership>;
  status(): Promise<MemberStatus>;
  ask<Result>(question: MemberQuestion | ManagerQuestion): Promise<Result>;
}

/** Members as processes of their own on the loopback, with data in a temporary folder. */
export interface BenchCluster {
  readonly members: Map<number, BenchMember>;
  addressOf(id: number): string;
  /** Starts a founder, again if it was there before, or a member that joins. */
  start(id: number): Promise<BenchMember>;
  leader(): Promise<BenchMember>;
}

export interface ClusterShape {
  readonly voters: readonly number[];
  /** Members that join later. */
  readonly others?: readonly number[];
  /** What runs in each process; the key-value service unless given. */
  readonly module?: 'member-process' | 'manager-process';
}

/** Runs `body` with a cluster of `voters`; all processes and files are gone afterwards. */
export async function withCluster<Result>(
  { voters, others = [], module = 'member-process' }: ClusterShape,
  body: (cluster: BenchCluster) => Promise<Result>,
): Promise<Result> {
  const root = await mkdtemp(path.join(tmpdir(), 'skep-bench-raft-'));
  const addresses = new Map<number, string>();
  const fronts = new Map<number, string>();
  for (const id of [...voters, ...others]) {
    addresses.set(id, `127.0.0.1:${await freePort()}`);
    fronts.set(id, `127.0.0.1:${await freePort()}`);
  }
  const members = new Map<number, BenchMember>();
  const addressOf = (id: number): string => addresses.get(id) ?? '';
  const start = async (id: number): Promise<BenchMember> => {
    const isFounder = voters.includes(id);
    const known = isFounder ? voters : [...voters, id];
    const front = fronts.get(id) ?? '';
    const settings: MemberSettings = {
      folder: path.join(root, String(id)),
      id,
      peers: Object.fromEntries(known.map((one) => [String(one), { address: addressOf(one) }])),
      ...(isFounder ? { bootstrapVoters: voters } : {}),
      transport: { listen: addressOf(id) },
      front,
    };
    const child = await startChild(module, settings);
    const ask = <Answer>(question: MemberQuestion | ManagerQuestion): Promise<Answer> =>
      child.ask<Answer>(question);
    const member: BenchMember = {
      id,
      front,
      child,
      ask,
      leadership: () => ask({ kind: 'leadership' }),
      status: () => ask({ kind: 'status' }),
    };
    members.set(id, member);
    return member;
  };
  const leader = (): Promise<BenchMember> => eventually('a leader', () => findLeader([...members.values()]));
  try {
    await Promise.all(voters.map(start));
    return await body({ members, addressOf, start, leader });
  } finally {
    await Promise.all([...members.values()].map(({ child }) => child.end()));
    await rm(root, { recursive: true, force: true });
  }
}

async function findLeader(members: readonly BenchMember[]): Promise<BenchMember | undefined> {
  for (const member of members) {
    if (member.child.isGone()) continue;
    const leadership = await member.leadership().catch(() => undefined);
    if (leadership?.isLeader === true) return member;
  }
  return undefined;
}
