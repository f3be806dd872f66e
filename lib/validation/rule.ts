import { SkepError } from '../errors.ts';

/** Longest text that a message repeats; the rest is cut. */
const MAX_SHOWN_LENGTH = 80;
/** Longest duration that a specification can ask for: one year. */
export const MAX_DURATION_MS = 365 * 24 * 3_600_000;
/** Most entries of any list or map in a specification. */
export const MAX_LIST_LENGTH = 1_000;
/** Longest single text (an argument, an environment line, a label). */
export const MAX_TEXT_LENGTH = 128 * 1_024;

/** The error of a rule: who broke it, and how, in one line. */
export function invalid(subject: string, problem: string, help = ''): SkepError {
  return new SkepError('INVALID_ARGUMENT', `${subject}: ${problem}`, { help });
}

/** A value in quotes, cut to a length that fits a line. */
export function quote(text: string): string {
  return `"${text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text}"`;
}

/** Throws unless the part of a message is there; the wire leaves absent parts out or null. */
export function requirePresent(subject: string, name: string, value: unknown): void {
  if (value === undefined || value === null) throw invalid(subject, `${name} is missing`);
}

/** Throws unless the value is a whole number within the bounds, both included. */
export function requireInteger(
  subject: string,
  name: string,
  value: number,
  bounds: { readonly least: number; readonly most: number },
): void {
  if (!Number.isSafeInteger(value)) throw invalid(subject, `${name} must be a whole number, not ${value}`);
  if (value < bounds.least || value > bounds.most) {
    throw invalid(subject, `${name} must be between ${bounds.least} and ${bounds.most}, not ${value}`);
  }
}

/** Throws unless the value is a duration in milliseconds of at least `leastMs` and at most a year. */
export function requireDuration(subject: string, name: string, valueMs: number, leastMs = 0): void {
  if (!Number.isFinite(valueMs)) throw invalid(subject, `${name} must be a duration, not ${valueMs}`);
  if (valueMs < leastMs || valueMs > MAX_DURATION_MS) {
    throw invalid(subject, `${name} must be between ${leastMs} ms and one year, not ${valueMs} ms`);
  }
}

/** Throws unless the value is one of the words allowed. */
export function requireOneOf(subject: string, name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw invalid(subject, `${name} must be ${listOr(allowed)}, not ${quote(String(value))}`);
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function listOr(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** Throws when a list is longer than {@link MAX_LIST_LENGTH}. */
export function requireShortList(subject: string, name: string, list: readonly unknown[]): void {
  if (list.length > MAX_LIST_LENGTH) {
    throw invalid(subject, `${name} has ${list.length} entries, more than the ${MAX_LIST_LENGTH} allowed`);
  }
}

/** Throws when a text is too long, or holds the NUL character, which no kernel call can pass on. */
export function requireText(subject: string, name: string, text: string): void {
  if (text.length > MAX_TEXT_LENGTH)
    throw invalid(subject, `${name} is longer than ${MAX_TEXT_LENGTH} characters`);
  if (text.includes('\0')) throw invalid(subject, `${name} ${quote(text)} holds a NUL character`);
}
