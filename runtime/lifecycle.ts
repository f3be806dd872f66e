import { setTimeout as sleep } from 'node:timers/promises';
import { SkepError } from '../lib/errors.ts';
import { type ContainerRecord, checkId, describeState } from './container-record.ts';
import { isFrozen, processesOf, removeGroups, setFrozen } from './control-groups.ts';
import { runHooks } from './hooks.ts';
import { isAlive, openGate, readRecord, removeStateFolder, statusOf } from './state-folder.ts';

/** What one call of the runtime works with. */
export interface Runtime {
  readonly root: string;
  readonly keeperPath: string;
  /** The caller's soft limit of open files, which Node has raised for itself; null = unknown. */
  readonly openFiles: number | null;
}

const SIGKILL = 9;
const KILL_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/** Lets the program of a created container run. FAILED_PRECONDITION in any other state. */
export async function startContainer(runtime: Runtime, id: string | undefined): Promise<void> {
  const record = await readRecord(runtime.root, checkId(id));
  const status = await statusOf(runtime.root, record);
  if (status !== 'created')
    throw new SkepError('FAILED_PRECONDITION', `cannot start a container in the ${status} state`);
  await openGate(runtime.root, record.id);
  await runHooks('poststart', record.poststart, describeState(record, 'running'));
}

function send(pid: number, signal: number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A signal to the first process, or to `all`. FAILED_PRECONDITION `container not running`. */
export async function signalContainer(
  runtime: Runtime,
  id: string | undefined,
  signal: number,
  all: boolean,
): Promise<void> {
  const record = await readRecord(runtime.root, checkId(id));
  const alive = await isAlive(record);
  if (!all && !alive) throw new SkepError('FAILED_PRECONDITION', 'container not running');
  if (!all) send(record.pid, signal);
  else for (const pid of await processesOf(record.groupFolders)) send(pid, signal);
  // A stopped process cannot end.
  if (signal === SIGKILL && (await isFrozen(record.groupFolders)))
    await setFrozen(record.groupFolders, false);
}

/** Until every process of the container is gone. DEADLINE_EXCEEDED. */
async function killAll(record: ContainerRecord): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS;
  for (;;) {
    const pids = await processesOf(record.groupFolders);
    const alive = await isAlive(record);
    if (pids.length === 0 && !alive) return;
    if (alive) send(record.pid, SIGKILL);
    for (const pid of pids) send(pid, SIGKILL);
    if (await isFrozen(record.groupFolders)) await setFrozen(record.groupFolders, false);
    if (performance.now() > deadline)
      throw new SkepError('DEADLINE_EXCEEDED', `container ${record.id} is still running after it was killed`);
    await sleep(POLL_MS);
  }
}

/** Removes a stopped or created container; `force` any, and also one that is not there. */
export async function deleteContainer(
  runtime: Runtime,
  wantedId: string | undefined,
  force: boolean,
): Promise<void> {
  const id = checkId(wantedId);
  let record: ContainerRecord;
  try {
    record = await readRecord(runtime.root, id);
  } catch (error) {
    if (!force) throw error;
    await removeStateFolder(runtime.root, id);
    return;
  }
  const status = await statusOf(runtime.root, record);
  if (!force && status !== 'stopped' && status !== 'created')
    throw new SkepError(
      'FAILED_PRECONDITION',
      `cannot delete container ${id} that is not stopped: ${status}`,
    );
  // Processes that outlived the first one: there are some where it had no pid namespace of its own.
  await killAll(record);
  await removeGroups(record.groupFolders);
  await removeStateFolder(runtime.root, id);
  await runHooks('poststop', record.poststop, describeState(record, 'stopped'));
}
