import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import type { TopContainerResponse } from '../../proto/container-messages.ts';
import type { ContainerOnNode } from './container-on-node.ts';
import { type ProcessFacts, parseNames, processColumns, processTable } from './processes.ts';
import { parseMemoryTotal, usageFolders } from './usage.ts';

const MAX_PROCESSES = 10_000;
/** Files that are read at the same time. */
const MAX_READS = 32;
/** A container may have groups of its own below its group. */
const MAX_GROUP_DEPTH = 8;
const MAX_GROUPS = 1_000;

/** In UTC. */
function dateOf(atMs: number): string {
  const date = new Date(atMs);
  const month = date.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
  return `${month}${String(date.getUTCDate()).padStart(2, '0')}`;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function pidsBelow(
  folder: string,
  found: { groups: number; pids: Set<number> },
  depth: number,
): Promise<void> {
  if (depth > MAX_GROUP_DEPTH || ++found.groups > MAX_GROUPS) return;
  for (const line of (await textOf(join(folder, 'cgroup.procs'))).split('\n')) {
    if (line !== '' && line !== '0') found.pids.add(Number(line));
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await pidsBelow(join(folder, entry.name), found, depth + 1);
  }
}

/** The numbers of all processes in a control group and those below it. RESOURCE_EXHAUSTED for very many. */
async function pidsOfGroup(folder: string): Promise<readonly number[]> {
  const found = { groups: 0, pids: new Set<number>() };
  await pidsBelow(folder, found, 0);
  if (found.pids.size > MAX_PROCESSES) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `the container has ${found.pids.size} processes, too many to list`,
    );
  }
  return [...found.pids];
}

async function factsOf(pid: number): Promise<ProcessFacts | null> {
  const [stat, status, commandLine] = await Promise.all(
    ['stat', 'status', 'cmdline'].map((name) => textOf(`/proc/${pid}/${name}`)),
  );
  // It ended meanwhile.
  if (stat === undefined || stat === '') return null;
  const idOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+\\d+\\s+(\\d+)`, 'm').exec(status ?? '')?.[1] ?? 0);
  return { pid, stat, commandLine: commandLine ?? '', uid: idOf('Uid'), gid: idOf('Gid') };
}

/** The processes of a running container, by the columns that arguments of ps name; see processes.ts. */
export async function listProcesses(
  container: ContainerOnNode,
  psArguments: readonly string[],
  nowMs: () => number,
): Promise<TopContainerResponse> {
  const columns = processColumns(psArguments);
  if (container.pid === 0) {
    throw new SkepError('FAILED_PRECONDITION', `container ${container.name} is not running`);
  }
  const { pids: folder } = usageFolders(await textOf('/proc/self/mountinfo'), container.cgroupPath);
  const pids = await pidsOfGroup(folder ?? '');
  const all: ProcessFacts[] = [];
  for (let start = 0; start < pids.length; start += MAX_READS) {
    const some = await Promise.all(pids.slice(start, start + MAX_READS).map(factsOf));
    all.push(...some.filter((facts) => facts !== null));
  }
  const [uptime, memory, users, groups] = await Promise.all(
    ['/proc/uptime', '/proc/meminfo', '/etc/passwd', '/etc/group'].map(textOf),
  );
  const now = nowMs();
  return processTable(columns, all, {
    nowMs: now,
    bootedAtMs: now - Number.parseFloat(uptime ?? '0') * 1_000,
    memoryBytes: parseMemoryTotal(memory ?? ''),
    dateOf,
    userNames: parseNames(users ?? ''),
    groupNames: parseNames(groups ?? ''),
  });
}
