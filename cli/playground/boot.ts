import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { projectRoot } from '../project.ts';
import { createGroups, groupProcesses, type Hierarchy, joinFiles } from './cgroup.ts';
import { requireCommand } from './command.ts';
import { hostPaths } from './names.ts';
import { findInit } from './processes.ts';
import { connectHost } from './wires.ts';

/** Namespaces and mounts of a test host are there within milliseconds; a loaded machine gets more. */
const BOOT_TIMEOUT_MS = 20_000;
const BOOT_POLL_MS = 20;
/** A killed process is gone at once, unless the kernel holds it in a system call. */
const DEATH_TIMEOUT_MS = 20_000;

/** Joins the groups named before `--`, then becomes the command after it. */
const JOIN_SCRIPT = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"';

/**
 * The first process of a test host: arranges its mounts, waits for the network, and keeps the daemon running
 * as an init system would. It waits for children all the time, and so reaps those that others left to it.
 * Folders in order: control, data, run, hosts file; then the host's name, then the daemon's command if any.
 */
const INIT_SCRIPT = `
set -e
control=$1 data=$2 run=$3 hosts=$4 name=$5
shift 5
echo "$name" > /proc/sys/kernel/hostname
stage=$control/stage
mkdir -p "$stage"
mount -t tmpfs -o mode=755,size=64m tmpfs "$stage"
mkdir -p "$stage/skep" "$stage/playground" "$stage/lock"
mount --bind "$run" "$stage/skep"
mount --bind "$control" "$stage/playground"
mount --bind "$data" /var/lib/skep
mount --bind "$hosts" /etc/hosts
mount --rbind "$stage" /run
touch /run/playground/mounted
while [ ! -e /run/playground/go ]; do sleep 0.02; done
set +e
cd /
while :; do
  if [ $# -eq 0 ]; then sleep 3600
  elif [ -e /run/playground/hold ]; then sleep 0.1
  else
    "$@" &
    echo $! > /run/playground/pid
    wait $!
    rm -f /run/playground/pid
    sleep 0.5
  fi
done
`;

/** The PATH of a test host: Skep's own commands first. */
export function hostPath(): string {
  const inherited = process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return `${join(projectRoot(), 'bin')}:${inherited}`;
}

/** The command that runs another one in a test host's groups. */
export function inGroups(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
  argv: readonly string[],
): readonly string[] {
  return ['sh', '-c', JOIN_SCRIPT, 'sh', ...joinFiles(hierarchies, cgroup), '--', ...argv];
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function lastLines(path: string, count: number): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-count).join(' | ');
}

async function awaitMounts(hierarchies: readonly Hierarchy[], name: string, host: string): Promise<number> {
  const paths = hostPaths(name, host);
  const deadlineMs = Date.now() + BOOT_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    const mounted = await readFile(join(paths.control, 'mounted')).then(
      () => true,
      () => false,
    );
    const pid = mounted ? await findInit(hierarchies, paths.cgroup) : undefined;
    if (pid !== undefined) return pid;
    await pause(BOOT_POLL_MS);
  }
  const said = await lastLines(paths.log, 3);
  throw new SkepError('INTERNAL', `the test host ${host} did not start: ${said || 'it said nothing'}`);
}

/** What a test host is made of. */
export interface HostPlan {
  readonly name: string;
  readonly host: string;
  readonly subnet: number;
  readonly hostsFile: string;
  /** Empty for a host without a daemon. */
  readonly daemon: readonly string[];
  /** Size of a file system for its data alone; absent for a folder of the machine. */
  readonly dataLimitBytes?: number;
}

/**
 * Mounts a memory file system of that size at a host's data folder, unless one is there. It is mounted on the
 * machine, not inside the host: the data has to outlive a host that loses its power.
 */
async function limitData(folder: string, limitBytes: number): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
  if (mountinfo.split('\n').some((line) => line.split(' ')[4] === folder)) return;
  await requireCommand(['mount', '-t', 'tmpfs', '-o', `mode=755,size=${limitBytes}`, 'tmpfs', folder]);
}

/** Boots a test host that is off: groups, namespaces, mounts, network, then its daemon. */
export async function bootHost(hierarchies: readonly Hierarchy[], plan: HostPlan): Promise<void> {
  const paths = hostPaths(plan.name, plan.host);
  // /run does not survive a power cut; a stale socket would look like a daemon.
  await rm(paths.run, { recursive: true, force: true });
  await rm(paths.control, { recursive: true, force: true });
  for (const folder of [paths.data, paths.run, paths.control, join(paths.log, '..'), '/var/lib/skep']) {
    await mkdir(folder, { recursive: true });
  }
  if (plan.dataLimitBytes !== undefined) await limitData(paths.data, plan.dataLimitBytes);
  await createGroups(hierarchies, paths.cgroup);
  const log = await open(paths.log, 'a');
  const namespaces = [
    '--mount',
    '--propagation',
    'private',
    '--uts',
    '--net',
    '--pid',
    '--fork',
    '--mount-proc',
  ];
  const init = [
    'sh',
    '-c',
    INIT_SCRIPT,
    'init',
    paths.control,
    paths.data,
    paths.run,
    plan.hostsFile,
    plan.host,
  ];
  const [program = '', ...args] = inGroups(hierarchies, paths.cgroup, [
    'unshare',
    ...namespaces,
    ...init,
    ...plan.daemon,
  ]);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: hostPath(), HOME: '/root', LANG: process.env.LANG ?? 'C.UTF-8' },
    cwd: '/',
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
  });
  child.unref();
  try {
    const pid = await Promise.race([awaitMounts(hierarchies, plan.name, plan.host), failed]);
    await connectHost(plan.name, plan.host, plan.subnet, pid);
    await writeFile(join(paths.control, 'go'), '');
  } finally {
    await log.close();
  }
}

/** Kills everything in a test host's groups, its init first: the power is gone, nothing is asked. */
export async function powerOff(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  const deadlineMs = Date.now() + DEATH_TIMEOUT_MS;
  const init = await findInit(hierarchies, cgroup);
  if (init !== undefined) killQuietly(init);
  for (;;) {
    const pids = await groupProcesses(hierarchies, cgroup);
    if (pids.length === 0) return;
    if (Date.now() > deadlineMs) {
      throw new SkepError('INTERNAL', `the processes ${pids.join(', ')} of ${cgroup} do not die`);
    }
    for (const pid of pids) killQuietly(pid);
    await pause(BOOT_POLL_MS);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
