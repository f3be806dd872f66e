import { SkepError } from '../../../lib/errors.ts';
import { UsageError } from '../../usage.ts';

/** One side of a copy, as the user names it. */
export type CopySide =
  | { readonly kind: 'archive' }
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'container'; readonly reference: string; readonly path: string };

/** Reads `-`, `CONTAINER:PATH` or a path; one that begins with `/` or `.` is a path whatever follows. */
export function parseCopySide(text: string): CopySide {
  if (text === '-') return { kind: 'archive' };
  const colon = text.indexOf(':');
  if (text === '' || colon === 0)
    throw new UsageError(`invalid path "${text}"`, 'use CONTAINER:PATH, PATH or -');
  if (colon < 0 || /^[./]/.test(text)) return { kind: 'local', path: text };
  const path = text.slice(colon + 1);
  if (path === '') throw new UsageError(`invalid path "${text}"`, 'the path in the container is empty');
  return { kind: 'container', reference: text.slice(0, colon), path };
}

/** A path without `.`, `..` and doubled slashes; those of containers begin at the root. */
export function cleanContainerPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** True for a path that stands for what is in a folder: `/etc/.`. */
export function meansContent(path: string): boolean {
  return path === '.' || path.endsWith('/.');
}

/** True for a path that can only be a folder. */
export function meansFolder(path: string): boolean {
  return path.endsWith('/') || meansContent(path) || path === '..' || path.endsWith('/..');
}

/** The last name of a clean path; empty for the root. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder that holds a clean absolute path. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export interface CopySource {
  /** As the user wrote it. */
  readonly written: string;
  readonly name: string;
  readonly isFolder: boolean;
}

export interface CopyDestination {
  readonly written: string;
  /** Absolute, clean, links followed. */
  readonly path: string;
  readonly kind: 'folder' | 'other' | 'missing';
}

export interface CopyPlan {
  /** The existing folder into which is unpacked. */
  readonly folder: string;
  /** What the source is called there; empty = its content goes into the folder itself. */
  readonly rootName: string;
}

function impossible(message: string, help = ''): SkepError {
  return new SkepError('FAILED_PRECONDITION', message, { help });
}

/**
 * Where a copy goes, by the rules of `docker cp`: into a folder that is there, under the name of what is not, in the
 * place of a file. Throws FAILED_PRECONDITION for a folder onto a file, and for a destination that must be a folder and
 * is none.
 */
export function planCopy(source: CopySource, destination: CopyDestination): CopyPlan {
  const { path, written, kind } = destination;
  if (meansFolder(source.written) && !source.isFolder) throw impossible(`${source.written} is not a folder`);
  if (kind === 'folder') {
    return { folder: path, rootName: meansContent(source.written) ? '' : source.name };
  }
  const inPlace = { folder: parentOf(path), rootName: lastName(path) };
  if (source.isFolder) {
    if (kind === 'other')
      throw impossible(`cannot copy the folder ${source.written} onto the file ${written}`);
    return inPlace;
  }
  if (meansFolder(written)) {
    throw impossible(`${written} is not a folder`, 'make it first, or leave the slash at the end out');
  }
  return inPlace;
}

/**
 * Renames the members of an archive: the first member's name, and what is below it, becomes `rootName`. Names are byte
 * strings; a member that is elsewhere is refused with INVALID_ARGUMENT by the function that is returned.
 */
export function renameRoot(rootName: string): (name: string) => string {
  let from: string | undefined;
  return (written) => {
    const name = written.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
    const clean = name === '.' ? '' : name;
    from ??= clean;
    if (from !== '' && clean !== from && !clean.startsWith(`${from}/`)) {
      throw new SkepError('INVALID_ARGUMENT', 'the archive holds what was not asked for');
    }
    const below = from === '' ? clean : clean.slice(from.length + 1);
    return [rootName, below].filter((part) => part !== '').join('/');
  };
}
