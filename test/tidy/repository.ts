import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf, scanSource, type Token } from './source-scanner.ts';

/** Never looked into, at any depth. */
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'build', '.git', 'coverage']);
/** Written by a program. */
const SKIPPED_PATHS = new Set(['proto/generated']);
const TEXT_SUFFIXES = new Set([
  '.ts',
  '.c',
  '.h',
  '.md',
  '.json',
  '.proto',
  '.sh',
  '.mjs',
  '.js',
  '.yml',
  '.yaml',
]);

export interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** With comments; empty for what is not TypeScript. */
  readonly tokens: readonly Token[];
  /** Without comments. */
  readonly code: readonly Token[];
}

/** The nearest folder above this file with a package.json: the same from the sources and from the build. */
export function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('there is no package.json above the tidy tests');
    folder = parent;
  }
  return folder;
}

/** Paths of all files below the root that people wrote, sorted. */
export function listFiles(root: string): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const entryPath = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name) && !SKIPPED_PATHS.has(entryPath)) walk(entryPath);
      } else if (entry.isFile()) found.push(entryPath);
    }
  };
  walk('');
  return found.sort();
}

/** A file as the rules look at it. */
export function sourceFile(filePath: string, text: string): SourceFile {
  const tokens = filePath.endsWith('.ts') ? scanSource(text) : [];
  return { path: filePath, text, lines: text.split('\n'), tokens, code: codeOf(tokens) };
}

/** Reads every text file of the repository. */
export function readSources(root: string): readonly SourceFile[] {
  return listFiles(root)
    .filter((file) => TEXT_SUFFIXES.has(path.extname(file)) && path.basename(file) !== 'package-lock.json')
    .map((file) => sourceFile(file, readFileSync(path.join(root, file), 'utf8')));
}
