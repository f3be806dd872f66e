import { SkepError } from './errors.ts';
import type { Random } from './ports.ts';

const PREFIX = 'SWMKEY-1-';
/** The key itself: 256 bits, for AES-256-GCM. */
export const UNLOCK_KEY_BYTES = 32;
/** 256 bits need 42.7 digits of base 64; there is no padding. */
const TEXT_LENGTH = 43;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A new unlock key as users keep it. */
export function newUnlockKey(random: Random): string {
  return formatUnlockKey(random.bytes(UNLOCK_KEY_BYTES));
}

/** The text of a key of 32 bytes, in the form that swarm users know (swarmkit `manager/encryption`). */
export function formatUnlockKey(key: Uint8Array): string {
  if (key.length !== UNLOCK_KEY_BYTES) {
    throw new SkepError('INTERNAL', `an unlock key has ${UNLOCK_KEY_BYTES} bytes, not ${key.length}`);
  }
  let text = PREFIX;
  let bits = 0;
  let bitCount = 0;
  for (const byte of key) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 6) {
      bitCount -= 6;
      text += ALPHABET.charAt((bits >> bitCount) & 63);
    }
    bits &= (1 << bitCount) - 1;
  }
  return text + ALPHABET.charAt((bits << (6 - bitCount)) & 63);
}

/** Reads the 32 bytes of an unlock key. Throws INVALID_ARGUMENT, without repeating the text: it is a secret. */
export function parseUnlockKey(text: string): Uint8Array {
  const trimmed = text.trim();
  const mistake = findMistake(trimmed);
  if (mistake !== undefined) {
    throw new SkepError('INVALID_ARGUMENT', `this is not an unlock key: ${mistake}`, {
      help: 'print the key on a manager that is unlocked: skep swarm unlock-key',
    });
  }
  const key = new Uint8Array(UNLOCK_KEY_BYTES);
  let at = 0;
  let bits = 0;
  let bitCount = 0;
  for (const digit of trimmed.slice(PREFIX.length)) {
    bits = (bits << 6) | ALPHABET.indexOf(digit);
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    key[at++] = bits >> bitCount;
    bits &= (1 << bitCount) - 1;
  }
  return key;
}

function findMistake(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (!text.startsWith(PREFIX)) return `it does not begin with ${PREFIX}`;
  const length = PREFIX.length + TEXT_LENGTH;
  if (text.length !== length) return `it has ${text.length} characters instead of ${length}`;
  const digits = text.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]*$/.test(digits)) return 'it holds a character that no key has';
  // 43 digits hold 258 bits: the last two stand for nothing and are zero in every key that was ever printed.
  if (ALPHABET.indexOf(digits.slice(-1)) % 4 !== 0) return 'its last character is wrong';
  return undefined;
}
