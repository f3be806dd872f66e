// What a manager with nothing to do holds in memory: the daemon as it is, on a test host.
import { readdir, readFile } from 'node:fs/promises';
import { down, up } from '../../cli/playground/playground.ts';

const PLAYGROUND = 'bench-memory';
const MANAGERS = 3;
const IDLE_MS = 20_000;
const KIB = 1_024;

/** Brings up three managers, waits, and prints what each of them holds. */
export async function benchMemory(): Promise<void> {
  console.log(`an idle manager, one of ${MANAGERS}, ${IDLE_MS / 1_000} s after the swarm was formed`);
  await down(PLAYGROUND);
  try {
    const { hosts } = await up({ name: PLAYGROUND, managers: MANAGERS, workers: 0 });
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    for (const { host, pid } of hosts) {
      const daemon = pid === undefined ? undefined : await findDaemon(pid);
      if (daemon === undefined) continue;
      const [rss, pss, own] = await Promise.all(
        ['Rss', 'Pss', 'Private'].map((name) => memoryOf(daemon, name)),
      );
      console.log(`  ${host}: resident ${rss} MB, proportional ${pss} MB, private ${own} MB   bar: 120`);
    }
  } finally {
    await down(PLAYGROUND);
  }
}

/** The process of the daemon below the init of a test host. */
async function findDaemon(init: number): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent !== init) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8');
    if (line.includes('daemon/main.js')) return Number(name);
  }
  return undefined;
}

/** Megabytes of the lines with that name, whether clean or dirty pages. */
async function memoryOf(pid: number, name: string): Promise<string> {
  let kibibytes = 0;
  for (const line of (await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')).split('\n')) {
    if (new RegExp(name === 'Private' ? '^Private_(Clean|Dirty):' : `^${name}:`).test(line))
      kibibytes += Number(/(\d+) kB/.exec(line)?.[1]);
  }
  return ((kibibytes * KIB) / 1e6).toFixed(0);
}
