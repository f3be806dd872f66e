import { createHash, randomBytes } from 'node:crypto';
import { SkepError } from '../../../lib/errors.ts';
import { createSealer, KEY_BYTES, newSalt, type Sealer } from '../seal.ts';

/*
 * The key file is one line of JSON, and behind it a line with the SHA-256 of the first in hexadecimal digits.
 *
 *   open     {"format":…,"unlockKeyVersion":…,"dataKeys":[…],"identityKey":…}
 *   locked   {"format":…,"unlockKeyVersion":…,"salt":…,"keyCheck":…,"sealed":…}
 *
 * `sealed` holds what the open form shows, under a key derived from the unlock key; format and version are
 * authenticated with it. Bytes are base64. Earlier versions of Skep kept one raw key of 32 bytes in this file.
 */
const FORMAT = 'skep-manager-keys-1';
/** What no key begins with by chance. */
const BEGINNING = '{"format":';
const FORMAT_PATTERN = /^skep-manager-keys-\d+$/;

/** Data keys at once: one for new files, the others still needed by older ones. */
export const MAX_DATA_KEYS = 8;
/** A key file is far smaller. */
export const MAX_KEY_FILE_BYTES = 64 * 1024;

/** The keys of one manager. */
export interface Envelope {
  /** Seal log and snapshots, newest first, at least one. The older ones go once no file is under them. */
  readonly dataKeys: readonly [Uint8Array, ...(readonly Uint8Array[])];
  /**
   * Seals the node's TLS key while the manager is locked. Being in here, it changes hands together with the data
   * keys, in one write, whatever happens to the unlock key.
   */
  readonly identityKey: Uint8Array;
  /** Version of the cluster object that the present unlock key, or its absence, was taken from; 0 for none yet. */
  readonly unlockKeyVersion: number;
}

/** What stands in a key file, as far as it can be told with the unlock key given. */
export type KeyFileContent =
  | { readonly kind: 'open'; readonly envelope: Envelope; readonly isLocked: boolean }
  /** It takes the unlock key. */
  | { readonly kind: 'locked' }
  /** The one key of an earlier version of Skep. */
  | { readonly kind: 'raw'; readonly dataKey: Uint8Array };

/** The keys of a manager without data, or of one whose data are under `dataKey` already. */
export function newEnvelope(dataKey = newKey()): Envelope {
  return { dataKeys: [dataKey], identityKey: newKey(), unlockKeyVersion: 0 };
}

/** A fresh key of 32 random bytes. */
export function newKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_BYTES));
}

/** The bytes of the key file; sealed unless `unlockKey`, of 32 bytes, is null. */
export function encodeEnvelope(envelope: Envelope, unlockKey: Uint8Array | null): Uint8Array {
  const { dataKeys, identityKey, unlockKeyVersion } = envelope;
  const secrets = { dataKeys: dataKeys.map(toBase64), identityKey: toBase64(identityKey) };
  const line = JSON.stringify({
    format: FORMAT,
    unlockKeyVersion,
    ...(unlockKey === null ? secrets : sealed(secrets, unlockKey, unlockKeyVersion)),
  });
  return Buffer.from(`${line}\n${sha256(line)}\n`);
}

/**
 * Reads a key file. Throws DATA_LOSS when it is damaged, FAILED_PRECONDITION when a newer version of Skep wrote it,
 * and PERMISSION_DENIED when it is locked under another key than `unlockKey`. A key for an open file is ignored.
 */
export function decodeEnvelope(
  file: string,
  bytes: Uint8Array,
  unlockKey: Uint8Array | null,
): KeyFileContent {
  const isRaw =
    bytes.byteLength === KEY_BYTES && !Buffer.from(bytes).toString('latin1').startsWith(BEGINNING);
  if (isRaw) return { kind: 'raw', dataKey: new Uint8Array(bytes) };
  const fields = readFields(file, bytes);
  const { unlockKeyVersion } = fields;
  if (fields.sealed === undefined) {
    return { kind: 'open', envelope: readSecrets(file, fields, unlockKeyVersion), isLocked: false };
  }
  if (unlockKey === null) return { kind: 'locked' };
  const secrets = opened(file, fields, unlockKey);
  return { kind: 'open', envelope: readSecrets(file, secrets, unlockKeyVersion), isLocked: true };
}

interface Secrets {
  readonly dataKeys?: readonly string[];
  readonly identityKey?: string;
}

interface Fields extends Secrets {
  readonly format: string;
  readonly unlockKeyVersion: number;
  readonly salt?: string;
  readonly keyCheck?: string;
  readonly sealed?: string;
}

function sealed(secrets: Secrets, unlockKey: Uint8Array, version: number): Partial<Fields> {
  const sealer = createSealer(unlockKey, newSalt());
  const text = sealer.seal(Buffer.from(JSON.stringify(secrets)), contextOf(version));
  return { salt: toBase64(sealer.salt), keyCheck: toBase64(sealer.keyCheck), sealed: toBase64(text) };
}

function opened(file: string, fields: Fields, unlockKey: Uint8Array): Secrets {
  const sealer = createSealer(unlockKey, fromBase64(fields.salt));
  if (!isKeyOf(sealer, fromBase64(fields.keyCheck))) throw wrongUnlockKey();
  try {
    const text = sealer.open(fromBase64(fields.sealed), contextOf(fields.unlockKeyVersion));
    return JSON.parse(Buffer.from(text).toString()) as Secrets;
  } catch (cause) {
    throw damaged(file, 'what it seals does not open', cause);
  }
}

function isKeyOf(sealer: Sealer, keyCheck: Uint8Array): boolean {
  return Buffer.compare(sealer.keyCheck, keyCheck) === 0;
}

function wrongUnlockKey(): SkepError {
  return new SkepError('PERMISSION_DENIED', 'invalid key: it does not unlock this manager', {
    help:
      'skep swarm unlock-key on another manager prints the present key; a manager that was down while the key ' +
      'was changed needs the former one, once',
  });
}

/** The first line, once its hash is right. */
function readFields(file: string, bytes: Uint8Array): Fields {
  const [line = '', hash = '', end, ...rest] = Buffer.from(bytes).toString('utf8').split('\n');
  if (sha256(line) !== hash || end !== '' || rest.length > 0) throw damaged(file, 'its hash is another');
  let fields: Fields;
  try {
    fields = JSON.parse(line) as Fields;
  } catch (cause) {
    throw damaged(file, 'it is no key file', cause);
  }
  if (fields.format !== FORMAT && FORMAT_PATTERN.test(fields.format)) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the key file ${file} was written by a newer version of Skep`,
      {
        help: 'start that version',
      },
    );
  }
  if (fields.format !== FORMAT || !Number.isSafeInteger(fields.unlockKeyVersion)) {
    throw damaged(file, 'it is no key file');
  }
  return fields;
}

function readSecrets(file: string, secrets: Secrets, unlockKeyVersion: number): Envelope {
  const [newest, ...older] = (secrets.dataKeys ?? []).map(fromBase64);
  const identityKey = fromBase64(secrets.identityKey);
  const isWhole = [newest, ...older, identityKey].every((key) => key?.byteLength === KEY_BYTES);
  if (newest === undefined || !isWhole || older.length >= MAX_DATA_KEYS)
    throw damaged(file, 'keys are missing');
  return { dataKeys: [newest, ...older], identityKey, unlockKeyVersion };
}

function contextOf(version: number): Uint8Array {
  return Buffer.from(`${FORMAT} ${version}`);
}

function damaged(file: string, reason: string, cause?: unknown): SkepError {
  return new SkepError('DATA_LOSS', `the key file ${file} is damaged: ${reason}`, {
    help: 'put back the key file from a backup of this manager, or let it leave and join anew',
    cause,
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(text ?? '', 'base64'));
}
