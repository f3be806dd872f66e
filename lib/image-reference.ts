import { SkepError } from './errors.ts';

/** A parsed image reference. `domain` is `docker.io` when the text named none, as the field's tools read it. */
export interface ImageReference {
  readonly domain: string;
  /** `library/web` for a bare `web` of the default registry. */
  readonly path: string;
  /** Null only when a digest was given without a tag. */
  readonly tag: string | null;
  /** `sha256:…`. */
  readonly digest: string | null;
}

const DEFAULT_DOMAIN = 'docker.io';
const DEFAULT_NAMESPACE = 'library/';
const DEFAULT_TAG = 'latest';
/** distribution/reference: a name has at most 255 characters, a tag 128. */
const MAX_NAME_LENGTH = 255;
const MAX_TAG_LENGTH = 128;
const DIGEST_LENGTH = 'sha256:'.length + 64;
const MAX_REFERENCE_LENGTH = MAX_NAME_LENGTH + 1 + MAX_TAG_LENGTH + 1 + DIGEST_LENGTH;

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const BARE_ID = /^[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const DOMAIN_PART = /^(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])$/;
const PORT = /^[0-9]{1,5}$/;

function refuse(text: string, reason: string): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new SkepError('INVALID_ARGUMENT', `invalid image reference ${JSON.stringify(shown)}: ${reason}`, {
    help: 'write it as [registry/]name[:tag][@sha256:digest], name in lower case',
  });
}

/** Whether `text` is a whole `sha256:…` digest. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

function looksLikeDomain(part: string): boolean {
  return /[.:A-Z]/.test(part) || part === 'localhost';
}

function splitDomain(text: string, name: string): { domain: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (first === '' || !looksLikeDomain(first)) {
    return { domain: DEFAULT_DOMAIN, path: name.includes('/') ? name : DEFAULT_NAMESPACE + name };
  }
  const [host = '', port, ...rest] = first.split(':');
  if (rest.length > 0 || (port !== undefined && !PORT.test(port)))
    refuse(text, 'the registry has a bad port');
  if (!host.split('.').every((part) => DOMAIN_PART.test(part))) refuse(text, 'the registry is no host name');
  const domain = first === 'index.docker.io' ? DEFAULT_DOMAIN : first;
  const path = name.slice(slash + 1);
  return { domain, path: domain === DEFAULT_DOMAIN && !path.includes('/') ? DEFAULT_NAMESPACE + path : path };
}

function splitTag(text: string, beforeDigest: string): { name: string; tag: string | null } {
  const colon = beforeDigest.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  if (colon < 0 || colon < beforeDigest.lastIndexOf('/')) return { name: beforeDigest, tag: null };
  const tag = beforeDigest.slice(colon + 1);
  if (tag === '') refuse(text, 'the tag is empty');
  if (tag.length > MAX_TAG_LENGTH) refuse(text, `the tag is longer than ${MAX_TAG_LENGTH} characters`);
  if (!TAG.test(tag))
    refuse(text, 'a tag has letters, digits, "_", "." and "-" and begins with none of "." and "-"');
  return { name: beforeDigest.slice(0, colon), tag };
}

/**
 * Reads `[registry[:port]/]path[:tag][@sha256:…]` and completes the tag: `web` is `web:latest`.
 * Throws INVALID_ARGUMENT with the reason. Grammar: distribution/reference.
 */
export function parseReference(text: string): ImageReference {
  if (text === '') refuse(text, 'it is empty');
  if (text.length > MAX_REFERENCE_LENGTH)
    refuse(text, `it is longer than ${MAX_REFERENCE_LENGTH} characters`);
  const at = text.indexOf('@');
  const digest = at < 0 ? null : text.slice(at + 1);
  if (digest !== null && !isDigest(digest))
    refuse(text, 'the digest is not sha256: and 64 hexadecimal digits');
  const { name, tag } = splitTag(text, at < 0 ? text : text.slice(0, at));
  if (name === '') refuse(text, 'the name is empty');
  if (name.length > MAX_NAME_LENGTH) refuse(text, `the name is longer than ${MAX_NAME_LENGTH} characters`);
  if (BARE_ID.test(name)) refuse(text, 'a name of 64 hexadecimal digits would read as an image id');
  const { domain, path } = splitDomain(text, name);
  for (const part of path.split('/')) {
    if (part === '') refuse(text, 'a part of the name is empty');
    if (part !== part.toLowerCase()) refuse(text, 'the name must be in lower case');
    if (!PATH_PART.test(part)) {
      refuse(text, `${JSON.stringify(part)} is not letters and digits joined by ".", "_", "__" or "-"`);
    }
  }
  return { domain, path, tag: tag ?? (digest === null ? DEFAULT_TAG : null), digest };
}

/** The name without tag and digest, as users write it: `web`, `registry:5000/team/web`. */
export function repositoryOf(reference: ImageReference): string {
  if (reference.domain !== DEFAULT_DOMAIN) return `${reference.domain}/${reference.path}`;
  return reference.path.startsWith(DEFAULT_NAMESPACE) &&
    !reference.path.slice(DEFAULT_NAMESPACE.length).includes('/')
    ? reference.path.slice(DEFAULT_NAMESPACE.length)
    : reference.path;
}

/** The shortest text that parses to the same reference, tag always written: `web:latest`. */
export function formatReference(reference: ImageReference): string {
  const tag = reference.tag === null ? '' : `:${reference.tag}`;
  const digest = reference.digest === null ? '' : `@${reference.digest}`;
  return `${repositoryOf(reference)}${tag}${digest}`;
}
