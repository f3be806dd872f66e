import type { FileChange } from '../../proto/container-messages.ts';

/** A change as the native helper tells it; its letters are described in its changes.h. */
interface ToldChange {
  readonly letter: string;
  readonly path: string;
}

const KINDS: Readonly<Record<string, FileChange['kind']>> = {
  A: 'added',
  E: 'added',
  F: 'added',
  C: 'changed',
  M: 'changed',
  T: 'changed',
  D: 'deleted',
};

function parse(bytes: Uint8Array): readonly ToldChange[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => ({ letter: entry.charAt(0), path: entry.slice(1) }));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function* foldersAbove(path: string): Generator<string> {
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) yield folder;
}

/**
 * What a container changed in its image's files, ordered by path: as `docker diff`, which also counts the folders of
 * what changed. `places` are where its start mounted something (without an outer slash); what was made for them alone
 * is left out.
 */
export function readChanges(bytes: Uint8Array, places: readonly string[]): readonly FileChange[] {
  const told = parse(bytes);
  const mountedOn = new Set(places.map((place) => `/${place}`));
  const aboveMounts = new Set([...mountedOn].flatMap((place) => [...foldersAbove(place)]));
  const mayBeOfTheStart = ({ letter, path }: ToldChange): boolean =>
    (mountedOn.has(path) && /[EFT]/.test(letter)) || (aboveMounts.has(path) && /[FT]/.test(letter));
  const certain = told.filter((change) => !mayBeOfTheStart(change));
  const kinds = new Map<string, FileChange['kind']>();
  for (const { path } of certain) for (const folder of foldersAbove(path)) kinds.set(folder, 'changed');
  for (const change of told) {
    const { letter, path } = change;
    if (!mayBeOfTheStart(change) || kinds.has(path)) kinds.set(path, KINDS[letter] ?? 'changed');
  }
  return [...kinds]
    .map(([path, kind]) => ({ kind, path }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}
