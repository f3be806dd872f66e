// What the health checks of many containers take of a node, and of the starts beside them.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from './memory/processes.ts';
import { inOwnNetwork } from './own-network.ts';
import { makeRootfs, packRootfs } from './rootfs.ts';
import { type SkepNode, startSkepNode } from './skep-node.ts';
import { summarize, timed } from './statistics.ts';

const CONTAINERS = Number(process.env.SKEP_BENCH_HEALTH_CONTAINERS ?? 1000);
const STARTS_AT_ONCE = 20;
/** Docker's default, a short one, and none for comparison. */
const INTERVALS_MS = [0, 30_000, 10_000];
const SETTLE_MS = 10_000;
/** Two turns of the longest interval. */
const MEASURE_MS = 60_000;
const TIMED_STARTS = 40;
const PAUSE_BETWEEN_STARTS_MS = 100;
const TICKS_PER_SECOND = 100;

/** Processor time of a process, in seconds: its own, and that of its children that have ended. */
interface Spent {
  readonly own: number;
  readonly children: number;
}

async function spentBy(pid: number): Promise<Spent> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const numbers = (text.split(') ')[1] ?? '').split(' ').map(Number);
  // Fields 14 to 17 of proc_pid_stat(5); the first after the name is field 3.
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = numbers.slice(11, 15);
  return { own: (user + system) / TICKS_PER_SECOND, children: (childUser + childSystem) / TICKS_PER_SECOND };
}

function percent(seconds: number, elapsedMs: number): string {
  return ((seconds / elapsedMs) * 100_000).toFixed(1);
}

async function startAll(node: SkepNode, intervalMs: number): Promise<void> {
  const health = {
    test: ['CMD', '/bin/true'],
    intervalMs,
    timeoutMs: 30_000,
    retries: 3,
    startPeriodMs: 0,
    startIntervalMs: 5_000,
  };
  for (let count = 0; count < CONTAINERS; count += STARTS_AT_ONCE) {
    await Promise.all(
      Array.from({ length: STARTS_AT_ONCE }, () =>
        node.start(['/bin/sleep', '1000000'], intervalMs === 0 ? undefined : health),
      ),
    );
  }
}

async function measure(folder: string, tar: Uint8Array, intervalMs: number): Promise<void> {
  const node = await startSkepNode(folder, tar);
  try {
    await startAll(node, intervalMs);
    await sleep(SETTLE_MS);
    const pids = [node.daemonPid, node.keeperPid];
    const before = await Promise.all(pids.map(spentBy));
    const elapsedMs = await timed(() => sleep(MEASURE_MS));
    const after = await Promise.all(pids.map(spentBy));
    const [daemon, keeper, programs] = [
      (after[0]?.own ?? 0) - (before[0]?.own ?? 0),
      (after[1]?.own ?? 0) - (before[1]?.own ?? 0),
      (after[1]?.children ?? 0) - (before[1]?.children ?? 0),
    ].map((seconds) => percent(seconds, elapsedMs));
    const resident = await Promise.all(pids.map(residentBytes));
    const starts: number[] = [];
    for (let index = 0; index < TIMED_STARTS; index++) {
      starts.push(await timed(() => node.run(['/bin/true'])));
      await sleep(PAUSE_BETWEEN_STARTS_MS);
    }
    const [daemonMegabytes, keeperMegabytes] = resident.map((bytes) => (bytes / 1e6).toFixed(0));
    const title = intervalMs === 0 ? 'no checks' : `every ${intervalMs / 1000} s`;
    console.log(
      `  ${title.padEnd(12)} processor, % of one core: daemon ${daemon}, keeper ${keeper}, checks ${programs}; ` +
        `memory, MB: ${daemonMegabytes} + ${keeperMegabytes}; a run of true beside them, ms: ${summarize(starts)}`,
    );
  } finally {
    await node.close();
  }
}

/** Prints what a node spends on the health checks of 1,000 containers, and how long a container takes beside them. */
export async function benchHealth(): Promise<void> {
  await inOwnNetwork('health', async (folder) => {
    const tar = packRootfs(await makeRootfs(folder));
    console.log(`health checks of ${CONTAINERS} containers`);
    for (const intervalMs of INTERVALS_MS) {
      const own = join(folder, String(intervalMs));
      await mkdir(own);
      await measure(own, tar, intervalMs);
    }
  });
}
