import type { ContainerUsage } from '../../proto/container-messages.ts';

/** The folders of a container's control group; absent where the node has no such controller. */
export interface UsageFolders {
  readonly version: 1 | 2;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pids?: string;
  readonly blocks?: string;
}

/** Texts of the files that tell of a container; empty where there is none. */
export interface UsageTexts {
  readonly version: 1 | 2;
  /** cpuacct.usage, or cpu.stat. */
  readonly cpu: string;
  /** memory.usage_in_bytes, or memory.current. */
  readonly memory: string;
  readonly memoryStat: string;
  /** memory.limit_in_bytes, or memory.max. */
  readonly memoryLimit: string;
  /** pids.current. */
  readonly pids: string;
  /** blkio.throttle.io_service_bytes_recursive, or io.stat. */
  readonly blocks: string;
  /** /proc/PID/net/dev; empty on the node's own network. */
  readonly network: string;
}

type Measured = Omit<ContainerUsage, 'id' | 'name' | 'sampledAtMs' | 'cpuRatio'>;

/** What of a sample the next one is compared with. */
export interface UsageSample {
  readonly sampledAtMs: number;
  readonly cpuTimeMs: number;
}

const NANOSECONDS_PER_MS = 1_000_000;
const MICROSECONDS_PER_MS = 1_000;
const KIB = 1_024;

function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Finds a control group in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function usageFolders(mountinfo: string, cgroupPath: string): UsageFolders {
  const byController = new Map<string, string>();
  let unified: string | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const [type, , options] = after?.split(' ') ?? [];
    const folder = unescapePath(before?.split(' ')[4] ?? '') + cgroupPath;
    if (type === 'cgroup2') unified ??= folder;
    if (type !== 'cgroup') continue;
    for (const controller of options?.split(',') ?? []) {
      if (!byController.has(controller)) byController.set(controller, folder);
    }
  }
  const pids = byController.get('pids');
  if (pids === undefined && unified !== undefined) {
    return { version: 2, cpu: unified, memory: unified, pids: unified, blocks: unified };
  }
  const [cpu, memory, blocks] = ['cpuacct', 'memory', 'blkio'].map((name) => byController.get(name));
  return {
    version: 1,
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(pids === undefined ? {} : { pids }),
    ...(blocks === undefined ? {} : { blocks }),
  };
}

function count(text: string | undefined): number {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? 0 : value;
}

/** The value of a `name value` line. */
function lineOf(text: string, name: string): number {
  return count(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

/** Of the node, from the text of /proc/meminfo. */
export function parseMemoryTotal(text: string): number {
  return count(/^MemTotal:\s+(\d+) kB$/m.exec(text)?.[1]) * KIB;
}

/** Bytes of all links but the loopback, from the text of /proc/PID/net/dev. */
export function parseNetworkBytes(text: string): {
  readonly receivedBytes: number;
  readonly sentBytes: number;
} {
  let [receivedBytes, sentBytes] = [0, 0];
  for (const line of text.split('\n')) {
    const match = /^\s*(\S+):\s*(.*)$/.exec(line);
    if (match === null || match[1] === 'lo') continue;
    const fields = (match[2] ?? '').trim().split(/\s+/);
    receivedBytes += count(fields[0]);
    sentBytes += count(fields[8]);
  }
  return { receivedBytes, sentBytes };
}

function parseBlocks(
  version: 1 | 2,
  text: string,
): { readonly readBytes: number; readonly writtenBytes: number } {
  const sum = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((total, [, value]) => total + count(value), 0);
  return version === 1
    ? { readBytes: sum(/^\d+:\d+ Read (\d+)$/gm), writtenBytes: sum(/^\d+:\d+ Write (\d+)$/gm) }
    : { readBytes: sum(/\brbytes=(\d+)/g), writtenBytes: sum(/\bwbytes=(\d+)/g) };
}

/**
 * Reads what a container uses. As in Docker, memory does not count the file cache that the kernel would give up first,
 * and a limit above the node's memory is the node's memory.
 */
export function parseUsage(texts: UsageTexts, nodeMemoryBytes: number): Measured {
  const { version } = texts;
  const isFirst = version === 1;
  const cache = lineOf(texts.memoryStat, isFirst ? 'total_inactive_file' : 'inactive_file');
  const used = count(texts.memory);
  const limit = Number.parseInt(texts.memoryLimit, 10);
  return {
    cpuTimeMs: isFirst
      ? count(texts.cpu) / NANOSECONDS_PER_MS
      : lineOf(texts.cpu, 'usage_usec') / MICROSECONDS_PER_MS,
    memoryBytes: cache < used ? used - cache : used,
    memoryLimitBytes: Number.isNaN(limit) ? nodeMemoryBytes : Math.min(limit, nodeMemoryBytes),
    ...parseNetworkBytes(texts.network),
    ...parseBlocks(version, texts.blocks),
    processes: count(texts.pids),
  };
}

/** The share of one processor between two samples; undefined where there is no time between them. */
export function cpuRatio(before: UsageSample | undefined, now: UsageSample): number | undefined {
  if (before === undefined || now.sampledAtMs <= before.sampledAtMs) return undefined;
  // A container that was started anew counts from nothing.
  if (now.cpuTimeMs < before.cpuTimeMs) return undefined;
  return (now.cpuTimeMs - before.cpuTimeMs) / (now.sampledAtMs - before.sampledAtMs);
}
