import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/ports.ts';
import type { ContainerStatsMessage, ContainerUsage } from '../../proto/container-messages.ts';
import type { ContainerOnNode, FindContainerOnNode } from './container-on-node.ts';
import {
  cpuRatio,
  parseMemoryTotal,
  parseUsage,
  type UsageFolders,
  type UsageSample,
  usageFolders,
} from './usage.ts';

export interface SamplerDependencies {
  readonly find: FindContainerOnNode;
  /** References of all containers that run. */
  readonly running: () => readonly string[];
  readonly clock: Clock;
}

const MAX_CONTAINERS = 4_096;
/** Containers whose files are read at the same time. */
const MAX_READS = 16;
const PERIOD_MS = 1_000;
/** Between the two samples that one answer needs. */
const SINGLE_MS = 500;

async function textOf(folder: string | undefined, name: string): Promise<string> {
  return folder === undefined ? '' : readFile(join(folder, name), 'utf8').catch(() => '');
}

/** The node's own links are nobody's. */
async function networkText(pid: number): Promise<string> {
  const spaceOf = (process: string): Promise<string> => readlink(`/proc/${process}/ns/net`).catch(() => '');
  const [own, other] = await Promise.all([spaceOf('self'), spaceOf(String(pid))]);
  return own === other ? '' : textOf(`/proc/${pid}/net`, 'dev');
}

const FILES = {
  1: {
    cpu: 'cpuacct.usage',
    memory: 'memory.usage_in_bytes',
    limit: 'memory.limit_in_bytes',
    blocks: 'blkio.throttle.io_service_bytes_recursive',
  },
  2: { cpu: 'cpu.stat', memory: 'memory.current', limit: 'memory.max', blocks: 'io.stat' },
} as const;

async function sample(
  container: ContainerOnNode,
  folders: UsageFolders,
  nodeMemoryBytes: number,
  nowMs: number,
): Promise<ContainerUsage> {
  const { version } = folders;
  const names = FILES[version];
  const isRunning = container.pid > 0;
  const read = (folder: string | undefined, name: string) => (isRunning ? textOf(folder, name) : '');
  const [cpu, memory, memoryStat, memoryLimit, pids, blocks, network] = await Promise.all([
    read(folders.cpu, names.cpu),
    read(folders.memory, names.memory),
    read(folders.memory, 'memory.stat'),
    read(folders.memory, names.limit),
    read(folders.pids, 'pids.current'),
    read(folders.blocks, names.blocks),
    isRunning ? networkText(container.pid) : '',
  ]);
  const texts = { version, cpu, memory, memoryStat, memoryLimit, pids, blocks, network };
  const { id, name } = container;
  return { id, name, sampledAtMs: nowMs, ...parseUsage(texts, isRunning ? nodeMemoryBytes : 0) };
}

/** Those of the references that are there; with `mustBe`, NOT_FOUND for one that is not. */
function containersOf(
  { find, running }: SamplerDependencies,
  references: readonly string[],
  mustBe: boolean,
): readonly ContainerOnNode[] {
  const wanted = references.length > 0 ? references : running();
  if (wanted.length > MAX_CONTAINERS) {
    throw new SkepError('RESOURCE_EXHAUSTED', `${wanted.length} containers are more than ${MAX_CONTAINERS}`, {
      help: 'name those that matter',
    });
  }
  const found = new Map<string, ContainerOnNode>();
  for (const reference of wanted) {
    try {
      const container = find(reference);
      found.set(container.id, container);
    } catch (thrown) {
      // Removed since the last sample.
      if (mustBe || !(thrown instanceof SkepError) || thrown.code !== 'NOT_FOUND') throw thrown;
    }
  }
  return [...found.values()];
}

function pause(
  { clock }: SamplerDependencies,
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const settle = () => {
      cancel();
      signal?.removeEventListener('abort', settle);
      resolve();
    };
    const cancel = clock.schedule(delayMs, settle);
    signal?.addEventListener('abort', settle);
  });
}

/** Reads all of them once; `before` is what the ratios are from, and becomes what the next ones are from. */
async function round(
  { clock }: SamplerDependencies,
  containers: readonly ContainerOnNode[],
  before: Map<string, UsageSample>,
): Promise<ContainerStatsMessage> {
  const [mountinfo, meminfo] = await Promise.all([
    textOf('/proc/self', 'mountinfo'),
    textOf('/proc', 'meminfo'),
  ]);
  const memory = parseMemoryTotal(meminfo);
  const usages: ContainerUsage[] = [];
  for (let start = 0; start < containers.length; start += MAX_READS) {
    const some = containers.slice(start, start + MAX_READS).map(async (container) => {
      const folders = usageFolders(mountinfo, container.cgroupPath);
      const usage = await sample(container, folders, memory, clock.nowMs());
      const ratio = container.pid > 0 ? cpuRatio(before.get(container.id), usage) : undefined;
      return ratio === undefined ? usage : { ...usage, cpuRatio: ratio };
    });
    usages.push(...(await Promise.all(some)));
  }
  before.clear();
  for (const usage of usages) before.set(usage.id, usage);
  return { containers: usages };
}

/**
 * What containers use, every second until the caller goes; of one that does not run, zeros. With `stream: false` one
 * answer, for which two samples are taken. NOT_FOUND when one of the references is not there at the beginning.
 */
export async function* containerStats(
  dependencies: SamplerDependencies,
  request: { readonly references: readonly string[]; readonly stream: boolean },
  signal?: AbortSignal,
): AsyncGenerator<ContainerStatsMessage> {
  const before = new Map<string, UsageSample>();
  const first = await round(dependencies, containersOf(dependencies, request.references, true), before);
  if (request.stream) yield first;
  for (;;) {
    await pause(dependencies, request.stream ? PERIOD_MS : SINGLE_MS, signal);
    if (signal?.aborted === true) return;
    yield await round(dependencies, containersOf(dependencies, request.references, false), before);
    if (!request.stream) return;
  }
}
