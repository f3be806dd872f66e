import { unsupported } from './json-reader.ts';

/** The words of a mount's options (runtime-spec, config.md, "Linux mount options") as the kernel's bits. */

/** MOUNT_ATTR_…. */
const READ_ONLY = 0x1n;
const NOSUID = 0x2n;
const NODEV = 0x4n;
const NOEXEC = 0x8n;
const NOATIME = 0x10n;
const STRICTATIME = 0x20n;
const ATIME_MASK = 0x70n;
const NODIRATIME = 0x80n;
const NOSYMFOLLOW = 0x20_0000n;

const MS_REC = 1n << 14n;
const MS_UNBINDABLE = 1n << 17n;
const MS_PRIVATE = 1n << 18n;
const MS_SLAVE = 1n << 19n;
const MS_SHARED = 1n << 20n;

/** Each with what it sets and what it clears. */
const ATTRIBUTES: ReadonlyMap<string, readonly [set: bigint, clear: bigint]> = new Map([
  ['ro', [READ_ONLY, 0n]],
  ['rw', [0n, READ_ONLY]],
  ['nosuid', [NOSUID, 0n]],
  ['suid', [0n, NOSUID]],
  ['nodev', [NODEV, 0n]],
  ['dev', [0n, NODEV]],
  ['noexec', [NOEXEC, 0n]],
  ['exec', [0n, NOEXEC]],
  ['noatime', [NOATIME, ATIME_MASK]],
  ['atime', [0n, ATIME_MASK]],
  ['relatime', [0n, ATIME_MASK]],
  ['norelatime', [0n, 0n]],
  ['strictatime', [STRICTATIME, ATIME_MASK]],
  ['nostrictatime', [0n, ATIME_MASK]],
  ['nodiratime', [NODIRATIME, 0n]],
  ['diratime', [0n, NODIRATIME]],
  ['nosymfollow', [NOSYMFOLLOW, 0n]],
  ['symfollow', [0n, NOSYMFOLLOW]],
]);

/** They are as the kernel does it anyway. */
const NEEDLESS: readonly string[] = [
  'defaults',
  'async',
  'loud',
  'nomand',
  'nolazytime',
  'noiversion',
  'bind',
  'rbind',
];

const PROPAGATION: ReadonlyMap<string, bigint> = new Map([
  ['private', MS_PRIVATE],
  ['slave', MS_SLAVE],
  ['shared', MS_SHARED],
  ['unbindable', MS_UNBINDABLE],
]);

/** They would make of the mount something else than it says. */
const REFUSED: readonly string[] = ['remount', 'tmpcopyup', 'copy-symlink', 'idmap', 'ridmap'];

export interface MountWords {
  /** MOUNT_ATTR_ bits of this mount. */
  readonly set: bigint;
  readonly clear: bigint;
  /** The same for all mounts below, too: `rro`. */
  readonly setAll: bigint;
  readonly clearAll: bigint;
  /** MS_ bits, MS_REC among them where it is for the whole tree; null = not said. */
  readonly propagation: bigint | null;
  /** A bind takes the mounts below its source along. */
  readonly recursive: boolean;
  /** What is left: options of the file system. */
  readonly data: string;
}

/** MS_ bits of `rslave` and its like; null for another word. */
export function propagationBits(word: string): bigint | null {
  const plain = PROPAGATION.get(word);
  if (plain !== undefined) return plain;
  const tree = word.startsWith('r') ? PROPAGATION.get(word.slice(1)) : undefined;
  return tree === undefined ? null : tree | MS_REC;
}

/** Sorts the options of one mount. UNIMPLEMENTED for a word that is known and not done. */
export function readMountWords(where: string, options: readonly string[]): MountWords {
  let [set, clear, setAll, clearAll] = [0n, 0n, 0n, 0n];
  let propagation: bigint | null = null;
  const data: string[] = [];
  for (const word of options) {
    const tree = word.startsWith('r') ? ATTRIBUTES.get(word.slice(1)) : undefined;
    const own = ATTRIBUTES.get(word);
    const bits = propagationBits(word);
    if (REFUSED.includes(word)) throw unsupported(`${where}: the option ${word}`);
    if (own !== undefined) {
      set = (set & ~own[1]) | own[0];
      clear = (clear & ~own[0]) | own[1];
    } else if (tree !== undefined) {
      setAll = (setAll & ~tree[1]) | tree[0];
      clearAll = (clearAll & ~tree[0]) | tree[1];
    } else if (bits !== null) propagation = bits;
    else if (!NEEDLESS.includes(word)) data.push(word);
  }
  return {
    set,
    clear,
    setAll,
    clearAll,
    propagation,
    recursive: options.includes('rbind'),
    data: data.join(','),
  };
}

/** The words above that a bundle may use, for `features`. */
export function knownMountWords(): readonly string[] {
  const attributes = [...ATTRIBUTES.keys()];
  const propagation = [...PROPAGATION.keys()];
  const words = [...attributes, ...propagation];
  return [...NEEDLESS, ...words, ...words.map((word) => `r${word}`)].sort();
}
