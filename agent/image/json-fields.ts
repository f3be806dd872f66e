import { SkepError } from '../../lib/errors.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

function refuse(what: string, expected: string): never {
  throw new SkepError('INVALID_ARGUMENT', `${what} is not ${expected}`);
}

/** Parses UTF-8 JSON whose outermost value is an object or a list. `what` names it in errors (INVALID_ARGUMENT). */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SkepError('INVALID_ARGUMENT', `${what} is not valid JSON`, { cause: error });
  }
}

/** The value as an object, or INVALID_ARGUMENT naming `what`. */
export function asRecord(value: unknown, what: string): JsonRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(what, 'an object');
  return value as JsonRecord;
}

/** The value as a text, or INVALID_ARGUMENT naming `what`. */
export function asText(value: unknown, what: string): string {
  return typeof value === 'string' ? value : refuse(what, 'a text');
}

/** The value as a list, or INVALID_ARGUMENT naming `what`. */
export function asList(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(what, 'a list');
}

/** Absent and null are the empty record, as Go's encoder writes an unset map. */
export function recordOrEmpty(value: unknown, what: string): JsonRecord {
  return value === undefined || value === null ? {} : asRecord(value, what);
}

/** Absent and null are ''. */
export function textOrEmpty(value: unknown, what: string): string {
  return value === undefined || value === null ? '' : asText(value, what);
}

/** Absent and null are the empty list. */
export function textsOrEmpty(value: unknown, what: string): readonly string[] {
  return value === undefined || value === null ? [] : asList(value, what).map((item) => asText(item, what));
}

/** Absent and null are 0. */
export function countOrZero(value: unknown, what: string): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? value
    : refuse(what, 'a number from 0');
}
