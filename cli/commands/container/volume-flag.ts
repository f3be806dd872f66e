import type { BindRecursion, Mount, MountPropagation } from '../../../lib/domain/container-spec.ts';
import { parseByteCount } from '../../../lib/units.ts';
import { UsageError } from '../../usage.ts';

const PROPAGATIONS: readonly MountPropagation[] = [
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
];
/** Words that mean something on other systems: labels of SELinux, caches of virtual machines. */
const WITHOUT_EFFECT = ['z', 'Z', 'cached', 'delegated', 'consistent', 'default'];

function refuse(text: string, why: string): UsageError {
  return new UsageError(
    `invalid volume "${text}": ${why}`,
    'use [SOURCE:]TARGET[:ro], with an absolute TARGET',
  );
}

interface VolumeOptions {
  readOnly: boolean;
  noCopy?: boolean;
  propagation?: MountPropagation;
  recursive?: BindRecursion;
}

function parseOptions(text: string, words: string): VolumeOptions {
  const options: VolumeOptions = { readOnly: false };
  for (const word of words.split(',')) {
    const propagation = PROPAGATIONS.find((known) => known === word);
    if (word === 'ro' || word === 'rw') options.readOnly = word === 'ro';
    else if (word === 'nocopy') options.noCopy = true;
    else if (word === 'bind-nonrecursive') options.recursive = 'disabled';
    else if (propagation !== undefined) options.propagation = propagation;
    else if (!WITHOUT_EFFECT.includes(word)) throw refuse(text, `unknown option "${word}"`);
  }
  return options;
}

/** An absolute path, `.`, `..`, or one that begins with those, is a folder of the node; anything else is a name. */
function isPath(source: string): boolean {
  return source.startsWith('/') || /^\.{1,2}(?:\/|$)/.test(source);
}

/**
 * Reads one value of `--volume`: `TARGET` for an anonymous volume, `NAME:TARGET[:OPTIONS]` for a volume, and
 * `/PATH:TARGET[:OPTIONS]` for a folder or file of the node; `resolvePath` makes a relative path absolute. Throws
 * UsageError.
 */
export function parseVolume(text: string, resolvePath: (path: string) => string): Mount {
  const parts = text.split(':');
  if (parts.length > 3) throw refuse(text, 'too many colons');
  const [first = '', second, words] = parts;
  const target = second ?? first;
  if (!target.startsWith('/')) throw refuse(text, `"${target}" is not an absolute path in the container`);
  if (target === '/') throw refuse(text, 'the root of the container cannot be a volume');
  const { readOnly, noCopy, propagation, recursive } = parseOptions(text, words ?? 'rw');
  if (second === undefined) return { kind: 'volume', source: '', target, readOnly };
  if (first === '') throw refuse(text, 'the source is empty');
  if (!isPath(first)) {
    if (propagation !== undefined || recursive !== undefined)
      throw refuse(text, 'a named volume takes no propagation');
    return { kind: 'volume', source: first, target, readOnly, ...(noCopy === true ? { noCopy } : {}) };
  }
  if (noCopy === true) throw refuse(text, 'nocopy is for named volumes');
  return {
    kind: 'bind',
    source: resolvePath(first),
    target,
    readOnly,
    ...(propagation === undefined ? {} : { propagation }),
    ...(recursive === undefined ? {} : { recursive }),
  };
}

/** How every tmpfs is mounted. */
const TMPFS_DEFAULTS = ['rw', 'noexec', 'nosuid', 'nodev'];

/** Reads one value of `--tmpfs`: `TARGET[:OPTIONS]`, options `size=`, `mode=`, `ro`. Throws UsageError. */
export function parseTmpfs(text: string): Mount {
  const colon = text.indexOf(':');
  const target = colon < 0 ? text : text.slice(0, colon);
  const bad = (why: string) =>
    new UsageError(`invalid tmpfs "${text}": ${why}`, 'use TARGET[:size=64m,mode=1777,ro]');
  if (!target.startsWith('/')) throw bad(`"${target}" is not an absolute path in the container`);
  let readOnly = false;
  let sizeBytes: number | undefined;
  let mode: number | undefined;
  for (const word of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [name, value = ''] = word.split('=', 2);
    if (name === 'size') {
      sizeBytes = parseByteCount(value);
      if (sizeBytes === undefined) throw bad(`size "${value}" is not a number of bytes`);
    } else if (name === 'mode') {
      if (!/^[0-7]{1,5}$/.test(value)) throw bad(`mode "${value}" is not octal`);
      mode = Number.parseInt(value, 8);
    } else if (word === 'ro') readOnly = true;
    else if (!TMPFS_DEFAULTS.includes(word)) throw bad(`the option "${word}" is not supported`);
  }
  return {
    kind: 'tmpfs',
    target,
    readOnly,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(mode === undefined ? {} : { mode }),
  };
}
