import { readdir, readFile } from 'node:fs/promises';

/** Resident memory of a process, in bytes (proc_pid_smaps_rollup(5)); 0 for one that has ended. */
export async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Rss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Pids of the processes whose command line holds all of these words. */
export async function findProcesses(words: readonly string[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (words.every((word) => commandLine.includes(word))) found.push(Number(name));
  }
  return found;
}

/** The only such process. */
export async function findProcess(words: readonly string[]): Promise<number> {
  const [pid, ...others] = await findProcesses(words);
  if (pid === undefined || others.length > 0)
    throw new Error(`not exactly one process of ${words.join(' ')}`);
  return pid;
}
