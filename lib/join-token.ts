import { SkepError } from './errors.ts';
import { encodeBase36 } from './identifiers.ts';
import type { Random } from './ports.ts';

const PREFIX = 'SWMTKN-1';
/** 256 bits need 49.5 digits of base 36. */
const HASH_LENGTH = 50;
/** 128 bits need 24.8 digits of base 36. */
const SECRET_LENGTH = 25;
const SECRET_BYTES = 16;
const TOKEN_PATTERN = new RegExp(`^${PREFIX}-([0-9a-z]{${HASH_LENGTH}})-([0-9a-z]{${SECRET_LENGTH}})$`);

/** What lets a node into a cluster, and lets the node know the cluster. */
export interface JoinToken {
  /** SHA-256 of the root certificate's DER, 50 digits of base 36. */
  readonly rootHash: string;
  /** 25 digits of base 36; the one for workers differs from the one for managers. */
  readonly secret: string;
}

/** The 50 digits that stand for the SHA-256 digest (32 bytes) of a root certificate's DER. */
export function formatRootHash(sha256: Uint8Array): string {
  return encodeBase36(sha256, HASH_LENGTH);
}

/** A new join secret: 25 digits of base 36, 128 bits of randomness. */
export function newJoinSecret(random: Random): string {
  return encodeBase36(random.bytes(SECRET_BYTES), SECRET_LENGTH);
}

/** The token as users pass it on, in the form that swarm users know (swarmkit `ca/config.go`). */
export function formatJoinToken(token: JoinToken): string {
  return `${PREFIX}-${token.rootHash}-${token.secret}`;
}

/** Reads a join token. Throws INVALID_ARGUMENT, without repeating the text: it may hold most of a secret. */
export function parseJoinToken(text: string): JoinToken {
  const match = TOKEN_PATTERN.exec(text.trim());
  if (match === null) {
    throw new SkepError('INVALID_ARGUMENT', `this is not a join token: ${describeMistake(text.trim())}`, {
      help: 'print the token again on a manager: skep swarm join-token worker',
    });
  }
  const [, rootHash = '', secret = ''] = match;
  return { rootHash, secret };
}

function describeMistake(text: string): string {
  if (text === '') return 'it is empty';
  if (!text.startsWith(`${PREFIX}-`)) return `it does not begin with ${PREFIX}-`;
  const length = PREFIX.length + HASH_LENGTH + SECRET_LENGTH + 2;
  if (text.length !== length) return `it has ${text.length} characters instead of ${length}`;
  return 'it is not made of two groups of small letters and digits, 50 and 25 long';
}
