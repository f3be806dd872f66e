import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readHierarchies, subgroupNames } from '../../../cli/playground/cgroup.ts';
import { runCommand } from '../../../cli/playground/command.ts';
import { CGROUP_ROOT, DATA_ROOT, hostPaths, linkNames, RUN_ROOT } from '../../../cli/playground/names.ts';
import { down, execInHost, up } from '../../../cli/playground/playground.ts';
import type { ShapeWishes } from '../../../cli/playground/shape.ts';

/** Stands in for skepd: tells that it runs, keeps data, and leaves a child behind. */
export const PLACEHOLDER = [
  'sh',
  '-c',
  'echo run >> /var/lib/skep/runs; echo {host} > /run/skep/name; sleep 1000 & exec sleep 2000',
];
/** Answers one connection with a word, then ends. */
const SAY_HELLO = 'echo hello | busybox nc -l -p 7000';
/** Why tests with playgrounds cannot run here; false when they can. */
export const skip = process.getuid?.() === 0 ? false : 'needs root';

/** Everything of a playground that can be found on the machine. */
export async function remains(name: string): Promise<readonly string[]> {
  const hierarchies = await readHierarchies();
  const { switchName } = linkNames(name);
  const found: string[] = [];
  for (const root of [DATA_ROOT, RUN_ROOT]) {
    if ((await readdir(root).catch((): string[] => [])).includes(name)) found.push(join(root, name));
  }
  if ((await subgroupNames(hierarchies, CGROUP_ROOT)).includes(name)) found.push('cgroups');
  const links = await runCommand(['ip', '-o', 'link', 'show']);
  if (links.stdout.includes(switchName)) found.push('links');
  if ((await runCommand(['ip', 'netns', 'list'])).stdout.includes(switchName)) found.push('namespace');
  if ((await readFile('/proc/self/mountinfo', 'utf8')).includes(`/${name}/`)) found.push('mounts');
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    const process = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // What is dead and not yet collected by its parent holds nothing any more.
    if (/^State:\s+[ZX]/m.test(process)) continue;
    if (groups.includes(`/${CGROUP_ROOT}/${name}/`)) found.push(`process ${pid}`);
  }
  return found;
}

/** Runs with one manager and some workers, and sees that nothing is left of them afterwards. */
export async function withPlayground(
  name: string,
  workers: number,
  use: () => Promise<void>,
  wishes: ShapeWishes = {},
): Promise<void> {
  try {
    await up({ name, managers: 1, workers, daemon: PLACEHOLDER, ...wishes });
    await use();
  } finally {
    await down(name);
  }
  assert.deepEqual(await remains(name), []);
}

/** True when a connection is made, and an answer comes back. */
export async function reaches(name: string, from: string, to: string, attempts = 10): Promise<boolean> {
  const listening = execInHost(name, to, ['timeout', '2', 'sh', '-c', SAY_HELLO]);
  const asking = execInHost(name, from, [
    'sh',
    '-c',
    `for try in $(seq ${attempts}); do busybox nc -w 1 ${to} 7000 </dev/null && exit; sleep 0.05; done; exit 1`,
  ]);
  const [, answer] = await Promise.all([listening, asking]);
  return answer.stdout === 'hello\n';
}

/** How often the placeholder was started on a host. */
export async function runsOf(name: string, host: string): Promise<number> {
  const text = await readFile(join(hostPaths(name, host).data, 'runs'), 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}

/** Looks again until it holds; the tests do not measure how long that takes. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail('it never came true');
}
