import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** True when a program is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Starts a program in a network namespace of its own; what it says goes to a file. */
export function startApart(argv: readonly string[], logPath: string): ChildProcess {
  const log = openSync(logPath, 'a');
  const apart = ['--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...argv];
  return spawn('unshare', apart, { stdio: ['ignore', log, log] });
}

/** Makes a folder that lies in memory, as /run does on a server. */
export function makeRunFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', path]);
}

/** Lets go of such a folder. */
export function dropRunFolder(path: string): void {
  execFileSync('umount', ['--lazy', path]);
}

/** Waits until `look` resolves; its last failure otherwise. */
export async function untilAnswers<T>(look: () => Promise<T>, timeoutMs: number): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (thrown) {
      if (Date.now() > deadlineMs) throw thrown;
    }
    await sleep(50);
  }
}

/** Ends a child with SIGTERM and waits for its end; with SIGKILL after a while. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(impatient);
}
