import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { groupProcesses, type Hierarchy } from './cgroup.ts';
import type { HostPaths } from './names.ts';

/** What the kernel says of one process (proc(5)). */
export interface ProcessStatus {
  /** Its pids, from our pid namespace down to its own. */
  readonly pids: readonly number[];
  /** The letter of its state; empty when there is no such process. */
  readonly state: string;
}

/** Reads the text of /proc/PID/status. */
export function parseStatus(text: string): ProcessStatus {
  const pids = /^NSpid:\s+(.*)$/m.exec(text)?.[1]?.split(/\s+/) ?? [];
  return { pids: pids.map(Number), state: /^State:\s+(\w)/m.exec(text)?.[1] ?? '' };
}

/** True for a process right below our pid namespace that has this pid there and is not dead. */
function isInside({ pids, state }: ProcessStatus, pid: number): boolean {
  return pids.length === 2 && pids[1] === pid && state !== 'Z' && state !== 'X';
}

/** True when the status text of a process is that of the init of a pid namespace right below ours. */
export function isInit(status: string): boolean {
  return isInside(parseStatus(status), 1);
}

/** The processes of a test host that matter, by their pids on the machine. Absent when not there. */
export interface HostProcesses {
  readonly init?: number;
  readonly daemon?: { readonly pid: number; readonly paused: boolean };
}

async function statusesIn(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
): Promise<readonly ProcessStatus[]> {
  const pids = await groupProcesses(hierarchies, cgroup);
  return Promise.all(
    pids.map(async (pid) => parseStatus(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))),
  );
}

/** The pid of a test host's init; undefined when the host is off. Read from the kernel, so never out of date. */
export async function findInit(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
): Promise<number | undefined> {
  return (await statusesIn(hierarchies, cgroup)).find((status) => isInside(status, 1))?.pids[0];
}

/** Looks at a test host's init and daemon. The init writes the daemon's pid, as the host counts it, to a file. */
export async function inspectHost(
  hierarchies: readonly Hierarchy[],
  paths: HostPaths,
): Promise<HostProcesses> {
  const statuses = await statusesIn(hierarchies, paths.cgroup);
  const init = statuses.find((status) => isInside(status, 1))?.pids[0];
  const written = Number(await readFile(join(paths.control, 'pid'), 'utf8').catch(() => '0'));
  const daemon = written > 1 ? statuses.find((status) => isInside(status, written)) : undefined;
  const pid = daemon?.pids[0];
  return {
    ...(init === undefined ? {} : { init }),
    ...(pid === undefined ? {} : { daemon: { pid, paused: daemon?.state === 'T' } }),
  };
}
