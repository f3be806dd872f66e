import { getSystemErrorName } from 'node:util';
import { type ErrorCode, SkepError } from '../../lib/errors.ts';
import type { KeeperErrorKind, KeeperFailure } from './protocol.ts';

const ENOENT = 2;
const NO_STEP = 0xffff_ffff;

const CODES: Readonly<Record<KeeperErrorKind, ErrorCode>> = {
  malformed: 'INTERNAL',
  'not-found': 'NOT_FOUND',
  exists: 'ALREADY_EXISTS',
  'step-failed': 'FAILED_PRECONDITION',
  'still-running': 'FAILED_PRECONDITION',
  limit: 'RESOURCE_EXHAUSTED',
  paused: 'FAILED_PRECONDITION',
  busy: 'UNAVAILABLE',
  system: 'INTERNAL',
};

/** What a program that never ran counts as: 127 not found, 126 found but not executable, 125 the container itself. */
export function exitCodeOfFailure(failure: KeeperFailure): number {
  if (!failure.stepName.startsWith('exec ')) return 125;
  return failure.errno === ENOENT ? 127 : 126;
}

function errnoName(errno: number): string {
  const name = getSystemErrorName(-errno);
  return name.startsWith('E') ? name : `errno ${errno}`;
}

/** `container web.1: exec: "foo": executable file not found in $PATH (step 71, exec foo, ENOENT)`. */
export function keeperError(what: string, failure: KeeperFailure): SkepError {
  const code = CODES[failure.kind];
  if (failure.kind !== 'step-failed') {
    const reason = failure.errno === 0 ? '' : ` (${errnoName(failure.errno)})`;
    return new SkepError(code, `${what}: ${failure.text}${reason}`);
  }
  const step =
    failure.stepIndex === NO_STEP ? 'before its steps' : `step ${failure.stepIndex + 1}, ${failure.stepName}`;
  const cause = Object.assign(new Error(failure.text), { exitCode: exitCodeOfFailure(failure) });
  return new SkepError(code, `${what}: ${failure.text} (${step}, ${errnoName(failure.errno)})`, { cause });
}

/** The exit code that a failed start counts as (127, 126, 125); null when the error is of another kind. */
export function startFailureExitCode(thrown: unknown): number | null {
  if (!(thrown instanceof SkepError) || !(thrown.cause instanceof Error)) return null;
  return 'exitCode' in thrown.cause && typeof thrown.cause.exitCode === 'number'
    ? thrown.cause.exitCode
    : null;
}
