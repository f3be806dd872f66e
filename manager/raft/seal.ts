import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SkepError } from '../../lib/errors.ts';
import { allKeys, type FileKey, newestKey } from './keys/key-ring.ts';

export const KEY_BYTES = 32;
export const SALT_BYTES = 32;
export const KEY_CHECK_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to a payload. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

/**
 * Seals and opens the payloads of one file with AES-256-GCM. Every file has a key of its own, derived from the
 * manager's key and the file's random salt: random 96-bit nonces are safe for 2^32 messages under one key
 * (NIST SP 800-38D, section 8.3), which a file never reaches and a manager could.
 */
export interface Sealer {
  /** The manager's key that the file's own is derived from. */
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** Tells whether a file was written under the same key, without saying anything of the key. */
  readonly keyCheck: Uint8Array;
  /** `context` is authenticated with the payload, but not written: a payload moved elsewhere does not open. */
  seal(payload: Uint8Array, context: Uint8Array): Uint8Array;
  /** The payload; throws DATA_LOSS when it, or its context, is not what was sealed. */
  open(sealed: Uint8Array, context: Uint8Array): Uint8Array;
}

/** Random bytes are cheap by the hundred, and each nonce is still one that was never used. */
const NONCES_DRAWN = 256;
let drawn = Buffer.alloc(0);

function nextNonce(): Uint8Array {
  if (drawn.byteLength === 0) drawn = randomBytes(NONCES_DRAWN * NONCE_BYTES);
  const nonce = drawn.subarray(0, NONCE_BYTES);
  drawn = drawn.subarray(NONCE_BYTES);
  return nonce;
}

/** A fresh salt for a new file. */
export function newSalt(): Uint8Array {
  return randomBytes(SALT_BYTES);
}

/** The sealer of a new file with that salt, under the newest key; keys have 32 bytes. */
export function createSealer(fileKey: FileKey, salt: Uint8Array): Sealer {
  return sealerUnder(newestKey(fileKey), salt);
}

function sealerUnder(key: Uint8Array, salt: Uint8Array): Sealer {
  if (key.byteLength !== KEY_BYTES) {
    throw new SkepError('INVALID_ARGUMENT', `a log key has ${KEY_BYTES} bytes, not ${key.byteLength}`);
  }
  const fileKey = derive(key, 'skep file key', salt);
  return {
    key,
    salt,
    keyCheck: derive(fileKey, 'skep key check', salt).subarray(0, KEY_CHECK_BYTES),
    seal(payload, context) {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonce).setAAD(context);
      const text = cipher.update(payload);
      cipher.final();
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, context) {
      if (sealed.byteLength < SEAL_BYTES) throw new SkepError('DATA_LOSS', 'a sealed payload is too short');
      const decipher = createDecipheriv('aes-256-gcm', fileKey, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(context).setAuthTag(sealed.subarray(NONCE_BYTES, SEAL_BYTES));
      const payload = decipher.update(sealed.subarray(SEAL_BYTES));
      try {
        decipher.final();
      } catch (cause) {
        throw new SkepError('DATA_LOSS', 'a sealed payload was changed after it was written', { cause });
      }
      return payload;
    },
  };
}

/** The sealer of a file that exists. Throws FAILED_PRECONDITION when the file was written under none of the keys. */
export function sealerOfFile(fileKey: FileKey, file: string, salt: Uint8Array, keyCheck: Uint8Array): Sealer {
  for (const key of allKeys(fileKey)) {
    const sealer = sealerUnder(key, salt);
    if (timingSafeEqual(sealer.keyCheck, keyCheck)) return sealer;
  }
  throw new SkepError('FAILED_PRECONDITION', `${file} was written under another key than the one given`, {
    help: 'put back the key file that this data folder was made with',
  });
}

/** HMAC-SHA-256 as a key derivation (RFC 5869 calls this step "extract"). */
function derive(key: Uint8Array, purpose: string, salt: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(purpose).update(salt).digest();
}
