import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { specOfCreate } from '../../cli/commands/service/create-spec.ts';
import type { Flags } from '../../cli/commands/service/flag-values.ts';
import { readHierarchies } from '../../cli/playground/cgroup.ts';
import { type CommandResult, requireCommand } from '../../cli/playground/command.ts';
import { connectControl } from '../../cli/playground/form.ts';
import { CLIENT_HOST, DATA_ROOT, hostPaths } from '../../cli/playground/names.ts';
import { down, execInHost, type PlaygroundState, up } from '../../cli/playground/playground.ts';
import { projectRoot } from '../../cli/project.ts';
import type { Node } from '../../lib/domain/node.ts';
import type { Service, ServiceSpec } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';

/** Test hosts are namespaces, which only root may make. */
export const skip = process.getuid?.() === 0 ? false : 'needs root';

/** A machine under load is slow, but what has not come true after this long never will. */
const WAIT_TIMEOUT_MS = 60_000;
const WAIT_POLL_MS = 50;
const COMMAND_TIMEOUT_MS = 60_000;

/** A cluster of test hosts for one test file. */
export interface TestCluster {
  readonly name: string;
  readonly state: PlaygroundState;
  /** Test hosts that run a daemon, managers first. */
  readonly hosts: readonly string[];
  /** Seen under the same path inside every host. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Brings a cluster up under a name of its own, with `hello-web:1` and `hello-web:2` on every node. */
export async function bringUp(
  purpose: string,
  shape: { readonly managers: number; readonly workers: number; readonly dataLimitBytes?: number },
): Promise<TestCluster> {
  const name = `t-${purpose}-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), `skep-${name}-`));
  const close = async () => {
    // To look into a failure: the daemons' logs are gone with their hosts otherwise.
    const keep = process.env.SKEP_TEST_LOGS;
    if (keep !== undefined) await cp(join(DATA_ROOT, name, 'log'), join(keep, name), { recursive: true });
    await down(name);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const state = await up({ name, ...shape });
    const hosts = state.hosts.map(({ host }) => host).filter((host) => host !== CLIENT_HOST);
    const cluster = { name, state, hosts, folder, close };
    await Promise.all(['1', '2'].map((version) => importHelloWeb(cluster, version)));
    return cluster;
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Brings up one host whose daemon is started by a command of the test's own, and forms no swarm. */
export async function bringUpBare(
  purpose: string,
  daemon: (name: string) => readonly string[],
): Promise<TestCluster> {
  const name = `t-${purpose}-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), `skep-${name}-`));
  const close = async () => {
    await down(name);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const state = await up({ name, managers: 1, workers: 0, daemon: daemon(name) });
    const cluster = { name, state, hosts: ['h1'], folder, close };
    await eventually('the daemon answers', async () => {
      const { exitCode, stderr } = await skep(cluster, 'h1', 'info');
      return exitCode === 0 ? '' : stderr;
    });
    return cluster;
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Imports hello-web as `hello-web:VERSION` on every node. */
async function importHelloWeb(cluster: TestCluster, version: string): Promise<void> {
  const archive = join(cluster.folder, `hello-web-${version}.tar`);
  const script = join(projectRoot(), 'cluster-examples', 'hello-web', 'build-rootfs.sh');
  await requireCommand(['sh', script, archive, version]);
  await importArchive(cluster, archive, `hello-web:${version}`, 'CMD ["/bin/hello-web"]');
}

/** Imports an archive on every node. */
export async function importArchive(
  cluster: TestCluster,
  archive: string,
  reference: string,
  change: string,
): Promise<void> {
  await Promise.all(
    cluster.hosts.map((host) =>
      requireSkep(cluster, host, 'image', 'import', archive, reference, '--change', change),
    ),
  );
}

/** Runs the command line on a host, as its user would. Resolves whatever the exit code. */
export function skep(cluster: TestCluster, host: string, ...words: string[]): Promise<CommandResult> {
  return execInHost(cluster.name, host, ['skep', ...words], { timeoutMs: COMMAND_TIMEOUT_MS });
}

/** Runs a command line that has to succeed; answers with its output. */
export async function requireSkep(cluster: TestCluster, host: string, ...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await skep(cluster, host, ...words);
  if (exitCode === 0) return stdout;
  const said = stderr.trim() || stdout.trim().split('\n').slice(-3).join(' | ');
  throw new Error(`on ${host}, skep ${words.join(' ')} ended with ${exitCode}: ${said}`);
}

type ControlCalls = ReturnType<typeof connectControl>['call'];

/** Calls a manager over a connection of its own, so that a daemon which died before does no harm. */
export async function ask<Answer>(
  cluster: TestCluster,
  question: (call: ControlCalls) => Promise<Answer>,
  host = 'h1',
): Promise<Answer> {
  const connection = connectControl(cluster.name, host);
  try {
    return await question(connection.call);
  } finally {
    connection.close();
  }
}

/** The specification that `skep service create` makes of these flags. */
export function specOf(image: string, args: readonly string[], flags: Flags): ServiceSpec {
  return specOfCreate(image, args, flags, { environment: {}, files: {} }, String(flags.name));
}

export function tasksOf(cluster: TestCluster, ...services: string[]): Promise<readonly Task[]> {
  const request = { serviceReferences: services, nodeReferences: [], desiredRunning: false };
  return ask(cluster, async (call) => (await call.listTasks(request)).tasks);
}

export function serviceOf(cluster: TestCluster, reference: string): Promise<Service> {
  return ask(cluster, (call) => call.getService({ reference }));
}

/** The node that plays a host. */
export async function nodeOf(cluster: TestCluster, host: string): Promise<Node> {
  const { nodes } = await ask(cluster, (call) => call.listNodes({}));
  const node = nodes.find(({ description }) => description?.hostname === host);
  if (node === undefined) throw new Error(`no node is called ${host}`);
  return node;
}

/** True for a task that is wanted and runs. */
export function isUp(task: Task): boolean {
  return task.desiredState === 'RUNNING' && task.status.state === 'RUNNING';
}

export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/**
 * Looks until there is nothing to say against it. `problem` answers with an empty text when all is well; the last
 * one becomes the error when time runs out.
 */
export async function eventually(what: string, problem: () => Promise<string>): Promise<void> {
  const deadlineMs = Date.now() + WAIT_TIMEOUT_MS;
  for (;;) {
    const said = await problem().catch((thrown: unknown) => String(thrown));
    if (said === '') return;
    if (Date.now() > deadlineMs) {
      throw new Error(`${what} did not come true within ${WAIT_TIMEOUT_MS / 1_000} s: ${said}`);
    }
    await pause(WAIT_POLL_MS);
  }
}

/** Waits until a service has exactly this many tasks up, and says what they are about otherwise. */
export async function awaitUp(
  cluster: TestCluster,
  service: string,
  replicas: number,
): Promise<readonly Task[]> {
  let found: readonly Task[] = [];
  await eventually(`${replicas} running tasks of ${service}`, async () => {
    const tasks = await tasksOf(cluster, service);
    found = tasks.filter(isUp);
    return found.length === replicas ? '' : `${found.length} are; ${tasks.map(sayTask).join('; ')}`;
  });
  return found;
}

/** A task in a few words, for messages. */
export function sayTask({ serviceName, slot, desiredState, status }: Task): string {
  return `${serviceName}.${slot} ${status.state} (wanted ${desiredState}) ${status.error ?? status.message}`;
}

/** A container as the kernel knows it. */
export interface RunningContainer {
  /** Also the id of its task. */
  readonly id: string;
  readonly host: string;
  /** Pid of its first process as the machine counts, and when it started, in ticks since boot. */
  readonly pid: number;
  readonly startTime: string;
}

/** First process of a container: PID 1 of a namespace below its host's. */
async function firstProcess(
  pids: readonly number[],
): Promise<{ pid: number; startTime: string } | undefined> {
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const numbers = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (numbers.length === 3 && numbers[2] === '1' && !['Z', 'X', ''].includes(fields[0] ?? '')) {
      return { pid, startTime: fields[19] ?? '' };
    }
  }
  return undefined;
}

/** The containers that run on a host, from its control groups and processes: nobody's word is taken for it. */
export async function containersOn(cluster: TestCluster, host: string): Promise<readonly RunningContainer[]> {
  const [hierarchy] = (await readHierarchies()).filter(({ hasCpuset }) => !hasCpuset);
  if (hierarchy === undefined) throw new Error('no control group hierarchy is mounted');
  const memory = hierarchy.version === 1 ? '/sys/fs/cgroup/memory' : hierarchy.mountPoint;
  const parent = join(memory, hostPaths(cluster.name, host).cgroup, 'containers');
  const ids = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const found = ids
    .filter((entry) => entry.isDirectory())
    .map(async ({ name: id }) => {
      const procs = await readFile(join(parent, id, 'cgroup.procs'), 'utf8').catch(() => '');
      const first = await firstProcess(procs.trim().split('\n').filter(Boolean).map(Number));
      return first === undefined ? [] : [{ id, host, ...first }];
    });
  return (await Promise.all(found)).flat();
}

/** The containers of all hosts. */
export async function containersOf(cluster: TestCluster): Promise<readonly RunningContainer[]> {
  return (await Promise.all(cluster.hosts.map((host) => containersOn(cluster, host)))).flat();
}

/** A container by id, host, pid and start: equal texts mean that it is the same one and never stopped. */
export function sayContainer({ id, host, pid, startTime }: RunningContainer): string {
  return `${id} on ${host}: pid ${pid} since ${startTime}`;
}
