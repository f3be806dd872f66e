import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CgroupLayout, readCgroupLayout } from '../agent/executor/cgroup-plan.ts';
import { SkepError } from '../lib/errors.ts';
import { BUNDLE_CONTROLLERS, type CpusetValues, type LimitWrite } from './groups-plan.ts';

/** The node's control groups, by files. */

/** A group is busy for a moment after its last process ended. */
const REMOVE_TIMEOUT_MS = 2_000;
const FREEZE_TIMEOUT_MS = 5_000;
const POLL_MS = 5;
const CPUSET_FILES = ['cpuset.cpus', 'cpuset.mems'] as const;

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

/** FAILED_PRECONDITION when none are mounted. */
export async function readLayout(): Promise<CgroupLayout> {
  return readCgroupLayout(await readFile('/proc/self/mountinfo', 'utf8'), BUNDLE_CONTROLLERS);
}

/** Version 1's cpuset above the group `path`: its folders are made, each with what the one above it has. */
export async function prepareCpuset(layout: CgroupLayout, path: string): Promise<CpusetValues> {
  const none = { cpus: '', mems: '' };
  if (layout.version === 2) return none;
  const cpuset = layout.hierarchies.find(({ controllers }) => controllers.includes('cpuset'));
  if (cpuset === undefined) return none;
  const names = path.split('/').slice(1, -1);
  let folder = cpuset.mountPoint;
  const read = async (file: string): Promise<string> => (await readFile(`${folder}/${file}`, 'utf8')).trim();
  let values = [await read(CPUSET_FILES[0]), await read(CPUSET_FILES[1])] as const;
  for (const name of names) {
    folder = `${folder}/${name}`;
    await mkdir(folder, { recursive: true });
    for (const [index, file] of CPUSET_FILES.entries()) {
      if ((await read(file)) === '') await writeFile(`${folder}/${file}`, values[index] ?? '');
    }
    values = [await read(CPUSET_FILES[0]), await read(CPUSET_FILES[1])];
  }
  return { cpus: values[0], mems: values[1] };
}

async function foldersBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => foldersBelow(`${folder}/${entry.name}`)),
  );
  return [...below.flat(), folder];
}

/** The processes in the groups and all groups below, each once. */
export async function processesOf(groupFolders: readonly string[]): Promise<readonly number[]> {
  const pids = new Set<number>();
  for (const top of groupFolders) {
    for (const folder of await foldersBelow(top)) {
      const text = await readFile(`${folder}/cgroup.procs`, 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (Number(line) > 0) pids.add(Number(line));
    }
  }
  return [...pids].sort((left, right) => left - right);
}

async function removeGroup(folder: string): Promise<void> {
  const deadline = performance.now() + REMOVE_TIMEOUT_MS;
  for (;;) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      if (codeOf(error) !== 'EBUSY' || performance.now() > deadline)
        throw new SkepError('FAILED_PRECONDITION', `the control group ${folder} cannot be removed`, {
          cause: error,
        });
    }
    await sleep(POLL_MS);
  }
}

/** Removes the groups with those that the container made below; the shared ones above stay. Idempotent. */
export async function removeGroups(groupFolders: readonly string[]): Promise<void> {
  for (const top of groupFolders) for (const folder of await foldersBelow(top)) await removeGroup(folder);
}

/** The file that stops a group, and what it says when it does. */
function freezerOf(
  groupFolders: readonly string[],
  layout: CgroupLayout,
): readonly [file: string, frozen: string, thawed: string] {
  const [first = ''] = groupFolders;
  if (layout.version === 2) return [`${first}/cgroup.freeze`, '1', '0'];
  const index = layout.hierarchies.findIndex(({ controllers }) => controllers.includes('freezer'));
  const folder = groupFolders[index];
  if (folder === undefined)
    throw new SkepError('FAILED_PRECONDITION', 'the freezer of cgroup v1 is not mounted');
  return [`${folder}/freezer.state`, 'FROZEN', 'THAWED'];
}

/** False also where there is no freezer, or no group any more. */
export async function isFrozen(groupFolders: readonly string[]): Promise<boolean> {
  const layout = await readLayout();
  try {
    const [file] = freezerOf(groupFolders, layout);
    const text = (await readFile(file, 'utf8')).trim();
    return text === '1' || text.startsWith('FR');
  } catch {
    return false;
  }
}

/** Stops all processes of the groups, or lets them go on. DEADLINE_EXCEEDED when they do not stop. */
export async function setFrozen(groupFolders: readonly string[], frozen: boolean): Promise<void> {
  const [file, stop, go] = freezerOf(groupFolders, await readLayout());
  const wanted = frozen ? stop : go;
  const deadline = performance.now() + FREEZE_TIMEOUT_MS;
  for (;;) {
    await writeFile(file, wanted);
    if ((await readFile(file, 'utf8')).trim() === wanted) return;
    if (performance.now() > deadline)
      throw new SkepError('DEADLINE_EXCEEDED', `${file} does not become ${wanted}`);
    await sleep(POLL_MS);
  }
}

/**
 * Writes limits of a running container. One may stand in the way of another (memory and swap), so what is refused is tried
 * once more after the rest. FAILED_PRECONDITION.
 */
export async function writeLimits(limits: readonly LimitWrite[]): Promise<void> {
  const refused: LimitWrite[] = [];
  for (const limit of limits) await writeFile(limit.path, limit.text).catch(() => refused.push(limit));
  for (const { path, text, optional } of refused) {
    try {
      await writeFile(path, text);
    } catch (cause) {
      if (!optional)
        throw new SkepError('FAILED_PRECONDITION', `the kernel refuses ${text} for ${path}`, { cause });
    }
  }
}
