import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { projectRoot } from '../project.ts';
import { bootHost, findInit, hostPath, inGroups, powerOff } from './boot.ts';
import { type Hierarchy, readHierarchies, removeEmptyGroup, removeGroups, subgroupNames } from './cgroup.ts';
import { type CommandOptions, type CommandResult, exitCodeOf, runCommand } from './command.ts';
import { awaitDaemon, formSwarm } from './form.ts';
import {
  CGROUP_ROOT,
  CLIENT_HOST,
  DATA_ROOT,
  DEFAULT_PLAYGROUND,
  hostAddress,
  hostNames,
  hostPaths,
  MAX_HOSTS,
  RUN_ROOT,
  requirePlaygroundName,
} from './names.ts';
import { claimSubnet, releaseSubnet } from './subnets.ts';
import { cutHosts, daemonHosts, ensureSwitch, hostsFile, removeSwitch, setCable } from './wires.ts';

/** What a playground was asked to be; kept in a file, since nothing else remembers it. */
export interface PlaygroundShape {
  readonly name: string;
  readonly managers: number;
  readonly workers: number;
  /** Third number of 172.30.x.0/24. */
  readonly subnet: number;
  /** Command that runs on every host but the client; a placeholder `{host}` stands for its name. */
  readonly daemon: readonly string[];
}

export interface UpOptions {
  readonly name?: string;
  readonly managers?: number;
  readonly workers?: number;
  /** Runs in place of skepd, for tests of the playground itself; no swarm is formed then. */
  readonly daemon?: readonly string[];
  /** Told in a sentence what is being done. */
  readonly onProgress?: (sentence: string) => void;
}

export interface HostState {
  readonly host: string;
  readonly role: 'manager' | 'worker' | 'client';
  readonly address: string;
  readonly state: 'running' | 'cut' | 'stopped';
  /** Pid of the host's init; absent when it is stopped. */
  readonly pid?: number;
  /** Socket of its daemon, for use from the machine. */
  readonly socket?: string;
}

export interface PlaygroundState extends PlaygroundShape {
  readonly hosts: readonly HostState[];
}

function shapeFile(name: string): string {
  return join(RUN_ROOT, name, 'playground.json');
}

async function readShape(name: string): Promise<PlaygroundShape | undefined> {
  const text = await readFile(shapeFile(name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PlaygroundShape);
}

async function requireShape(name: string): Promise<PlaygroundShape> {
  requirePlaygroundName(name);
  const shape = await readShape(name);
  if (shape === undefined) {
    throw new SkepError('NOT_FOUND', `there is no playground "${name}"`, {
      help: 'start one: skep playground up',
    });
  }
  return shape;
}

async function writeShape(shape: PlaygroundShape): Promise<void> {
  const path = shapeFile(shape.name);
  await mkdir(join(RUN_ROOT, shape.name), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(shape));
  await rename(`${path}.new`, path);
}

async function requireHost(name: string, host: string): Promise<PlaygroundShape> {
  const shape = await requireShape(name);
  const hosts = hostNames(shape.managers + shape.workers);
  if (!hosts.includes(host)) {
    throw new SkepError('NOT_FOUND', `the playground "${name}" has no host "${host}"`, {
      help: `it has ${hosts.join(', ')}`,
    });
  }
  return shape;
}

/** Names of all playgrounds of which anything is left: folders, or groups. */
export async function playgroundNames(): Promise<readonly string[]> {
  const hierarchies = await readHierarchies();
  const folders = await Promise.all([RUN_ROOT, DATA_ROOT].map((root) => readdir(root).catch(() => [])));
  // Names never begin with a dot; what does belongs to all playgrounds.
  const names = new Set([
    ...folders.flat().filter((name) => !name.startsWith('.')),
    ...(await subgroupNames(hierarchies, CGROUP_ROOT)),
  ]);
  return [...names].sort();
}

function checkCounts(managers: number, workers: number): void {
  if (managers < 1) throw new SkepError('INVALID_ARGUMENT', 'a playground needs at least one manager');
  if (managers + workers > MAX_HOSTS) {
    throw new SkepError('INVALID_ARGUMENT', `a playground has at most ${MAX_HOSTS} hosts`);
  }
}

/** The shape that `up` works towards: what is there, with workers added when more are asked for. */
async function planShape(name: string, options: UpOptions): Promise<PlaygroundShape> {
  const existing = await readShape(name);
  const managers = options.managers ?? existing?.managers ?? 1;
  const workers = options.workers ?? existing?.workers ?? 2;
  checkCounts(managers, workers);
  if (existing === undefined) {
    const subnet = await claimSubnet(name);
    return { name, managers, workers, subnet, daemon: options.daemon ?? [] };
  }
  if (managers !== existing.managers || workers < existing.workers) {
    const has = `${existing.managers} managers and ${existing.workers} workers`;
    throw new SkepError('FAILED_PRECONDITION', `the playground "${name}" is up with ${has}`, {
      help: 'workers can be added; for anything else end it first: skep playground down',
    });
  }
  return { ...existing, managers, workers };
}

function daemonCommand(shape: PlaygroundShape, host: string): readonly string[] {
  if (host === CLIENT_HOST) return [];
  if (shape.daemon.length > 0) return shape.daemon.map((word) => word.replaceAll('{host}', host));
  const { cgroup } = hostPaths(shape.name, host);
  const skepd = join(projectRoot(), 'bin', 'skepd');
  return [skepd, '--hostname', host, '--cgroup-parent', `/${cgroup}/containers`];
}

async function boot(hierarchies: readonly Hierarchy[], shape: PlaygroundShape, host: string): Promise<void> {
  await bootHost(hierarchies, {
    name: shape.name,
    host,
    subnet: shape.subnet,
    hostsFile: join(RUN_ROOT, shape.name, 'hosts'),
    daemon: daemonCommand(shape, host),
  });
}

/** Boots a host that is off. One whose boot was interrupted has no network, and is started over. */
async function ensureHost(
  hierarchies: readonly Hierarchy[],
  shape: PlaygroundShape,
  host: string,
): Promise<boolean> {
  const paths = hostPaths(shape.name, host);
  const started = await readFile(join(paths.control, 'go')).then(
    () => true,
    () => false,
  );
  if (started && (await findInit(hierarchies, paths.cgroup)) !== undefined) return false;
  await powerOff(hierarchies, paths.cgroup);
  await boot(hierarchies, shape, host);
  return true;
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new SkepError(
    'PERMISSION_DENIED',
    'a playground makes namespaces, links and control groups: it needs root',
    {
      help: 'run it as root',
    },
  );
}

/** Starts whatever of a playground is missing, and makes a swarm of its hosts. Does nothing when all is there. */
export async function up(options: UpOptions = {}): Promise<PlaygroundState> {
  const name = options.name ?? DEFAULT_PLAYGROUND;
  const tell = options.onProgress ?? (() => undefined);
  requirePlaygroundName(name);
  requireRoot();
  const hierarchies = await readHierarchies();
  const shape = await planShape(name, options);
  await writeShape(shape);
  const hosts = hostNames(shape.managers + shape.workers);
  await writeFile(join(RUN_ROOT, name, 'hosts'), hostsFile(shape.subnet, hosts));
  await ensureSwitch(name, shape.subnet);
  const booted = await Promise.all(hosts.map((host) => ensureHost(hierarchies, shape, host)));
  const fresh = hosts.filter((_, index) => booted[index]);
  if (fresh.length > 0) tell(`booted ${fresh.join(', ')}`);
  if (shape.daemon.length === 0) {
    const members = daemonHosts(hosts);
    await formSwarm({ name, subnet: shape.subnet, hosts: members, managers: shape.managers });
    tell(`${members.length} nodes are ready`);
  }
  return status(name);
}

/** What is there of a playground. */
export async function status(name: string = DEFAULT_PLAYGROUND): Promise<PlaygroundState> {
  const shape = await requireShape(name);
  const hierarchies = await readHierarchies();
  const hosts = hostNames(shape.managers + shape.workers);
  const cut = await cutHosts(name, hosts);
  const states = hosts.map(async (host, index): Promise<HostState> => {
    const paths = hostPaths(name, host);
    const pid = await findInit(hierarchies, paths.cgroup);
    const role = host === CLIENT_HOST ? 'client' : index < shape.managers ? 'manager' : 'worker';
    return {
      host,
      role,
      address: hostAddress(shape.subnet, host),
      state: pid === undefined ? 'stopped' : cut.has(host) ? 'cut' : 'running',
      ...(pid === undefined ? {} : { pid }),
      ...(host === CLIENT_HOST ? {} : { socket: paths.socket }),
    };
  });
  return { ...shape, hosts: await Promise.all(states) };
}

/** Ends a playground and removes everything of it, also what an interrupted `up` left. Nothing there is fine. */
export async function down(name: string = DEFAULT_PLAYGROUND): Promise<void> {
  requirePlaygroundName(name);
  const hierarchies = await readHierarchies();
  const group = `${CGROUP_ROOT}/${name}`;
  await Promise.all(
    (await subgroupNames(hierarchies, group)).map((host) => powerOff(hierarchies, `${group}/${host}`)),
  );
  await powerOff(hierarchies, group);
  await removeGroups(hierarchies, group);
  await removeSwitch(name);
  await releaseSubnet(name);
  for (const root of [RUN_ROOT, DATA_ROOT]) {
    await requireNoMounts(join(root, name));
    await rm(join(root, name), { recursive: true, force: true });
  }
  if ((await playgroundNames()).length > 0) return;
  await removeEmptyGroup(hierarchies, CGROUP_ROOT);
  // The last one also removes the folders that all share, and the mount point, unless a real node uses it.
  for (const folder of [RUN_ROOT, DATA_ROOT, '/var/lib/skep']) await rmdir(folder).catch(() => undefined);
}

/** Mounts of test hosts die with them. One that is left would have its content deleted: better to stop. */
async function requireNoMounts(folder: string): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
  const points = mountinfo.split('\n').map((line) => line.split(' ')[4] ?? '');
  const left = points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
  for (const point of left) {
    const { exitCode, stderr } = await runCommand(['umount', point]);
    if (exitCode !== 0) throw new SkepError('INTERNAL', `cannot unmount ${point}: ${stderr.trim()}`);
  }
}

/** Cuts a host's power: every process of it is killed. Its data stays. */
export async function stopHost(name: string, host: string): Promise<void> {
  await requireHost(name, host);
  await powerOff(await readHierarchies(), hostPaths(name, host).cgroup);
}

/** Boots a stopped host with its data, and waits for its daemon. */
export async function startHost(name: string, host: string): Promise<void> {
  const shape = await requireHost(name, host);
  await ensureSwitch(name, shape.subnet);
  await ensureHost(await readHierarchies(), shape, host);
  if (shape.daemon.length === 0 && host !== CLIENT_HOST) await awaitDaemon(name, host);
}

/** Pulls a host's network cable; the host itself runs on. */
export async function cutHost(name: string, host: string): Promise<void> {
  await requireInit(name, host);
  await setCable(name, host, false);
}

/** Plugs a host's network cable in again. */
export async function healHost(name: string, host: string): Promise<void> {
  await requireInit(name, host);
  await setCable(name, host, true);
}

async function requireInit(name: string, host: string): Promise<number> {
  await requireHost(name, host);
  const pid = await findInit(await readHierarchies(), hostPaths(name, host).cgroup);
  if (pid !== undefined) return pid;
  throw new SkepError('FAILED_PRECONDITION', `the host ${host} is stopped`, {
    help: `start it: skep playground start ${host}`,
  });
}

/** The command line that runs `argv` inside a host, in the caller's folder: hosts share the machine's files. */
async function insideHost(name: string, host: string, argv: readonly string[]): Promise<readonly string[]> {
  const pid = await requireInit(name, host);
  const namespaces = ['--mount', '--uts', '--net', '--pid'];
  const enter = ['nsenter', '--target', String(pid), ...namespaces, `--wdns=${process.cwd()}`, '--'];
  return inGroups(await readHierarchies(), hostPaths(name, host).cgroup, [...enter, ...argv]);
}

function environmentInside(): Readonly<Record<string, string | undefined>> {
  const { SKEP_HOST: _, ...environment } = process.env;
  return { ...environment, PATH: hostPath() };
}

/** Runs a command inside a host and collects its output. Resolves whatever its exit code. */
export async function execInHost(
  name: string,
  host: string,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const environment = { ...environmentInside(), ...options.environment };
  return runCommand(await insideHost(name, host, argv), { ...options, environment });
}

/** Starts a command inside a host with pipes for all its streams, for callers that talk with it. */
export async function spawnInHost(
  name: string,
  host: string,
  argv: readonly string[],
): Promise<ChildProcess> {
  const [program = '', ...args] = await insideHost(name, host, argv);
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environmentInside() });
}

/** Runs a command inside a host on this process's own terminal or pipes; answers with its exit code. */
export async function attachToHost(name: string, host: string, argv: readonly string[]): Promise<number> {
  const [program = '', ...args] = await insideHost(name, host, argv);
  // Ctrl-C belongs to the command inside; this process ends when that does.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: 'inherit', env: environmentInside() });
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(exitCodeOf(code, signal)));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Kills the daemon of a host, nothing else. The host's init starts it again unless `hold` is set. */
export async function killDaemon(
  name: string,
  host: string,
  options: { readonly hold?: boolean; readonly signal?: 'KILL' | 'TERM' | 'STOP' | 'CONT' } = {},
): Promise<void> {
  if (options.hold === true) await writeFile(join(hostPaths(name, host).control, 'hold'), '');
  // The init writes down the pid, as the host counts it, while the daemon runs.
  const kill = `pid=$(cat /run/playground/pid) && kill -${options.signal ?? 'KILL'} "$pid"`;
  const { exitCode, stderr } = await execInHost(name, host, ['sh', '-c', kill]);
  if (exitCode !== 0 && options.hold !== true) {
    throw new SkepError('FAILED_PRECONDITION', `no daemon runs on ${host}: ${stderr.trim()}`);
  }
}

/** Lets the daemon of a host run again after {@link killDaemon} with `hold`, and waits until it answers. */
export async function releaseDaemon(name: string, host: string): Promise<void> {
  const shape = await requireHost(name, host);
  await rm(join(hostPaths(name, host).control, 'hold'), { force: true });
  if (shape.daemon.length === 0) await awaitDaemon(name, host);
}
