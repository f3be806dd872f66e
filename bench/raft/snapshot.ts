// A member joins that needs everything: what the others' writers notice of it.
import { eventually, startChild } from './child.ts';
import { type BenchCluster, type BenchMember, withCluster } from './cluster.ts';
import type { LoadQuestion, LoadResult } from './load-process.ts';

const VALUE_BYTES = 4_096;
const KEYS = 25_600;
const NEW_MEMBER = 4;
const WRITES_PER_SECOND = 100;
const TIMEOUT_MS = 5 * 60_000;

/** Fills three members with 100 MB, lets a fourth join under a steady load, and prints the slowest write. */
export async function benchSnapshot(): Promise<void> {
  const megabytes = Math.round((KEYS * VALUE_BYTES) / 1e6);
  console.log(
    `a new member for a cluster with ${megabytes} MB, ${WRITES_PER_SECOND} writes a second meanwhile`,
  );
  await withCluster({ voters: [1, 2, 3], others: [NEW_MEMBER] }, async (cluster) => {
    const leader = await cluster.leader();
    const load = await startChild('load-process', { side: 'skep', address: leader.front });
    try {
      const fill = { kind: 'put', clients: 64, forMs: TIMEOUT_MS, valueBytes: VALUE_BYTES } as const;
      await load.ask({ ...fill, keys: KEYS, calls: KEYS } satisfies LoadQuestion);
      const writer: LoadQuestion = {
        kind: 'put',
        clients: 8,
        forMs: TIMEOUT_MS,
        perSecond: WRITES_PER_SECOND,
      };
      const alone = load.ask<LoadResult>(writer);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      await load.ask('stop');
      print('before', await alone);
      const meanwhile = load.ask<LoadResult>(writer);
      const seconds = await join(cluster, leader);
      await load.ask('stop');
      print(`during ${seconds.toFixed(1)} s`, await meanwhile);
    } finally {
      await load.end();
    }
  });
}

/** Seconds until the new member has a vote, and everything. */
async function join(cluster: BenchCluster, leader: BenchMember): Promise<number> {
  const startedAtMs = performance.now();
  const added = await cluster.start(NEW_MEMBER);
  await leader.ask({ kind: 'add', id: NEW_MEMBER, address: cluster.addressOf(NEW_MEMBER) });
  const isThere = async (): Promise<true | undefined> =>
    (await added.ask<number>({ kind: 'keys' })) >= KEYS ? true : undefined;
  await eventually('a new member with everything', isThere, TIMEOUT_MS);
  await leader.ask({ kind: 'promote', id: NEW_MEMBER });
  return (performance.now() - startedAtMs) / 1_000;
}

function print(when: string, { medianMs, p99Ms, slowestMs, failed }: LoadResult): void {
  const figures = [medianMs, p99Ms, slowestMs].map((one) => one.toFixed(1)).join(' / ');
  console.log(`  ${when.padEnd(16)} median / p99 / slowest write ${figures} ms, ${failed} failed   bar: 500`);
}
