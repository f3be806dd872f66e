// Whether a manager that is busy with scheduling still has time for its consensus.
import { eventually } from './child.ts';
import { type BenchMember, withCluster } from './cluster.ts';
import type { ScheduledAnswer } from './manager-process.ts';

const NODES = 50;
const SERVICES = 10;
const REPLICAS = Number(process.env.SKEP_BENCH_REPLICAS ?? 10_000);
const TIMEOUT_MS = 10 * 60_000;

/** Has 100,000 tasks made and placed by three managers, and prints how late the turns of their threads were. */
export async function benchScheduling(): Promise<void> {
  const tasks = SERVICES * REPLICAS;
  console.log(`${tasks} tasks for ${NODES} nodes that do not exist, three managers`);
  await withCluster({ voters: [1, 2, 3], module: 'manager-process' }, async (cluster) => {
    const leader = await cluster.leader();
    const before = await leader.status();
    const startedAtMs = performance.now();
    await leader.ask({ kind: 'seed', nodes: NODES, services: SERVICES, replicas: REPLICAS });
    const answer = await eventually(
      'all tasks placed',
      async () => {
        const scheduled = await leader.ask<ScheduledAnswer>({ kind: 'scheduled' });
        return scheduled.placed >= tasks ? scheduled : undefined;
      },
      TIMEOUT_MS,
    );
    const seconds = (performance.now() - startedAtMs) / 1_000;
    console.log(`  placed after ${seconds.toFixed(1)} s; longest turn of the leader's main thread`);
    console.log(`  ${answer.mainDelayMaxMs.toFixed(0)} ms`);
    for (const member of cluster.members.values()) await printDelay(member, leader);
    const elections = (await leader.status()).term - before.term;
    console.log(`  elections meanwhile: ${elections}`);
  });
}

async function printDelay(member: BenchMember, leader: BenchMember): Promise<void> {
  const { p50, p99, p999, max } = (await member.status()).eventLoopDelayMs;
  const figures = [p50, p99, p999, max].map((one) => one.toFixed(1)).join(' / ');
  const who = member === leader ? 'leader  ' : 'follower';
  console.log(
    `  delay of the consensus thread, ${who} p50 / p99 / p99.9 / most: ${figures} ms   bar: p99.9 20`,
  );
}
