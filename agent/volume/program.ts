import { spawn } from 'node:child_process';
import { SkepError } from '../../lib/errors.ts';

/** Far more than the programs that are run here have to say. */
const MAX_OUTPUT_CHARACTERS = 4_096;

function failure(name: string, ending: string, stderr: string): SkepError {
  const reason = stderr.trim().split('\n')[0] ?? '';
  const isFull = reason.includes('No space left on device');
  return new SkepError(
    isFull ? 'RESOURCE_EXHAUSTED' : 'INTERNAL',
    reason === '' ? `${name} ended with ${ending}` : reason,
    isFull ? { help: 'free disk space under the data root, for instance with skep volume prune' } : {},
  );
}

/**
 * Runs a program to its end and answers with what it wrote to stdout. Rejects with the first line that it wrote to
 * stderr when it fails: RESOURCE_EXHAUSTED for a full disk, INTERNAL otherwise. It is killed after `timeoutMs`.
 */
export function runProgram(
  path: string,
  words: readonly string[],
  options: { readonly timeoutMs: number },
): Promise<string> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, MAX_OUTPUT_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MAX_OUTPUT_CHARACTERS);
    });
    child.once('error', (cause) => reject(new SkepError('INTERNAL', `cannot start ${path}`, { cause })));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(failure(name, code === null ? `signal ${signal ?? '?'}` : `exit code ${code}`, stderr));
    });
  });
}
