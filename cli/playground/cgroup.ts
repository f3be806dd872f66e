import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';

/** A mounted cgroup hierarchy. */
export interface Hierarchy {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  /** True for the one v2 hierarchy of a machine without v1: its groups hold processes or groups, never both. */
  readonly pure: boolean;
  readonly hasCpuset: boolean;
}

/** Finds the hierarchies in the text of /proc/self/mountinfo (proc(5)). */
export function parseHierarchies(mountinfo: string): readonly Hierarchy[] {
  const found = mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const mountPoint = left.split(' ')[4] ?? '';
    const [type = '', , options = ''] = right.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [
      { mountPoint, version: type === 'cgroup' ? 1 : 2, hasCpuset: options.split(',').includes('cpuset') },
    ];
  });
  const pure = found.every(({ version }) => version === 2);
  return found.map(({ mountPoint, version, hasCpuset }) => ({
    mountPoint,
    version: version === 1 ? 1 : 2,
    pure,
    hasCpuset: version === 1 && hasCpuset,
  }));
}

/** The hierarchies of this machine. */
export async function readHierarchies(): Promise<readonly Hierarchy[]> {
  const hierarchies = parseHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));
  if (hierarchies.length === 0) {
    throw new SkepError('FAILED_PRECONDITION', 'no cgroup hierarchy is mounted', {
      help: 'the playground needs cgroups v1 or v2 below /sys/fs/cgroup',
    });
  }
  return hierarchies;
}

/** The group that a test host's own processes go to: v2 wants them in a leaf beside the containers. */
function processGroup(hierarchy: Hierarchy, cgroup: string): string {
  return join(hierarchy.mountPoint, cgroup, hierarchy.pure ? 'init' : '');
}

/** The files that a process writes `0` to, to join a test host's groups in every hierarchy. */
export function joinFiles(hierarchies: readonly Hierarchy[], cgroup: string): readonly string[] {
  return hierarchies.map((hierarchy) => join(processGroup(hierarchy, cgroup), 'cgroup.procs'));
}

/** A new cpuset group has no CPUs, and takes no process before it got some. */
async function inheritCpuset(group: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = await readFile(join(group, file), 'utf8');
    if (own.trim() !== '') continue;
    await writeFile(join(group, file), await readFile(join(dirname(group), file), 'utf8'));
  }
}

/** Hands every controller that a group has on to the groups below it. */
async function delegateControllers(group: string): Promise<void> {
  const controllers = (await readFile(join(group, 'cgroup.controllers'), 'utf8')).trim();
  for (const controller of controllers === '' ? [] : controllers.split(' ')) {
    // A controller that cannot be handed on (a real-time process in the way) is one the containers do without.
    await writeFile(join(group, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined);
  }
}

/** Makes a test host's groups in every hierarchy. */
export async function createGroups(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  for (const hierarchy of hierarchies) {
    let group = hierarchy.mountPoint;
    for (const part of cgroup.split('/')) {
      if (hierarchy.pure) await delegateControllers(group);
      group = join(group, part);
      await mkdir(group, { recursive: true });
      if (hierarchy.hasCpuset) await inheritCpuset(group);
    }
    if (hierarchy.pure) {
      await mkdir(processGroup(hierarchy, cgroup), { recursive: true });
      await delegateControllers(group);
    }
  }
}

async function childGroups(group: string): Promise<readonly string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
}

async function processesBelow(group: string): Promise<readonly number[]> {
  const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
  const own = text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
  const below = await Promise.all((await childGroups(group)).map(processesBelow));
  return [...own, ...below.flat()];
}

/** Every process in a group or below it, in any hierarchy. Pid 0 stands for one outside our pid namespace. */
export async function groupProcesses(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
): Promise<readonly number[]> {
  const lists = await Promise.all(
    hierarchies.map((hierarchy) => processesBelow(join(hierarchy.mountPoint, cgroup))),
  );
  return [...new Set(lists.flat())].filter((pid) => pid > 0);
}

/** Names of the groups directly below a group, in any hierarchy. */
export async function subgroupNames(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
): Promise<readonly string[]> {
  const lists = await Promise.all(
    hierarchies.map((hierarchy) => childGroups(join(hierarchy.mountPoint, cgroup))),
  );
  return [...new Set(lists.flat().map((path) => path.slice(path.lastIndexOf('/') + 1)))];
}

async function removeBelow(group: string): Promise<void> {
  for (const child of await childGroups(group)) await removeBelow(child);
  await rmdir(group).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Removes a group and what is below it from every hierarchy; processes must have left. */
export async function removeGroups(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  for (const hierarchy of hierarchies) await removeBelow(join(hierarchy.mountPoint, cgroup));
}

/** Removes a group from every hierarchy where nothing is below it. */
export async function removeEmptyGroup(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  for (const hierarchy of hierarchies) {
    await rmdir(join(hierarchy.mountPoint, cgroup)).catch(() => undefined);
  }
}
