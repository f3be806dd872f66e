import path from 'node:path/posix';
import type { SourceFile } from './repository.ts';
import type { Token } from './source-scanner.ts';

export interface Import {
  readonly specifier: string;
  /** Path from the repository's root for a relative specifier, else undefined. */
  readonly target: string | undefined;
  readonly line: number;
}

/** Every import and re-export of a file: static, dynamic with a plain string, type only. */
export function importsOf(file: SourceFile): readonly Import[] {
  const imports: Import[] = [];
  for (const [at, token] of file.code.entries()) {
    if (token.kind !== 'word') continue;
    const next = file.code[at + 1];
    let specifier: Token | undefined;
    if (token.text === 'from' && next?.kind === 'string') specifier = next;
    if (token.text === 'import' && next?.kind === 'string') specifier = next;
    if (token.text === 'import' && next?.text === '(') specifier = file.code[at + 2];
    if (specifier?.kind !== 'string') continue;
    const text = specifier.text.slice(1, -1);
    const target = text.startsWith('.') ? path.join(path.dirname(file.path), text) : undefined;
    imports.push({ specifier: text, target, line: specifier.line });
  }
  return imports;
}
