import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { projectRoot } from '../project.ts';
import { bootHost, hostPath, inGroups, powerOff } from './boot.ts';
import { type Hierarchy, readHierarchies, removeEmptyGroup, removeGroups, subgroupNames } from './cgroup.ts';
import { type CommandOptions, type CommandResult, exitCodeOf, runCommand } from './command.ts';
import { awaitAnswer, formSwarm } from './form.ts';
import {
  CGROUP_ROOT,
  CLIENT_HOST,
  DATA_ROOT,
  DEFAULT_PLAYGROUND,
  type HostPaths,
  hostAddress,
  hostNames,
  hostPaths,
  RUN_ROOT,
  requirePlaygroundName,
} from './names.ts';
import { findInit, type HostProcesses, inspectHost } from './processes.ts';
import {
  type PlaygroundShape,
  planShape,
  requireHost,
  requireShape,
  type ShapeWishes,
  writeShape,
} from './shape.ts';
import { releaseSubnet } from './subnets.ts';
import {
  type CutDirection,
  cutHosts,
  cutOneWay,
  daemonHosts,
  ensureSwitch,
  healOneWay,
  hostsFile,
  removeSwitch,
  setCable,
} from './wires.ts';

/** A killed process is gone at once, unless the kernel holds it in a system call. */
const DEATH_TIMEOUT_MS = 20_000;
const DEATH_POLL_MS = 20;
/** Looks in a row that must find no daemon before a killed one counts as gone for good. */
const LOOKS_WITHOUT_DAEMON = 3;

/** A daemon given here runs in place of skepd, for tests of the playground itself; no swarm is formed then. */
export interface UpOptions extends ShapeWishes {
  readonly name?: string;
  /** Told in a sentence what is being done. */
  readonly onProgress?: (sentence: string) => void;
}

/** Powered off; daemon killed; daemon paused; cable pulled, or dead in one direction. */
export type HostFault = 'stopped' | 'killed' | 'paused' | 'cut' | 'cut inbound' | 'cut outbound';

export interface HostState {
  readonly host: string;
  readonly role: 'manager' | 'worker' | 'client';
  readonly address: string;
  /** The worst that was done to it. */
  readonly state: 'running' | HostFault;
  /** All that was done to it, the worst first. */
  readonly faults: readonly HostFault[];
  /** Pid of the host's init; absent when it is stopped. */
  readonly pid?: number;
  /** Socket of its daemon, for use from the machine. */
  readonly socket?: string;
}

export interface PlaygroundState extends PlaygroundShape {
  readonly hosts: readonly HostState[];
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
    ...(shape.dataLimitBytes === undefined || host === CLIENT_HOST
      ? {}
      : { dataLimitBytes: shape.dataLimitBytes }),
  });
}

/** Boots a host that is off. One whose boot was interrupted has no network, and is started over. */
async function ensureHost(
  hierarchies: readonly Hierarchy[],
  shape: PlaygroundShape,
  host: string,
): Promise<boolean> {
  const paths = hostPaths(shape.name, host);
  const started = await isThere(join(paths.control, 'go'));
  if (started && (await findInit(hierarchies, paths.cgroup)) !== undefined) return false;
  await powerOff(hierarchies, paths.cgroup);
  await boot(hierarchies, shape, host);
  return true;
}

/** Takes back what keeps a daemon from running on a host that is on: it was killed for good, or paused. */
async function reviveDaemon(hierarchies: readonly Hierarchy[], paths: HostPaths): Promise<void> {
  await rm(join(paths.control, 'hold'), { force: true });
  const { daemon } = await inspectHost(hierarchies, paths);
  if (daemon?.paused === true) signalQuietly(daemon.pid, 'SIGCONT');
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
  await Promise.all(hosts.map((host) => reviveDaemon(hierarchies, hostPaths(name, host))));
  if (shape.daemon.length === 0) {
    const members = daemonHosts(hosts);
    await formSwarm({ name, subnet: shape.subnet, hosts: members, managers: shape.managers });
    tell(`${members.length} nodes are ready`);
    if (fresh.length > 0 && shape.managers > 1 && shape.managers % 2 === 0) {
      tell(`${shape.managers} managers survive no more losses than ${shape.managers - 1}`);
    }
  }
  return status(name);
}

async function isThere(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

/** What was done to a host that is on or off. */
async function faultsOf(
  { init, daemon }: HostProcesses,
  paths: HostPaths,
  cut: HostFault | undefined,
): Promise<readonly HostFault[]> {
  if (init === undefined) return ['stopped'];
  const held = daemon === undefined && (await isThere(join(paths.control, 'hold')));
  return [
    ...(held ? (['killed'] as const) : []),
    ...(daemon?.paused === true ? (['paused'] as const) : []),
    ...(cut === undefined ? [] : [cut]),
  ];
}

/** What is there of a playground. */
export async function status(name: string = DEFAULT_PLAYGROUND): Promise<PlaygroundState> {
  const shape = await requireShape(name);
  const hierarchies = await readHierarchies();
  const hosts = hostNames(shape.managers + shape.workers);
  const cuts = await cutHosts(name, hosts);
  const states = hosts.map(async (host, index): Promise<HostState> => {
    const paths = hostPaths(name, host);
    const processes = await inspectHost(hierarchies, paths);
    const faults = await faultsOf(processes, paths, cuts.get(host));
    return {
      host,
      role: host === CLIENT_HOST ? 'client' : index < shape.managers ? 'manager' : 'worker',
      address: hostAddress(shape.subnet, host),
      state: faults[0] ?? 'running',
      faults,
      ...(processes.init === undefined ? {} : { pid: processes.init }),
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

/** Boots a stopped host with its data, or starts its killed daemon, and waits until that answers. */
export async function startHost(name: string, host: string): Promise<void> {
  const shape = await requireHost(name, host);
  const hierarchies = await readHierarchies();
  await ensureSwitch(name, shape.subnet);
  await ensureHost(hierarchies, shape, host);
  const { daemon } = await inspectHost(hierarchies, hostPaths(name, host));
  if (daemon?.paused === true) {
    throw new SkepError('FAILED_PRECONDITION', `the daemon of ${host} runs, but is paused`, {
      help: `let it go on: skep playground resume ${host}`,
    });
  }
  if (host !== CLIENT_HOST) await releaseDaemon(name, host);
}

/** Pulls a host's network cable, or makes it dead in one direction; the host itself runs on. */
export async function cutHost(name: string, host: string, direction: CutDirection = 'both'): Promise<void> {
  await requireInit(name, host);
  if (direction === 'both') await setCable(name, host, false);
  else await cutOneWay(name, host, direction);
}

/** Plugs a host's network cable in again, for both directions. */
export async function healHost(name: string, host: string): Promise<void> {
  await requireInit(name, host);
  await healOneWay(name, host);
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

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function requireDaemon(name: string, host: string): Promise<number> {
  await requireInit(name, host);
  const { daemon } = await inspectHost(await readHierarchies(), hostPaths(name, host));
  if (daemon !== undefined) return daemon.pid;
  throw new SkepError('FAILED_PRECONDITION', `no daemon runs on ${host}`);
}

/** Kills the daemon until it stays away: its init may have been about to start it when it was told not to. */
async function killUntilGone(name: string, host: string): Promise<void> {
  const hierarchies = await readHierarchies();
  const deadlineMs = Date.now() + DEATH_TIMEOUT_MS;
  for (let looksWithout = 0; looksWithout < LOOKS_WITHOUT_DAEMON; ) {
    const { daemon } = await inspectHost(hierarchies, hostPaths(name, host));
    looksWithout = daemon === undefined ? looksWithout + 1 : 0;
    if (daemon !== undefined) signalQuietly(daemon.pid, 'SIGKILL');
    if (Date.now() > deadlineMs) throw new SkepError('INTERNAL', `the daemon of ${host} does not die`);
    await pause(DEATH_POLL_MS);
  }
}

/** Kills the daemon of a host, nothing else. The host's init starts it again unless `hold` is set. */
export async function killDaemon(
  name: string,
  host: string,
  options: { readonly hold?: boolean; readonly signal?: 'KILL' | 'TERM' | 'STOP' | 'CONT' } = {},
): Promise<void> {
  await requireInit(name, host);
  const signal = options.signal ?? 'KILL';
  const hold = options.hold === true;
  if (hold) await writeFile(join(hostPaths(name, host).control, 'hold'), '');
  if (hold && signal === 'KILL') return killUntilGone(name, host);
  const { daemon } = await inspectHost(await readHierarchies(), hostPaths(name, host));
  if (daemon !== undefined) signalQuietly(daemon.pid, `SIG${signal}`);
  else if (!hold) throw new SkepError('FAILED_PRECONDITION', `no daemon runs on ${host}`);
}

/** Lets the daemon of a host run again after {@link killDaemon} with `hold`, and waits until it answers. */
export async function releaseDaemon(name: string, host: string): Promise<void> {
  const shape = await requireHost(name, host);
  await rm(join(hostPaths(name, host).control, 'hold'), { force: true });
  if (shape.daemon.length === 0) await awaitAnswer(name, host);
}

/** Kills the daemon of a host, which stays dead until the host is started. Its containers run on. */
export async function killHost(name: string, host: string): Promise<void> {
  await requireDaemon(name, host);
  await killDaemon(name, host, { hold: true });
}

/** Stops the daemon of a host in the middle of whatever it does: it is there, and does nothing. */
export async function pauseHost(name: string, host: string): Promise<void> {
  signalQuietly(await requireDaemon(name, host), 'SIGSTOP');
}

/** Lets a paused daemon go on. */
export async function resumeHost(name: string, host: string): Promise<void> {
  signalQuietly(await requireDaemon(name, host), 'SIGCONT');
}

/** A process that is gone meanwhile needs no signal any more. */
function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
