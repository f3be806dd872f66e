import { spawn } from 'node:child_process';
import type { Image } from './image.ts';
import type { Kernel } from './kernel.ts';

/** Before the line with the exit code of the tests, on the console. */
const RESULT_MARK = 'SKEP-VM-RESULT';
const MEMORY_MIB = 2048;
/** What is kept of a line that never ends. */
const MAX_LINE_LENGTH = 65_536;

export interface MachineResult {
  /** Exit code of the tests; undefined when the machine stopped before it said one. */
  readonly exitCode: number | undefined;
  /** The last line that counts tests. */
  readonly counts: string | undefined;
  readonly timedOut: boolean;
}

/** What a line of the console says about the result; empty for most. */
export function readConsoleLine(line: string): { readonly exitCode?: number; readonly counts?: string } {
  const result = new RegExp(`^${RESULT_MARK} (\\d+)$`).exec(line);
  if (result !== null) return { exitCode: Number(result[1]) };
  return /^\d+ passed, \d+ failed, \d+ skipped$/.test(line) ? { counts: line } : {};
}

/**
 * Boots the machine in plain emulation, shows its console, and waits until it powers off. It has no network and no
 * disk but a throw-away one. After `timeoutMs` it is killed.
 */
export function runMachine(
  kernel: Kernel,
  image: Image,
  timeoutMs: number,
  show: (text: string) => void,
): Promise<MachineResult> {
  const argv = [
    ...['-accel', 'tcg', '-cpu', 'max', '-smp', '1', '-m', String(MEMORY_MIB)],
    ...['-nodefaults', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
    ...['-drive', `file=${image.diskPath},format=raw,if=virtio,cache=unsafe`],
    ...['-kernel', kernel.imagePath, '-initrd', image.initramfsPath],
    ...['-append', 'console=ttyS0 loglevel=1 panic=-1 mitigations=off'],
  ];
  const child = spawn('qemu-system-x86_64', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let rest = '';
    let result: MachineResult = { exitCode: undefined, counts: undefined, timedOut: false };
    const timer = setTimeout(() => {
      result = { ...result, timedOut: true };
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      const lines = (rest + text).replaceAll('\r', '').split('\n');
      rest = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH);
      for (const line of lines) {
        result = { ...result, ...readConsoleLine(line) };
        show(`${line}\n`);
      }
    });
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve(result);
    });
  });
}
