import type { Node } from './domain/node.ts';
import { SkepError } from './errors.ts';
import { type AddressBlock, blockContains, parseAddress, parseBlock } from './ip-address.ts';

/** What of a node a constraint looks at. */
export type ConstraintKey =
  | 'node.id'
  | 'node.hostname'
  | 'node.role'
  | 'node.platform.os'
  | 'node.platform.arch'
  | 'node.ip'
  | 'node.labels'
  | 'engine.labels';

/** One parsed placement rule: `key==value` or `key!=value`. */
export interface Constraint {
  readonly key: ConstraintKey;
  /** Label name for the two label keys, else empty. */
  readonly label: string;
  readonly operator: '==' | '!=';
  readonly value: string;
}

const PLAIN_KEYS: readonly ConstraintKey[] = [
  'node.id',
  'node.hostname',
  'node.role',
  'node.platform.os',
  'node.platform.arch',
  'node.ip',
];
const LABEL_KEYS: readonly ConstraintKey[] = ['node.labels', 'engine.labels'];
const EXAMPLE = 'for example: node.role==worker or node.labels.disk!=ssd';
/** A constraint is a short line; anything longer is a mistake, and is cut in messages. */
const MAX_CONSTRAINT_LENGTH = 512;
const LABEL_PATTERN = /^[a-zA-Z0-9_][a-zA-Z0-9._/-]*$/;
/** Words that name one processor architecture each; the first word of a row stands for the row. */
const ARCHITECTURE_NAMES: readonly (readonly string[])[] = [
  ['amd64', 'x86_64', 'x64'],
  ['arm64', 'aarch64'],
  ['386', 'i386', 'i686', 'x86', 'ia32'],
];

function refuse(text: string, why: string): SkepError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new SkepError('INVALID_ARGUMENT', `invalid constraint "${shown}": ${why}`, { help: EXAMPLE });
}

function parseKey(text: string, key: string): Pick<Constraint, 'key' | 'label'> {
  const lower = key.toLowerCase();
  const plain = PLAIN_KEYS.find((known) => known === lower);
  if (plain !== undefined) return { key: plain, label: '' };
  for (const known of LABEL_KEYS) {
    if (lower === known || lower === `${known}.`) {
      throw refuse(text, `"${key}" needs a label name after it: ${known}.<label>`);
    }
    if (!lower.startsWith(`${known}.`)) continue;
    const label = key.slice(known.length + 1);
    if (!LABEL_PATTERN.test(label)) throw refuse(text, `"${label}" is not a label name`);
    return { key: known, label };
  }
  const known = [...PLAIN_KEYS, ...LABEL_KEYS.map((prefix) => `${prefix}.<label>`)].join(', ');
  throw refuse(text, `unknown key "${key}"; known are ${known}`);
}

/** Refuses values that can never match, so that a slip is found before a task waits for ever. */
function checkValue(text: string, key: ConstraintKey, value: string): void {
  if (value === '') throw refuse(text, 'the value is missing');
  if (/[\p{Cc}]/u.test(value)) throw refuse(text, 'the value holds a control character');
  const role = value.toLowerCase();
  if (key === 'node.role' && role !== 'worker' && role !== 'manager') {
    throw refuse(text, `a role is worker or manager, not "${value}"`);
  }
  if (key === 'node.ip' && parseAddressBlock(value) === undefined) {
    throw refuse(text, `"${value}" is neither an IPv4 address nor a block like 10.0.0.0/8`);
  }
}

/**
 * Reads one placement constraint, `key==value` or `key!=value`; blanks around the three parts do not matter.
 * Throws INVALID_ARGUMENT that names the text, what is wrong with it, and an example.
 */
export function parseConstraint(text: string): Constraint {
  if (text.trim() === '') throw refuse(text, 'it is empty');
  if (text.length > MAX_CONSTRAINT_LENGTH) {
    throw refuse(text, `it is longer than ${MAX_CONSTRAINT_LENGTH} characters`);
  }
  const parts = /^(.*?)([=!]=)(.*)$/su.exec(text);
  if (parts === null) {
    throw refuse(
      text,
      /[=<>~!]/.test(text) ? 'the operator must be == or !=' : 'it has no operator == or !=',
    );
  }
  const [, left = '', operator, right = ''] = parts;
  const key = left.trim();
  const value = right.trim();
  if (key === '') throw refuse(text, 'the key before the operator is missing');
  if (/[=!<>~]$/.test(key) || /^[=!<>~]/.test(value)) throw refuse(text, 'the operator must be == or !=');
  const parsed = parseKey(text, key);
  checkValue(text, parsed.key, value);
  return { ...parsed, operator: operator === '==' ? '==' : '!=', value };
}

/** Reads a list of constraints; throws as {@link parseConstraint} at the first that is wrong. */
export function parseConstraints(list: readonly string[]): readonly Constraint[] {
  return list.map(parseConstraint);
}

function canonicalArchitecture(name: string): string {
  const lower = name.toLowerCase();
  return ARCHITECTURE_NAMES.find((row) => row.includes(lower))?.[0] ?? lower;
}

/** `10.1.2.3` or `10.0.0.0/8` as a block; undefined when it is neither. */
function parseAddressBlock(text: string): AddressBlock | undefined {
  const address = parseAddress(text);
  return address === undefined ? parseBlock(text) : { first: address, prefixLength: 32 };
}

/** The node's own value for a key; undefined when the node has none (which equals no value). */
function nodeValue(constraint: Constraint, node: Node): string | undefined {
  switch (constraint.key) {
    case 'node.id':
      return node.id;
    case 'node.hostname':
      return node.description?.hostname;
    case 'node.role':
      return node.spec.role;
    case 'node.platform.os':
      return node.description?.os;
    case 'node.platform.arch':
      return node.description?.architecture;
    case 'node.ip':
      return node.status.address;
    case 'node.labels':
      return ownLabel(node.spec.labels, constraint.label);
    case 'engine.labels':
      return ownLabel(node.description?.engineLabels ?? {}, constraint.label);
  }
}

function ownLabel(labels: Readonly<Record<string, string>>, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

function sameValue(constraint: Constraint, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  switch (constraint.key) {
    case 'node.platform.arch':
      return canonicalArchitecture(actual) === canonicalArchitecture(constraint.value);
    case 'node.ip': {
      const block = parseAddressBlock(constraint.value);
      const address = parseAddress(actual);
      return block !== undefined && address !== undefined && blockContains(block, address);
    }
    case 'node.id':
      return actual === constraint.value;
    default:
      return actual.toLowerCase() === constraint.value.toLowerCase();
  }
}

/** True when the node satisfies every constraint. A label or description that is absent equals no value. */
export function nodeMatches(constraints: readonly Constraint[], node: Node): boolean {
  return constraints.every(
    (constraint) => sameValue(constraint, nodeValue(constraint, node)) === (constraint.operator === '=='),
  );
}
