// Writes and linearizable reads a second, beside etcd, in turns.
import { median, summarize } from '../statistics.ts';
import { type Child, startChild } from './child.ts';
import { withCluster } from './cluster.ts';
import { withEtcd } from './etcd.ts';
import type { LoadQuestion, LoadResult } from './load-process.ts';

const WRITERS = [1, 16, 64, 256];
const READERS = 64;
const ROUNDS = Number(process.env.SKEP_BENCH_ROUNDS ?? 5);
const ROUND_MS = 4_000;
const WARM_UP_MS = 1_000;
/** Compilers of the language take their time: what is measured is a manager that has been up for a while. */
const FIRST_WARM_UP_MS = 10_000;

type Side = 'skep' | 'etcd';

interface Measured {
  readonly skep: LoadResult[];
  readonly etcd: LoadResult[];
}

/** Measures both clusters with the same clients and prints figures and ratios; without etcd only our own. */
export async function compareThroughput(hasEtcd: boolean): Promise<void> {
  console.log(
    `three members on one machine, 256-byte values, synced to disk, ${ROUNDS} rounds of ${ROUND_MS / 1_000} s in turns`,
  );
  console.log('operations a second, median (least–most), and milliseconds of the median call');
  await withCluster({ voters: [1, 2, 3] }, async (cluster) => {
    const ours = await startChild('load-process', { side: 'skep', address: (await cluster.leader()).front });
    try {
      if (!hasEtcd) return await measureAll({ skep: ours });
      return await withEtcd(async (etcd) => {
        const theirs = await startChild('load-process', { side: 'etcd', address: await etcd.leader() });
        try {
          await measureAll({ skep: ours, etcd: theirs });
        } finally {
          await theirs.end();
        }
      });
    } finally {
      await ours.end();
    }
  });
}

type Loads = { readonly skep: Child; readonly etcd?: Child };

async function measureAll(loads: Loads): Promise<void> {
  const questions: LoadQuestion[] = [
    ...WRITERS.map((clients): LoadQuestion => ({ kind: 'put', clients, forMs: ROUND_MS })),
    { kind: 'get', clients: READERS, forMs: ROUND_MS },
  ];
  for (const clients of [64, 8]) {
    for (const load of [loads.skep, loads.etcd]) {
      await load?.ask({ kind: 'put', clients, forMs: FIRST_WARM_UP_MS } satisfies LoadQuestion);
    }
  }
  for (const question of questions) {
    const measured = await measure(loads, question);
    const what = `${question.kind === 'put' ? 'writes' : 'linearizable reads'}, ${question.clients} clients`;
    print(what, measured);
  }
}

async function measure(loads: Loads, question: LoadQuestion): Promise<Measured> {
  const measured: Measured = { skep: [], etcd: [] };
  const sides: Side[] = loads.etcd === undefined ? ['skep'] : ['skep', 'etcd'];
  for (const side of sides) await loads[side]?.ask({ ...question, forMs: WARM_UP_MS });
  for (let round = 0; round < ROUNDS; round++) {
    // Whoever comes first changes: neither always follows the other's last writes to the disk.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const result = await loads[side]?.ask<LoadResult>(question);
      if (result !== undefined) measured[side].push(result);
    }
  }
  return measured;
}

function print(what: string, { skep, etcd }: Measured): void {
  const rate = (results: readonly LoadResult[]) => results.map(({ perSecond }) => perSecond);
  const describe = (name: string, results: readonly LoadResult[]): string => {
    const latency = median(results.map(({ medianMs }) => medianMs)).toFixed(2);
    const failed = results.reduce((sum, one) => sum + one.failed, 0);
    return `${name} ${summarize(rate(results), 0)} ${latency} ms${failed === 0 ? '' : `, ${failed} failed`}`;
  };
  const parts = [describe('skep', skep)];
  if (etcd.length > 0) {
    parts.push(describe('etcd', etcd), `ratio ${(median(rate(skep)) / median(rate(etcd))).toFixed(2)}`);
  }
  console.log(`  ${what.padEnd(32)} ${parts.join('   ')}`);
}
