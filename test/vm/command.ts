import { execFileSync, spawnSync } from 'node:child_process';

/** Output of a command beyond this is a mistake. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface CommandOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

function spawnOptions(options: CommandOptions) {
  return {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  } as const;
}

/** Runs a command to its end: its output, or undefined when it is not there or fails. */
export function attempt(
  program: string,
  argv: readonly string[],
  options: CommandOptions,
): string | undefined {
  const { status, stdout } = spawnSync(program, [...argv], { ...spawnOptions(options), stdio: 'pipe' });
  return status === 0 ? stdout : undefined;
}

/** Runs a command that must succeed: its output. Throws with what it said. */
export function command(program: string, argv: readonly string[], options: CommandOptions = {}): string {
  return execFileSync(program, [...argv], { ...spawnOptions(options), stdio: 'pipe' });
}

/** Where a program is, by PATH and the folders of the administrator; undefined when it is nowhere. */
export function findProgram(name: string): string | undefined {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;
  const found = spawnSync('sh', ['-c', 'command -v -- "$1"', 'sh', name], {
    encoding: 'utf8',
    env: { PATH: path },
  }).stdout.trim();
  return found.startsWith('/') ? found : undefined;
}
