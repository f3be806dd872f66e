import { spawn } from 'node:child_process';
import { SkepError } from '../lib/errors.ts';
import type { BundleHook } from './bundle.ts';

const MAX_KEPT_OUTPUT = 4_096;

function runHook(kind: string, hook: BundleHook, state: object): Promise<void> {
  const environment = hook.env.map((variable): [string, string] => {
    const at = variable.indexOf('=');
    return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
  });
  return new Promise((resolve, reject) => {
    const child = spawn(hook.path, hook.args.slice(1), {
      argv0: hook.args[0] ?? hook.path,
      env: Object.fromEntries(environment),
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(hook.timeout === null ? {} : { timeout: hook.timeout * 1_000, killSignal: 'SIGKILL' }),
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      if (output.length < MAX_KEPT_OUTPUT) output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // A hook need not read its state.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(state));
    const fail = (why: string, cause?: Error): void =>
      reject(
        new SkepError(
          'FAILED_PRECONDITION',
          `${kind} hook ${hook.path}: ${why}`,
          cause === undefined ? {} : { cause },
        ),
      );
    child.once('error', (cause) => fail('could not be run', cause));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(`${signal ?? `exit status ${code}`}, output: ${output.trim()}`);
    });
  });
}

/** One after the other, each with the state on its standard input. FAILED_PRECONDITION at the first that fails. */
export async function runHooks(kind: string, hooks: readonly BundleHook[], state: object): Promise<void> {
  for (const hook of hooks) await runHook(kind, hook, state);
}
