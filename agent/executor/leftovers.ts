import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CgroupLayout, cgroupParentFolders, furtherParentFolders } from './cgroup-plan.ts';

/** A group stays busy until the kernel is done with its last process: two seconds in all. */
const REMOVE_ATTEMPTS = 100;
const REMOVE_PAUSE_MS = 20;
/** Levels below a container's group; a container makes none itself. */
const MAX_DEPTH = 8;

async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Paused processes do not die in version 1. The files are missing where another version or controller is mounted. */
async function thaw(cgroup: string): Promise<void> {
  await writeFile(`${cgroup}/freezer.state`, 'THAWED', { flag: 'r+' }).catch(() => {});
  await writeFile(`${cgroup}/cgroup.freeze`, '0', { flag: 'r+' }).catch(() => {});
}

async function killMembers(cgroup: string): Promise<void> {
  const text = await readFile(`${cgroup}/cgroup.procs`, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const pid = Number(line);
    if (!Number.isInteger(pid) || pid <= 1) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

async function removeCgroup(path: string, depth: number): Promise<void> {
  if (depth < MAX_DEPTH) {
    for (const name of await foldersIn(path)) await removeCgroup(`${path}/${name}`, depth + 1);
  }
  for (let attempt = 1; ; attempt++) {
    await killMembers(path);
    try {
      await rmdir(path);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || attempt >= REMOVE_ATTEMPTS) throw error;
    }
    await sleep(REMOVE_PAUSE_MS);
  }
}

/**
 * Ends the processes and removes the groups and folders of every container that is not in `owned`: what a keeper left
 * that died with its machine. Only containers with a folder in `stateFolder` are looked at: the folder is made before
 * the groups and goes after them, so a group without one is another daemon's. Returns the ids that it found.
 */
export async function removeLeftovers(
  layout: CgroupLayout,
  cgroupParent: string,
  stateFolder: string,
  owned: ReadonlySet<string>,
): Promise<readonly string[]> {
  const left = (await foldersIn(stateFolder)).filter((name) => !owned.has(name));
  const parents = [
    ...cgroupParentFolders(layout, cgroupParent),
    ...furtherParentFolders(layout, cgroupParent),
  ];
  for (const name of left) {
    for (const parent of parents) await thaw(`${parent}/${name}`);
    for (const parent of parents) await removeCgroup(`${parent}/${name}`, 0);
    await rm(`${stateFolder}/${name}`, { recursive: true, force: true });
  }
  return left;
}
