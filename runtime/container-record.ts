import { SkepError } from '../lib/errors.ts';
import type { BundleHook } from './bundle.ts';
import { readHookList } from './hook-reader.ts';
import { readEntry, readNumber, readText, readTextMap, readTexts } from './json-reader.ts';

/** What stays of a container between two calls of the runtime. */
export interface ContainerRecord {
  readonly id: string;
  readonly ociVersion: string;
  readonly bundlePath: string;
  readonly rootFolder: string;
  /** Its first process. */
  readonly pid: number;
  /** When the kernel started it, in ticks: a pid is used again, the pair is not. */
  readonly startTicks: string;
  readonly createdAt: string;
  /** Its control groups' folders. */
  readonly groupFolders: readonly string[];
  readonly joinPaths: readonly string[];
  /** Its group below each mount point. */
  readonly groupsPath: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly poststart: readonly BundleHook[];
  readonly poststop: readonly BundleHook[];
}

export type ContainerStatus = 'created' | 'running' | 'paused' | 'stopped';

const ID_PATTERN = /^[\w+.-]{1,1024}$/;

/** As in runc. INVALID_ARGUMENT. */
export function checkId(id: string | undefined): string {
  if (id === undefined || id === '') throw new SkepError('INVALID_ARGUMENT', 'container id cannot be empty');
  if (!ID_PATTERN.test(id) || id === '.' || id === '..')
    throw new SkepError('INVALID_ARGUMENT', `invalid container ID format: ${id}`);
  return id;
}

/** The record as the text of its file. */
export function encodeRecord(record: ContainerRecord): string {
  return JSON.stringify(record);
}

/** DATA_LOSS when the text is no record. */
export function decodeRecord(text: string): ContainerRecord {
  try {
    const entry = readEntry('state', JSON.parse(text));
    return {
      id: readText('id', entry.id),
      ociVersion: readText('ociVersion', entry.ociVersion),
      bundlePath: readText('bundlePath', entry.bundlePath),
      rootFolder: readText('rootFolder', entry.rootFolder),
      pid: readNumber('pid', entry.pid) ?? 0,
      startTicks: readText('startTicks', entry.startTicks),
      createdAt: readText('createdAt', entry.createdAt),
      groupFolders: readTexts('groupFolders', entry.groupFolders),
      joinPaths: readTexts('joinPaths', entry.joinPaths),
      groupsPath: readText('groupsPath', entry.groupsPath),
      annotations: readTextMap('annotations', entry.annotations),
      poststart: readHookList('poststart', entry.poststart),
      poststop: readHookList('poststop', entry.poststop),
    };
  } catch (cause) {
    throw new SkepError('DATA_LOSS', 'the state of the container is unreadable', { cause });
  }
}

/** State and start of a process from the text of /proc/<pid>/stat (proc_pid_stat(5)). Null when it is none. */
export function readProcessStat(
  text: string,
): { readonly state: string; readonly startTicks: string } | null {
  // The second field is the name, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}

/** What `state` and `list` print and hooks read (runtime-spec, "State"). */
export function describeState(record: ContainerRecord, status: ContainerStatus | 'creating'): object {
  return {
    ociVersion: record.ociVersion,
    id: record.id,
    status,
    pid: status === 'stopped' ? 0 : record.pid,
    bundle: record.bundlePath,
    rootfs: record.rootFolder,
    created: record.createdAt,
    owner: '',
    ...(Object.keys(record.annotations).length === 0 ? {} : { annotations: record.annotations }),
  };
}
