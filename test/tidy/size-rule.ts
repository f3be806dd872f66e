import path from 'node:path/posix';
import { findFunctions } from './function-length.ts';
import type { SourceFile } from './repository.ts';
import { isUnder, offence, type Rule } from './rule.ts';

/** A file has fewer lines. */
export const FILE_LINES = 500;
/** A function has fewer lines of its own; above this it is only named. */
export const FUNCTION_LINES_GOAL = 70;
/** … and from here on the test fails. */
export const FUNCTION_LINES = 100;

/** Files of code, of any language. */
const CODE_SUFFIXES = new Set(['.ts', '.c', '.h']);
/** Folders whose functions are counted: a test suite is one long function by nature. */
const COUNTED = ['lib/', 'proto/', 'manager/', 'agent/', 'runtime/', 'daemon/', 'cli/', 'bench/', 'scripts/'];

/** No file is too long to be read in one go. */
export const fileSizeRule: Rule = (files) =>
  files.flatMap((file) => {
    if (!CODE_SUFFIXES.has(path.extname(file.path))) return [];
    const lines = file.text.endsWith('\n') ? file.lines.length - 1 : file.lines.length;
    return lines < FILE_LINES ? [] : [offence(file, lines, `${lines} lines, ${FILE_LINES - 1} are the most`)];
  });

/** Functions with at least `limit` lines of their own. */
export function longFunctions(files: readonly SourceFile[], limit: number): readonly string[] {
  return files
    .filter((file) => isUnder(file.path, COUNTED))
    .flatMap((file) =>
      functionsOf(file)
        .filter(({ lines }) => lines >= limit)
        .map(({ name, line, lines }) => offence(file, line, `${name} has ${lines} lines of its own`)),
    );
}

function functionsOf(file: SourceFile): readonly { name: string; line: number; lines: number }[] {
  if (file.path.endsWith('.ts')) {
    return findFunctions(file.tokens).map(({ name, firstLine, ownLines }) => ({
      name,
      line: firstLine,
      lines: ownLines,
    }));
  }
  return file.path.endsWith('.c') ? functionsOfC(file) : [];
}

/** In C a function's body begins with `{` and ends with `}` in the first column, or begins at a line's end. */
function functionsOfC(file: SourceFile): readonly { name: string; line: number; lines: number }[] {
  const found: { name: string; line: number; lines: number }[] = [];
  let start: { name: string; line: number } | undefined;
  for (const [place, text] of file.lines.entries()) {
    const name = /^[A-Za-z_][\w\s*]*?\b(\w+)\(/.exec(text)?.[1];
    if (name !== undefined && !text.trimEnd().endsWith(';')) start = { name, line: place + 1 };
    if (!text.startsWith('}') || start === undefined) continue;
    found.push({ ...start, lines: place + 2 - start.line });
    start = undefined;
  }
  return found;
}
