import { constants } from 'node:os';

import { describeError } from '../../../lib/errors.ts';

/** `run` could not do what it was asked: the daemon refused, or the command line was wrong. */
export const REFUSED_EXIT_CODE = 125;
/** The program was found and cannot be invoked. */
export const NOT_INVOKED_EXIT_CODE = 126;
/** There is no such program. */
export const NOT_FOUND_EXIT_CODE = 127;
const SIGNAL_EXIT_BASE = 128;

const NOT_FOUND = /executable file not found|exec[^()]*no such file or directory|\bexec [^()]*, ENOENT\)/i;
const NOT_INVOKED =
  /exec[^()]*(?:permission denied|exec format error|is a directory)|\bexec [^()]*, (?:EACCES|ENOEXEC|EISDIR|EPERM|ENOTDIR|ELOOP|ETXTBSY|ELIBBAD)\)/i;

/**
 * 126 or 127 when the error says that a program could not be invoked or was not found, as Docker's command line
 * counts it; undefined for any other error. The wire carries words and no number, so the words decide.
 */
export function programFailureExitCode(thrown: unknown): number | undefined {
  const text = describeError(thrown);
  if (NOT_FOUND.test(text)) return NOT_FOUND_EXIT_CODE;
  return NOT_INVOKED.test(text) ? NOT_INVOKED_EXIT_CODE : undefined;
}

/** The exit code of a failed `run`. */
export function runFailureExitCode(thrown: unknown): number {
  return programFailureExitCode(thrown) ?? REFUSED_EXIT_CODE;
}

/** What a shell reports for a process that a signal ended. */
export function signalExitCode(name: NodeJS.Signals): number {
  return SIGNAL_EXIT_BASE + constants.signals[name];
}
