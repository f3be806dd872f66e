import type { SourceFile } from './repository.ts';

/** `path:line: what is wrong`. */
export type Offence = string;

/** Looks at all files; says nothing when they keep the rule. */
export type Rule = (files: readonly SourceFile[]) => readonly Offence[];

/** One offence, at a line of a file. */
export function offence(file: SourceFile, line: number, text: string): Offence {
  return `${file.path}:${line}: ${text}`;
}

/** True when the path is one of the entries, or below one that ends with a slash. */
export function isUnder(filePath: string, entries: readonly string[]): boolean {
  return entries.some((entry) => (entry.endsWith('/') ? filePath.startsWith(entry) : filePath === entry));
}

/** The TypeScript files. */
export function typescriptOf(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter((file) => file.path.endsWith('.ts'));
}
