import type { Labels } from '../../../lib/domain/meta.ts';
import { parseByteCount, parseDurationMs, parseNanoCpus } from '../../../lib/units.ts';
import { UsageError } from '../../usage.ts';

/** The flags of one command line under their camel-case names, as commander collects them. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** `limitCpu` as the user wrote it: `--limit-cpu`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function badValue(key: string, value: string, expected: string): UsageError {
  return new UsageError(`invalid value "${value}" for ${flagName(key)}: ${expected}`);
}

/** The text of a flag; undefined when it was not given. */
export function textFlag(flags: Flags, key: string): string | undefined {
  const value = flags[key];
  return typeof value === 'string' ? value : undefined;
}

/** Every value that a flag was given; empty when it was not. */
export function listFlag(flags: Flags, key: string): readonly string[] {
  const value = flags[key];
  return Array.isArray(value) ? value : [];
}

/** True, false, or undefined when the flag was not given. */
export function booleanFlag(flags: Flags, key: string): boolean | undefined {
  const value = flags[key];
  return typeof value === 'boolean' ? value : undefined;
}

/** True or false of a flag made with `addSwitchOption`; undefined when it was not given. Throws UsageError. */
export function switchFlag(flags: Flags, key: string): boolean | undefined {
  const value = flags[key];
  if (typeof value !== 'string') return booleanFlag(flags, key);
  if (value !== 'true' && value !== 'false') throw badValue(key, value, 'expected true or false');
  return value === 'true';
}

function converted<T>(
  flags: Flags,
  key: string,
  expected: string,
  convert: (text: string) => T | undefined,
): T | undefined {
  const text = textFlag(flags, key);
  if (text === undefined) return undefined;
  const value = convert(text);
  if (value === undefined) throw badValue(key, text, expected);
  return value;
}

/** Milliseconds of a duration flag. */
export function durationFlag(flags: Flags, key: string): number | undefined {
  return converted(flags, key, 'expected a duration such as 1m30s or 500ms', parseDurationMs);
}

/** Bytes of a memory flag. */
export function byteFlag(flags: Flags, key: string): number | undefined {
  return converted(flags, key, 'expected bytes such as 64m or 1g', parseByteCount);
}

/** Billionths of a CPU flag. */
export function cpuFlag(flags: Flags, key: string): number | undefined {
  return converted(flags, key, 'expected a number of CPUs such as 0.5', parseNanoCpus);
}

/** A whole number that is not negative. */
export function countFlag(flags: Flags, key: string): number | undefined {
  return converted(flags, key, 'expected a whole number', (text) =>
    /^\d{1,15}$/.test(text) ? Number(text) : undefined,
  );
}

/** A whole number that may be negative. */
export function integerFlag(flags: Flags, key: string): number | undefined {
  return converted(flags, key, 'expected a whole number', (text) =>
    /^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined,
  );
}

/** A share between 0 and 1. */
export function ratioFlag(flags: Flags, key: string): number | undefined {
  return converted(flags, key, 'expected a number from 0 to 1', (text) => {
    const value = Number(text);
    return /^\d*\.?\d+$/.test(text) && value <= 1 ? value : undefined;
  });
}

/** One of the words allowed. */
export function wordFlag<const Word extends string>(
  flags: Flags,
  key: string,
  words: readonly Word[],
): Word | undefined {
  return converted(flags, key, `expected ${words.join(' or ')}`, (text) =>
    words.find((word) => word === text),
  );
}

/** `key=value` lines as a record; a key alone gets an empty value. */
export function parseLabels(key: string, lines: readonly string[]): Labels {
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=');
      const name = equals < 0 ? line : line.slice(0, equals);
      if (name.trim() === '') throw badValue(key, line, 'expected key=value');
      return [name, equals < 0 ? '' : line.slice(equals + 1)];
    }),
  );
}

/** `a=1,b=2,flag` as pairs, in order; a word without `=` has no value. Throws on an empty part. */
export function parseFields(
  key: string,
  text: string,
): readonly { readonly name: string; readonly value?: string }[] {
  return text.split(',').map((part) => {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name === '') throw badValue(key, text, 'an empty part between commas');
    return equals < 0 ? { name } : { name, value: part.slice(equals + 1) };
  });
}

/** A field's truth: present without a value, or a word for true or false. */
export function parseTruth(key: string, name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw badValue(key, value, `${name} is true or false`);
}

/** `CAP_NET_ADMIN` from the ways users write it; `ALL` stays. */
export function normalizeCapability(text: string): string {
  const upper = text.trim().toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
}

/** Splits a command as a POSIX shell would, without expanding anything. */
export function splitWords(key: string, text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoteMark = '';
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quoteMark !== '') {
      const escapes = character === '\\' && quoteMark === '"' && /["\\$`]/.test(text.charAt(index + 1));
      if (character === quoteMark) quoteMark = '';
      else word = (word ?? '') + (escapes ? text.charAt(++index) : character);
    } else if (character === '"' || character === "'") {
      quoteMark = character;
      word ??= '';
    } else if (character === '\\' && index + 1 < text.length) {
      word = (word ?? '') + text.charAt(++index);
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quoteMark !== '') throw badValue(key, text, `the quotation mark ${quoteMark} is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}
