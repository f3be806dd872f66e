import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SkepError } from '../lib/errors.ts';
import {
  type ContainerRecord,
  type ContainerStatus,
  decodeRecord,
  encodeRecord,
  readProcessStat,
} from './container-record.ts';
import { isFrozen } from './control-groups.ts';

/** `<root>/<id>`: state.json, the config.json it was made of, its filter, and its gate until it is started. */

const RECORD_FILE = 'state.json';
const CONFIG_FILE = 'config.json';
const FILTER_FILE = 'syscall-filter';
const GATE_FILE = 'exec.fifo';
const OWNER_ONLY = 0o600;

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

/** Where the container waits for its start. */
export function gatePath(root: string, id: string): string {
  return join(root, id, GATE_FILE);
}

/** Takes the id. ALREADY_EXISTS. */
export async function makeStateFolder(root: string, id: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o711 });
  try {
    await mkdir(join(root, id), { mode: 0o711 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new SkepError('ALREADY_EXISTS', `container with given ID already exists: ${id}`);
  }
}

/** Keeps what a later `exec` needs. */
export async function keepConfig(
  root: string,
  id: string,
  configText: string,
  filter: Uint8Array | null,
): Promise<void> {
  await writeFile(join(root, id, CONFIG_FILE), configText, { mode: OWNER_ONLY });
  if (filter !== null) await writeFile(join(root, id, FILTER_FILE), filter, { mode: OWNER_ONLY });
}

/** The text of the config.json that the container was made of. */
export function readKeptConfig(root: string, id: string): Promise<string> {
  return readFile(join(root, id, CONFIG_FILE), 'utf8');
}

/** Null = it has none. */
export async function readKeptFilter(root: string, id: string): Promise<Uint8Array | null> {
  return readFile(join(root, id, FILTER_FILE)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
}

/** Written whole or not at all. */
export async function writeRecord(root: string, record: ContainerRecord): Promise<void> {
  const path = join(root, record.id, RECORD_FILE);
  await writeFile(`${path}.new`, encodeRecord(record), { mode: OWNER_ONLY });
  await rename(`${path}.new`, path);
}

/** NOT_FOUND. */
export async function readRecord(root: string, id: string): Promise<ContainerRecord> {
  try {
    return decodeRecord(await readFile(join(root, id, RECORD_FILE), 'utf8'));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new SkepError('NOT_FOUND', `container does not exist: ${id}`);
  }
}

/** The containers below the root, by id. */
export async function listRecords(root: string): Promise<readonly ContainerRecord[]> {
  const ids = await readdir(root).catch(() => []);
  const records = await Promise.all(ids.map((id) => readRecord(root, id).catch(() => null)));
  return records.filter((record) => record !== null).sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Forgets the container. */
export function removeStateFolder(root: string, id: string): Promise<void> {
  return rm(join(root, id), { recursive: true, force: true });
}

/** What the kernel calls the start of a process; empty when there is none. */
export async function startTicksOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return readProcessStat(text)?.startTicks ?? '';
}

/** Whether the first process of the container is there and not a zombie. */
export async function isAlive(record: ContainerRecord): Promise<boolean> {
  const text = await readFile(`/proc/${record.pid}/stat`, 'utf8').catch(() => '');
  const stat = readProcessStat(text);
  return stat !== null && stat.startTicks === record.startTicks && stat.state !== 'Z' && stat.state !== 'X';
}

/** Looked up afresh each time. */
export async function statusOf(root: string, record: ContainerRecord): Promise<ContainerStatus> {
  if (!(await isAlive(record))) return 'stopped';
  const waits = await access(gatePath(root, record.id)).then(
    () => true,
    () => false,
  );
  if (waits) return 'created';
  return (await isFrozen(record.groupFolders)) ? 'paused' : 'running';
}

/** Lets a created container go on; the gate goes with it. FAILED_PRECONDITION when nobody waits at it. */
export async function openGate(root: string, id: string): Promise<void> {
  const path = gatePath(root, id);
  try {
    const gate = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      await rm(path);
      await gate.write('\0');
    } finally {
      await gate.close();
    }
  } catch (cause) {
    throw new SkepError('FAILED_PRECONDITION', 'cannot start a container that has stopped', { cause });
  }
}
