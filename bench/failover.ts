// How long nobody leads: the leader is killed, or stops by itself.
import { eventually } from './raft/child.ts';
import { type BenchCluster, type BenchMember, withCluster } from './raft/cluster.ts';
import { createWriter, type Writer } from './raft/writer.ts';
import { summarize, timed } from './statistics.ts';

const ROUNDS = Number(process.env.SKEP_BENCH_ROUNDS ?? 10);

/** How a leader goes. */
type End = (leader: BenchMember) => Promise<unknown>;

/** Both measurements, each of ten rounds; prints milliseconds until the next write is accepted. */
export async function benchFailover(): Promise<void> {
  console.log(`a leader goes, three members, ${ROUNDS} rounds: milliseconds to the next accepted write`);
  await withCluster({ voters: [1, 2, 3] }, async (cluster) => {
    const writer = createWriter();
    try {
      const killed = await measure(cluster, writer, async ({ child }) => child.kill());
      console.log(`  killed (SIGKILL)      median ${summarize(killed, 0)}   bar: 2000`);
      const stopped = await measure(cluster, writer, ({ ask }) => ask({ kind: 'close' }));
      console.log(`  stopped by itself     median ${summarize(stopped, 0)}   bar: 200`);
    } finally {
      writer.close();
    }
  });
}

async function measure(cluster: BenchCluster, writer: Writer, end: End): Promise<number[]> {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const leader = await cluster.leader();
    const others = [...cluster.members.values()].filter((member) => member !== leader);
    // Connections are made before: the clients of a cluster have them.
    await writer.untilAccepted([leader, ...others]);
    await untilEqual(cluster, leader);
    figures.push(
      await timed(() => {
        const ended = end(leader);
        return Promise.all([ended, writer.untilAccepted(others)]);
      }),
    );
    await leader.child.end();
    await cluster.start(leader.id);
    await untilEqual(cluster, await cluster.leader());
  }
  return figures;
}

/** Every member has all entries, so that each round begins alike. */
async function untilEqual(cluster: BenchCluster, leader: BenchMember): Promise<void> {
  await eventually('members that are all up to date', async () => {
    const { progress, lastIndex } = await leader.status();
    const matches = [...progress.values()].map(({ match }) => match);
    const isEqual = matches.length === cluster.members.size && matches.every((match) => match === lastIndex);
    return isEqual ? true : undefined;
  });
}
