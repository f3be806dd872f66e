import { UsageError } from '../../usage.ts';

/** Ctrl-P Ctrl-Q, Docker's default. */
export const DEFAULT_DETACH_KEYS: readonly number[] = [16, 17];

const CONTROL_MASK = 0x1f;

function keyCode(text: string, key: string): number {
  const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) & CONTROL_MASK;
  if (/^[\x21-\x7e]$/.test(key)) return key.charCodeAt(0);
  throw new UsageError(
    `invalid value "${text}" for --detach-keys: unknown key "${key}"`,
    'use single characters and ctrl-a to ctrl-z, ctrl-@, ctrl-[, ctrl-\\, ctrl-], ctrl-^, ctrl-_, between commas',
  );
}

/** The bytes that `--detach-keys ctrl-a,d` names; none for an empty text, which turns detaching off. Throws UsageError. */
export function parseDetachKeys(text: string | undefined): readonly number[] {
  if (text === undefined) return DEFAULT_DETACH_KEYS;
  return text === '' ? [] : text.split(',').map((key) => keyCode(text, key));
}

export interface DetachMatch {
  /** Bytes of the sequence that were typed, and are held back until it is known what becomes of them. */
  readonly matched: number;
}

export interface DetachScan {
  readonly match: DetachMatch;
  /** What goes to the container. */
  readonly passed: Uint8Array;
  /** True: the whole sequence was typed; what came after it is dropped. */
  readonly detached: boolean;
}

export const NO_MATCH: DetachMatch = { matched: 0 };

/** The longest start of the sequence that ends what was held back plus `byte`. */
function advance(keys: readonly number[], held: readonly number[], byte: number): number {
  const typed = [...held, byte];
  for (let length = Math.min(typed.length, keys.length); length > 0; length--) {
    if (typed.slice(typed.length - length).every((value, index) => value === keys[index])) return length;
  }
  return 0;
}

/**
 * Looks for the detach sequence in typed bytes, across reads. Bytes that turn out not to belong to it are passed on in
 * their order; nothing else is held back.
 */
export function scanForDetach(keys: readonly number[], match: DetachMatch, typed: Uint8Array): DetachScan {
  if (keys.length === 0) return { match, passed: typed, detached: false };
  const passed: number[] = [];
  let { matched } = match;
  for (const byte of typed) {
    const held = keys.slice(0, matched);
    matched = advance(keys, held, byte);
    passed.push(...[...held, byte].slice(0, held.length + 1 - matched));
    if (matched === keys.length) return { match: NO_MATCH, passed: Uint8Array.from(passed), detached: true };
  }
  return { match: { matched }, passed: Uint8Array.from(passed), detached: false };
}
