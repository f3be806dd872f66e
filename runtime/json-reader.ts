import { SkepError } from '../lib/errors.ts';

/** Reads what others wrote as JSON: each function takes the place of a value, for the error, and the value. */

export type Entry = Readonly<Record<string, unknown>>;

const MAX_SHOWN_LENGTH = 80;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}

function wrong(where: string, what: string, value: unknown): SkepError {
  return new SkepError('INVALID_ARGUMENT', `${where} must be ${what}, not ${show(value)}`);
}

/** UNIMPLEMENTED, naming the field. */
export function unsupported(where: string, why = ''): SkepError {
  return new SkepError('UNIMPLEMENTED', `${where} is not supported${why === '' ? '' : `: ${why}`}`);
}

/** Go writes the empty value of many a field that nobody set. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : Object.values(value).every(isBlank);
}

/** An object. */
export function readEntry(where: string, value: unknown): Entry {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(where, 'an object', value);
  return Object.fromEntries(Object.entries(value));
}

/** An object, empty when absent, whose fields are all among `known`. UNIMPLEMENTED names another one that says something. */
export function readKnown(where: string, value: unknown, known: readonly string[]): Entry {
  if (value === undefined || value === null) return {};
  const entry = readEntry(where, value);
  for (const [name, content] of Object.entries(entry)) {
    if (!known.includes(name) && !isBlank(content))
      throw unsupported(where === '' ? name : `${where}.${name}`);
  }
  return entry;
}

/** Text; the empty one when absent. */
export function readText(where: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrong(where, 'a text', value);
  return value;
}

/** True or false; false when absent. */
export function readFlag(where: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw wrong(where, 'true or false', value);
  return value;
}

/** A whole number, or null when absent. */
export function readNumber(where: string, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong(where, 'a whole number', value);
  return value;
}

/** A list; the empty one when absent. */
export function readList(where: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(where, 'a list', value);
  return value;
}

/** A list of texts. */
export function readTexts(where: string, value: unknown): readonly string[] {
  return readList(where, value).map((text, index) => {
    if (typeof text !== 'string') throw wrong(`${where}[${index}]`, 'a text', text);
    return text;
  });
}

/** Texts by name. */
export function readTextMap(where: string, value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  return Object.fromEntries(
    Object.entries(readEntry(where, value)).map(([name, text]) => [name, readText(`${where}.${name}`, text)]),
  );
}
