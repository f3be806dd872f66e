import { SkepError } from '../../lib/errors.ts';
import { isNetworkSysctl } from '../../lib/validation/process-options.ts';
import type { ContainerBind, ContainerRequest, IdMap, NamespaceChoice } from './executor.ts';

/** linux/sched.h. */
export const CLONE_NEWNS = 0x00020000;
export const CLONE_NEWCGROUP = 0x02000000;
const CLONE_NEWUTS = 0x04000000;
const CLONE_NEWIPC = 0x08000000;
const CLONE_NEWPID = 0x20000000;
const CLONE_NEWNET = 0x40000000;

/** They tell of a network, and so are those of the container whose network it is. */
const NETWORK_FILES: readonly string[] = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'];

/** A file that the node wrote for a container. */
export interface KeptFile {
  readonly target: string;
  /** On the node. */
  readonly source: string;
}

/** What those need to know of a container who join its namespaces, or enter it. */
export interface NamespaceNote {
  /** May others join its IPC namespace? */
  readonly ipcShareable: boolean;
  readonly hostname: string;
  readonly files: readonly KeptFile[];
  /** Absent = the node's own users. */
  readonly idMap?: IdMap;
  /** The container whose user namespace it lives in, often its own id; empty = the node's. */
  readonly usersOf: string;
}

/** Ids of the containers whose namespaces a start joins. */
export interface Joins {
  readonly pid?: string;
  readonly ipc?: string;
  readonly net?: string;
}

function joined(choice: NamespaceChoice | undefined): string | undefined {
  return choice?.kind === 'container' ? choice.id : undefined;
}

/** Which running containers a request joins, by namespace. */
export function joinsOf(request: ContainerRequest): Joins {
  const pid = joined(request.pidNamespace);
  const ipc = joined(request.ipcNamespace);
  const net = request.network.kind === 'container' ? request.network.id : undefined;
  return {
    ...(pid === undefined ? {} : { pid }),
    ...(ipc === undefined ? {} : { ipc }),
    ...(net === undefined ? {} : { net }),
  };
}

/** The same without names: each container once. */
export function joinedIds(request: ContainerRequest): readonly string[] {
  const { pid, ipc, net } = joinsOf(request);
  return [...new Set([pid, ipc, net].filter((id) => id !== undefined))];
}

function isOwn(choice: NamespaceChoice | undefined): boolean {
  return choice === undefined || choice.kind === 'own';
}

/** CLONE_NEW… of the namespaces that are made for a container. The cgroup namespace comes later, by unshare. */
export function namespacesOf(request: ContainerRequest): number {
  const networkIsNew = request.network.kind === 'none' || request.network.kind === 'link';
  return (
    CLONE_NEWNS +
    (isOwn(request.pidNamespace) ? CLONE_NEWPID : 0) +
    (isOwn(request.ipcNamespace) ? CLONE_NEWIPC : 0) +
    (isOwn(request.utsNamespace) ? CLONE_NEWUTS : 0) +
    (networkIsNew ? CLONE_NEWNET : 0)
  );
}

/** The container's own host name; the node's is not its to change. */
export function hostnameToSet(request: ContainerRequest): string {
  return isOwn(request.utsNamespace) ? request.hostname : '';
}

function refuse(request: ContainerRequest, what: string, help = ''): SkepError {
  return new SkepError('FAILED_PRECONDITION', `container ${request.id}: ${what}`, { help });
}

const UNMAPPED_HELP = 'give it --userns host';

function checkMapped(request: ContainerRequest): void {
  if (request.privileged === true) {
    throw refuse(
      request,
      "a privileged container cannot have mapped users: it would have none of the node's rights",
      UNMAPPED_HELP,
    );
  }
  const shared = [
    ['network', request.network.kind],
    ['pid namespace', request.pidNamespace?.kind],
    ['IPC namespace', request.ipcNamespace?.kind],
  ].find(([, kind]) => kind === 'host');
  if (shared !== undefined) {
    throw refuse(request, `with mapped users it cannot share the node's ${shared[0]}`, UNMAPPED_HELP);
  }
}

/** Throws FAILED_PRECONDITION for namespaces that do not go together. */
export function checkNamespaces(request: ContainerRequest): void {
  if (request.idMap !== undefined) checkMapped(request);
  if (joinedIds(request).includes(request.id)) throw refuse(request, 'it cannot join its own namespaces');
  // Another container's may be the node's in the end.
  for (const [name, kind, isIts] of [
    ['network', request.network.kind, isNetworkSysctl],
    ['IPC namespace', request.ipcNamespace?.kind, (setting: string) => !isNetworkSysctl(setting)],
  ] as const) {
    if (kind !== 'host' && kind !== 'container') continue;
    const setting = Object.keys(request.sysctls ?? {}).find(isIts);
    const whose = kind === 'host' ? 'the node' : 'another container';
    if (setting !== undefined) {
      throw refuse(request, `sysctl ${setting} would change ${whose}: the container has its ${name}`);
    }
  }
}

/** What is kept of a request for others; `filesFolder` holds its files in their order. */
export function namespaceNote(request: ContainerRequest, filesFolder: string): NamespaceNote {
  const sharing = request.ipcSharing ?? 'private';
  const base = {
    ipcShareable: !isOwn(request.ipcNamespace) || sharing === 'shareable',
    hostname: request.hostname,
    files: [
      ...request.files.map(({ target }, index) => ({ target, source: `${filesFolder}/${index}` })),
      ...request.binds.map(({ target, source }) => ({ target, source })),
    ].filter(({ target }) => NETWORK_FILES.includes(target)),
  };
  if (request.idMap === undefined) return { ...base, usersOf: '' };
  return { ...base, idMap: request.idMap, usersOf: request.usersOf ?? request.id };
}

function readFiles(value: unknown): KeptFile[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((file: Partial<KeptFile>) =>
    typeof file.target === 'string' && typeof file.source === 'string'
      ? [{ target: file.target, source: file.source }]
      : [],
  );
}

function readIdMap(value: unknown): IdMap | undefined {
  if (typeof value !== 'object' || value === null || !('users' in value) || !('groups' in value))
    return undefined;
  const { users, groups } = value;
  if (!Array.isArray(users) || !Array.isArray(groups)) return undefined;
  const numbers = (range: Partial<IdMap['users'][number]>) => ({
    inside: Number(range.inside),
    outside: Number(range.outside),
    count: Number(range.count),
  });
  return { users: users.map(numbers), groups: groups.map(numbers) };
}

/** The part of a note as it was read from JSON; one from before says that nothing can be joined. */
export function readNamespaceNote(note: object): NamespaceNote {
  const idMap = 'idMap' in note ? readIdMap(note.idMap) : undefined;
  return {
    ipcShareable: 'ipcShareable' in note && note.ipcShareable === true,
    hostname: 'hostname' in note && typeof note.hostname === 'string' ? note.hostname : '',
    files: readFiles('files' in note ? note.files : []),
    ...(idMap === undefined ? {} : { idMap }),
    usersOf: 'usersOf' in note && typeof note.usersOf === 'string' ? note.usersOf : '',
  };
}

function checkUsers(request: ContainerRequest, notes: ReadonlyMap<string, NamespaceNote>): string {
  const owners = new Set([...notes.values()].map((note) => note.usersOf));
  if (owners.size > 1) {
    throw refuse(
      request,
      'the containers that it joins have users of their own each, and it can have only one',
    );
  }
  const wanted = JSON.stringify(request.idMap ?? null);
  for (const [id, note] of notes) {
    if (JSON.stringify(note.idMap ?? null) === wanted) continue;
    const other = note.idMap === undefined ? "has the node's users" : 'has mapped users';
    const help = note.idMap === undefined ? UNMAPPED_HELP : 'give both the same --userns';
    throw refuse(request, `it cannot join container ${id}, which ${other} and so other ones than it`, help);
  }
  return [...owners][0] ?? '';
}

/** The other's hosts, host name and resolvers belong to its network: both see the same files. */
function shareFiles(request: ContainerRequest, note: NamespaceNote): ContainerRequest {
  const shared = note.files.map(({ target, source }): ContainerBind => {
    return { source, target, readOnly: request.readOnlyRoot, propagation: 'rprivate', ofNode: true };
  });
  const targets = shared.map(({ target }) => target);
  const own = `HOSTNAME=${request.hostname}`;
  return {
    ...request,
    hostname: note.hostname,
    env: request.env.map((entry) => (entry === own ? `HOSTNAME=${note.hostname}` : entry)),
    files: request.files.filter(({ target }) => !targets.includes(target)),
    binds: [...shared, ...request.binds],
  };
}

/**
 * The request with what it takes over from the running containers that it joins, whose `notes` are given by id.
 * FAILED_PRECONDITION when one cannot be joined.
 */
export function withJoined(
  request: ContainerRequest,
  notes: ReadonlyMap<string, NamespaceNote>,
): ContainerRequest {
  const { ipc, net } = joinsOf(request);
  if (ipc !== undefined && notes.get(ipc)?.ipcShareable !== true) {
    throw refuse(
      request,
      `it cannot join the IPC namespace of container ${ipc}, which is not shareable`,
      'start that one with --ipc shareable',
    );
  }
  const usersOf = checkUsers(request, notes);
  const note = net === undefined ? undefined : notes.get(net);
  const result = note === undefined ? request : shareFiles(request, note);
  return usersOf === '' ? result : { ...result, usersOf };
}
