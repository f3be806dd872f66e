import path from 'node:path/posix';
import type { SourceFile } from './repository.ts';
import { offence, type Rule, typescriptOf } from './rule.ts';
import type { Token } from './source-scanner.ts';

/** Says what is wrong at that token, if anything is. */
type TokenCheck = (code: readonly Token[], at: number) => string | undefined;

const BANNED: readonly TokenCheck[] = [
  (code, at) =>
    isSequence(code, at, ['export', '*']) ? 'export * hides what a file gives away: name it' : undefined,
  (code, at) =>
    code[at]?.text === 'any' && isTypePlace(code, at) ? 'any switches the types off: use unknown' : undefined,
  (code, at) => (isSequence(code, at, ['.', 'only', '(']) ? '.only( leaves the other tests out' : undefined),
  (code, at) =>
    isSequence(code, at, ['export', 'default']) || isSequence(code, at, ['as', 'default'])
      ? 'a default export has another name at every import'
      : undefined,
  (code, at) =>
    ['enum', 'namespace'].includes(code[at]?.text ?? '') &&
    code[at + 1]?.kind === 'word' &&
    code[at + 2]?.text === '{'
      ? `${code[at]?.text} is not erasable syntax`
      : undefined,
];

const BANNED_IN_COMMENTS: readonly (readonly [RegExp, string])[] = [
  [/@ts-(?:ignore|nocheck|expect-error)\b/, 'switches the type check off'],
  [/\b(?:TODO|FIXME|XXX)\b/, 'left for later: do it, or write an issue'],
];

/** Constructs that the house does without. */
export const bannedRule: Rule = (files) => [
  ...typescriptOf(files).flatMap((file) =>
    file.code.flatMap((token, at) =>
      BANNED.flatMap((check) => {
        const fault = check(file.code, at);
        return fault === undefined ? [] : [offence(file, token.line, fault)];
      }),
    ),
  ),
  ...files.flatMap(commentOffences),
];

function commentOffences(file: SourceFile): readonly string[] {
  const comments = file.path.endsWith('.ts') ? commentsOf(file.tokens) : plainLines(file);
  return comments.flatMap(({ line, text }) =>
    BANNED_IN_COMMENTS.filter(([pattern]) => pattern.test(text)).map(([pattern, reason]) =>
      offence(file, line, `"${pattern.exec(text)?.[0]}" ${reason}`),
    ),
  );
}

function commentsOf(tokens: readonly Token[]): readonly { line: number; text: string }[] {
  return tokens
    .filter((token) => token.kind === 'comment')
    .flatMap((token) => token.text.split('\n').map((text, place) => ({ line: token.line + place, text })));
}

/** Languages without a scanner here are looked at as a whole. */
function plainLines(file: SourceFile): readonly { line: number; text: string }[] {
  return file.lines.map((text, place) => ({ line: place + 1, text }));
}

function isSequence(code: readonly Token[], at: number, texts: readonly string[]): boolean {
  return texts.every((text, place) => code[at + place]?.text === text);
}

/** After `:`, `as`, `<`, `|` and so on, or in `any[]`: where `any` is the type and no name. */
function isTypePlace(code: readonly Token[], at: number): boolean {
  const before = code[at - 1]?.text ?? '';
  if (code[at]?.kind !== 'word') return false;
  if (['as', '<', '=>', '|', '&', 'satisfies'].includes(before)) return true;
  if (before === ':') return true;
  return isSequence(code, at + 1, ['[', ']']);
}

const BANNED_NAME = /(?:^|[-_.])(?:utils?|helpers?|misc|common|manager2)(?:[-_.]|$)/i;

/** A name says what a thing is. `paths` are files from the root; every folder in them counts too. */
export function badNames(paths: readonly string[]): readonly string[] {
  return paths.flatMap((filePath) => {
    const bad = filePath.split('/').find((part) => BANNED_NAME.test(path.parse(part).name));
    return bad === undefined ? [] : [`${filePath}:1: "${bad}" says nothing about its content`];
  });
}

const DOCUMENTED = ['lib/', 'proto/', 'manager/', 'agent/', 'runtime/', 'daemon/', 'cli/'];

/** Every exported function says what it takes, gives and throws, right above it. */
export const docstringRule: Rule = (files) =>
  typescriptOf(files)
    .filter((file) => DOCUMENTED.some((folder) => file.path.startsWith(folder)))
    .flatMap((file) =>
      file.tokens.flatMap((token, at) => {
        if (token.text !== 'export' || token.kind !== 'word') return [];
        const name = exportedFunction(file.tokens, at);
        if (name === undefined) return [];
        const before = file.tokens[at - 1];
        const isDocumented =
          before?.kind === 'comment' &&
          before.text.startsWith('/**') &&
          before.lastLine === token.line - 1 &&
          before.text.replace(/[/*\s]/g, '') !== '';
        return isDocumented ? [] : [offence(file, token.line, `${name} has no doc comment right above it`)];
      }),
    );

/** The name of the function that an `export` begins, if it is one. */
function exportedFunction(tokens: readonly Token[], at: number): string | undefined {
  const words = tokens.slice(at + 1, at + 5).map((token) => token.text);
  if (words[0] === 'async') words.shift();
  if (words[0] === 'function') return words[1] === '*' ? words[2] : words[1];
  if (words[0] !== 'const' || words[2] !== '=') return undefined;
  return isFunctionValue(tokens, at + 4) ? words[1] : undefined;
}

/** Whether an arrow function or a `function` stands at that place. */
function isFunctionValue(tokens: readonly Token[], at: number): boolean {
  const start = tokens[at]?.text === 'async' ? at + 1 : at;
  if (tokens[start]?.text === 'function') return true;
  if (tokens[start]?.kind === 'word') return tokens[start + 1]?.text === '=>';
  if (tokens[start]?.text !== '(') return false;
  let depth = 0;
  for (let place = start; place < tokens.length; place++) {
    const text = tokens[place]?.text;
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (depth > 0) continue;
    const next = tokens[place + 1]?.text;
    return next === '=>' || next === ':';
  }
  return false;
}
