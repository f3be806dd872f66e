/**
 * Every code an error can carry. A code is part of the contract: scripts match on it, so it is never renamed.
 * `docs/errors.md` explains each.
 */
export const ERROR_CODES = [
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'CONFLICT',
  'FAILED_PRECONDITION',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
  'NOT_LEADER',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'CANCELLED',
  'UNIMPLEMENTED',
  'DATA_LOSS',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error type of Skep: a stable code, one line for the user, and what would help. */
export class SkepError extends Error {
  readonly code: ErrorCode;
  /** What the user can do about it; empty when there is nothing to add. */
  readonly help: string;

  constructor(code: ErrorCode, message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SkepError';
    this.code = code;
    this.help = options.help ?? '';
  }
}

/** Makes any thrown value an Error. */
export function ensureError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Wraps anything thrown; a SkepError stays as it is. */
export function toSkepError(thrown: unknown): SkepError {
  if (thrown instanceof SkepError) return thrown;
  const error = ensureError(thrown);
  return new SkepError('INTERNAL', error.message, { cause: error });
}

/** One line for a person: the message, each cause that adds something, and the help. */
export function describeError(thrown: unknown): string {
  const parts: string[] = [];
  let help = '';
  let current: unknown = thrown;
  for (let depth = 0; current instanceof Error && depth < 8; depth++) {
    if (current.message !== '' && !parts.some((part) => part.includes((current as Error).message))) {
      parts.push(current.message);
    }
    if (current instanceof SkepError && help === '') help = current.help;
    current = current.cause;
  }
  const line = (parts.length === 0 ? String(thrown) : parts.join(': ')).replace(/\s*\n\s*/g, ' ');
  return help === '' ? line : `${line} (${help})`;
}

/** Fails loudly when something that must never be is so: a bug in Skep, never bad input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new SkepError('INTERNAL', `assertion failed: ${message}`);
}

/** The end of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new SkepError('INTERNAL', `unreachable value: ${JSON.stringify(value)}`);
}
