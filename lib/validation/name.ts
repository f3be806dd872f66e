import type { Labels } from '../domain/meta.ts';
import { invalid, quote, requireShortList, requireText } from './rule.ts';

/** RFC 1035 2.3.4: a DNS label has at most 63 octets. */
export const MAX_NAME_LENGTH = 63;
/** RFC 1035 2.3.4: a whole DNS name has at most 255 octets on the wire, 253 as text. */
const MAX_HOSTNAME_LENGTH = 253;
/** Letters, digits, and between them hyphens and underscores (`stack_service`). */
const NAME_PATTERN = /^[a-zA-Z0-9](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?$/;

/** True for a DNS label of at most 63 characters; underscores within it are fine. */
export function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME_PATTERN.test(text);
}

/** True for names of that kind joined by dots, at most 253 characters. */
export function isHostname(text: string): boolean {
  return text.length <= MAX_HOSTNAME_LENGTH && text.split('.').every(isName);
}

/** Throws unless `name` can be the name of a service or network: it becomes a DNS name. */
export function requireName(kind: string, name: string): void {
  if (name === '') throw invalid(kind, 'the name is missing');
  if (name.length > MAX_NAME_LENGTH) {
    throw invalid(kind, `the name ${quote(name)} is longer than ${MAX_NAME_LENGTH} characters`);
  }
  if (!isName(name)) {
    throw invalid(
      kind,
      `the name ${quote(name)} is not a DNS label`,
      'use letters, digits, "-" and "_", with a letter or digit at both ends',
    );
  }
}

/** Throws unless every label has a key, and texts are of reasonable length. */
export function requireLabels(subject: string, name: string, labels: Labels): void {
  const entries = Object.entries(labels);
  requireShortList(subject, name, entries);
  for (const [key, value] of entries) {
    if (key.trim() === '') throw invalid(subject, `a key among the ${name} is empty`);
    if (/[\s=]/.test(key))
      throw invalid(subject, `the key ${quote(key)} among the ${name} holds a blank or "="`);
    requireText(subject, name, key);
    requireText(subject, name, value);
  }
}
