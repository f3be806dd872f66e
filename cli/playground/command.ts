import { spawn } from 'node:child_process';

import { SkepError } from '../../lib/errors.ts';

/** Output beyond this is cut off; no tool that is called here says as much. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export interface CommandResult {
  /** 128 + signal number when a signal ended the command. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** The exit code as shells report it. */
export function exitCodeOf(code: number | null, signal: string | null): number {
  return code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);
}

/** Runs a command and collects what it writes. Resolves whatever its exit code; throws when it cannot start. */
export function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.environment === undefined ? {} : { env: options.environment }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
      ...(options.signal === undefined ? {} : { signal: options.signal, killSignal: 'SIGKILL' }),
    });
    const outputs = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        if (outputs[name].length < MAX_OUTPUT_BYTES) outputs[name] += text;
      });
    }
    child.on('error', (cause) => {
      reject(
        new SkepError('FAILED_PRECONDITION', `cannot run ${program}`, {
          cause,
          help: 'the playground needs root, iproute2 and util-linux',
        }),
      );
    });
    child.on('close', (code, signal) => resolve({ exitCode: exitCodeOf(code, signal), ...outputs }));
    // A command that ends before it read its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a command that has to succeed and answers with its standard output. */
export async function requireCommand(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.exitCode !== 0) {
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new SkepError('INTERNAL', `${argv.join(' ')} ended with ${result.exitCode}: ${said}`);
  }
  return result.stdout;
}
